"""All mentions, nested ones too, as spans of tokens."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.frames import nest
from stancebank.layers import Category, Column, ListOf, Record
from stancebank.views.token_views import SENTENCE_COLUMNS, token_mentions, token_sentences

SPAN_COLUMNS = (
    Column("start", "integer", "Index of the first token in the sentence."),
    Column("end", "integer", "Index after the last token."),
    Column("label", Category(lambda scheme: scheme.names("entity_types")), "Entity type."),
    Column("level", Category(lambda scheme: scheme.names("mention_levels")), "Name, nominal or pronoun."),
    Column("mention_id", "string", "The mention."),
    Column("entity_id", "string", "Its entity."),
)

COLUMNS = (
    *SENTENCE_COLUMNS,
    Column("spans", ListOf(Record(SPAN_COLUMNS)), "The mentions in the sentence, nested ones too."),
)


def spans(part: Part) -> pl.DataFrame:
    """One row per sentence, for span classification.

    doc_id, sentence_id; tokens: strings; spans: list of start and end (token
    indices, half open), label, level, mention_id and entity_id.
    """
    mentions = token_mentions(part).select(
        "doc_id",
        "sentence",
        pl.col("first").alias("start"),
        (pl.col("last") + 1).alias("end"),
        pl.col("entity_type").alias("label"),
        "level",
        "mention_id",
        "entity_id",
    )
    return nest(token_sentences(part), mentions, ["doc_id", "sentence"], "spans").drop("sentence")
