"""A release as digests: what it tells, and what it keeps to itself."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from conftest import DOC, PROJECT, PROJECT_VERSION, Root
from stancebank.compare.difference_report import change_lines
from stancebank.compare.differences import Diff, Step
from stancebank.compare.release_digests import (
    Release,
    compare_states,
    is_release,
    read_release,
    release_of,
    write_release,
)
from stancebank.compare.snapshots import corpus_snapshot
from stancebank.faults import StanceBankError

NOW = f'"version":"{PROJECT_VERSION}"'.encode()


@pytest.fixture(scope="module")
def released() -> Release:
    """The project's corpus as a release."""
    return release_of(corpus_snapshot(PROJECT, "before"), "stancebank")


def since(released: Release, root: Root) -> Diff:
    return compare_states(released, corpus_snapshot(root.path, "after"))


def told(diff: Diff) -> list[tuple[str, str, str | None, str | None]]:
    return [(change.kind, change.layer, change.a_id, change.b_id) for change in diff.records]


def test_the_same_corpus_gives_the_same_bytes_and_comes_back_from_them(released: Release, tmp_path: Path) -> None:
    data = write_release(released)
    assert data == write_release(release_of(corpus_snapshot(PROJECT, "again"), "stancebank"))
    path = tmp_path / f"{released.version}.json"
    path.write_bytes(data)
    assert is_release(path)
    assert read_release(path, "stancebank") == released
    assert json.loads(data)["documents"].keys() == {DOC}


def test_the_order_of_records_is_not_in_it(released: Release, root: Root) -> None:
    for layer in ("mentions", "stances", "targets"):
        root.change(layer, lambda records: records.reverse())
    assert since(released, root).same


def test_it_tells_which_records_differ_and_nothing_of_their_values(released: Release, root: Root) -> None:
    root.edit("stances", 0, label="mixed")
    root.change("relations", lambda records: records.pop(3))
    root.change("attributions", lambda records: records.append({**records[-1], "attribution_id": "a900"}))
    root.replace("corpus/corpus.yaml", "title: StanceBank", "title: Bank")
    diff = since(released, root)
    assert sorted(told(diff)) == [
        ("added", "attributions", None, "a900"),
        ("changed", "stances", "s1", "s1"),
        ("removed", "relations", "r4", None),
    ]
    assert [(each.file, each.key) for each in diff.metadata] == [("corpus/corpus.yaml", "title")]
    assert diff.step is Step.major
    assert "StanceBank" not in str(list(change_lines(diff)))


def test_a_field_that_is_null_everywhere_changes_no_digest(released: Release) -> None:
    snapshot = corpus_snapshot(PROJECT, "before")
    layers = {**snapshot.layers, "stances": snapshot.layers["stances"].with_columns(mood=pl.lit(None, pl.String))}
    snapshot = type(snapshot)("after", snapshot.version, layers, splits=snapshot.splits, metadata=snapshot.metadata)
    assert compare_states(released, snapshot).same


def test_a_digest_cannot_be_checked_without_the_text_of_its_document(released: Release, root: Root) -> None:
    (document,) = root.records("documents")
    root.edit("documents", 0, text=document["text"].replace("Kyiv", "Kiew"))
    other = release_of(corpus_snapshot(root.path, "after"), "stancebank")
    mine, theirs = released.documents[DOC].layers, other.documents[DOC].layers
    assert not {digest for layer in mine.values() for digest in layer.values()} & {
        digest for layer in theirs.values() for digest in layer.values()
    }
    diff = since(released, root)
    (change,) = diff.documents
    assert (change.comparable, diff.records, diff.step) == (False, (), Step.major)


@pytest.mark.parametrize(
    ("change", "what"),
    [
        (lambda data: data[:-40], "cannot be read as a release"),
        (lambda data: data.replace(NOW, b'"version":"9.9.9"', 1), 'of version "9.9.9"'),
        (lambda data: data.replace(b'"targets":{', b'"targets":[{', 1), "cannot be read as a release"),
    ],
)
def test_a_release_that_lies_or_is_damaged_is_refused(released: Release, tmp_path: Path, change, what: str) -> None:
    path = tmp_path / f"{PROJECT_VERSION}.json"
    path.write_bytes(change(write_release(released)))
    with pytest.raises(StanceBankError, match=what):
        read_release(path, PROJECT_VERSION)


def test_it_is_compared_with_whole_corpora_alone(released: Release) -> None:
    whole = corpus_snapshot(PROJECT, "few")
    few = type(whole)("few", None, whole.layers, own=("stances",))
    with pytest.raises(StanceBankError, match="few is no whole corpus"):
        compare_states(released, few)
