"""Corpora with schemes of somebody else: other layers, many labels, fields of their own; small, made up and sound."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import PROJECT
from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.pages.generated import scheme_files
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE, layer_file, shared_file
from stancebank.schema.scheme_reading import FORMAT_VERSION, parse_scheme
from stancebank.storage.files import write_files

PART = "2031-05"
DOC = "harbour"
TEXT = "The harbour master rejects the new toll. “It hurts the fishers,” Ada Birk said on Tuesday.\n"

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Own:
    """A scheme, and records that fit it; each without doc_id, with the words of its spans in place of offsets."""

    scheme: str
    records: Rows
    shared: Rows


HEAD = f'format: "{FORMAT_VERSION}"\nname: own\nversion: "2"\n'
_TYPES = ("Person", "Behörde", "pro-EU", "Ort", "Ereignis", "Стратегія", "حزب", "政党", "Gesetz", "Geld")
_TYPES_MORE = (*_TYPES, "Zeit", "Schiff", "Ware", "Fluss")

MENTIONS = Own(
    f"{HEAD}mention_levels: [{{name: Name}}, {{name: für sich}}]\n"
    "fields:\n"
    "  - {layer: mentions, name: kind, kind: label, meaning: What it is., labels: [{name: Person}, {name: Ort}]}\n",
    {"mentions": [{"mention_id": "m1", "text": "Ada Birk", "level": "Name", "kind": "Person"}]},
    {},
)
ENTITIES = Own(
    f"{HEAD}entity_types: [{', '.join(f'{{name: {name}}}' for name in _TYPES_MORE)}]\n"
    "fields:\n"
    "  - {layer: classifications, name: topic, kind: label, meaning: The topic., required: true,\n"
    "     labels: [{name: Fischerei}, {name: Zoll}]}\n"
    "  - {layer: classifications, name: urgent, kind: boolean, meaning: Whether it is urgent.}\n"
    "  - {layer: classifications, name: summary, kind: text, meaning: In one line., source: true}\n"
    "  - {layer: mentions, name: sure, kind: number, meaning: How sure in per cent.}\n"
    "  - {layer: entities, name: party, kind: text, meaning: The party.}\n"
    "  - {layer: documents, name: desk, kind: label, meaning: The desk., labels: [{name: foreign}, {name: home}]}\n",
    {
        "entities": [{"entity_id": "e1", "type": "Person", "name": "Ada Birk", "party": "Fishers"}],
        "mentions": [{"mention_id": "m1", "entity_id": "e1", "text": "Ada Birk", "sure": 90}],
        "classifications": [
            {"classification_id": "c1", "topic": "Zoll", "urgent": False, "summary": "The harbour master rejects it"}
        ],
    },
    {"actors": []},
)
STANCES = Own(
    f"{HEAD}stance_labels: [{{name: dafür}}, {{name: dagegen}}]\n"
    "fields:\n"
    "  - {layer: stances, name: confidence, kind: label, meaning: How sure., labels: [{name: low}, {name: high}]}\n"
    "  - {layer: stances, name: reading, kind: label, meaning: Another reading., vocabulary: stance_labels}\n",
    {
        "stances": [
            {
                "stance_id": "s1",
                "target": "toll",
                "label": "dagegen",
                "text": "rejects",
                "confidence": "high",
                "reading": None,
            }
        ]
    },
    {"targets": [{"target_id": "toll", "proposition": "The toll is right.", "wikidata": None, "note": None}]},
)
ATTRIBUTIONS = Own(
    f"{HEAD}attribution_kinds: [{{name: wörtlich}}, {{name: indirekt}}]\n",
    {"attributions": [{"attribution_id": "a1", "text": "said", "content": ["It hurts the fishers,"], "kind": None}]},
    {},
)
WITHOUT_STANCES = Own(
    f"{HEAD}entity_types: [{{name: Person}}, {{name: Ort}}]\n"
    "mention_levels: [{name: Name, form: name}, {name: Wort}]\n"
    "relation_types: [{name: leitet}]\n"
    "attribution_kinds: [{name: direkt}]\n",
    {
        "entities": [
            {"entity_id": "e1", "type": "Person", "name": "harbour master"},
            {"entity_id": "e2", "type": None, "name": "harbour"},
        ],
        "mentions": [
            {"mention_id": "m2", "entity_id": "e2", "text": "harbour", "level": "Wort"},
            {"mention_id": "m1", "entity_id": "e1", "text": "harbour master", "level": "Wort"},
        ],
        "relations": [{"relation_id": "r1", "type": "leitet", "head": "m1", "tail": "m2"}],
        "attributions": [
            {
                "attribution_id": "a1",
                "source": "m1",
                "text": "said",
                "content": ["It hurts the fishers,"],
                "kind": "direkt",
            }
        ],
    },
    {"actors": []},
)
ALL = {
    "mentions alone": MENTIONS,
    "entities, fourteen types and six fields": ENTITIES,
    "stances alone": STANCES,
    "attributions alone": ATTRIBUTIONS,
    "without stances": WITHOUT_STANCES,
}


def new_corpus(folder: Path) -> Path:
    """The root of a new corpus with one text, in StanceBank's own scheme."""
    make_corpus(folder / "corpus", PROJECT / SCHEME_FILE)
    (folder / f"{DOC}.txt").write_text(TEXT, "utf-8")
    add_texts(folder / "corpus", [folder / f"{DOC}.txt"], part=PART)
    return folder / "corpus"


def put(root: Path, own: Own) -> Corpus:
    """Give a new corpus with the one text another scheme, and records of it, all layers done."""
    scheme, faults = parse_scheme(own.scheme.encode())
    assert not faults, faults
    assert scheme is not None
    for known in ("targets", "actors"):
        (root / shared_file(known)).unlink(missing_ok=True)
    for file in (root / "corpus" / PART).glob("*.jsonl"):
        if file.stem not in ("documents", "sentences"):
            file.unlink()
    files: dict[str, bytes] = {SCHEME_FILE: own.scheme.encode(), **scheme_files(scheme)}
    for name, layer in scheme.layers.parts.items():
        if layer.annotated:
            rows = [_placed({"doc_id": DOC, **row}) for row in own.records.get(name, ())]
            files[layer_file(PART, name)] = _lines({c.name: row.get(c.name) for c in layer.columns} for row in rows)
    blank = {"annotator": None, "date": None, "made_from": "blank", "remark": None}
    done = [{"doc_id": DOC, "layer": name, "state": "done", **blank} for name in sorted(scheme.layers.annotated)]
    files[layer_file(PART, "progress")] = _lines(done)
    for name in scheme.layers.shared:
        files[shared_file(name)] = _lines(own.shared[name])
    write_files(root, files)
    for name in ("documents", "sentences"):
        file = root / layer_file(PART, name)
        fields = {column.name: None for column in scheme.layers[name].columns}
        file.write_bytes(_lines(fields | json.loads(line) for line in file.read_text("utf-8").splitlines()))
    return read_corpus(root).sound()


def _placed(row: dict[str, Any]) -> dict[str, Any]:
    if "text" in row:
        row |= _span(row["text"])
    if "content" in row:
        row["content"] = [_span(words) for words in row["content"]]
    return row


def _span(words: str) -> dict[str, Any]:
    start = TEXT.index(words)
    return {"start": start, "end": start + len(words), "text": words}


def _lines(rows: Any) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()
