"""Scheme 1.3: progress tells what is annotated from what is not, labels may be undecided, entities linked to actors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stancebank.migrations.scheme_text import with_list
from stancebank.migrations.step import Record, Step

LAYERS = ("attributions", "entities", "mentions", "relations", "stances")
# What could not be null until scheme 1.2.
REQUIRED = (
    "entities.type",
    "mentions.level",
    "relations.type",
    "relations.modality",
    "attributions.kind",
    "stances.label",
    "stances.basis",
    "stances.commitment",
)


def _scheme(text: str) -> str:
    return with_list(text, "required", REQUIRED, "What must be decided in a layer that is done, as layer.column.")


def _progress(records: Mapping[str, Sequence[Record]], annotator: str | None) -> list[Record]:
    """A layer of a document is done where it has a record; whether the others were looked at nobody knows."""
    begun = sorted(
        {(doc, layer) for layer in LAYERS for record in records[layer] if isinstance(doc := record.get("doc_id"), str)}
    )
    unknown = {"date": None, "made_from": None, "remark": None}
    return [
        {"doc_id": doc_id, "layer": layer, "state": "done", "annotator": annotator, **unknown}
        for doc_id, layer in begun
    ]


def _entity(record: Record) -> Record:
    return record if "actor" in record else {**record, "actor": None}


STEP = Step(
    "1.2",
    "1.3",
    "progress says which layers of a document are done: those that have a record; entities may be linked to actors",
    _scheme,
    {"entities": _entity},
    additions={"progress": _progress},
)
