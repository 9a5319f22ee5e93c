"""What laws do to the records of a corpus through the Python interface."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from stancebank.interface.annotations import Annotations
from stancebank.interface.document import Document
from stancebank.interface.record_kinds import RECORDS
from stancebank.interface.records import Record
from stancebank.schema.layers import DOC_ID


def annotated(document: Document) -> Iterator[Record]:
    """The records of the layers that annotators fill, those that others refer to first."""
    for layer in document._home.layers.annotated:
        yield from document.all(RECORDS[layer])


def touch(annotations: Annotations) -> None:
    """Set every field of every record to what it is."""
    for document in annotations.documents:
        for record in annotated(document):
            record.update(**settable(record))


def settable(record: Record) -> dict[str, Any]:
    layer = record._home.layers[record.layer]
    span = ("start", "end", "text") if layer.spans else ()
    return {key: value for key, value in record.values.items() if key not in (DOC_ID.name, layer.id_column, *span)}


def removed_and_added(annotations: Annotations) -> None:
    """Remove all records of each document, and add them again by their words."""
    for document in annotations.documents:
        kept = [(record, dict(record.values), settable(record)) for record in annotated(document)]
        for record, _, _ in reversed(kept):
            record.remove()
        assert not [*annotated(document)]
        for record, values, fields in kept:
            where = (values["start"], values["end"]) if "start" in values else None
            document.add(type(record), where, id=record.id, **fields)
