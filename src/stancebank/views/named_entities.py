"""The mentions that records name, and their entities."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.frames import changes


def named_mentions(part: Part, layer: str, column: str) -> pl.Series:
    """For each row of a layer the row of the mention that the column names; null where it names none."""
    named = part.references[layer, column]
    return named.filter(changes(named.select("row")))["other"]


def named_entities(part: Part, layer: str, column: str) -> pl.Series:
    """For each row of a layer the row of the entity whose mention the column names; null where it names none."""
    return part.mentioned.gather(named_mentions(part, layer, column))
