"""Which annotations are meant by a name, and what they are read as."""

from __future__ import annotations

import shutil

import pytest

from conftest import DOC, PART, PROJECT, Root
from stancebank.agreement.annotation import read_annotations
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError
from stancebank.schema.layers import ANNOTATED


@pytest.fixture
def root(root: Root) -> Root:
    """The project's corpus with its passes."""
    root.add_passes()
    return root


def add_part(root: Root, name: str, *folders: str) -> None:
    """Copy the corpus's part, or a pass over it, as another part with one other document."""
    for folder in folders:
        shutil.copytree(root.path / folder / PART, root.path / folder / name)
        for file in (root.path / folder / name).iterdir():
            file.write_text(file.read_text("utf-8").replace(DOC, f"doc-{name}"), "utf-8", newline="\n")


def test_gold_is_the_corpus_and_an_id_is_a_pass(root: Root) -> None:
    gold, ann = read_annotations(root.corpus(), ["gold", "pass-a"])
    assert (gold.annotator, ann.annotator) == (None, "pass-a")
    pass_a = root.corpus().read_part(PART, "pass-a")
    for layer in ANNOTATED:
        assert gold[layer].to_dicts() == root.records(layer)
        assert ann[layer].equals(pass_a[layer])


def test_a_path_is_the_gold_of_another_corpus(root: Root) -> None:
    root.edit("stances", 0, label="against")
    here, there = read_annotations(root.corpus(), ["gold", str(PROJECT)])
    assert (here["stances"]["label"][0], there["stances"]["label"][0]) == ("against", "favor")
    assert there.corpus.root == PROJECT


def test_one_annotation_may_be_named_twice(root: Root) -> None:
    one, other = read_annotations(root.corpus(), ["pass-a", "pass-a"])
    assert one["stances"].equals(other["stances"])


def test_only_parts_that_all_have_annotated_are_read_as_one_part(root: Root) -> None:
    add_part(root, "2025-03", "corpus", "annotation/passes/pass-a")
    add_part(root, "2025-04", "corpus")
    corpus = root.corpus()
    a, b = read_annotations(corpus, ["gold", "pass-a"])
    assert (a.name, b.name) == (f"{PART}+2025-03", f"{PART}+2025-03")
    assert list(a["documents"]["doc_id"]) == list(b["documents"]["doc_id"]) == [DOC, "doc-2025-03"]
    a, b = read_annotations(corpus, ["pass-a", "pass-b"])
    assert (a.name, list(b["documents"]["doc_id"])) == (PART, [DOC])


def test_annotations_of_no_common_part_are_refused(root: Root) -> None:
    add_part(root, "2025-03", "corpus")
    (root.path / "annotation/passes/pass-b" / PART).rename(root.path / "annotation/passes/pass-b/2025-03")
    with pytest.raises(StanceBankError, match="no part of the corpus is annotated in all of pass-a, pass-b"):
        read_annotations(root.corpus(), ["pass-a", "pass-b"])


@pytest.mark.parametrize("name", ["pass-c", "", ".", "Gold", "no/such/folder", "pass-a/2025-02"])
def test_an_unknown_name_is_answered_with_the_known_ones(
    root: Root, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(root.path / "seeds")
    with pytest.raises(StanceBankError, match=r"there is no annotation \".*\"; there are gold, pass-a, pass-b"):
        read_annotations(root.corpus(), ["gold", name])


def test_a_name_is_shown_without_its_control_characters(root: Root) -> None:
    with pytest.raises(StanceBankError, match=r'"\\x1b\[31m\\x00"') as error:
        read_annotations(root.corpus(), ["gold", "\x1b[31m\0"])
    assert "\x1b" not in str(error.value)


def test_files_that_cannot_be_read_are_named(root: Root) -> None:
    (root.path / "annotation/passes/pass-b" / PART / "stances.jsonl").unlink()
    file = f"annotation/passes/pass-b/{PART}/stances.jsonl"
    with pytest.raises(StanceBankError, match=f"{file}: the file is missing"):
        read_annotations(root.corpus(), ["pass-a", "pass-b"])


@pytest.mark.parametrize("name", ["gold", "pass-b"])
def test_a_reference_that_leads_nowhere_is_named(root: Root, name: str) -> None:
    folder = "corpus" if name == "gold" else "annotation/passes/pass-b"
    (root if name == "gold" else root.of(name)).change_lines("entities", lambda lines: lines.pop(0))
    with pytest.raises(StanceBankError, match=rf"cannot be compared: {folder}/{PART}/mentions\.jsonl:\d+: "):
        read_annotations(root.corpus(), ["pass-a", name])


def test_an_unreadable_corpus_is_refused_where_only_passes_are_named(root: Root) -> None:
    root.layer_path("targets").unlink()
    with pytest.raises(StanceBankError, match=r"targets\.jsonl: the file is missing"):
        read_annotations(root.corpus().sound(), ["pass-a", "pass-b"])


def test_an_unreadable_corpus_elsewhere_is_refused(root: Root) -> None:
    root.layer_path("mentions").unlink()
    with pytest.raises(StanceBankError, match=r"mentions\.jsonl: the file is missing"):
        read_annotations(read_corpus(PROJECT), ["gold", str(root.path)])
