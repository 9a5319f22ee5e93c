"""All mentions, nested ones too, as spans of tokens."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Category, Column, ListOf, Record
from stancebank.schema.frames import lists
from stancebank.views.token_views import SENTENCE_COLUMNS, token_mentions, token_sentences

SPAN_COLUMNS = (
    Column("start", "integer", "Index of the first token in the sentence."),
    Column("end", "integer", "Index after the last token."),
    Column(
        "label",
        Category(lambda scheme: scheme.names("entity_types")),
        "Entity type; null where nobody has decided.",
        nullable=True,
    ),
    Column(
        "level",
        Category(lambda scheme: scheme.names("mention_levels")),
        "Name, nominal or pronoun; null where nobody has decided.",
        nullable=True,
    ),
    Column("mention_id", "string", "The mention."),
    Column("entity_id", "string", "Its entity."),
)

COLUMNS = (
    *SENTENCE_COLUMNS,
    Column("spans", ListOf(Record(SPAN_COLUMNS)), "The mentions in the sentence, nested ones too."),
)
PURPOSE = "span classification, nested spans"
OF_LAYERS = ("entities", "mentions")
NEEDS = ("mentions",)
USES = {"spans.entity_id": "entities"}


def spans(part: Part) -> pl.DataFrame:
    """One row per sentence, for span classification.

    doc_id, sentence_id; tokens: strings; spans: list of start and end (token
    indices, half open), label, level, mention_id and entity_id.
    """
    mentions = token_mentions(part).with_columns(pl.col("last") + 1)
    names = {"first": "start", "last": "end", "entity_type": "label"}
    mentions = mentions.drop("start", "end").rename(names).filter(pl.col("sentence_row").is_not_null())
    items = mentions.select(column.name for column in SPAN_COLUMNS).to_struct()
    sentences = token_sentences(part)
    return sentences.with_columns(spans=lists(items, mentions["sentence_row"].to_numpy(), sentences.height))
