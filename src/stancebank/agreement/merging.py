"""Two annotations of a document made one, disagreement by disagreement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from stancebank.agreement.annotation import Key
from stancebank.agreement.annotation_alignment import Alignment
from stancebank.agreement.decisions import Decision, Subject
from stancebank.agreement.disagreements import Disagreement, differences
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, excerpt
from stancebank.schema.column import Column
from stancebank.schema.frames import polars_schema, row_order
from stancebank.schema.layers import KNOWN_LAYERS

Record = dict[str, Any]


def merge(
    alignment: Alignment, layers: Collection[str], annotator: str, decisions: Mapping[Subject, Decision]
) -> Part | tuple[Disagreement, ...]:
    """A with the decisions on what B says otherwise in these layers; or the disagreements without a decision.

    Where one of the two has not decided on a label, and nobody has, the other's counts. A record that
    B has alone is called ANNOTATOR:ID. Raises StanceBankError where a decision fits no disagreement and no
    record, or where the decisions together leave a reference that leads nowhere.
    """
    due = dict(decisions)
    merged = _Merged(alignment, annotator)
    undecided = []
    for layer in layers:
        for each in differences(alignment, layer):
            decision = due.pop((each.doc_id, each.layer, each.a_id, each.b_id, each.fields), None)
            if decision is not None:
                merged.settle(each, decision)
            elif each.kind == "undecided":
                merged.fill(each)
            else:
                undecided.append(each)
    if undecided:
        return tuple(undecided)
    for correction in due.values():
        merged.correct(correction)
    merged.require_whole()
    return replace(alignment.a.part, frames={**alignment.a.part.frames, **merged.frames()})


class _Merged:
    """The records of A, made into the result by one decision after the other."""

    def __init__(self, alignment: Alignment, annotator: str) -> None:
        self._annotator = annotator
        self._layers = alignment.a.part.layers
        self._in_a = {name: {b: a for a, b in alignment.of(name).items()} for name in self._layers.annotated}
        self._records: dict[str, dict[Key, Record]] = {
            name: {key: dict(row) for key, row in alignment.a.records[name].items()} for name in self._layers.annotated
        }

    def settle(self, each: Disagreement, decision: Decision) -> None:
        records = self._records[each.layer]
        if decision.decision == "drop" or (each.kind == "only in A" and decision.decision == "b"):
            records.pop((each.doc_id, each.a_id or ""), None)
        elif each.b and each.kind == "only in B" and decision.decision != "a":
            self._require_values(decision, each.b)
            record = self._translated(each.layer, each.b, each.b) | decision.values
            id_column = self._layers[each.layer].id_column
            record[id_column] = f"{self._annotator}:{each.b_id}"
            records[each.doc_id, record[id_column]] = record
        elif each.b and each.kind in ("differs", "undecided") and decision.decision == "b":
            records[each.doc_id, each.a_id or ""] |= self._translated(each.layer, each.b, each.fields)
        elif decision.decision == "other":
            self._set(decision)

    def fill(self, each: Disagreement) -> None:
        """Take the label of the one who has decided."""
        a, b = each.a or {}, each.b or {}
        undecided = [name for name in each.fields if a[name] is None]
        self._records[each.layer][each.doc_id, each.a_id or ""] |= {name: b[name] for name in undecided}

    def correct(self, decision: Decision) -> None:
        """What both say, decided otherwise."""
        if decision.decision not in ("other", "drop"):
            what = f"{decision}: the passes do not disagree about it"
            raise StanceBankError(what, "remove the decision, or make it other or drop")
        if decision.decision == "other":
            self._set(decision)
        elif self._records[decision.layer].pop((decision.doc_id, decision.a or ""), None) is None:
            raise StanceBankError(f"{decision}: there is no such record", "correct the ids")

    def _set(self, decision: Decision) -> None:
        record = self._records[decision.layer].get((decision.doc_id, decision.a or ""))
        if record is None or decision.values.keys() != set(decision.fields):
            what = f"{decision}: the values must be those of its fields, for a record of A"
            raise StanceBankError(what, "correct the ids, the fields or the values")
        self._require_values(decision, record)
        record |= decision.values

    def _require_values(self, decision: Decision, record: Mapping[str, Any]) -> None:
        layer = self._layers[decision.layer]
        for name, value in decision.values.items():
            if name not in record or name in ("doc_id", layer.id_column):
                raise StanceBankError(f"{decision}: {excerpt(name)} is no field of it", "correct the fields")
            if not layer[name].fits(value):
                what = f"{decision}: {name} cannot be {excerpt(str(value))}"
                raise StanceBankError(what, "correct the value; docs/data-model.md has the fields of each layer")

    def _translated(self, layer: str, record: Mapping[str, Any], fields: Iterable[str]) -> Record:
        """Fields of a record of B, what they refer to called as here."""
        columns = self._layers.complete[layer]
        return {name: self._reference(columns[name], record["doc_id"], record[name]) for name in fields}

    def _reference(self, column: Column, doc_id: str, value: Any) -> Any:  # noqa: ANN401
        if value is None or column.refers_to is None or not KNOWN_LAYERS[column.refers_to].annotated:
            return value
        own = self._in_a[column.refers_to].get((doc_id, value))
        return own[1] if own else f"{self._annotator}:{value}"

    def require_whole(self) -> None:
        """Nothing where every reference leads to a record; else StanceBankError."""
        for name in self._layers.annotated:
            for (doc_id, identifier), record in self._records[name].items():
                for column in self._layers[name].columns:
                    value = record[column.name]
                    if (
                        column.refers_to in self._records
                        and value
                        and (doc_id, value) not in self._records[column.refers_to]
                    ):
                        what = (
                            f"the decisions keep {identifier} in {name}, but drop {excerpt(value)}, its {column.name}"
                        )
                        raise StanceBankError(what, "decide on both in the same way")

    def frames(self) -> dict[str, pl.DataFrame]:
        """The layers, rows in order."""
        return {
            name: pl.DataFrame(
                list(records.values()), schema=polars_schema(self._layers.complete[name].columns), orient="row"
            ).sort(row_order(self._layers[name]), maintain_order=True)
            for name, records in self._records.items()
        }
