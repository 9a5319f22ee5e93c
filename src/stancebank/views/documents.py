"""The default view: one nested row per document."""

from __future__ import annotations

import polars as pl

from stancebank.corpus import Part
from stancebank.frames import nest
from stancebank.layers import DOCUMENTS, PART_LAYERS, Column, ListOf, Record

_INSIDE = tuple(layer for layer in PART_LAYERS.values() if layer is not DOCUMENTS)

COLUMNS = (
    *DOCUMENTS.columns,
    *(
        Column(layer.name, ListOf(Record(tuple(c for c in layer.columns if c.name != "doc_id"))), layer.meaning)
        for layer in _INSIDE
    ),
)


def documents(part: Part) -> pl.DataFrame:
    """One row per document, with the fields of the layer documents and all annotations inside.

    sentences, entities, mentions, relations, attributions, stances: lists of
    records in the order of their layers, without doc_id.
    """
    rows = part["documents"]
    for layer in _INSIDE:
        rows = nest(rows, part[layer.name], ["doc_id"], layer.name)
    return rows
