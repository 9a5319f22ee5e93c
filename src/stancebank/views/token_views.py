"""Mentions laid over tokens: what the token views share."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.layers import Column, ListOf

SENTENCE_COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("sentence_id", "string", "The sentence's id."),
    Column("tokens", ListOf("string"), "The tokens of the sentence, blanks left out."),
)


def token_sentences(part: Part) -> pl.DataFrame:
    """The sentences with their tokens.

    doc_id, sentence_id; sentence: its index in the document; tokens: list of strings.
    """
    index = pl.int_range(pl.len(), dtype=pl.Int64).over("doc_id")
    sentences = part["sentences"].select("doc_id", "sentence_id", sentence=index)
    tokens = part.tokens.group_by("doc_id", "sentence", maintain_order=True).agg(tokens="text")
    joined = sentences.join(tokens, on=["doc_id", "sentence"], how="left", maintain_order="left")
    return joined.with_columns(pl.col("tokens").fill_null([]))


def token_mentions(part: Part) -> pl.DataFrame:
    """The mentions with the tokens that they touch, in the order of the layer.

    The layer's columns, entity_name and entity_type; sentence: its index in the
    document; first, last: indices of the outermost tokens in the sentence.
    """
    mentions = part.entity_mentions
    tokens = part.tokens.select("doc_id", "sentence", "token", "start", "end").sort("doc_id", "start")
    # The first token that ends behind the mention's start, and the last that starts before its end.
    first = (
        mentions.with_columns(after=pl.col("start") + 1)
        .sort("doc_id", "after")
        .join_asof(
            tokens.select("doc_id", "sentence", first="token", until="end"),
            left_on="after",
            right_on="until",
            by="doc_id",
            strategy="forward",
            check_sortedness=False,
        )
    )
    both = (
        first.with_columns(before=pl.col("end") - 1)
        .sort("doc_id", "before")
        .join_asof(
            tokens.select("doc_id", last="token", since="start"),
            left_on="before",
            right_on="since",
            by="doc_id",
            strategy="backward",
            check_sortedness=False,
        )
    )
    return both.sort("row").drop("row", "after", "before", "until", "since", strict=False)


def outermost(mentions: pl.DataFrame) -> pl.DataFrame:
    """The mentions that lie in no other one; of several on one span the first."""
    ordered = mentions.sort("doc_id", "start", pl.col("end").neg(), maintain_order=True)
    reached = pl.col("end").cum_max().shift(1).over("doc_id")
    return ordered.filter(reached.is_null() | (pl.col("end") > reached))
