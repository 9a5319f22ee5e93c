"""JSON Schemas (draft 2020-12) of single records, derived from the layers and the scheme.

They find, without StanceBank, whatever can be seen in one record by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stancebank.corpus.seeds import RECIPE
from stancebank.schema.column import Column, Kind, ListOf, Record
from stancebank.schema.layers import Layer
from stancebank.schema.scheme import Scheme
from stancebank.text.control_characters import FORBIDDEN
from stancebank.text.timex import TIMEX3

# What single columns must be beyond their definition; the rules check the same in other ways.
_NOT_BLANK = {"pattern": r"\S"}
_FURTHER: dict[tuple[str, str], dict[str, Any]] = {
    ("documents", "date"): {"format": "date"},
    ("documents", "text"): {"pattern": f"^[^{FORBIDDEN}]*$"},
    ("documents", "recipe"): {"enum": [RECIPE]},
}


def record_schema(layer: Layer, scheme: Scheme) -> dict[str, Any]:
    """The JSON Schema of one line of a layer's file."""
    schema = _object(layer.columns, scheme)
    for (name, column), further in _FURTHER.items():
        if name == layer.name and column in schema["properties"]:
            schema["properties"][column] |= further
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"StanceBank record of the layer {layer.name}, scheme {scheme.full_name}, format {scheme.format}",
        "description": layer.meaning,
        **schema,
        **(_times_have_values(scheme) if layer.name == "entities" and "type" in layer.names else {}),
    }


def _times_have_values(scheme: Scheme) -> dict[str, Any]:
    return {
        "if": {"properties": {"type": {"enum": list(scheme.timed_types)}}},
        "then": {"properties": {"value": {"type": "string", "pattern": f"^(?:{TIMEX3})$"}}},
        "else": {"properties": {"value": {"type": "null"}}},
    }


def _object(columns: Iterable[Column], scheme: Scheme) -> dict[str, Any]:
    properties = {column.name: _property(column, scheme) for column in columns}
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _property(column: Column, scheme: Scheme) -> dict[str, Any]:
    schema: dict[str, Any] = {"description": column.meaning, **_kind(column.kind, scheme)}
    if column.vocabulary is not None:
        schema["enum"] = [*scheme.names(column.vocabulary), *([None] if column.nullable else [])]
    if column.pattern is not None:
        schema["pattern"] = f"^(?:{column.pattern})$"
    if column.minimum is not None:
        schema["minimum"] = column.minimum
    if column.shortest:
        schema["minItems" if isinstance(column.kind, ListOf) else "minLength"] = column.shortest
    if column.name == "text":
        schema |= _NOT_BLANK
    if column.nullable:
        schema["type"] = [schema["type"], "null"]
    return schema


def _kind(kind: Kind, scheme: Scheme) -> dict[str, Any]:
    if isinstance(kind, ListOf):
        return {"type": "array", "items": _kind(kind.item, scheme)}
    if isinstance(kind, Record):
        return _object(kind.columns, scheme)
    return {"type": kind if isinstance(kind, str) else "string"}
