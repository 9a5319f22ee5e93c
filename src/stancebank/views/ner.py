"""Named and other entities as BIO tags."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.layers import Category, Column, ListOf
from stancebank.scheme import Scheme
from stancebank.views.token_views import SENTENCE_COLUMNS, outermost, token_mentions, token_sentences


def bio_tags(scheme: Scheme) -> tuple[str, ...]:
    """O, then B- and I- of each entity type, in the scheme's order."""
    return ("O", *(f"{prefix}-{name}" for name in scheme.names("entity_types") for prefix in "BI"))


COLUMNS = (
    *SENTENCE_COLUMNS,
    Column("ner_tags", ListOf(Category(bio_tags)), "Entity type of the outermost mention at each token, in BIO."),
)


def ner(part: Part) -> pl.DataFrame:
    """One row per sentence, for token classification; mentions of all levels count, outermost ones only.

    doc_id, sentence_id; tokens: strings; ner_tags: one BIO tag per token. A token
    that a mention covers in part belongs to it.
    """
    mentions = outermost(token_mentions(part)).select(
        "doc_id", "sentence", "entity_type", token=pl.int_ranges("first", pl.col("last") + 1)
    )
    tagged = mentions.with_row_index("mention").explode("token").with_columns(pl.col("token").cast(pl.Int64))
    tagged = tagged.unique(["doc_id", "sentence", "token"], keep="first", maintain_order=True)
    begins = pl.col("mention") != pl.col("mention").shift(1).over("doc_id", "sentence")
    tagged = tagged.with_columns(
        prefix=pl.when(begins.fill_null(value=True)).then(pl.lit("B-")).otherwise(pl.lit("I-"))
    )
    tokens = part.tokens.join(tagged, on=["doc_id", "sentence", "token"], how="left", maintain_order="left")
    tokens = tokens.with_columns(ner_tags=(pl.col("prefix") + pl.col("entity_type")).fill_null("O"))
    tags = tokens.group_by("doc_id", "sentence", maintain_order=True).agg("ner_tags")
    rows = token_sentences(part).join(tags, on=["doc_id", "sentence"], how="left", maintain_order="left")
    return rows.with_columns(pl.col("ner_tags").fill_null([])).drop("sentence")
