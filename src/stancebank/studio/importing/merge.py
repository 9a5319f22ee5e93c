"""Three-way merge: what was sent, what the corpus says by now, what the annotator made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from stancebank.schema.layers import KNOWN_ANNOTATED, Layer
from stancebank.schema.scheme_layers import Layers
from stancebank.studio.layout.document_records import Record, Records, no_records


@dataclass(frozen=True, slots=True)
class Conflict:
    """A record that both sides have changed, each in its own way.

    fields: the columns on which they differ, or that refer to what one side has
    removed; empty where one side has removed what the other has changed.
    """

    layer: str
    id: str
    fields: tuple[str, ...]


def merge(base: Records, ours: Records, theirs: Records, layers: Layers) -> tuple[Records, tuple[Conflict, ...]]:
    """The records with the changes of both sides, matched by id and merged field by field, and what is in conflict.

    Start, end and text of a span are one field. An entity goes with its last mention.
    In a conflict, ours is kept.
    """
    if ours == base:
        return theirs, ()
    if theirs in (base, ours):
        return ours, ()
    merged, conflicts = no_records(), []
    for layer in KNOWN_ANNOTATED:
        for id in dict.fromkeys((*ours[layer], *theirs[layer])):
            record, fields = _merged(layers.complete[layer], *(side[layer].get(id) for side in (base, ours, theirs)))
            if record is not None:
                merged[layer][id] = record
            if fields is not None:
                conflicts.append(Conflict(layer, id, fields))
    if not layers.uses("mentions.entity_id"):
        return merged, (*conflicts, *_dangling(merged, layers))
    alive = {mention["entity_id"] for mention in merged["mentions"].values()}
    merged["entities"] = {id: record for id, record in merged["entities"].items() if id in alive}
    return merged, (*conflicts, *_dangling(merged, layers))


def _dangling(records: Records, layers: Layers) -> Iterator[Conflict]:
    """The references to what one side has removed while the other one made or kept them."""
    for layer in layers.annotated:
        referring = [column for column in layers[layer].columns if column.refers_to in KNOWN_ANNOTATED]
        for id, record in records[layer].items():
            for column in referring:
                if record[column.name] is not None and record[column.name] not in records[column.refers_to or ""]:
                    yield Conflict(layer, id, (column.name,))


def _merged(
    layer: Layer, base: Record | None, ours: Record | None, theirs: Record | None
) -> tuple[Record | None, tuple[str, ...] | None]:
    """The record, or None where it goes; and in conflict the fields, else None."""
    if theirs == base or ours == theirs:
        return ours, None
    if ours == base:
        return theirs, None
    if ours is None or theirs is None:
        return ours or theirs, ()
    record: Record = dict(ours)
    fields: list[str] = []
    span_last = sorted(layer.fields, key=len)
    for names in ([column.name for column in columns] for columns in span_last):
        was, our, their = (side and [side[name] for name in names] for side in (base, ours, theirs))
        if our not in (was, their) and their != was:
            fields.append(names[0])
        taken: Mapping[str, object] = theirs if our == was else ours
        record |= {name: taken[name] for name in names}
    return record, tuple(fields) or None
