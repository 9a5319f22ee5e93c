"""Corpora on disk for the laws of revisions, and what they look like before and after."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from conftest import Record, Root
from stancebank.checks.findings import Finding
from stancebank.corpus import seeds
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.revisions.draft import Draft
from stancebank.schema.layers import ACTORS, ANNOTATED, LAYERS, SENTENCES
from unfinished import ANNOTATOR, on_disk

REGISTER = """\
annotators:
  - id: ann
    kind: person
    name: Ann
    date: 2026-03-01
    instructions: none
    note: made up
"""


@contextmanager
def on_disk_with_seeds(part: Part, annotation: Part | None = None) -> Iterator[Root]:
    """A sound corpus of one part, with a pass of ann over it, its seeds and its register of annotators."""
    with on_disk(part, annotation) as root:
        for row in part["documents"].iter_rows(named=True):
            data = seeds.seed_bytes(row["header"], row["text"], row["newline"])
            (root.path / "seeds" / row["seed"]).write_bytes(data)
        (root.path / "annotation/annotators.yaml").write_text(REGISTER, "utf-8")
        (root.path / "corpus/corpus.yaml").write_text(
            "name: made-up\ntitle: Made up\ndescription: Made up.\nversion: 0.1.0\n"
            'annotation_license: none\nsplits:\n  train: ["*"]\n',
            "utf-8",
        )
        root.layer_path("actors").write_bytes(write_records(part.corpus.actors, ACTORS))
        yield root


def draft(root: Root) -> Draft:
    return Draft(read_corpus(root.path).sound())


def tree(root: Root) -> dict[str, bytes]:
    return {
        path.relative_to(root.path).as_posix(): path.read_bytes() for path in root.path.rglob("*") if path.is_file()
    }


def errors(root: Root) -> list[Finding]:
    return [finding for finding in root.findings() if finding.severity == "error"]


def lines_of_others(root: Root, *documents: str) -> list[tuple[str, bytes]]:
    """Every line of the layers, of gold and passes, that names another document, with its file."""
    marks = [f'"doc_id":"{doc_id}"'.encode() for doc_id in documents]
    return [
        (file.rpartition("/")[2], line)
        for file, data in sorted(tree(root).items())
        if file.endswith(".jsonl") and file.startswith(("corpus/", "annotation/"))
        for line in data.splitlines()
        if not any(mark in line for mark in marks)
    ]


def annotations(root: Root) -> dict[tuple[str | None, str, str, str], Record]:
    """Every record of annotated layers and sentences of gold and pass, by annotator, layer, document and id."""
    found: dict[tuple[str | None, str, str, str], Any] = {}
    for whose in (root, root.of(ANNOTATOR)):
        for layer in (*ANNOTATED, *([SENTENCES.name] if whose is root else [])):
            for record in whose.records(layer):
                found[whose.annotator, layer, record["doc_id"], record[LAYERS[layer].id_column]] = record
    return found


def file_of(folder: Path, text: str) -> Path:
    (folder / "new.txt").write_bytes(text.encode())
    return folder / "new.txt"
