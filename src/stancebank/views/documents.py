"""The default view: one nested row per document."""

from __future__ import annotations

import polars as pl

from stancebank.corpus.part import Part
from stancebank.corpus.states import done_layers
from stancebank.schema.column import Column, ListOf, Record
from stancebank.schema.frames import nest
from stancebank.schema.layers import DOCUMENTS
from stancebank.schema.scheme_layers import Layers

PURPOSE = "reading everything at once"
DONE_LAYERS = "done"


def columns(layers: Layers) -> tuple[Column, ...]:
    """The columns of the view for these layers."""
    nested = (
        Column(layer.name, ListOf(Record(tuple(c for c in layer.columns if c.name != "doc_id"))), layer.meaning)
        for layer in layers.parts.values()
        if layer.name != DOCUMENTS.name
    )
    done = Column(DONE_LAYERS, ListOf("string"), "The layers that are done; in others a missing record says nothing.")
    return (*layers[DOCUMENTS.name].columns, *nested, done)


def documents(part: Part) -> pl.DataFrame:
    """One row per document, with the fields of the layer documents and all annotations inside.

    sentences, entities, mentions, relations, attributions, stances, progress: lists of
    records in the order of their layers, without doc_id. done: the annotated layers that are
    done, in their order; all documents are here, whether anything in them is done or not.
    """
    rows = part["documents"].select(part.layers[DOCUMENTS.name].names)
    for layer in part.layers.parts.values():
        if layer.name != DOCUMENTS.name:
            rows = nest(rows, part[layer.name].select(layer.names), ["doc_id"], layer.name)
    return rows.with_columns(done_layers(part).alias(DONE_LAYERS))
