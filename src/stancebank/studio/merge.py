"""Three-way merge: what was sent, what the corpus says by now, what the annotator made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stancebank.layers import LAYERS
from stancebank.studio.records import ANNOTATED, Record, Records, no_records


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that both sides have changed, each in its own way.

    fields: the columns on which they differ, or that refer to what one side has
    removed; empty where one side has removed what the other has changed.
    """

    layer: str
    id: str
    fields: tuple[str, ...]


def merge(base: Records, ours: Records, theirs: Records) -> tuple[Records, tuple[Conflict, ...]]:
    """The records with the changes of both sides, matched by id and merged field by field, and what is in conflict.

    Start, end and text of a span are one field. An entity goes with its last mention.
    Where there is a conflict, ours stands.
    """
    if ours == base:
        return theirs, ()
    if theirs in (base, ours):
        return ours, ()
    merged, conflicts = no_records(), []
    for layer in ANNOTATED:
        for id in dict.fromkeys((*ours[layer], *theirs[layer])):
            record, fields = _merged(layer, *(side[layer].get(id) for side in (base, ours, theirs)))
            if record is not None:
                merged[layer][id] = record
            if fields is not None:
                conflicts.append(Conflict(layer, id, fields))
    alive = {mention["entity_id"] for mention in merged["mentions"].values()}
    merged["entities"] = {id: record for id, record in merged["entities"].items() if id in alive}
    return merged, (*conflicts, *_dangling(merged))


def _dangling(records: Records) -> Iterator[Conflict]:
    """The references to what one side has removed while the other one made or kept them."""
    for layer in ANNOTATED:
        referring = [column for column in LAYERS[layer].columns if column.refers_to in ANNOTATED]
        for id, record in records[layer].items():
            for column in referring:
                if record[column.name] is not None and record[column.name] not in records[column.refers_to or ""]:
                    yield Conflict(layer, id, (column.name,))


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
