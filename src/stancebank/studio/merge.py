"""Three-way merge: what was sent, what the corpus says by now, what the annotator made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stancebank.layers import LAYERS
from stancebank.studio.records import ANNOTATED, Record, Records, no_records


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that both sides have changed, each in its own way.

    fields: the columns on which they differ; empty where one side has removed what the other has changed.
    """

    layer: str
    id: str
    fields: tuple[str, ...]


def merge(base: Records, ours: Records, theirs: Records) -> tuple[Records, tuple[Conflict, ...]]:
    """The records with the changes of both sides, matched by id and merged field by field, and what is in conflict.

    Start, end and text of a span are one field. Where there is a conflict, ours stands.
    """
    if ours == base:
        return theirs, ()
    merged, conflicts = no_records(), []
    for layer in ANNOTATED:
        for id in dict.fromkeys((*ours[layer], *theirs[layer])):
            record, fields = _merged(layer, *(side[layer].get(id) for side in (base, ours, theirs)))
            if record is not None:
                merged[layer][id] = record
            if fields is not None:
                conflicts.append(Conflict(layer, id, fields))
    return merged, tuple(conflicts)


def _merged(
    layer: str, base: Record | None, ours: Record | None, theirs: Record | None
) -> tuple[Record | None, tuple[str, ...] | None]:
    """The record, or None where it goes; and in conflict the fields, else None."""
    if theirs == base or ours == theirs:
        return ours, None
    if ours == base:
        return theirs, None
    if ours is None or theirs is None:
        return ours or theirs, ()
    record: Record = {}
    fields: list[str] = []
    for names in _fields(layer):
        was, our, their = (side and [side[name] for name in names] for side in (base, ours, theirs))
        if our not in (was, their) and their != was:
            fields.append(names[0])
        taken: Mapping[str, object] = theirs if our == was else ours
        record |= {name: taken[name] for name in names}
    return {name: record[name] for name in LAYERS[layer].names}, tuple(fields) or None


def _fields(layer: str) -> list[tuple[str, ...]]:
    """The columns that are merged, those of the span together."""
    span = ("start", "end", "text") if LAYERS[layer].spans else ()
    single: list[tuple[str, ...]] = [(name,) for name in LAYERS[layer].names if name not in span]
    return [*single, span] if span else single
