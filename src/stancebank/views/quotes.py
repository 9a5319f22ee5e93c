"""Attributions as source, cue and content."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.column import Category, Column, ListOf
from stancebank.views.named_entities import named_entities, named_mentions

COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("attribution_id", "string", "The attribution."),
    Column("source", "string", "Name of who says it; null where nobody is named.", nullable=True, source="maybe"),
    Column("source_text", "string", "What the mention of the source reads.", nullable=True, source="text"),
    Column("cue", "string", "The verb or phrase of saying.", source="text"),
    Column("content", ListOf("string"), "What is attributed, span by span.", source="text"),
    Column(
        "kind",
        Category(lambda scheme: scheme.names("attribution_kinds")),
        "How much of it is in quotation marks; null where nobody has decided.",
        nullable=True,
    ),
)
OF_LAYERS = ("attributions",)
USES = {"source": "entities", "source_text": "mentions"}
OWN_FIELDS_OF = "attributions"


def quotes(part: Part) -> pl.DataFrame:
    """One row per attribution: source (the entity's name) and source_text, cue, content (list of texts), kind."""
    entities = named_entities(part, "attributions", "source")
    content = pl.col("content").list.eval(pl.element().struct.field("text"))
    return part["attributions"].select(
        "doc_id",
        "attribution_id",
        source=part["entities"]["name"].gather(entities),
        source_text=part["mentions"]["text"].gather(named_mentions(part, "attributions", "source")),
        cue="text",
        content=content,
        kind="kind",
    )
