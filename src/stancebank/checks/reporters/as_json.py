"""Findings as one JSON object, and the JSON Schema of that object."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from stancebank.checks.findings import Finding, Tally

VERSION = 1

_COUNTS = {
    "errors": "How many errors there are, in the list or not.",
    "warnings": "How many warnings there are, in the list or not.",
    "hidden": "How many of the errors and warnings exceed the limit and are not in the list.",
}
_FIELDS = {
    "rule": "Id of the rule that found it, such as SB301.",
    "name": "Name of the rule.",
    "severity": "An error makes the corpus invalid; a warning is a likely mistake.",
    "file": "Path from the corpus root, with forward slashes.",
    "line": "Line in the file, from 1; null where the whole file is meant.",
    "column": "Column of the value in the line, in code points from 1; null where no value is meant.",
    "path": "JSON path of the value in the line, such as $.content[1].text; empty for the whole line.",
    "document": "Id of the document; null where there is none, or it could not be read.",
    "record": "Id of the record; null where there is none, or it could not be read.",
    "what": "What is there, and what was expected.",
    "fix": "How to correct it.",
    "context": "The sentence with the span in [brackets]; empty where there is none.",
    "context_span": "Where the span is in context, brackets left out: start and end in code points from 0, or null.",
}


def report_json(findings: Tally) -> Iterator[str]:
    r"""One JSON object as findings_schema describes it, each finding on a line of its own.

    It is ASCII, so that nothing in it can steer a terminal, and what is not
    Unicode, as in the name of a file, becomes an escape such as ``\udcff``.
    """
    yield f'{{"version": {VERSION}, "findings": ['
    yield from items({name: _unicode(getattr(finding, name)) for name in _FIELDS} for finding in findings)
    yield f"], {json.dumps({name: getattr(findings, name) for name in _COUNTS})[1:]}"


def items(values: Iterable[object]) -> Iterator[str]:
    """The items of a JSON array, an item a line, without the array's brackets."""
    last = ""
    for value in values:
        if last:
            yield f"{last},"
        last = json.dumps(value)
    if last:
        yield last


def findings_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the object that report_json gives."""
    from pydantic import TypeAdapter  # which a report does not need

    types = TypeAdapter(Finding).json_schema()["properties"]
    finding = {field.name: _described(_FIELDS[field.name], types[field.name]) for field in fields(Finding)}
    count = {"type": "integer", "minimum": 0}
    properties = {
        "version": {"description": "Version of this format; another number is another format.", "const": VERSION},
        "findings": {
            "description": "What is wrong with the corpus, part by part, in the order of the files.",
            "type": "array",
            "items": _object(finding),
        },
        **{name: {"description": meaning, **count} for name, meaning in _COUNTS.items()},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"StanceBank findings, version {VERSION}",
        "description": "What stancebank validate --format json reports.",
        **_object(properties),
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _described(meaning: str, type: dict[str, Any]) -> dict[str, Any]:
    return {"description": meaning} | {key: value for key, value in type.items() if key not in {"title", "default"}}


def _unicode(value: object) -> object:
    return value.encode(errors="backslashreplace").decode() if isinstance(value, str) else value
