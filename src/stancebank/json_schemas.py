"""JSON Schemas (draft 2020-12) of single records, derived from the layers and the scheme.

They find, without StanceBank, whatever can be seen in one record by itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stancebank.layers import Column, Kind, Layer, ListOf, Record
from stancebank.scheme import Scheme
from stancebank.seeds import RECIPE, TEXT
from stancebank.timex import TIMEX3

# What single columns must be beyond their definition; the rules check the same in other ways.
_NOT_BLANK = {"pattern": r"\S"}
_DATE_HAS_VALUE = {
    "if": {"properties": {"type": {"const": "DATE"}}},
    "then": {"properties": {"value": {"type": "string", "pattern": f"^(?:{TIMEX3})$"}}},
    "else": {"properties": {"value": {"type": "null"}}},
}
_FURTHER: dict[tuple[str, str], dict[str, Any]] = {
    ("documents", "date"): {"format": "date"},
    ("documents", "text"): {"pattern": f"^{TEXT}$"},
    ("documents", "recipe"): {"enum": [RECIPE]},
}


def record_schema(layer: Layer, scheme: Scheme) -> dict[str, Any]:
    """The JSON Schema of one line of a layer's file."""
    schema = _object(layer.columns, scheme)
    for (name, column), further in _FURTHER.items():
        if name == layer.name:
            schema["properties"][column] |= further
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"StanceBank record of the layer {layer.name}, scheme {scheme.version}",
        "description": layer.meaning,
        **schema,
        **(_DATE_HAS_VALUE if layer.name == "entities" else {}),
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
    return {"type": "integer" if kind == "integer" else "string"}
