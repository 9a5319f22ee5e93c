"""Corpora on disk for the laws of revisions, and what they look like before and after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from conftest import Record, Root
from stancebank.checks.findings import Finding
from stancebank.corpus.corpus import read_corpus
from stancebank.revisions.draft import Draft
from stancebank.schema.layers import ANNOTATED, LAYERS, SENTENCES
from unfinished import ANNOTATOR, tree


def draft(root: Root) -> Draft:
    return Draft(read_corpus(root.path).sound())


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
