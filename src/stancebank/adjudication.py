"""From two passes and the decisions on what they disagree about to the gold.

The gold follows from the passes and the decisions alone, and can be made again
at any time. Records that the corpus has already keep their ids, since an edit
never renumbers; new ones take the next free number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import polars as pl
from pydantic import Field, TypeAdapter, ValidationError

from stancebank.agreement.alignment import Alignment, align
from stancebank.agreement.annotation import ANNOTATED
from stancebank.agreement.disagreements import Disagreement, disagreements
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import part_hits
from stancebank.corpus import Corpus, Part
from stancebank.faults import StanceBankError, excerpt
from stancebank.files import read_inside, write_files
from stancebank.frames import polars_schema, row_order
from stancebank.jsonl import write_records
from stancebank.layers import LAYERS, Column
from stancebank.yaml_files import Settings

ADJUDICATION_FILE = "annotation/adjudication.jsonl"

Record = dict[str, Any]
Key = tuple[str, str]


class Decision(Settings):
    """The answer to one disagreement of passes A and B, or a correction of what they agree about.

    a, b: ids of the records, null where a pass has none. fields: what they differ
    in; empty where one of them lacks the record. decision: a or b for what that
    pass says, other for the values given, drop for no record. rule: the page and
    rule of the guidelines that decides. reason: why it decides so.
    """

    doc_id: str
    layer: Literal["entities", "mentions", "relations", "attributions", "stances"]
    a: str | None
    b: str | None
    fields: tuple[str, ...] = ()
    decision: Literal["a", "b", "other", "drop"]
    values: dict[str, Any] = Field(default_factory=dict)
    rule: Annotated[str, Field(min_length=1)]
    reason: Annotated[str, Field(min_length=1)]

    @property
    def subject(self) -> tuple[str, str, str | None, str | None, tuple[str, ...]]:
        """What is decided: document, layer, the two ids, the fields."""
        return self.doc_id, self.layer, self.a, self.b, self.fields


@dataclass(frozen=True)
class Adjudicated:
    """What came of a part: its gold layers, and the disagreements on which nothing is decided.

    frames: by annotated layer; empty while something is open.
    """

    part: str
    frames: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    open: tuple[Disagreement, ...] = ()


def read_decisions(root: Path) -> tuple[Decision, ...]:
    """The decisions of a corpus root, none where there is no file. Raises StanceBankError for a line that is none."""
    if not (root / ADJUDICATION_FILE).exists():
        return ()
    data, fault = read_inside(root, ADJUDICATION_FILE)
    if data is None:
        raise StanceBankError(f"{ADJUDICATION_FILE}: {fault.what if fault else 'cannot be read'}")
    adapter = TypeAdapter(Decision)
    decisions: dict[object, Decision] = {}
    for number, line in enumerate(data.split(b"\n")[:-1], 1):
        try:
            decision = adapter.validate_json(line)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            what = f"{ADJUDICATION_FILE}:{number}: {place + ': ' if place else ''}{first['msg']}"
            raise StanceBankError(what, "correct the line; it is one JSON object with the keys of a decision") from None
        if decision.subject in decisions:
            what = f"{ADJUDICATION_FILE}:{number}: this was decided on an earlier line already"
            raise StanceBankError(what, "keep one of the two lines")
        decisions[decision.subject] = decision
    return tuple(decisions.values())


def adjudicate(corpus: Corpus, a: str, b: str, decisions: Sequence[Decision]) -> Iterator[Adjudicated]:
    """The gold of each part that both annotators have made a pass over.

    Raises StanceBankError where a decision fits no disagreement and no record, or
    where the decisions together leave a reference that leads nowhere.
    """
    for name in corpus.pass_parts(a):
        if name in corpus.pass_parts(b):
            yield _adjudicated(corpus.read_part(name), corpus.read_part(name, a), corpus.read_part(name, b), decisions)


def require_sound(corpus: Corpus, results: Sequence[Adjudicated]) -> None:
    """Nothing where the gold breaks no rule that finds errors; else StanceBankError, which names the first."""
    for result in results:
        part = corpus.read_part(result.part)
        gold = replace(part, frames={**part.frames, **result.frames})
        for rule, hit in part_hits(gold, ERRORS_ALONE):
            record = gold[hit.layer][LAYERS[hit.layer].id_column][hit.row]
            what = f"what the decisions give breaks {rule.id} at {record} in {hit.layer}: {hit.what}"
            raise StanceBankError(what, "correct the decisions; nothing was written")


def write_gold(corpus: Corpus, results: Sequence[Adjudicated], out: Path | None = None) -> list[str]:
    """Write the gold's layers, all files or none; gives the files that were not so already.

    out: folder of the parts, the corpus's own without it. Raises StanceBankError
    where a file cannot be written.
    """
    root, prefix = (corpus.root, "corpus/") if out is None else (out, "")
    if out is not None:
        out.mkdir(parents=True, exist_ok=True)
    files = {
        f"{prefix}{result.part}/{LAYERS[name].file_name}": write_records(frame, LAYERS[name])
        for result in results
        for name, frame in result.frames.items()
    }
    changed = {file: data for file, data in files.items() if read_inside(root, file)[0] != data}
    write_files(root, changed)
    return list(changed)


def _adjudicated(base: Part, a: Part, b: Part, decisions: Sequence[Decision]) -> Adjudicated:
    documents = set(base["documents"]["doc_id"])
    due = {decision.subject: decision for decision in decisions if decision.doc_id in documents}
    merged = _Merged(align(a, b))
    undecided = []
    for each in disagreements(a, b):
        decision = due.pop((each.doc_id, each.layer, each.a_id, each.b_id, each.fields), None)
        if decision is None:
            undecided.append(each)
        else:
            merged.settle(each, decision)
    if undecided:
        return Adjudicated(base.name, open=tuple(undecided))
    for correction in due.values():
        merged.correct(correction)
    merged.require_whole()
    return Adjudicated(base.name, _with_ids_of(base, merged.frames()))


class _Merged:
    """The records of A, made into the gold by one decision after the other. B's own records are called b:ID."""

    def __init__(self, alignment: Alignment) -> None:
        self._in_a = {name: {b: a for a, b in alignment.of(name).items()} for name in ANNOTATED}
        self._records: dict[str, dict[Key, Record]] = {
            name: {key: dict(row) for key, row in alignment.a.records[name].items()} for name in ANNOTATED
        }

    def settle(self, each: Disagreement, decision: Decision) -> None:
        records = self._records[each.layer]
        if decision.decision == "drop" or (each.kind == "only in A" and decision.decision == "b"):
            records.pop((each.doc_id, each.a_id or ""), None)
        elif each.kind == "only in B" and decision.decision != "a":
            assert each.b is not None
            record = self._translated(each.layer, each.b, each.b) | decision.values
            id_column = LAYERS[each.layer].id_column
            record[id_column] = f"b:{each.b_id}"
            records[each.doc_id, record[id_column]] = record
        elif each.kind == "differs" and decision.decision == "b":
            assert each.b is not None
            records[each.doc_id, each.a_id or ""] |= self._translated(each.layer, each.b, each.fields)
        elif decision.decision == "other":
            self._set(decision)

    def correct(self, decision: Decision) -> None:
        """What both say, decided otherwise."""
        if decision.decision not in ("other", "drop"):
            what = f"{_named(decision)}: the passes do not disagree about it"
            raise StanceBankError(what, "remove the decision, or make it other or drop")
        if decision.decision == "other":
            self._set(decision)
        elif self._records[decision.layer].pop((decision.doc_id, decision.a or ""), None) is None:
            raise StanceBankError(f"{_named(decision)}: there is no such record", "correct the ids")

    def _set(self, decision: Decision) -> None:
        record = self._records[decision.layer].get((decision.doc_id, decision.a or ""))
        if (
            record is None
            or decision.values.keys() != set(decision.fields)
            or not decision.values.keys() <= record.keys()
        ):
            what = f"{_named(decision)}: the values must be those of its fields, for a record of A"
            raise StanceBankError(what, "correct the ids, the fields or the values")
        record |= decision.values

    def _translated(self, layer: str, record: Mapping[str, Any], fields: Iterable[str]) -> Record:
        """Fields of a record of B, what they refer to called as here."""
        return {name: self._reference(LAYERS[layer][name], record["doc_id"], record[name]) for name in fields}

    def _reference(self, column: Column, doc_id: str, value: Any) -> Any:  # noqa: ANN401
        if column.refers_to not in ANNOTATED or value is None:
            return value
        own = self._in_a[column.refers_to].get((doc_id, value))
        return own[1] if own else f"b:{value}"

    def require_whole(self) -> None:
        """Nothing where every reference leads to a record; else StanceBankError."""
        for name in ANNOTATED:
            for (doc_id, identifier), record in self._records[name].items():
                for column in LAYERS[name].columns:
                    value = record[column.name]
                    if (
                        column.refers_to in ANNOTATED
                        and value
                        and (doc_id, value) not in self._records[column.refers_to]
                    ):
                        what = (
                            f"the decisions keep {identifier} in {name}, but drop {excerpt(value)}, its {column.name}"
                        )
                        raise StanceBankError(what, "decide on both in the same way")

    def frames(self) -> dict[str, pl.DataFrame]:
        return {
            name: pl.DataFrame(list(records.values()), schema=polars_schema(LAYERS[name].columns), orient="row")
            for name, records in self._records.items()
        }


def _named(decision: Decision) -> str:
    ids = f"a {decision.a or 'null'}, b {decision.b or 'null'}"
    return f"the decision on {decision.layer} ({ids}) in {decision.doc_id}"


def _with_ids_of(base: Part, frames: Mapping[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The layers with the ids of the base's matched records and fresh ones for the others, rows in order."""
    alignment = align(base, replace(base, frames={**base.frames, **frames}))
    ids: dict[str, dict[Key, str]] = {}
    for name in ANNOTATED:
        own = {new: old[1] for old, new in alignment.of(name).items()}
        taken = [int(number[1]) for old in alignment.a.records[name] if (number := re.search(r"(\d+)$", old[1]))]
        following = max(taken, default=0)
        layer = LAYERS[name]
        ids[name] = {}
        for key in frames[name].sort(row_order(layer)).select("doc_id", layer.id_column).iter_rows():
            if key not in own:
                following += 1
            ids[name][key] = own.get(key) or f"{name[0]}{following}"
    renamed = {}
    for name, frame in frames.items():
        layer = LAYERS[name]
        columns = [(column.name, column.refers_to or name) for column in layer.columns]
        referring = [(column, to) for column, to in columns if to in ids and (column == layer.id_column or to != name)]
        frame = frame.with_columns(
            pl.Series(
                column,
                [ids[to].get((doc_id, value)) for doc_id, value in frame.select("doc_id", column).iter_rows()],
                pl.String,
            )
            for column, to in referring
        )
        renamed[name] = frame.sort(row_order(layer), maintain_order=True)
    return renamed
