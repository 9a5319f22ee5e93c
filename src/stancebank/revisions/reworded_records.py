"""The annotations of a document, taken to the corrected version of its text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stancebank.corpus.unplaced import Unplaced, passage
from stancebank.schema.layers import ENTITIES, MENTIONS, Layer
from stancebank.schema.scheme_layers import Layers
from stancebank.text.rewording import Rewording

Record = dict[str, Any]
Records = Mapping[str, Sequence[Record]]
"""By layer, the records of one document."""


@dataclass(frozen=True, slots=True)
class Reworded:
    """A record whose span covers other words than before: which, and where, in [brackets] with words around."""

    annotator: str | None
    layer: str
    id: str
    before: str
    after: str


@dataclass
class RewordedRecords:
    """The annotated layers of a document in one annotation, the gold or a pass, across a rewording.

    records: by layer, those that have a place. unplaced: those that have none, and those that refer to them.
    reworded: those that cover other words.
    """

    rewording: Rewording
    layers: Layers
    doc_id: str
    annotator: str | None
    date: str
    records: dict[str, list[Record]]
    unplaced: list[Unplaced] = field(default_factory=list)
    reworded: list[Reworded] = field(default_factory=list)
    _before: dict[tuple[str, str], Record] = field(default_factory=dict)

    @classmethod
    def of(
        cls, rewording: Rewording, layers: Layers, doc_id: str, annotator: str | None, date: str, before: Records
    ) -> RewordedRecords:
        """The records of the text as it was, moved along with their words."""
        made = cls(rewording, layers, doc_id, annotator, date, {})
        made._before = {
            (name, each[layers[name].id_column]): each for name in layers.annotated for each in before[name]
        }
        for name in layers.annotated:
            made.records[name] = [moved for each in before[name] if (moved := made._moved(name, each))]
        made._follow()
        return made

    @property
    def placed(self) -> int:
        """How many spans have a place."""
        return sum(
            1 for layer, found in self.records.items() for each in found for _ in _spans(self.layers[layer], each, each)
        )

    def lose(self, reasons: Mapping[tuple[str, str], str]) -> None:
        """Have records, by layer and id, no place, each for a reason; and so what refers to them."""
        for (layer, id), why in reasons.items():
            kept = [each for each in self.records[layer] if each[self.layers[layer].id_column] != id]
            if len(kept) < len(self.records[layer]):
                self.records[layer] = kept
                self._lose(layer, self._before[layer, id], why)
        self._follow()

    def _moved(self, layer: str, record: Record) -> Record | None:
        """A record with all of its spans where their words are now; None where one has no place."""
        moved = dict(record)
        changed = []
        for column in self.layers[layer].columns:
            if column.items:
                moved[column.name] = [dict(item) for item in record[column.name]]
        for before, after in _spans(self.layers[layer], record, moved):
            place = self.rewording.place(before["start"], before["end"])
            if place is None:
                self._lose(layer, record, "its words changed", (before["start"], before["end"]))
                return None
            after |= {"start": place.start, "end": place.end, "text": self.rewording.other[place.start : place.end]}
            changed += [] if place.kept else [(before, after)]
        for before, after in changed:
            shown = (passage(text, span["start"], span["end"]) for text, span in self._sides(before, after))
            self.reworded.append(Reworded(self.annotator, layer, record[self.layers[layer].id_column], *shown))
        return moved

    def _sides(self, before: Record, after: Record) -> Iterator[tuple[str, Record]]:
        yield self.rewording.text, before
        yield self.rewording.other, after

    def _follow(self) -> None:
        """Take out what refers to records that have no place, and entities that are not mentioned any more."""
        reasons = {(ENTITIES.name, id): "none of its mentions has a place" for id in self._mentioned_no_more()}
        for layer in self.layers.annotated:
            for column in self.layers[layer].columns:
                if column.refers_to in self.layers.annotated:
                    known = {each[self.layers[column.refers_to].id_column] for each in self.records[column.refers_to]}
                    for each in self.records[layer]:
                        other = each[column.name]
                        if other is not None and other not in known and (column.refers_to, other) in self._before:
                            why = f"its {column.name.removesuffix('_id')} {other} has no place"
                            reasons.setdefault((layer, each[self.layers[layer].id_column]), why)
        if reasons:
            self.lose(reasons)

    def _mentioned_no_more(self) -> set[str]:
        """The ids of entities all of whose mentions lost their place; none where the scheme has no entities."""
        if not self.layers.uses(f"{MENTIONS.name}.{ENTITIES.id_column}"):
            return set()
        mentioned = {each[ENTITIES.id_column] for each in self.records[MENTIONS.name]}
        had = {each[ENTITIES.id_column] for (layer, _), each in self._before.items() if layer == MENTIONS.name}
        return {each[ENTITIES.id_column] for each in self.records[ENTITIES.name]} & (had - mentioned)

    def _lose(self, layer: str, record: Record, why: str, span: tuple[int, int] | None = None) -> None:
        before = after = None
        if span is None and "start" in record:
            span = record["start"], record["end"]
        if span is not None:
            before = passage(self.rewording.text, *span)
            after = passage(self.rewording.other, *self.rewording.surroundings(*span))
        id = record[self.layers[layer].id_column]
        self.reworded = [each for each in self.reworded if (each.layer, each.id) != (layer, id)]
        self.unplaced.append(Unplaced(self.doc_id, self.annotator, layer, id, why, self.date, before, after, record))


def _spans(layer: Layer, record: Record, moved: Record) -> Iterator[tuple[Record, Record]]:
    """The spans of a record, its own and those inside it, each with its copy."""
    if layer.spans:
        yield record, moved
    for column in layer.columns:
        if column.items:
            yield from zip(record[column.name], moved[column.name], strict=True)
