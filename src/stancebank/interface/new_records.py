"""What a record of a document will be once it is added or changed, checked as a whole before it is."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from stancebank.faults import StanceBankError, counted, excerpt, one_of
from stancebank.interface.record_values import complete, named, require_fields, require_layer, require_value
from stancebank.schema.column import Column
from stancebank.schema.layers import CLASSIFICATIONS, DOC_ID, DOCUMENTS, SENTENCES, Layer

if TYPE_CHECKING:
    from stancebank.interface.record_home import RecordHome
    from stancebank.interface.word_places import Where

_FREE = ("date", "title", "language", "rights", "url", "outlet", "authors")
"""Fields of documents that do not follow from their seeds."""


@runtime_checkable
class Nameable(Protocol):
    """What a field may name: a record of a document, a target or an actor."""

    def _id_for(self, home: RecordHome, column: Column) -> str:
        """Its id, for a column of a record of a document. Raises StanceBankError where that may not name it."""
        ...


def today() -> str:
    """The day in UTC, ISO 8601."""
    return datetime.datetime.now(datetime.UTC).date().isoformat()


def new_values(
    home: RecordHome, name: str, where: Where | None, id: str | None, fields: Mapping[str, object]
) -> dict[str, Any]:
    """The values of a new record of a layer. Raises StanceBankError for what is not allowed."""
    layer = _annotated(home, name)
    given = {_column(layer, key): value for key, value in fields.items() if value is not None or _known(layer, key)}
    require_fields(layer, [*given])
    values = complete(layer, {DOC_ID.name: home.doc_id, **{key: _plain(home, layer[key], given[key]) for key in given}})
    if layer.spans:
        if where is None:
            raise StanceBankError(f"{named(layer)} has a span", "give its words, its offsets or a match")
        values |= home.span(where)
    if name == CLASSIFICATIONS.name and home.in_layer(name):
        raise StanceBankError(f"{excerpt(home.doc_id)} is classified already", "change its classification")
    if id is not None:
        require_value(home.corpus, layer, layer[layer.id_column], id)
        taken = next((other for other in home.layers.annotated if home.get(other, id) is not None), None)
        if taken is not None:
            what = f"{excerpt(home.doc_id)} has the id {excerpt(id)} already, in {taken}"
            raise StanceBankError(what, "leave out id, and the next free one is taken")
    values[layer.id_column] = home.records.new_id(name, home.doc_id) if id is None else id
    _require(home, layer, values, layer.names)
    return values


def changed_values(
    home: RecordHome, name: str, known: Mapping[str, Any], fields: Mapping[str, object]
) -> dict[str, Any]:
    """The values of a record with other values in some fields. Raises StanceBankError for what is not allowed."""
    layer = home.layers[name]
    given = {_column(layer, key): value for key, value in fields.items()}
    if name == DOCUMENTS.name:
        _require_free(layer, given)
    elif name == SENTENCES.name:
        raise StanceBankError("sentences are only read here", "use stancebank sentences split and join")
    require_fields(layer, [*given])
    values = {**known, **{key: _plain(home, layer[key], value) for key, value in given.items()}}
    _require(home, layer, values, [*given])
    return values


def moved_values(home: RecordHome, name: str, known: Mapping[str, Any], where: Where) -> dict[str, Any]:
    """The values of a record with another span. Raises StanceBankError for words without a certain place."""
    _annotated(home, name)
    return {**known, **home.span(where)}


def removal(home: RecordHome, name: str, id: str, *, cascade: bool) -> list[tuple[str, str]]:
    """The records that go where one is removed, those that refer to others first: layer and id.

    Raises StanceBankError where others refer to it and cascade is not set.
    """
    _annotated(home, name)
    going: dict[tuple[str, str], None] = {}
    layers = home.layers

    def collect(name: str, id: str) -> None:
        for other in layers.annotated:
            for column in layers[other].columns:
                if column.refers_to == name:
                    for each in home.naming(other, column.name, id):
                        collect(other, each)
        going[name, id] = None

    collect(name, id)
    others = [other for _, other in going][:-1]
    if others and not cascade:
        left = f"{counted(len(others), 'record')} would refer to nothing ({one_of(others, 10)})"
        what = f"{excerpt(id)} cannot be removed: {left}"
        raise StanceBankError(what, "remove these first, or all with remove(cascade=True)")
    return [*going]


def _annotated(home: RecordHome, name: str) -> Layer:
    layer = require_layer(home.corpus, name)
    if not layer.annotated:
        what = f"{name} are not added, moved or removed here"
        raise StanceBankError(what, "use corpus.add_document, stancebank remove or stancebank sentences")
    return layer


def _require_free(layer: Layer, names: Mapping[str, object]) -> None:
    known = [name for name in layer.names if name in _FREE or name not in DOCUMENTS.names]
    for name in names:
        if name in DOCUMENTS.names and name not in known:
            what = f"{name} of a document follows from its seed"
            raise StanceBankError(what, f"set {one_of(known)}; stancebank update and rename change texts and ids")


def _known(layer: Layer, key: str) -> bool:
    return _column(layer, key) in layer.names


def _column(layer: Layer, key: str) -> str:
    """The column that a field is called by, which may leave out _id."""
    return f"{key}_id" if key not in layer.names and f"{key}_id" in layer.names else key


def _plain(home: RecordHome, column: Column, value: object) -> object:
    """A value as it is stored: records as their ids, words as spans."""
    if column.items:
        listed = value if isinstance(value, Sequence) and not isinstance(value, str | tuple) else [value]
        spans = [_span(home, column, each) for each in listed]
        return sorted(spans, key=lambda span: (span["start"], span["end"]))
    if isinstance(value, Nameable):
        return value._id_for(home, column)
    if isinstance(value, list | tuple):
        return [*value]
    return int(value) if isinstance(value, Integral) and not isinstance(value, bool) else value


def _span(home: RecordHome, column: Column, where: Any) -> dict[str, Any]:  # noqa: ANN401  (a place, or its values)
    """A span in a list, with all fields of one."""
    given = where if isinstance(where, Mapping) else {}
    place: Any = (given.get("start"), given.get("end")) if given else where
    return {**{item.name: given.get(item.name, item.unset) for item in column.items}, **home.span(place)}


def _require(home: RecordHome, layer: Layer, values: Mapping[str, Any], names: Sequence[str]) -> None:
    """Nothing where values may be in these fields of a record; else StanceBankError."""
    corpus = home.corpus
    for name in names:
        column = layer[name]
        require_value(corpus, layer, column, values[name])
        if column.refers_to in corpus.layers.annotated and values[name] is not None:
            home.values_of(column.refers_to, values[name])


def require_named(column: Column, layer: str, record: object) -> None:
    """Nothing where a column names records of a layer; else StanceBankError."""
    if column.refers_to != layer:
        fix = f"give one of {column.refers_to}" if column.refers_to else column.meaning
        raise StanceBankError(f"{column.name} cannot be {record!r}", fix)
