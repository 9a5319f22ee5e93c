"""frictionless on the layers of a part as CSV, with a table schema made of the columns and the scheme.

It is run as a command of an environment of its own. A key of several fields that may be null cannot be a foreign key
there, so that sources and holders, which name a mention or nobody, are not looked up.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from rivals import by_hand
from stancebank.schema.column import Column, ListOf
from stancebank.schema.layers import DOCUMENTS, LAYERS, Layer

CHECKED = ("SB401", "SB403", "SB404", "SB501", "SB502")
"""The rules that tables cannot break unnoticed, as tried on one broken corpus for each rule."""

_NULL = r"\N"


def prepare(root: Path, out: Path) -> Path:
    """Write the tables of the first part, and the package that describes them."""
    out.mkdir(parents=True)
    part = min(path for path in (root / "corpus").iterdir() if path.is_dir())
    labels = by_hand.scheme(root)
    files = {layer.name: (root / "corpus" if layer.shared else part) / layer.file_name for layer in LAYERS.values()}
    present = [layer for layer in LAYERS.values() if files[layer.name].exists()]
    for layer in present:
        with (out / f"{layer.name}.csv").open("w", encoding="utf-8", newline="") as table:
            rows = csv.writer(table)
            rows.writerow(layer.names)
            rows.writerows(_cells(layer, record) for record in _records(files[layer.name]))
    resources = [_resource(layer, labels, [each.name for each in present]) for layer in present]
    package = out / "datapackage.json"
    package.write_text(json.dumps({"name": "corpus", "resources": resources}), "utf-8")
    return package


def _records(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("rb") as lines:
        yield from map(orjson.loads, lines)


def _cells(layer: Layer, record: Mapping[str, Any]) -> list[str]:
    values = (record.get(name) for name in layer.names)
    return [_NULL if value is None else value if isinstance(value, str) else json.dumps(value) for value in values]


def _resource(layer: Layer, labels: Mapping[str, Any], present: list[str]) -> dict[str, Any]:
    keys = [_foreign_key(column) for column in layer.columns if _looked_up(column, present)]
    if not layer.shared and layer is not DOCUMENTS:
        keys.append({"fields": ["doc_id"], "reference": {"resource": "documents", "fields": ["doc_id"]}})
    schema = {
        "fields": [_field(column, labels) for column in layer.columns],
        "missingValues": [_NULL],
        "primaryKey": _key(layer, layer.id_column),
        "foreignKeys": keys,
    }
    return {"name": layer.name, "type": "table", "path": f"{layer.name}.csv", "schema": schema}


def _looked_up(column: Column, present: list[str]) -> bool:
    layer = str(column.refers_to)
    return layer in present and (LAYERS[layer].shared or not column.nullable)


def _foreign_key(column: Column) -> dict[str, Any]:
    other = LAYERS[str(column.refers_to)]
    reference = {"resource": other.name, "fields": _key(other, other.id_column)}
    return {"fields": _key(other, column.name), "reference": reference}


def _key(layer: Layer, name: str) -> list[str]:
    """The fields that name one record of a layer."""
    return [name] if layer.shared or layer is DOCUMENTS else ["doc_id", name]


def _field(column: Column, labels: Mapping[str, Any]) -> dict[str, Any]:
    scalar = not isinstance(column.kind, ListOf)
    constraints = {
        "required": not column.nullable,
        "pattern": column.pattern if scalar else None,
        "minimum": column.minimum,
        "minLength": column.shortest or None,
        "enum": [label["name"] for label in labels[column.vocabulary]] if column.vocabulary else None,
    }
    given = {name: value for name, value in constraints.items() if value}
    return {"name": column.name, "type": column.kind if scalar else "array", "constraints": given}


def command(programs: Path, package: Path) -> tuple[str | Path, ...]:
    """The validator over a package. programs: where the program is."""
    return (programs / "frictionless", "validate", package)
