"""The page of the data model: every layer and column, with an example record of each layer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stancebank.faults import StanceBankError
from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.layers import KNOWN_LAYERS, Layer
from stancebank.schema.paths import CORPUS, MIGRATIONS
from stancebank.storage.markdown import table

_HEAD = ("column", "value", "meaning")
_INTRODUCTION = """\
<!-- Written by stancebank generate from src/stancebank/schema/layers.py; edit that. -->

# Data model

A corpus is a folder of JSON Lines: `corpus/targets.jsonl` and `corpus/actors.jsonl`, which all documents share and of
which the second may be missing, and for each part a folder `corpus/<part>/` with a file for each other layer. One line
is one record, and every record has every column of its layer, `null` included. Records are sorted by document, then by
`start` and `end` if the layer has them, then by id. Offsets count Unicode code points from 0 and are half open, so
`text[start:end]` is the span. A pass, in `annotation/passes/<annotator>/<part>/`, holds only the layers whose records
annotators write.

[`schemas/`](../schemas) has a JSON Schema of each layer with the patterns of its strings, [the rules](rules.md) state
what must hold across records, and [the glossary](glossary.md) explains the terms. The examples
are from a made-up corpus."""


def data_model_page(examples: Mapping[str, Mapping[str, Any]]) -> str:
    """The page as Markdown.

    examples: a record for each layer, by the layer's name; a layer without one has no example.
    """
    sections = (_section(layer, examples.get(layer.name)) for layer in KNOWN_LAYERS.values())
    return "\n\n".join((_INTRODUCTION, *sections)) + "\n"


def example_records(root: Path, version: str) -> dict[str, dict[str, Any]]:
    """The fullest record of each layer from the made-up corpus that the migration to a format ends with.

    Raises StanceBankError if a file of that corpus is not JSON Lines.
    """
    records: dict[str, dict[str, Any]] = {}
    for file in sorted((root / MIGRATIONS / version / CORPUS).rglob("*.jsonl")):
        try:
            lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        except ValueError:
            raise StanceBankError(f"{file.relative_to(root)} is not JSON Lines", "restore it from git") from None
        if lines:
            fullest = max(lines, key=lambda record: sum(value is not None for value in record.values()))
            records.setdefault(file.stem, fullest)
    return records


def _section(layer: Layer, example: Mapping[str, Any] | None) -> str:
    who = "the corpus supplies its records" if not layer.in_passes else "annotators write its records"
    blocks = [
        f"## {layer.name}",
        f"{layer.meaning} Its key is `{layer.id_column}`; {who}.",
        table(_HEAD, [_row(name, column) for name, column in _columns(layer.columns)]),
    ]
    if example is not None:
        blocks.append(f"```json\n{json.dumps(example, ensure_ascii=False, indent=2)}\n```")
    return "\n\n".join(blocks)


def _columns(columns: tuple[Column, ...], within: str = "") -> Iterator[tuple[str, Column]]:
    """Each column with its path, those of nested records behind the column that holds them."""
    for column in columns:
        yield f"{within}{column.name}", column
        item = column.kind.item if isinstance(column.kind, ListOf) else column.kind
        if isinstance(item, Record):
            brackets = "[]" if isinstance(column.kind, ListOf) else ""
            yield from _columns(item.columns, f"{within}{column.name}{brackets}.")


def _row(name: str, column: Column) -> tuple[str, ...]:
    if column.vocabulary is not None:
        kind = f"label of {column.vocabulary}"
    elif column.refers_to is not None:
        kind = f"id in {column.refers_to}"
    else:
        kind = _kind(column.kind)
    return name, f"{kind} or null" if column.nullable else kind, column.meaning


def _kind(kind: Kind) -> str:
    match kind:
        case ListOf(item):
            return f"list of {_kind(item)}s"
        case Record():
            return "record"
        case Category():
            return "label"
        case _:
            return kind
