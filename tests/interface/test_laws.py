"""What holds for all corpora: opening and saving changes nothing, and what is removed can be added as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings

import stancebank
from conftest import PROJECT, examples
from own_schemes import ALL, DOC, new_corpus, put
from python_records import annotated, removed_and_added, settable, touch
from stancebank.corpus.part import Part
from stancebank.interface.records import Record
from strategies import parts
from unfinished import ANNOTATOR, on_disk_with_seeds, tree, unfinished_parts


def named(record: Record) -> bool:
    """Whether another record of the document refers to a record."""
    others = [other for other in annotated(record.document) if other != record]
    return any(
        record.id in (other.values.get(key) for key in ("entity_id", "head", "tail", "source", "holder"))
        for other in others
    )


@settings(max_examples=examples(60))
@given(unfinished_parts)
def test_opening_and_saving_changes_no_byte(part: Part) -> None:
    with on_disk_with_seeds(part) as root:
        before = tree(root)
        corpus = stancebank.open(root.path)
        passed = corpus.as_annotator(ANNOTATOR)
        touch(corpus)
        touch(passed)
        assert corpus.save() == []
        removed_and_added(corpus)
        removed_and_added(passed)
        assert corpus.changes() == {}
        assert tree(root) == before


@settings(max_examples=examples(30))
@given(parts())
def test_one_record_that_goes_and_comes_back_leaves_the_files_as_they_were(part: Part) -> None:
    with on_disk_with_seeds(part) as root:
        before = tree(root)
        corpus = stancebank.open(root.path, strict=False)
        document = next(iter(corpus.documents))
        for record in [*annotated(document)]:
            values, fields = dict(record.values), settable(record)
            if named(record):
                with pytest.raises(stancebank.StanceBankError, match="would refer to nothing"):
                    record.remove()
                continue
            record.remove()
            saved = corpus.save()
            assert len(saved) == 1
            where = (values["start"], values["end"]) if "start" in values else None
            document.add(type(record), where, id=record.id, **fields)
            assert corpus.save() == saved
            assert tree(root) == before


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_corpus(tmp_path_factory.mktemp("own"))


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("name", ALL)
def test_schemes_of_ones_own_are_kept_too(name: str, empty: Path, tmp_path: Path) -> None:
    root = shutil.copytree(empty, tmp_path / "own")
    put(root, ALL[name])
    corpus = stancebank.open(root)
    assert corpus[DOC].values
    touch(corpus)
    removed_and_added(corpus)
    assert corpus.changes() == {}
    assert not [finding for finding in corpus.validate() if finding.severity == "error"]


@pytest.mark.deep("inputs", quick=1)
@pytest.mark.parametrize("root", [PROJECT, PROJECT / "examples"], ids=["project", "examples"])
def test_the_corpora_of_the_project_are_kept(root: Path) -> None:
    corpus = stancebank.open(root)
    for each in (corpus, *map(corpus.as_annotator, corpus.annotators)):
        touch(each)
        removed_and_added(each)
    assert corpus.changes() == {}
