"""What a record of a document will be once it is added or changed, checked as a whole before it is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from stancebank.faults import StanceBankError, counted, excerpt, one_of
from stancebank.interface.record_values import complete, named, require_fields, require_layer, require_value
from stancebank.interface.records import Record
from stancebank.interface.shared_records import SharedRecord
from stancebank.schema.column import Column
from stancebank.schema.layers import CLASSIFICATIONS, DOC_ID, DOCUMENTS, PROGRESS, SENTENCES, Layer

if TYPE_CHECKING:
    from stancebank.interface.document import Document
    from stancebank.interface.word_places import Where

_FREE = ("title", "url", "outlet", "authors")
"""Fields of documents that nothing else repeats."""


def today() -> str:
    """The day in UTC, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def new_values(
    document: Document, name: str, where: Where | None, id: str | None, fields: Mapping[str, object]
) -> dict[str, Any]:
    """The values of a new record of a layer. Raises StanceBankError for what is not allowed."""
    records = document.records
    layer = _annotated(document, name)
    given = {_column(layer, key): value for key, value in fields.items() if value is not None or _known(layer, key)}
    require_fields(layer, [*given])
    values = complete(
        layer, {DOC_ID.name: document.id, **{key: _plain(document, layer[key], given[key]) for key in given}}
    )
    if layer.spans:
        if where is None:
            raise StanceBankError(f"{named(layer)} has a span", "give its words, its offsets or a match")
        values |= _span(document, where)
    there = records.records(name, document.id)
    if name == CLASSIFICATIONS.name and there:
        raise StanceBankError(f"{excerpt(document.id)} is classified already", "change its classification")
    if id is not None:
        taken = next(
            (other for other in records.part.layers.annotated if id in records.records(other, document.id)), None
        )
        if taken is not None:
            what = f"{excerpt(document.id)} has the id {excerpt(id)} already, in {taken}"
            raise StanceBankError(what, "leave out id, and the next free one is taken")
    values[layer.id_column] = records.new_id(name, document.id) if id is None else id
    _require(document, layer, values, layer.names)
    return values


def changed_values(
    document: Document, name: str, known: Mapping[str, Any], fields: Mapping[str, object]
) -> dict[str, Any]:
    """The values of a record with other values in some fields. Raises StanceBankError for what is not allowed."""
    layer = document.records.layer(name)
    given = {_column(layer, key): value for key, value in fields.items()}
    if name == DOCUMENTS.name:
        _require_free(layer, given)
    elif name == SENTENCES.name:
        raise StanceBankError("sentences are only read here", "use stancebank sentences split and join")
    require_fields(layer, [*given])
    values = {**known, **{key: _plain(document, layer[key], value) for key, value in given.items()}}
    _require(document, layer, values, [*given])
    return values


def moved_values(document: Document, name: str, known: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """The values of a record with another span. Raises StanceBankError for words without a certain place."""
    _annotated(document, name)
    return {**known, **_span(document, where)}


def removal(document: Document, name: str, id: str, *, cascade: bool) -> list[tuple[str, str]]:
    """The records that go where one is removed, those that refer to others first: layer and id.

    Raises StanceBankError where others refer to it and cascade is not set.
    """
    _annotated(document, name)
    going: dict[tuple[str, str], None] = {}
    layers = document.records.part.layers

    def collect(name: str, id: str) -> None:
        for other in layers.annotated:
            for column in layers[other].columns:
                if column.refers_to == name:
                    for each in document.records.referring(other, column.name, document.id).get(id, ()):
                        collect(other, each)
        going[name, id] = None

    collect(name, id)
    others = [other for _, other in going][:-1]
    if others and not cascade:
        left = f"{counted(len(others), 'record')} would refer to nothing ({one_of(others, 10)})"
        what = f"{excerpt(id)} cannot be removed: {left}"
        raise StanceBankError(what, "remove these first, or all with remove(cascade=True)")
    return [*going]


def _annotated(document: Document, name: str) -> Layer:
    layer = require_layer(document.records.part.corpus, name)
    if not layer.annotated:
        raise StanceBankError(f"{name} are not added or changed here", f"use a layer of {PROGRESS.name}")
    return layer


def _require_free(layer: Layer, names: Mapping[str, object]) -> None:
    known = [name for name in layer.names if name in _FREE or name not in DOCUMENTS.names]
    for name in names:
        if name in DOCUMENTS.names and name not in known:
            what = f"{name} of a document follows from its seed or is in the register of seeds too"
            raise StanceBankError(what, f"set {one_of(known)}; stancebank update and rename change texts and ids")


def _known(layer: Layer, key: str) -> bool:
    return _column(layer, key) in layer.names


def _column(layer: Layer, key: str) -> str:
    """The column that a field is called by, which may leave out _id."""
    return f"{key}_id" if key not in layer.names and f"{key}_id" in layer.names else key


def _plain(document: Document, column: Column, value: object) -> object:
    """A value as it is stored: records as their ids, words as spans."""
    if column.items:
        listed = value if isinstance(value, Sequence) and not isinstance(value, str | tuple) else [value]
        spans = [_span(document, each) for each in listed]
        return sorted(spans, key=lambda span: (span["start"], span["end"]))
    if isinstance(value, Record):
        if column.refers_to != value.layer:
            fix = f"give one of {column.refers_to}" if column.refers_to else column.meaning
            raise StanceBankError(f"{column.name} cannot be {value!r}", fix)
        if value.document != document:
            raise StanceBankError(f"{value!r} is not of {excerpt(document.id)}", "give a record of the same document")
    return value.id if isinstance(value, Record | SharedRecord) else value


def _span(document: Document, where: Any) -> dict[str, Any]:  # noqa: ANN401  (a place, or the values of a span)
    if isinstance(where, Mapping):
        where = (where.get("start"), where.get("end"))
    place = document.find(where)
    return {"start": place.start, "end": place.end, "text": document.text[place.start : place.end]}


def _require(document: Document, layer: Layer, values: Mapping[str, Any], names: Sequence[str]) -> None:
    """Nothing where values may be in these fields of a record; else StanceBankError."""
    corpus = document.annotations.corpus_now()
    for name in names:
        column = layer[name]
        require_value(corpus, layer, column, values[name])
        if column.refers_to in corpus.layers.annotated and values[name] is not None:
            document.values_of(column.refers_to, values[name])
