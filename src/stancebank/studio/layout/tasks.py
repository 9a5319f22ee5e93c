"""From the corpus to Label Studio's tasks: one per document, regions named as the records they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import Any

import orjson
import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.remarks import read_remarks
from stancebank.faults import StanceBankError
from stancebank.schema.column import UNDECIDED, plain_number
from stancebank.schema.layers import ANNOTATED, KNOWN_ANNOTATED, MENTIONS
from stancebank.schema.scheme import Scheme
from stancebank.storage.files import sha256
from stancebank.studio.layout.controls import (
    CONTENT,
    CONTENT_LINK,
    CUE,
    ENTITY,
    HOLDER,
    HOLDER_LINK,
    LABEL,
    MENTION,
    NO,
    NO_HOLDER,
    NO_SOURCE,
    SOURCE,
    SOURCE_LINK,
    STANCE,
    TEXT,
    UNDECIDED_LABEL,
    YES,
    Control,
    Controls,
    Group,
    content_region,
    controls_of,
    relation_labels,
)
from stancebank.studio.layout.document_records import Record, Records

Task = dict[str, Any]
Item = dict[str, Any]
Rows = Mapping[str, Sequence[Record]]
ENDS = "ends"
"""In the data of a task: the source of each cue and the holder of each stance, as they are sent."""


class Mode(StrEnum):
    """What a task carries besides the text.

    annotations: the corpus's annotations, to be corrected. predictions: the same,
    as a proposal that counts only once somebody submits it. texts: nothing, and no
    entities either, for annotators who must not see what is there.
    """

    annotations = "annotations"
    predictions = "predictions"
    texts = "texts"


class Way(StrEnum):
    """Where the work of annotators goes; chosen once for a project, and said in each task.

    gold: they correct the corpus, and a document has one annotation. passes: each
    annotator's work is a pass of its own, and the corpus stays as it is.
    """

    gold = "gold"
    passes = "passes"


def chosen_mode(mode: Mode | None, way: Way) -> Mode:
    """What tasks carry where it is not said: annotations to correct, for passes the text alone.

    Raises StanceBankError for annotations that would be a pass of whoever sends them.
    """
    if way is Way.passes and mode is Mode.annotations:
        what = "annotations that are sent belong to the account that sends them, and would be a pass of its own"
        raise StanceBankError(what, "send texts or predictions for passes: --as texts, or --as predictions")
    return mode or (Mode.texts if way is Way.passes else Mode.annotations)


def export_tasks(
    corpus: Corpus, mode: Mode = Mode.annotations, documents: Collection[str] | None = None, way: Way = Way.gold
) -> Iterator[Task]:
    """The tasks of a sound corpus, in its order, part by part.

    documents: ids of those to export; all without it. A document without any
    annotation is a task without an annotation, whatever the mode.
    """
    for name in corpus.part_names:
        yield from part_tasks(corpus.read_part(name), mode, documents, way)


def part_tasks(
    part: Part, mode: Mode = Mode.annotations, documents: Collection[str] | None = None, way: Way = Way.gold
) -> Iterator[Task]:
    """The tasks of one sound part, which may be a pass."""
    scheme, targets = part.corpus.scheme, part.corpus.targets
    choices = [
        {"value": f"{target} · {proposition}", "alias": target, "hint": proposition}
        for target, proposition in targets.select("target_id", "proposition").iter_rows()
    ]
    columns = ("doc_id", "text", "text_sha256", "language", "date", "title")
    texts = part["documents"].select(columns)
    writer = _Results(scheme)
    notes = {} if mode is Mode.texts else _notes(part)
    for record, rows in zip(texts.iter_rows(named=True), _by_document(part, texts["doc_id"]), strict=True):
        if documents is not None and record["doc_id"] not in documents:
            continue
        entities = [] if mode is Mode.texts else [_entity_choice(row) for row in rows["entities"]]
        record["date"] = record["date"] or _UNDATED  # the page shows it
        data = record | {"scheme_version": scheme.format, "mode": mode, "way": way}
        data |= {"entities": entities, "targets": choices}
        data |= {MENTIONS.name: [], ENDS: {}} if mode is Mode.texts else _ends(rows)
        data["made_of"] = "" if mode is Mode.texts else _digest(rows)
        task: Task = {"data": data}
        result = [] if mode is Mode.texts else _with_notes(writer.result(rows), rows, notes.get(record["doc_id"], {}))
        if result:
            made: Item = {"result": result}
            if mode is Mode.predictions:
                made["model_version"] = part.annotator or "corpus"
            task[mode.value] = [made]
        yield task


def _notes(part: Part) -> dict[str, dict[str, list[str]]]:
    """What annotators have noted on records of a part, by document and record."""
    found: dict[str, dict[str, list[str]]] = {}
    for remark in read_remarks(part.corpus.root):
        if remark.kind == "note" and remark.annotator == part.annotator and remark.id is not None:
            found.setdefault(remark.doc_id, {}).setdefault(remark.id, []).append(remark.text)
    return found


def _with_notes(result: list[Item], rows: Rows, notes: Mapping[str, list[str]]) -> list[Item]:
    """A result whose regions and relations have the notes of their records, as Label Studio keeps them."""
    of_pairs: dict[tuple[str, str], list[str]] = {}
    for row in rows["relations"] if notes else ():
        of_pairs.setdefault((row["head"], row["tail"]), []).extend(notes.get(row["relation_id"], ()))
    found = (
        (item, notes.get(item["id"]) if "id" in item else of_pairs.get((item["from_id"], item["to_id"])))
        for item in result
    )
    return [item | {"meta": {"text": said}} if said else item for item, said in found]


_UNDATED = "undated"
_AT_ONCE = 100  # documents whose rows are in memory


_ALWAYS = frozenset(ANNOTATED)  # other layers are in a digest only where they have records


def records_digest(records: Records) -> str:
    """SHA-256 of a document's records as they are sent: tells whether the corpus still says what was sent."""
    return _digest({name: list(of_layer.values()) for name, of_layer in records.items()})


def _digest(rows: Rows) -> str:
    values = {
        name: [[*map(_told, row.values())] for row in rows[name]]
        for name in KNOWN_ANNOTATED
        if name in _ALWAYS or rows[name]
    }
    return sha256(orjson.dumps(values))


def _told(value: object) -> object:
    """A value as a digest has it, whether it is from a frame or from a line: 3 and 3.0 are one number."""
    return plain_number(value) if type(value) is float else value


def _by_document(part: Part, documents: pl.Series) -> Iterator[Rows]:
    """The rows of each document in each annotated layer; both are in the same order."""
    order = documents.to_frame()
    frames, bounds = {}, {}
    for name in KNOWN_ANNOTATED:
        counts = order.join(part[name].group_by("doc_id").len(), on="doc_id", how="left", maintain_order="left")
        frames[name] = part[name]
        bounds[name] = list(accumulate(counts["len"].fill_null(0), initial=0))
    for first in range(0, len(documents), _AT_ONCE):
        behind = min(first + _AT_ONCE, len(documents))
        rows = {
            name: frame[bounds[name][first] : bounds[name][behind]].rows(named=True) for name, frame in frames.items()
        }
        for document in range(first, behind):
            found = {}
            for name, ends in bounds.items():
                start = ends[first]
                found[name] = rows[name][ends[document] - start : ends[document + 1] - start]
            yield found


def _entity_choice(row: Record) -> Item:
    """An entity to choose; what is not shown comes along so that it can be restored wherever the task goes."""
    shown = f"{row['entity_id']} {row['name']} [{row['type'] or UNDECIDED}]"
    record = {name: value for name, value in row.items() if name not in ("doc_id", "entity_id")}
    return {"value": shown, "alias": row["entity_id"], "record": record}  # "type" is Label Studio's own beside it


def _ends(rows: Rows) -> Item:
    """The mentions to choose as source or holder, and who it is of each cue and stance as they are sent."""
    names = {row["entity_id"]: row["name"] for row in rows["entities"]}
    ends = {row["attribution_id"]: row["source"] for row in rows["attributions"]}
    ends |= {row["stance_id"]: row["holder"] for row in rows["stances"]}
    choices = [_mention_choice(row, names.get(row["entity_id"])) for row in rows["mentions"]]
    return {MENTIONS.name: choices, ENDS: ends}


def _mention_choice(row: Record, name: str | None) -> Item:
    words = " ".join(row["text"].split())
    shown = f"{row['mention_id']} {words}"
    return {"value": shown if name in (None, words) else f"{shown} ({name})", "alias": row["mention_id"]}


class _Results:
    """Writes results: the list of items that is an annotation in Label Studio."""

    def __init__(self, scheme: Scheme) -> None:
        self._controls: Controls = controls_of(scheme.layers)
        self._layers = scheme.layers
        self._relation_labels = {
            (kind.type_name, kind.modality): label for label, kind in relation_labels(scheme).items()
        }

    def result(self, rows: Rows) -> list[Item]:
        """The items of one document: regions in the order of the text, each followed by its values, then relations."""
        types = {row["entity_id"]: row["type"] for row in rows["entities"]}
        items: list[Item] = []
        links: list[Item] = []
        for row in rows["mentions"]:
            region, entity = row["mention_id"], row["entity_id"]
            if ENTITY.name in self._controls.all:
                items += self._region("mention", region, row, types[entity] or UNDECIDED_LABEL)
                items.append(_value(ENTITY, region, row, entity))
            else:
                items += self._region("mention", region, row, MENTION)
        for row in rows["attributions"]:
            region = row["attribution_id"]
            items += self._region("cue", region, row, CUE)
            self._link(region, row, row["source"], SOURCE_LINK, (SOURCE, NO_SOURCE), items, links)
            for index, span in enumerate(row["content"]):
                inner = content_region(region, index)
                items += self._region("content", inner, span, CONTENT)
                links.append(_relation(region, inner, [CONTENT_LINK]))
        for row in rows["stances"]:
            items += self._region("stance", row["stance_id"], row, STANCE)
            self._link(row["stance_id"], row, row["holder"], HOLDER_LINK, (HOLDER, NO_HOLDER), items, links)
        for row in rows["classifications"]:
            items += self._of_document(row)
        return [*_in_text_order(items), *links, *self._relations(rows["relations"])]

    def _region(self, group: Group, region: str, row: Record, label: str) -> list[Item]:
        """A region, and what its record holds in the columns that have a control."""
        value = {"start": row["start"], "end": row["end"], "text": row["text"], "labels": [label]}
        item: Item = {"id": region, "from_name": LABEL, "to_name": TEXT, "type": "labels", "value": value}
        values = [(control, row[column.name]) for control, column in self._controls.of_columns[group]]
        return [item, *(_value(control, region, row, value) for control, value in values if value not in _EMPTY)]

    def _of_document(self, row: Record) -> Iterator[Item]:
        """What a record says of its document as a whole."""
        for control, column in self._controls.of_columns["document"]:
            if row[column.name] not in _EMPTY:
                value = _written(control, row[column.name])
                item: Item = {"id": f"{row['classification_id']}:{column.name}", "from_name": control.name}
                yield item | {"to_name": TEXT, "type": control.tag, "value": {control.key: value}}

    def _link(
        self,
        region: str,
        row: Record,
        to: str | None,
        label: str,
        controls: tuple[Control, Control],
        items: list[Item],
        links: list[Item],
    ) -> None:
        """Link a region to who is named there, by an arrow and in its list, or say that nobody is."""
        listed, nobody = controls
        if nobody.name not in self._controls.all:
            return
        if to is None:
            items.append(_value(nobody, region, row, nobody.choice))
        else:
            items.append(_value(listed, region, row, to))
            links.append(_relation(region, to, [label]))

    def _relations(self, relations: Iterable[Record]) -> list[Item]:
        """Relations between mentions; those of one ordered pair are labels of one item, since no pair keeps two."""
        labels: dict[tuple[str, str], list[str]] = {}
        for row in relations:
            labels.setdefault((row["head"], row["tail"]), []).append(
                self._relation_labels[row["type"], row["modality"]]
            )
        return [_relation(head, tail, found) for (head, tail), found in labels.items()]


def _in_text_order(items: Iterable[Item]) -> list[Item]:
    """Regions with their values behind them: of those with one start the outer one first, then what has no place."""
    groups: dict[str, list[Item]] = {}
    for item in items:
        groups.setdefault(item["id"], []).append(item)
    return [item for group in sorted(groups.values(), key=_place) for item in group]


def _place(group: Sequence[Item]) -> tuple[bool, int, int]:
    value = group[0]["value"]
    return "start" not in value, value.get("start", 0), -value.get("end", 0)


_EMPTY: tuple[object, ...] = (None, "", [])


def _value(control: Control, region: str, row: Record, chosen: Any) -> Item:  # noqa: ANN401  (as the column's kind is)
    """What a control says of a region; of a text area the text is what was typed, not what the region covers."""
    value = {"start": row["start"], "end": row["end"], "text": row["text"]} | {control.key: _written(control, chosen)}
    return {"id": region, "from_name": control.name, "to_name": TEXT, "type": control.tag, "value": value}


def _written(control: Control, chosen: Any) -> Any:  # noqa: ANN401  (as Label Studio has it)
    """A value as its control gives it."""
    if isinstance(chosen, bool):
        return [YES if chosen else NO]
    listed = chosen if control.several else [chosen]
    if control.tag == "number":
        return plain_number(chosen)
    return [listed] if control.tag == "taxonomy" else listed


def _relation(head: str, tail: str, labels: list[str]) -> Item:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": labels}
