"""From the corpus to Label Studio's tasks: one per document, regions named as the records they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from itertools import accumulate
from typing import Any

import orjson
import polars as pl

from stancebank.corpus import Corpus, Part
from stancebank.scheme import Scheme
from stancebank.seeds import sha256
from stancebank.studio.controls import (
    BASIS,
    COMMITMENT,
    CONTENT,
    CONTENT_LINK,
    CUE,
    ENTITY,
    EXPRESSION,
    HOLDER_LINK,
    KIND,
    LABEL,
    LEVEL,
    NO_HOLDER,
    NO_SOURCE,
    SOURCE_LINK,
    STANCE,
    STANCE_LABEL,
    TARGET,
    TEXT,
    Control,
    content_region,
    relation_labels,
)
from stancebank.studio.records import Records

Task = dict[str, Any]
Item = dict[str, Any]
Rows = Mapping[str, list[tuple[Any, ...]]]


class Mode(StrEnum):
    """What a task carries besides the text.

    annotations: the corpus's annotations, to be corrected. predictions: the same,
    as a proposal that counts only once somebody submits it. texts: nothing, and no
    entities either, for annotators who must not see what is there.
    """

    annotations = "annotations"
    predictions = "predictions"
    texts = "texts"


def export_tasks(
    corpus: Corpus, mode: Mode = Mode.annotations, documents: Collection[str] | None = None
) -> Iterator[Task]:
    """The tasks of a sound corpus, in its order, part by part.

    documents: ids of those to export; all without it. A document without any
    annotation is a task without an annotation, whatever the mode.
    """
    for name in corpus.part_names:
        yield from part_tasks(corpus.read_part(name), mode, documents)


def part_tasks(part: Part, mode: Mode = Mode.annotations, documents: Collection[str] | None = None) -> Iterator[Task]:
    """The tasks of one sound part."""
    scheme, targets = part.corpus.scheme, part.corpus.targets
    assert scheme is not None
    assert targets is not None
    choices = [
        {"value": target, "alias": target, "hint": proposition}
        for target, proposition in targets.select("target_id", "proposition").iter_rows()
    ]
    columns = ("doc_id", "text", "text_sha256", "language", "date", "title")
    texts = part["documents"].select(columns)
    writer = _Results(scheme)
    for record, rows in zip(texts.iter_rows(named=True), _by_document(part, texts["doc_id"]), strict=True):
        if documents is not None and record["doc_id"] not in documents:
            continue
        entities = [] if mode is Mode.texts else [_entity_choice(*row) for row in rows["entities"]]
        data = record | {"scheme_version": scheme.version, "mode": mode, "entities": entities, "targets": choices}
        data["made_of"] = "" if mode is Mode.texts else _digest(rows)
        task: Task = {"data": data}
        result = [] if mode is Mode.texts else writer.result(rows)
        if result:
            made: Item = {"result": result}
            if mode is Mode.predictions:
                made["model_version"] = "corpus"
            task[mode.value] = [made]
        yield task


_AT_ONCE = 100  # documents whose rows are in memory
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "entities": ("entity_id", "name", "type", "wikidata", "value"),
    "mentions": ("mention_id", "start", "end", "text", "entity_id", "level"),
    "relations": ("head", "tail", "type", "modality"),
    "attributions": ("attribution_id", "start", "end", "text", "source", "kind", "content"),
    "stances": (
        *("stance_id", "start", "end", "text", "holder", "target"),
        *("label", "basis", "commitment", "expression"),
    ),
}
_STANCE_CONTROLS = (TARGET, STANCE_LABEL, BASIS, COMMITMENT, EXPRESSION)  # in the order of the columns


def records_digest(records: Records) -> str:
    """SHA-256 of a document's records as they are sent: tells whether the corpus still says what was sent."""
    return _digest(
        {name: [[record[key] for key in keys] for record in records[name].values()] for name, keys in _COLUMNS.items()}
    )


def _digest(rows: Mapping[str, Sequence[Sequence[Any]]]) -> str:
    return sha256(orjson.dumps({name: list(rows[name]) for name in _COLUMNS}))


def _by_document(part: Part, documents: pl.Series) -> Iterator[Rows]:
    """The rows of each document in each annotated layer; both are in the same order."""
    order = documents.to_frame()
    frames, bounds = {}, {}
    for name, columns in _COLUMNS.items():
        counts = order.join(part[name].group_by("doc_id").len(), on="doc_id", how="left", maintain_order="left")
        frames[name] = part[name].select(columns)
        bounds[name] = list(accumulate(counts["len"].fill_null(0), initial=0))
    for first in range(0, len(documents), _AT_ONCE):
        behind = min(first + _AT_ONCE, len(documents))
        rows = {name: frame[bounds[name][first] : bounds[name][behind]].rows() for name, frame in frames.items()}
        for document in range(first, behind):
            found = {}
            for name, ends in bounds.items():
                start = ends[first]
                found[name] = rows[name][ends[document] - start : ends[document + 1] - start]
            yield found


def _entity_choice(entity_id: str, name: str, type: str, wikidata: str | None, value: str | None) -> Item:
    """An entity to choose; what is not shown comes along so that it can be restored wherever the task goes."""
    shown = f"{entity_id} {name} [{type}]"
    record = {
        "type": type,
        "name": name,
        "wikidata": wikidata,
        "value": value,
    }  # "type" is Label Studio's own beside it
    return {"value": shown, "alias": entity_id, "record": record}


class _Results:
    """Writes results: the list of items that is an annotation in Label Studio."""

    def __init__(self, scheme: Scheme) -> None:
        self._relation_labels = {
            (kind.name, modality): label for label, (kind, modality) in relation_labels(scheme).items()
        }

    def result(self, rows: Rows) -> list[Item]:
        """The items of one document: regions, each followed by its values, then relations."""
        types = {entity_id: type for entity_id, _, type, *_ in rows["entities"]}
        items: list[Item] = []
        links: list[Item] = []
        for region, start, end, text, entity_id, level in rows["mentions"]:
            items.append(_region(region, start, end, text, types[entity_id]))
            items.append(_value(LEVEL, region, start, end, text, level))
            items.append(_value(ENTITY, region, start, end, text, entity_id))
        for region, start, end, text, source, kind, content in rows["attributions"]:
            items.append(_region(region, start, end, text, CUE))
            items.append(_value(KIND, region, start, end, text, kind))
            if source is None:
                items.append(_value(NO_SOURCE, region, start, end, text, NO_SOURCE.choice))
            else:
                links.append(_relation(region, source, [SOURCE_LINK]))
            for index, span in enumerate(content):
                inner = content_region(region, index)
                items.append(_region(inner, span["start"], span["end"], span["text"], CONTENT))
                links.append(_relation(region, inner, [CONTENT_LINK]))
        for region, start, end, text, holder, *values in rows["stances"]:
            items.append(_region(region, start, end, text, STANCE))
            for control, value in zip(_STANCE_CONTROLS, values, strict=True):
                if value is not None:
                    items.append(_value(control, region, start, end, text, value))
            if holder is None:
                items.append(_value(NO_HOLDER, region, start, end, text, NO_HOLDER.choice))
            else:
                links.append(_relation(region, holder, [HOLDER_LINK]))
        return [*items, *links, *self._relations(rows["relations"])]

    def _relations(self, relations: Iterable[tuple[str, str, str, str]]) -> list[Item]:
        """Relations between mentions; those of one ordered pair are labels of one item, since no pair keeps two."""
        labels: dict[tuple[str, str], list[str]] = {}
        for head, tail, kind, modality in relations:
            labels.setdefault((head, tail), []).append(self._relation_labels[kind, modality])
        return [_relation(head, tail, found) for (head, tail), found in labels.items()]


def _region(region: str, start: int, end: int, text: str, label: str) -> Item:
    value = {"start": start, "end": end, "text": text, "labels": [label]}
    return {"id": region, "from_name": LABEL, "to_name": TEXT, "type": "labels", "value": value}


def _value(control: Control, region: str, start: int, end: int, text: str, chosen: str | None) -> Item:
    value = {"start": start, "end": end, "text": text, control.tag: [[chosen] if control.tag == "taxonomy" else chosen]}
    return {"id": region, "from_name": control.name, "to_name": TEXT, "type": control.tag, "value": value}


def _relation(head: str, tail: str, labels: list[str]) -> Item:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": labels}
