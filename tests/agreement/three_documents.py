"""A small corpus of three documents, d1 to d3, done in all layers, with the passes ann and ben over all of them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from conftest import PROJECT
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.schema.layers import ANNOTATED, DONE, PART_LAYERS, PROGRESS
from stancebank.schema.paths import ADJUDICATED_FILE, ADJUDICATION_FILE
from stancebank.schema.scheme_reading import FORMAT_VERSION

PART, DOCUMENTS = "2026-03", ("d1", "d2", "d3")
_MODEL = "river-tolls"
Record = dict[str, Any]


@dataclass(frozen=True)
class Three:
    """The corpus at a root, to be changed."""

    path: Path

    def file(self, layer: str, annotator: str | None = None) -> Path:
        """The file of a layer: the gold's, or that of a pass."""
        folder = "corpus" if annotator is None else f"annotation/passes/{annotator}"
        return self.path / folder / PART / f"{layer}.jsonl"

    def records(self, layer: str, annotator: str | None = None) -> list[Record]:
        return [json.loads(line) for line in self.file(layer, annotator).read_text("utf-8").splitlines()]

    def write(self, layer: str, records: Iterable[Record], annotator: str | None = None) -> None:
        lines = (json.dumps(each, ensure_ascii=False, separators=(",", ":")) + "\n" for each in records)
        self.file(layer, annotator).write_text("".join(lines), "utf-8", newline="\n")

    def keep(self, layer: str, test: Callable[[Record], bool], annotator: str | None = None) -> None:
        """Remove the records of which the test is false; the lines of the others stay to the byte."""
        lines = self.file(layer, annotator).read_bytes().splitlines(keepends=True)
        self.file(layer, annotator).write_bytes(b"".join(line for line in lines if test(json.loads(line))))

    def edit(self, layer: str, doc_id: str, record: str, annotator: str | None = None, **values: Any) -> None:
        """Set values in one record."""
        column = PART_LAYERS[layer].id_column
        records = self.records(layer, annotator)
        (own,) = (each for each in records if (each["doc_id"], each[column]) == (doc_id, record))
        own |= values
        self.write(layer, records, annotator)

    def only(self, annotator: str | None, *documents: str) -> None:
        """Cut a pass, or the gold, to these documents, as somebody who was shown no other would leave it."""
        for layer in (*ANNOTATED, PROGRESS.name):
            self.keep(layer, lambda record: record["doc_id"] in documents, annotator)

    def done(self, annotator: str | None, layers: Mapping[str, Iterable[str]], **values: Any) -> None:
        """Say what is done: layers by document."""
        blank = dict.fromkeys(PROGRESS.names) | {"state": DONE} | values
        done = [(doc_id, layer) for doc_id in sorted(layers) for layer in sorted(layers[doc_id])]
        rows = [blank | {"doc_id": doc_id, "layer": layer} for doc_id, layer in done]
        self.write(PROGRESS.name, rows, annotator)

    def copy_pass(self, annotator: str, new: str) -> None:
        folder = self.path / "annotation/passes"
        shutil.copytree(folder / annotator, folder / new)

    def decide(self, *decisions: Mapping[str, Any]) -> None:
        defaults = {"layer": "stances", "rule": "a rule", "reason": "A reason."}
        lines = (json.dumps({**defaults, **each}) + "\n" for each in decisions)
        (self.path / ADJUDICATION_FILE).write_text("".join(lines), "utf-8")

    def lines(self, annotator: str | None = None) -> dict[tuple[str, str], list[bytes]]:
        """The lines of the gold, or of a pass, by layer and document."""
        found: dict[tuple[str, str], list[bytes]] = {}
        for layer in (*ANNOTATED, PROGRESS.name):
            for line in self.file(layer, annotator).read_bytes().splitlines():
                found.setdefault((layer, json.loads(line)["doc_id"]), []).append(line)
        return found

    def bytes(self) -> dict[str, bytes]:
        """Every file of the corpus and of the annotations but the list of what was adjudicated."""
        files = [file for folder in ("corpus", "annotation") for file in (self.path / folder).rglob("*.*")]
        found = {str(file.relative_to(self.path)): file.read_bytes() for file in files}
        return {file: data for file, data in found.items() if file != ADJUDICATED_FILE}

    def corpus(self) -> Corpus:
        return read_corpus(self.path)


def three_documents(folder: Path) -> Three:
    """The corpus, made from the small one of the newest scheme; the line of its stance s1 has a form of its own."""
    shutil.copytree(PROJECT / "schemas/migrations" / FORMAT_VERSION, folder)
    three = Three(folder)
    for annotator in (None, "ann", "ben"):
        for layer in PART_LAYERS:
            file = three.file(layer, annotator)
            if file.exists():
                text = file.read_text("utf-8")
                whole = [text.replace(_MODEL, each) for each in DOCUMENTS]
                file.write_text("".join(whole), "utf-8", newline="\n")
    seeds = folder / "seeds/seeds.yaml"
    head, entry = seeds.read_text("utf-8").split("seeds:\n")
    seeds.write_text(head + "seeds:\n" + "".join(entry.replace(_MODEL, each) for each in DOCUMENTS), "utf-8")
    for each in DOCUMENTS:
        shutil.copy(folder / f"seeds/{_MODEL}.txt", folder / f"seeds/{each}.txt")
    (folder / f"seeds/{_MODEL}.txt").unlink()
    three.decide()
    for annotator in ("ann", "ben"):
        for layer in ANNOTATED:
            shutil.copy(three.file(layer), three.file(layer, annotator))
    return three
