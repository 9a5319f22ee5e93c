"""Corpora on disk and exports as Label Studio gives them, for tests without a server."""

from __future__ import annotations

import copy
import json
import random
import shutil
import string
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import polars as pl
from hypothesis import strategies as st

from conftest import NOT_COPIED, PROJECT
from stancebank.checks.selection import Selection
from stancebank.checks.validation import check_corpus
from stancebank.corpus import seeds
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.seeds import Rights, Seed, SeedList
from stancebank.schema.frames import polars_schema, row_order
from stancebank.schema.layers import LAYERS, PART_LAYERS
from stancebank.schema.paths import shared_file
from stancebank.schema.scheme_layers import ALL_LAYERS
from stancebank.storage.files import sha256
from stancebank.storage.json_positions import json_path
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.importing.notices import Notice
from stancebank.studio.layout.tasks import Mode, export_tasks
from strategies import SHARED, documents, done_in_all

Record = dict[str, Any]
Layers = dict[str, list[Record]]
Task = dict[str, Any]
Item = dict[str, Any]

ANNOTATED = ("entities", "mentions", "relations", "attributions", "stances")
# What an import must never break. How annotations stand together, such as crossing mentions, is for the validator.
GUARANTEED = Selection(
    select=("SB1", "SB2", "SB3", "SB4", "SB501", "SB502", "SB603", "SB606"),
    ignore=("SB304", "SB305", "SB306", "SB309"),
    warnings=False,
)

SETTINGS = """\
name: made-up
title: Made up
description: Made up.
version: 0.1.0
annotation_license: none
splits:
  train: ["*"]
"""


@dataclass(frozen=True)
class Folder:
    """A corpus root that a test may change."""

    path: Path

    def corpus(self) -> Corpus:
        return read_corpus(self.path)

    def records(self, part: str, layer: str, annotator: str | None = None) -> list[Record]:
        return read_lines((self.path / self.file(part, layer, annotator)).read_bytes())

    def file(self, part: str, layer: str, annotator: str | None = None) -> str:
        folder = f"annotation/passes/{annotator}" if annotator else "corpus"
        return f"{folder}/{part}/{layer}.jsonl"

    def write(self, part: str, layer: str, records: Iterable[Record]) -> None:
        rows = pl.DataFrame(list(records), schema=polars_schema(LAYERS[layer].columns)).sort(row_order(LAYERS[layer]))
        (self.path / self.file(part, layer)).write_bytes(write_records(rows, LAYERS[layer]))

    def edit(self, part: str, layer: str, id: str, **values: Any) -> None:
        """Set values in the records of that id."""
        records = self.records(part, layer)
        for record in records:
            record.update(values if record[LAYERS[layer].id_column] == id else {})
        self.write(part, layer, records)

    def remove(self, part: str, layer: str, *ids: str) -> None:
        kept = [record for record in self.records(part, layer) if record[LAYERS[layer].id_column] not in ids]
        self.write(part, layer, kept)

    def tree(self) -> dict[str, bytes]:
        return tree(self.path)

    def content(self) -> dict[str, bytes]:
        """Every file, but for how far the documents are and how that came about."""
        beside = ("/progress.jsonl", "annotation/work.jsonl")
        return {file: data for file, data in self.tree().items() if not file.endswith(beside)}

    def layers(self) -> dict[str, bytes]:
        """The annotated layers and progress, as an import into another folder would write them."""
        return {file: data for file, data in self.tree().items() if file.split("/")[-1][:-6] in ALL_LAYERS.passes}

    def progress(self, annotator: str | None = None, part: str = "2025-02") -> dict[str, set[tuple[Any, ...]]]:
        """State, annotator, date, origin and remark of the documents that have been begun, one where layers agree."""
        found: dict[str, set[tuple[Any, ...]]] = {}
        for each in self.records(part, "progress", annotator):
            said = (each["state"], each["annotator"], each["date"], each["made_from"], each["remark"])
            found.setdefault(each["doc_id"], set()).add(said)
        return found

    def tasks(self, mode: Mode = Mode.annotations) -> list[Task]:
        """The tasks as they come back: plain JSON, with the ids that a server gives."""
        tasks = json.loads(json.dumps(list(export_tasks(self.corpus(), mode))))
        for number, task in enumerate(tasks, start=1):
            task["id"] = 100 + number
            for index, annotation in enumerate(task.get("annotations", [])):
                annotation |= {"id": 10 * number + index, "completed_by": 1, "was_cancelled": False}
        return tasks

    def take(self, tasks: Sequence[Task], **options: Any) -> Imported:
        """Import tasks."""
        return import_annotations(self.corpus(), stream(tasks), **options)


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def name_entities(items: list[Item], entities: Mapping[str, Record]) -> None:
    """Name the entity of each mention, by its id, as somebody does who begins with the text and cannot choose it.

    Nor can they choose a source or holder: they have the arrow alone.
    """
    items[:] = [item for item in items if item.get("from_name") not in ("source", "holder")]
    for item in items:
        if item.get("from_name") == "entity":
            record = entities[item["value"].pop("taxonomy")[0][0]]
            typed = record["name"] if record["value"] is None else f"{record['name']} | {record['value']}"
            item |= {"from_name": "new_entity", "type": "textarea"}
            item["value"]["text"] = [typed]


def stream(tasks: Any) -> BytesIO:
    """Tasks as a file; lone surrogates and numbers that are none are written as Python writes them."""
    return BytesIO(json.dumps(tasks).encode())


def read_lines(data: bytes) -> list[Record]:
    return [json.loads(line) for line in data.split(b"\n") if line]


def write_corpus(root: Path, parts: Mapping[str, Sequence[Layers]]) -> Folder:
    """A corpus with these documents in these parts."""
    register = []
    (root / "seeds").mkdir(parents=True)
    shutil.copytree(PROJECT / "schemas", root / "schemas", ignore=NOT_COPIED)
    for name, found in parts.items():
        (root / "corpus" / name).mkdir(parents=True)
        for layer in PART_LAYERS.values():
            rows = [record for document in found for record in document[layer.name]]
            frame = pl.DataFrame(rows, schema=polars_schema(layer.columns)).sort(row_order(layer), maintain_order=True)
            (root / "corpus" / name / layer.file_name).write_bytes(write_records(frame, layer))
        for [row] in (document["documents"] for document in found):
            raw = seeds.seed_bytes(row["header"], row["text"], row["newline"])
            (root / "seeds" / row["seed"]).write_bytes(raw)
            about = {"file": row["seed"], "sha256": row["seed_sha256"], "date": row["date"], "language": "en"}
            register.append(Seed(**about, origin="made up", rights="unknown"))
    rights = {"unknown": Rights(statement="Made up.", redistribution=True)}
    (root / "corpus/corpus.yaml").write_text(SETTINGS, "utf-8")
    (root / "seeds/seeds.yaml").write_text(SeedList(rights=rights, seeds=tuple(register)).model_dump_json(), "utf-8")
    for name, rows in SHARED.items():
        (root / shared_file(name)).write_bytes(write_records(rows, LAYERS[name]))
    return Folder(root)


@contextmanager
def written(parts: Mapping[str, Sequence[Layers]]) -> Iterator[Folder]:
    """A corpus on disk for one example."""
    with tempfile.TemporaryDirectory() as folder:
        yield write_corpus(Path(folder) / "root", parts)


@contextmanager
def copied(folder: Folder) -> Iterator[Folder]:
    """A copy of a root for one example."""
    with tempfile.TemporaryDirectory() as temporary:
        shutil.copytree(folder.path, Path(temporary) / "root")
        yield Folder(Path(temporary) / "root")


def without_annotations(document: Layers) -> Layers:
    return {layer: [] if layer in ANNOTATED else rows for layer, rows in document.items()}


@st.composite
def corpora(draw: st.DrawFn) -> dict[str, list[Layers]]:
    """The documents of a sound corpus of one or two parts, some of them without any annotation."""
    names = draw(st.sampled_from([{"2025-02": "a"}, {"2025-02": "ab"}, {"2025-02": "b", "2025-03": "ac"}]))
    corpus = {part: [draw(documents(doc_id)) for doc_id in doc_ids] for part, doc_ids in names.items()}
    for found in corpus.values():
        for document in found:
            _repeat_spans(draw, document)
    return corpus


def _repeat_spans(draw: st.DrawFn, document: Layers) -> None:
    """Give attributions a second content span, and let cue, evidence and mention stand at one place."""
    for record in document["attributions"]:
        if document["mentions"] and draw(st.booleans()):
            mention = draw(st.sampled_from(document["mentions"]))
            span = {key: mention[key] for key in ("start", "end", "text")}
            first = record["content"][0]
            if span["start"] >= first["end"]:
                record["content"] = [first, span]
            elif span["end"] <= first["start"]:
                record["content"] = [span, first]
    if document["mentions"] and document["stances"] and draw(st.booleans()):
        mention = document["mentions"][0]
        document["stances"][0] |= {key: mention[key] for key in ("start", "end", "text")}
        kept = {(s["start"], s["end"], s["holder"], s["target"]): s for s in document["stances"]}
        document["stances"] = list(kept.values())


# One document that a reader can oversee

TEXT = "Ann Lee \U0001f600 told Kyiv on Sunday that peace is near. Bob backs it, and Ann Lee helps Kyiv."


def span(text: str, words: str, nth: int = 1) -> Record:
    """The span of words in a text, where they stand for the nth time."""
    start = -1
    for _ in range(nth):
        start = text.index(words, start + 1)
    return {"start": start, "end": start + len(words), "text": words}


def plain_document(doc_id: str, text: str) -> Layers:
    """A document without annotations, one sentence from end to end."""
    digest = sha256(text.encode())
    document = {"doc_id": doc_id, "date": "2025-02-17", "title": None, "language": "en", "text": text}
    document |= {"text_sha256": digest, "seed": f"{doc_id}.txt", "seed_sha256": digest, "header": "", "newline": "lf"}
    document |= {"recipe": seeds.RECIPE, "rights": "unknown", "url": None, "outlet": None, "authors": []}
    sentence = {"doc_id": doc_id, "sentence_id": "n1", "start": 0, "end": len(text), "paragraph": 0, "kind": None}
    progress = done_in_all(doc_id)
    return (
        {"documents": [document], "sentences": [sentence]} | {layer: [] for layer in ANNOTATED} | {"progress": progress}
    )


def small_document(doc_id: str) -> Layers:
    """TEXT with everything in it that a document can have."""
    own = {"doc_id": doc_id}

    def entity(id: str, type: str, name: str, wikidata: str | None = None, value: str | None = None) -> Record:
        return own | {"entity_id": id, "type": type, "name": name, "wikidata": wikidata, "value": value, "actor": None}

    def mention(id: str, entity: str, words: str, nth: int = 1) -> Record:
        return own | {"mention_id": id, "entity_id": entity, **span(TEXT, words, nth), "level": "NAM"}

    def relation(id: str, type: str, head: str, tail: str, modality: str = "asserted") -> Record:
        return own | {"relation_id": id, "type": type, "head": head, "tail": tail, "modality": modality}

    def attribution(id: str, source: str | None, cue: str, *content: str) -> Record:
        spans = [span(TEXT, words) for words in content]
        return own | {"attribution_id": id, "source": source, **span(TEXT, cue), "content": spans, "kind": "indirect"}

    def stance(
        id: str, holder: str | None, target: str, label: str, basis: str, words: str, expression: str | None = None
    ) -> Record:
        labels = {"label": label, "basis": basis, "commitment": "unconditional"}
        held = {"stance_id": id, "holder": holder, "target": target, **labels, **span(TEXT, words)}
        return own | held | {"expression": expression}

    return plain_document(doc_id, TEXT) | {
        "entities": [
            entity("e1", "PERSON", "Ann Lee", "Q42"),
            entity("e2", "GPE", "Kyiv", "Q1899"),
            entity("e3", "DATE", "Sunday", value="2025-02-16"),
            entity("e4", "PERSON", "Bob"),
        ],
        "mentions": [
            mention("m1", "e1", "Ann Lee"),
            mention("m2", "e2", "Kyiv"),
            mention("m3", "e3", "Sunday"),
            mention("m4", "e4", "Bob"),
            mention("m5", "e1", "Ann Lee", 2),
            mention("m6", "e2", "Kyiv", 2),
        ],
        "relations": [
            relation("r1", "aid", "m5", "m6"),
            relation("r2", "support", "m4", "m5"),
            relation("r3", "agree", "m4", "m5", "possible"),
        ],
        "attributions": [
            attribution("a1", "m1", "told", "that peace is near"),
            attribution("a2", None, "backs", "Bob", "it"),
        ],
        "stances": [
            stance("s1", "m4", "t1", "favor", "action", "Bob backs it", "inferred"),
            stance("s2", None, "t2", "neutral", "narration", "peace is near"),
        ],
    }


PART = "2025-02"


def small_corpus(path: Path, doc_ids: str = "ab") -> Folder:
    """A corpus of small documents in one part."""
    return write_corpus(path, {PART: [small_document(doc_id) for doc_id in doc_ids]})


# What annotators and servers do to tasks


def result(task: Task) -> list[Item]:
    """The result of the task's only annotation."""
    [annotation] = task["annotations"]
    return annotation["result"]


def index_of(task: Task, region: str, control: str = "label") -> int:
    """Where an item stands in the result: the region's own, that of one of its values, or "m4 to m5"."""
    head, _, tail = region.partition(" to ")
    for index, item in enumerate(result(task)):
        if tail and (item.get("from_id"), item.get("to_id")) == (head, tail):
            return index
        if not tail and (item.get("id"), item.get("from_name")) == (region, control):
            return index
    raise LookupError(f"{region} {control}")


def item(task: Task, region: str, control: str = "label") -> Item:
    return result(task)[index_of(task, region, control)]


def drop(task: Task, *regions: str) -> None:
    """Delete regions with their values and relations, as the interface does."""
    kept = [i for i in result(task) if not {i.get("id"), i.get("from_id"), i.get("to_id")} & set(regions)]
    result(task)[:] = kept


def new_region(id: str, place: Record, label: str, **values: str) -> list[Item]:
    """A region as the interface makes one, with its values by control."""
    common = {"id": id, "to_name": "text", "origin": "manual"}
    items = [common | {"from_name": "label", "type": "labels", "value": place | {"labels": [label]}}]
    for control, value in values.items():
        tag, held = "choices", {**place, "choices": [value]}
        if control in ("entity", "target"):
            tag, held = "taxonomy", {**place, "taxonomy": [[value]]}
        if control == "new_entity":
            tag, held = "textarea", {**place, "text": [value]}
        items.append(common | {"from_name": control, "type": tag, "value": held})
    return items


def relation(head: str, tail: str, *labels: str) -> Item:
    return {"type": "relation", "from_id": head, "to_id": tail, "direction": "right", "labels": list(labels)}


ALPHABET = string.ascii_letters + string.digits + "_-"


def with_new_ids(task: Task, rng: random.Random) -> dict[str, str]:
    """Give all regions ids such as the interface makes, in place; gives the new id by the old one."""
    ids: dict[str, str] = {}
    for each in result(task):
        for key in ("id", "from_id", "to_id"):
            if key in each:
                each[key] = ids.setdefault(each[key], "".join(rng.choices(ALPHABET, k=10)))
    return ids


def saved(task: Task) -> Task:
    """A task after somebody opened it and pressed Update, as measured on Label Studio 1.23.2."""
    task = copy.deepcopy(task)
    for annotation in task.get("annotations", []):
        for each in annotation["result"]:
            each["origin"] = "manual"
            value = each.get("value", {})
            if isinstance(value.get("text"), str):
                value["text"] = " ".join(value["text"].replace("\n", "\\n").split())
        relations = [each for each in annotation["result"] if each["type"] == "relation"]
        for each in relations:
            del each["origin"]
        regions = [each for each in annotation["result"] if each["type"] != "relation"]
        order = list(dict.fromkeys(each["id"] for each in regions))
        annotation["result"] = sorted(regions, key=lambda each: order.index(each["id"])) + relations
    return task


# What came of it


def kinds(imported: Imported) -> list[str]:
    return [notice.kind for notice in imported.notices]


def place_of(notice: Notice) -> tuple[str, str | None, str]:
    """Kind, region and JSON path: all that most tests ask for."""
    return notice.kind, notice.region, json_path(notice.path)


def require_guaranteed(folder: Folder) -> None:
    """What an import wrote can be read strictly and breaks no rule that the import answers for."""
    found = [(f.rule, f.file, f.line, f.path, f.what) for f in check_corpus(folder.corpus(), GUARANTEED)]
    assert found == []
