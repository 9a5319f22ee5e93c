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
    mentions = part.entity_mentions.select("doc_id", source="mention_id", source_text="text", name="entity_name")
    rows = part["attributions"].join(mentions, on=["doc_id", "source"], how="left", maintain_order="left")
    content = pl.col("content").list.eval(pl.element().struct.field("text"))
    return rows.select(
        "doc_id", "attribution_id", "source_text", "kind", source="name", cue="text", content=content
    ).select(column.name for column in COLUMNS)
