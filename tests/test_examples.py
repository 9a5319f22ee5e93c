"""The example corpus: sound, adjudicated from its passes, up to date, and free to pass on."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import polars as pl

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


def test_the_document_that_nobody_has_begun_is_in_no_view_of_annotations() -> None:
    corpus = read_corpus(EXAMPLES).sound()
    part = corpus.read_part("train")
    begun = set(part["progress"]["doc_id"])
    assert set(part["documents"]["doc_id"]) - begun == {"berth-inspection"}
    assert set(VIEWS["docred"].rows_of(part)["title"]) == begun
