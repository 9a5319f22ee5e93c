"""Attributions as source, cue and content."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.layers import Category, Column, ListOf

COLUMNS = (
    Column("doc_id", "string", "The document."),
    Column("attribution_id", "string", "The attribution."),
    Column("source", "string", "Name of who says it; null where nobody is named.", nullable=True),
    Column("source_text", "string", "What the mention of the source reads.", nullable=True),
    Column("cue", "string", "The verb or phrase of saying."),
    Column("content", ListOf("string"), "What is attributed, span by span."),
    Column("kind", Category(lambda scheme: scheme.names("attribution_kinds")), "Direct, indirect or mixed."),
)


def quotes(part: Part) -> pl.DataFrame:
    """One row per attribution: source (the entity's name) and source_text, cue, content (list of texts), kind."""
    names = part["entities"].select("doc_id", "entity_id", name="name")
    mentions = (
        part["mentions"]
        .join(names, on=["doc_id", "entity_id"])
        .select("doc_id", "name", source="mention_id", source_text="text")
    )
    rows = part["attributions"].join(mentions, on=["doc_id", "source"], how="left", maintain_order="left")
    content = pl.col("content").list.eval(pl.element().struct.field("text"))
    return rows.select(
        "doc_id", "attribution_id", "source_text", "kind", source="name", cue="text", content=content
    ).select(column.name for column in COLUMNS)
