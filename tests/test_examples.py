"""The example corpus: sound, adjudicated from its passes, up to date, and free to pass on."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl
import pytest

from conftest import PROJECT
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.pages.generated import drifted, generated_files
from stancebank.views.registry import VIEWS

EXAMPLES = PROJECT / "examples"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_is_found_in_it() -> None:
    assert list(check_corpus(read_corpus(EXAMPLES))) == []


def test_its_gold_follows_from_passes_and_decisions(cli: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    root = shutil.copytree(EXAMPLES, tmp_path / "examples")
    for layer in ("entities", "mentions", "relations", "attributions", "stances", "progress"):
        for file in root.glob(f"corpus/*/{layer}.jsonl"):
            file.write_bytes(b"")
    done = cli("adjudicate", "pass-a", "pass-b", "--replace", "--root", root)
    assert done.returncode == 0, done.stderr
    before, after = tree(EXAMPLES), tree(root)
    assert {file for file in before if before[file] != after.get(file)} == set()


def test_its_generated_files_are_up_to_date_and_its_scheme_is_ours_with_a_field_of_its_own() -> None:
    corpus = read_corpus(EXAMPLES).sound()
    assert list(drifted(EXAMPLES, generated_files(corpus))) == []
    text = (EXAMPLES / "schemas/scheme.yaml").read_text()
    own = re.compile(r"^# [^\n]*\nfields:\n(?: .*\n)+", re.MULTILINE)
    assert own.sub("", text) == (PROJECT / "schemas/scheme.yaml").read_text()
    (genre,) = corpus.scheme.fields
    genres = pl.concat([corpus.read_part(name)["documents"] for name in corpus.part_names])[genre.name]
    assert set(genres) == {label.name for label in genre.labels}


def test_it_may_be_passed_on_and_has_three_splits_and_four_languages() -> None:
    corpus = read_corpus(EXAMPLES).sound()
    assert all(rights.redistribution for rights in corpus.seeds.rights.values())
    languages = {each for name in corpus.part_names for each in corpus.read_part(name)["documents"]["language"]}
    assert languages == {"en", "de", "uk", "ar"}
    done = pl.concat([corpus.read_part(name)["progress"] for name in corpus.part_names])
    assert set(done["state"]) == {"done"}
    assert done["doc_id"].n_unique() == 6


def test_actors_come_back_from_document_to_document() -> None:
    corpus = read_corpus(EXAMPLES).sound()
    entities = pl.concat([corpus.read_part(name)["entities"] for name in corpus.part_names])
    documents = entities.drop_nulls("actor").group_by("actor").agg(pl.col("doc_id").n_unique())
    assert set(documents["actor"]) == set(corpus.shared["actors"]["actor_id"])
    assert documents["doc_id"].min() == 2


@pytest.mark.deep("packages")
def test_make_example_runs_through_and_changes_nothing_in_it(
    cli: Callable[..., CompletedProcess[str]], tmp_path: Path
) -> None:
    shutil.copytree(EXAMPLES, tmp_path / "examples")
    shutil.copy(PROJECT / "Makefile", tmp_path)
    printed = subprocess.run(["make", "-n", "example"], cwd=tmp_path, capture_output=True, text=True, check=True)
    commands = re.findall(r"^\.venv/bin/stancebank (.+)", printed.stdout, re.MULTILINE)
    assert len(commands) > 10
    for command in commands:
        done = cli(*command.split(), cwd=tmp_path)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert tree(tmp_path / "examples") == tree(EXAMPLES)
    card = (tmp_path / "dist/examples/README.md").read_text("utf-8")
    assert "\nlicense: cc-by-4.0\n" in card


def test_the_document_that_nobody_has_begun_is_in_no_view_of_annotations() -> None:
    corpus = read_corpus(EXAMPLES).sound()
    part = corpus.read_part("train")
    begun = set(part["progress"]["doc_id"])
    assert set(part["documents"]["doc_id"]) - begun == {"berth-inspection"}
    assert set(VIEWS["docred"].rows_of(part)["title"]) == begun
