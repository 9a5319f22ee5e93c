"""The corpus of a newcomer: twelve made-up texts of four languages, six of them annotated, with labels of their own.

tests/twelve_texts has the texts as a table, the scheme, and the annotations by the words that they are about; words#2
are those where they occur for the second time.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import (
    ADJUDICATION_FILE,
    ANNOTATORS_FILE,
    CORPUS_FILE,
    layer_file,
    shared_file,
)

FOLDER = Path(__file__).parent / "twelve_texts"
ANNOTATED = ("en1-grain", "en2-bus", "en3-bullets", "de1-zoll", "uk1-rada", "ar1-mina")
SAMPLE, SAMPLED_PART = "en1-grain", "train-en"
"""The document that both passes are over, and its part."""
Record = dict[str, Any]

_TARGETS = {
    "grain-tax": "Grain should be taxed.",
    "pay-talks": "There should be talks about pay.",
    "harbour-toll": "Ships should pay a toll in the harbour.",
    "border-toll": "There should be a toll at the border.",
    "grain-deal": "The grain deal should be signed.",
}
_SETTINGS = """\
name: coast
title: Coast
description: Twelve made-up texts.
version: 0.1.0
annotation_license: CC0-1.0
splits:
  train: ["train-*"]
  validation: ["dev-*"]
  test: ["test-*"]
validation:
  exceptions:
    - {rule: SB704, document: uk1-rada, reason: The quotation marks belong to the name.}
"""
_REGISTER = "annotators:\n" + "".join(
    f"  - {{id: {id}, kind: person, name: {id.title()}, date: 2031-06-01, instructions: none, note: made up}}\n"
    for id in ("ann", "ben")
)
_DECISION = {
    "doc_id": SAMPLE,
    "layer": "stances",
    "a": "s1",
    "b": "s1",
    "fields": ["label"],
    "decision": "other",
    "values": {"label": "contra"},
    "rule": "stances 1",
    "reason": "She says so.",
}


def twelve_texts(root: Path) -> Corpus:
    """The corpus in a new folder: gold, two passes over one document, a decision and an exception."""
    make_corpus(root, FOLDER / "scheme.yaml")
    add_texts(root, [FOLDER / "texts.jsonl"])
    (root / CORPUS_FILE).write_text(_SETTINGS, "utf-8")
    (root / ANNOTATORS_FILE).write_text(_REGISTER, "utf-8")
    targets = ({"target_id": id, "proposition": said, "wikidata": None, "note": None} for id, said in _TARGETS.items())
    _write(root / shared_file("targets"), sorted(targets, key=lambda target: target["target_id"]))
    corpus = read_corpus(root).sound()
    gold = {each["id"]: each for each in _rows("gold.jsonl")}
    assert (*gold,) == ANNOTATED
    for part in corpus.part_names:
        texts = dict(corpus.sound_part(part)["documents"].select("doc_id", "text").iter_rows())
        done = {doc_id: dict(_records(gold[doc_id], text)) for doc_id, text in texts.items() if doc_id in gold}
        for layer in corpus.layers.annotated:
            rows = [row | {"doc_id": doc_id} for doc_id, layers in done.items() for row in layers[layer]]
            columns = corpus.layers[layer].names
            _write(root / layer_file(part, layer), ({name: row.get(name) for name in columns} for row in rows))
        _write(root / layer_file(part, "progress"), _progress(done, sorted(corpus.layers.annotated)))
    for annotator in ("ann", "ben"):
        folder = Path(
            shutil.copytree(root / f"corpus/{SAMPLED_PART}", root / f"annotation/passes/{annotator}/{SAMPLED_PART}")
        )
        for file in folder.iterdir():
            if file.stem in ("documents", "sentences"):
                file.unlink()
            else:
                lines = [line for line in file.open("rb") if json.loads(line)["doc_id"] == SAMPLE]
                file.write_bytes(b"".join(lines))
    stances = root / layer_file(SAMPLED_PART, "stances", "ben")
    stances.write_text(stances.read_text("utf-8").replace('"contra"', '"evenly"'), "utf-8")
    _write(root / ADJUDICATION_FILE, [_DECISION])
    return read_corpus(root).sound()


def _rows(name: str) -> Iterator[Any]:
    return map(json.loads, (FOLDER / name).read_text("utf-8").splitlines())


def _write(file: Path, records: Iterable[Record]) -> None:
    lines = (json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("".join(lines), "utf-8", newline="\n")


def _progress(documents: Iterable[str], layers: Iterable[str]) -> Iterator[Record]:
    blank = {"annotator": None, "date": None, "made_from": None, "remark": None}
    return ({"doc_id": doc_id, "layer": layer, "state": "done", **blank} for doc_id in documents for layer in [*layers])


def _span(text: str, words: str) -> Record:
    words, _, number = words.partition("#")
    found = [match.span() for match in re.finditer(rf"(?<!\w){re.escape(words)}(?!\w)", text)]
    start, end = found[int(number or 1) - 1]
    return {"start": start, "end": end, "text": words}


def _records(gold: Mapping[str, Any], text: str) -> Iterator[tuple[str, list[Record]]]:
    """The records of a document by layer, without its id."""
    entities, mentions, ids = [], [], {}
    for number, each in enumerate(gold["entities"], 1):
        entities.append({"entity_id": f"e{number}", **each})
        mentions += [
            _span(text, words) | {"words": words, "level": level, "entity_id": f"e{number}"}
            for words, level in each["mentions"]
        ]
    for number, each in enumerate(sorted(mentions, key=lambda each: (each["start"], each["end"])), 1):
        each["mention_id"] = ids[each["words"]] = f"m{number}"
    yield "entities", entities
    yield "mentions", sorted(mentions, key=lambda each: (each["start"], each["end"]))
    yield (
        "relations",
        [
            {"relation_id": f"r{number}", "type": type, "head": ids[head], "tail": ids[tail], "modality": modality}
            for number, (type, head, tail, modality) in enumerate(gold["relations"], 1)
        ],
    )
    yield (
        "attributions",
        _numbered(
            "attribution",
            (
                _span(text, cue) | {"source": ids[source], "content": [_span(text, content)], "kind": kind}
                for source, cue, content, kind in gold["attributions"]
            ),
        ),
    )
    yield (
        "stances",
        _numbered(
            "stance",
            (
                _span(text, evidence)
                | {
                    "holder": ids[holder],
                    "target": target,
                    "label": label,
                    "basis": basis,
                    "commitment": commitment,
                    "expression": expression,
                    "confidence": confidence,
                }
                for holder, target, label, basis, commitment, evidence, expression, confidence in gold["stances"]
            ),
        ),
    )
    yield "classifications", [{"classification_id": "c1", **gold["classification"]}]


def _numbered(noun: str, records: Iterable[Record]) -> list[Record]:
    ordered = sorted(records, key=lambda each: (each["start"], each["end"]))
    return [record | {f"{noun}_id": f"{noun[0]}{number}"} for number, record in enumerate(ordered, 1)]
