"""Values for fields of records, as users give them, checked before a record has them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stancebank.corpus.corpus import Corpus
from stancebank.faults import StanceBankError, did_you_mean, excerpt, one_of
from stancebank.schema.column import Column, ListOf
from stancebank.schema.layers import DOC_ID, Layer

_MOST_NAMED = 20


def named(layer: Layer) -> str:
    """One of a layer's records, for people: a mention, an entity."""
    return f"{'an' if layer.noun[0] in 'aeiou' else 'a'} {layer.noun}"


def require_layer(corpus: Corpus, name: str) -> Layer:
    """A layer of the corpus. Raises StanceBankError for one that its scheme does not use."""
    if name in corpus.layers:
        return corpus.layers[name]
    known = [*corpus.layers]
    what = f"the scheme of the corpus does not use {excerpt(name)}{did_you_mean(name, known)}"
    raise StanceBankError(what, f"use one of {one_of(known)}, or add its labels to the scheme (docs/own-labels.md)")


def require_fields(layer: Layer, names: Sequence[str]) -> None:
    """Nothing where a layer has all of the fields, and they may be given; else StanceBankError."""
    known = [name for name in layer.names if name not in (DOC_ID.name, layer.id_column, *_span_fields(layer))]
    for name in names:
        if name not in known:
            what = f"{excerpt(name)} is no field of {named(layer)} that can be set{did_you_mean(name, known)}"
            raise StanceBankError(what, f"its fields are {one_of(known)}")


def _span_fields(layer: Layer) -> tuple[str, ...]:
    return ("start", "end", "text") if layer.spans else ()


def require_value(corpus: Corpus, layer: Layer, column: Column, value: object) -> None:
    """Nothing where a field may have a value; else StanceBankError. References inside a document are not looked up."""
    field = f"{column.name} of {named(layer)}"
    if value is None and not column.nullable:
        raise StanceBankError(f"{field} is missing", f"give {column.name}: {column.meaning}")
    if value is not None and column.vocabulary is not None:
        _require_one_of(field, value, corpus.scheme.names(column.vocabulary), "the scheme has them all")
    elif value is not None and column.refers_to is not None and column.refers_to in corpus.layers.shared:
        shared = corpus.of_all(column.refers_to)
        known = shared[corpus.layers[column.refers_to].id_column].to_list()
        _require_one_of(field, value, known, f"corpus.add_{column.refers_to.removesuffix('s')}() adds one")
    elif not column.fits(value) or not is_text(value):
        what = f"{field} cannot be {_shown(value)}"
        raise StanceBankError(what, f"{column.meaning.rstrip('.')}: {_kind(column)}")


def is_text(value: object) -> bool:
    """Whether a value, or each in a list or a record, can be written: no text with half a surrogate pair."""
    if isinstance(value, str):
        return not any("\ud800" <= character <= "\udfff" for character in value)
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return all(map(is_text, inner))


def _require_one_of(field: str, value: object, known: Sequence[str], more: str) -> None:
    if value not in known:
        near = did_you_mean(value, known) if isinstance(value, str) else ""
        what = f"{field} cannot be {_shown(value)}{near}"
        listed = f"use one of {one_of(known, _MOST_NAMED)}" if known else "there is none yet"
        raise StanceBankError(what, f"{listed}; {more}")


def _shown(value: object) -> str:
    return excerpt(value) if isinstance(value, str) else excerpt(repr(value))


def _kind(column: Column) -> str:
    kind = "a list" if isinstance(column.kind, ListOf) else {"integer": "a whole number", "boolean": "True or False"}
    named = kind if isinstance(kind, str) else kind.get(str(column.kind), "text on one line")
    return f"{named} or None" if column.nullable else named


def complete(layer: Layer, given: Mapping[str, Any]) -> dict[str, Any]:
    """All values of a new record in the layer's order; what is not given is undecided."""
    return {column.name: given.get(column.name, column.unset) for column in layer.columns}
