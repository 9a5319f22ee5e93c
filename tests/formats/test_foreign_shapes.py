"""Corpora in the shapes that people have are imported whole, sound, and built."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl
import pytest

from conftest import PROJECT
from formats.foreign_shapes import SHAPES
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

Cli = Callable[..., CompletedProcess[str]]
FEW, MANY = 6, 1_000
PART = "p"


def annotated_parts(corpus: Corpus) -> list[Part]:
    """The part that was imported, of each pass where there are some."""
    passes = [corpus.sound_part(PART, annotator) for annotator in corpus.annotators]
    return passes or [corpus.sound_part(PART)]


@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.deep("inputs"))])
@pytest.mark.parametrize("name", SHAPES)
def test_a_corpus_is_imported_whole_sound_and_built(name: str, count: int, cli: Cli, tmp_path: Path) -> None:
    shape, root = SHAPES[name], tmp_path / "corpus"
    expected = shape.write(tmp_path / "files", count)
    make_corpus(root, PROJECT / SCHEME_FILE)
    labels = shape.labels if isinstance(shape.labels, str) else "map.yaml"
    (tmp_path / "map.yaml").write_text(json.dumps(shape.labels), "utf-8")
    options = ("--labels", labels, "--part", PART, "--language", "en", *shape.options)
    done = cli("import", "files", "--root", root, "--format", shape.format, *options)
    assert done.returncode == 0, done.stdout + done.stderr
    corpus = read_corpus(root)
    assert [each for each in check_corpus(corpus) if each.severity == "error"] == []
    parts = annotated_parts(corpus.sound())
    assert {layer: sum(part[layer].height for part in parts) for layer in expected} == dict(expected)
    assert all(part["mentions"]["text"].str.starts_with(" ").not_().all() for part in parts)
    views = () if count == MANY else ("--view", "documents", "--view", "mentions")  # else all
    built = cli("build", "--root", root, "--out", tmp_path / "built", *views)
    assert built.returncode == 0, built.stderr
    rows = pl.scan_parquet(tmp_path / "built/data/documents/*.parquet").select(pl.len()).collect().item()
    assert rows == corpus.sound().sound_part(PART)["documents"].height
