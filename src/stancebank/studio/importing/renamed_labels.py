"""Labels that the scheme has renamed since a task was sent: work under the old names is read under the new ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from stancebank.schema.former_labels import FormerLabels, names_of
from stancebank.schema.layers import Layer
from stancebank.schema.scheme import Scheme
from stancebank.studio.importing.decoding import Item
from stancebank.studio.layout.controls import LABEL, controls_of, relation_labels
from stancebank.studio.layout.document_records import Record, Records

Renamed = Counter[tuple[str, str]]
"""How many times an old name, and the present one, were met."""


class RenamedLabels:
    """Gives labels their present names. It is false where no label was renamed."""

    def __init__(self, scheme: Scheme, former: FormerLabels) -> None:
        self._former = former
        self._layers = scheme.layers
        controls = controls_of(scheme.layers).all if former else {}
        of_controls = {name: control.vocabulary for name, control in controls.items() if control.vocabulary}
        self._labels = {name: former.get(of, {}) for name, of in (of_controls | {LABEL: "entity_types"}).items()}
        self._relations = dict(_former_relations(scheme, former)) if former else {}

    def __bool__(self) -> bool:
        return bool(self._former)

    def rename(self, items: Iterable[Item | None]) -> Renamed:
        """Put the present names into the items of a result, and count them."""
        found: Renamed = Counter()
        for item in items if self._former else ():
            if item is None:
                continue
            value, names = item.value, self._labels.get(item.from_name or "", {})
            if item.type == "relation":
                item.labels = _present(item.labels, self._relations, found)
            elif value is not None:
                value.labels = _present(value.labels, names, found)
                value.choices = _present(value.choices, names, found)
        return found

    def records(self, records: Records) -> Records:
        """Records that were sent, with the present names; the very same object where no old one is in them."""
        if not self._former:
            return records
        renamed = {
            name: {id: self.record(self._layers.complete[name], record) for id, record in rows.items()}
            for name, rows in records.items()
        }
        return records if renamed == records else renamed

    def record(self, layer: Layer, record: Record) -> Record:
        """A record with the present names."""
        if not self._former:
            return record
        of = {column.name: self._former.get(column.vocabulary or "", {}) for column in layer.columns}
        return {name: _now(value, of.get(name, {})) for name, value in record.items()}


def _now(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401  (as the column's kind is)
    return names.get(value, value) if isinstance(value, str) else value


def _present(labels: list[str] | None, names: Mapping[str, str], found: Renamed) -> list[str] | None:
    old = [label for label in labels or () if label in names]
    found.update((label, names[label]) for label in old)
    return list(dict.fromkeys(names.get(label, label) for label in labels)) if labels and old else labels


def _former_relations(scheme: Scheme, former: FormerLabels) -> Iterator[tuple[str, str]]:
    """What the labels of relations were called, whose type or modality had another name, and what they are called."""
    types, modalities = former.get("relation_types", {}), former.get("modalities", {})
    labels = relation_labels(scheme)
    for label, kind in labels.items():
        first, _, second = label.partition(": ") if kind.type_name is None else _parts(label, kind.type_name)
        seconds = [f": {name}" for name in names_of(second, modalities)] if second else [""]
        for old in (f"{name}{end}" for name in names_of(first, types) for end in seconds):
            if old not in labels:
                yield old, label


def _parts(label: str, type: str) -> Sequence[str]:
    return type, ": ", label.removeprefix(type).removeprefix(": ")
