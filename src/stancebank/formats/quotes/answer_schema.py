"""The JSON Schema of an answer: what a model's structured output is held to."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from stancebank.corpus.corpus import Corpus
from stancebank.formats.quotes.answer_fields import IN_ORDER, QUOTED, Field, answer_fields
from stancebank.schema.column import ListOf
from stancebank.schema.layers import CLASSIFICATIONS, DOC_ID

_MOST_SENTENCES = 400
"""Ids of sentences that are listed as allowed; services bound how much a schema may list."""
_QUOTATION = {"$ref": "#/$defs/quotation"}
_QUOTED = {
    "words": "The words, copied from the text character by character.",
    "sentence": "The id of the sentence that they begin in; null where it is not known.",
    "before": "The words directly before them, where they occur in the sentence again; else null.",
    "after": "The words directly behind them, where they occur in the sentence again; else null.",
}


def answer_schema(corpus: Corpus, doc_id: str, sentences: Sequence[str], layers: Collection[str]) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an answer for a document.

    All keys are required and no others are allowed; what is optional may be null. sentences: their ids.
    """
    properties: dict[str, Any] = {
        DOC_ID.name: {"type": "string", "enum": [doc_id]},
        IN_ORDER: {"type": "boolean", "description": "Whether all records of each layer are in the order of the text."},
    }
    for name in layers:
        layer = corpus.layers[name]
        record = _object({field.key: _property(field, corpus) for field in answer_fields(layer)})
        meaning = f"{layer.meaning} A document has one." if name == CLASSIFICATIONS.name else layer.meaning
        properties[name] = {"type": "array", "description": meaning, "items": record}
    quotation: dict[str, dict[str, Any]] = {
        key: {"type": ["string", "null"], "description": _QUOTED[key]} for key in QUOTED
    }
    quotation["words"]["type"] = "string"
    if len(sentences) <= _MOST_SENTENCES:
        quotation["sentence"]["enum"] = [*sentences, None]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "annotation",
        **_object(properties),
        "$defs": {"quotation": _object(quotation)},
    }


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _property(field: Field, corpus: Corpus) -> dict[str, Any]:
    column = field.column
    if field.kind == "quotation":
        return dict(_QUOTATION)
    if field.kind == "quotations":
        return {"type": "array", "description": column.meaning, "items": dict(_QUOTATION)}
    kind = "array" if isinstance(column.kind, ListOf) else column.kind
    schema: dict[str, Any] = {"type": kind, "description": column.meaning}
    if isinstance(column.kind, ListOf):
        schema["items"] = {"type": "string"}
    if field.kind == "name":
        schema["description"] = "A name for the record in this answer, such as a letter and a number."
    allowed = allowed_values(field, corpus)
    if allowed is not None:
        schema["enum"] = [*allowed, *([None] if column.nullable else [])]
    if column.nullable:
        schema["type"] = [kind, "null"]
    return schema


def allowed_values(field: Field, corpus: Corpus) -> list[str] | None:
    """The labels of the scheme, or the ids of what all parts share, that a field may have; None for any value."""
    column = field.column
    if column.vocabulary is not None:
        return list(corpus.scheme.names(column.vocabulary))
    if field.kind == "value" and column.refers_to is not None:
        shared = corpus.shared[column.refers_to]
        return list(shared[corpus.layers[column.refers_to].id_column])
    return None
