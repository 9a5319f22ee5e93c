"""Small parts in memory, for rules that are tried on many shapes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from conftest import DOC, Record
from stancebank.checks.tables import Table
from stancebank.corpus import Part
from stancebank.layers import LAYERS, Column, Layer


def part_of(gold: Part, **rows: Iterable[Record]) -> Part:
    """The gold part with these rows and no others."""
    frames = {name: pl.DataFrame(list(rows.get(name, [])), schema=frame.schema) for name, frame in gold.frames.items()}
    return replace(gold, frames=frames)


def mentions_at(*spans: tuple[int, int], text: str = "", doc_id: str = DOC) -> list[Record]:
    """A mention of an entity of its own for each span of the text."""
    return [
        {"doc_id": doc_id, "mention_id": f"m{n}", "entity_id": f"e{n}", "text": text[start:end], "level": "NAM"}
        | {"start": start, "end": end}
        for n, (start, end) in enumerate(spans, 1)
    ]


def columns_with(attribute: str) -> list[Any]:
    """Each layer and column of which the definition has this attribute."""
    return [
        pytest.param(layer, column, id=f"{layer.name}.{column.name}")
        for layer in LAYERS.values()
        for column in layer.columns
        if getattr(column, attribute)
    ]


def with_values(gold: Part, layer: Layer, column: Column, values: Sequence[Any]) -> Table:
    """A table in which the layer's first row stands once with each of the values."""
    corpus = gold.corpus
    assert corpus.targets is not None
    assert corpus.scheme is not None
    first = (corpus.targets if layer.name == "targets" else gold[layer.name]).head(1)
    rows = pl.concat([first] * len(values)).with_columns(pl.Series(column.name, values, first.schema[column.name]))
    return Table(layer, rows, corpus.scheme)
