"""Sentences split and joined by hand: nothing else changes, and what crosses a new boundary is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import DOC, PART, PROJECT, Root, examples
from stancebank.corpus.sentence_corrections import join_sentences, split_sentence
from stancebank.faults import StanceBankError

FILE = f"corpus/{PART}/sentences.jsonl"
GOLD = Root(PROJECT).part()
TEXT: str = GOLD["documents"]["text"][0]
ROWS = GOLD["sentences"].to_dicts()


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@given(st.data())
@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_split_and_a_join_give_back_the_same_bytes(root: Root, data: st.DataObject) -> None:
    row = data.draw(st.sampled_from(ROWS))
    at = data.draw(st.integers(row["start"] + 1, row["end"] - 1))
    before = tree(root.path)
    split = split_sentence(root.corpus(), DOC, row["sentence_id"], at)
    first, second = split.after
    assert "".join(" ".join(split.after.values()).split()) == "".join(split.before[first].split())
    assert all(text == text.strip() for text in split.after.values())
    changed = {file for file, content in tree(root.path).items() if content != before[file]}
    assert changed == {FILE}
    assert join_sentences(root.corpus(), DOC, first, second).after == split.before
    assert tree(root.path) == before


def test_a_split_tells_the_new_id_and_keeps_the_kind_and_the_other_lines(root: Root) -> None:
    lines = (root.path / FILE).read_bytes().replace(b'"sentence_id":', b'"sentence_id" : ')
    (root.path / FILE).write_bytes(lines)
    correction = split_sentence(root.corpus(), DOC, "n12", "better")
    assert correction.before == {"n12": "'Do more, better'"}
    assert correction.after == {"n12": "'Do more,", "n22": "better'"}
    kept = [line for line in (root.path / FILE).read_bytes().splitlines() if b'"sentence_id" : ' in line]
    assert kept == [line for line in lines.splitlines() if b'"n12"' not in line]
    kinds = root.part()["sentences"].filter(doc_id=DOC)
    assert kinds.filter(sentence_id="n22")["kind"].to_list() == ["heading"]
    assert root.findings() == []


def test_annotations_over_the_new_boundary_are_told(root: Root) -> None:
    root.add_passes()
    mention = next(each for each in GOLD["mentions"].to_dicts() if each["text"] == "Vladimir Putin")
    at = mention["start"] + len("Vladimir ")
    told = split_sentence(root.corpus(), DOC, "n2", at, dry_run=True)
    assert {(each.annotation, each.text) for each in told.crossing} >= {
        (annotation, mention["text"]) for annotation in ("gold", "pass-a", "pass-b")
    }
    split_sentence(root.corpus(), DOC, "n2", at)
    found = {finding.record for finding in root.findings() if finding.rule == "SB306"}
    assert found == {each.record for each in told.crossing}


def test_a_dry_run_tells_the_same_and_changes_nothing(root: Root) -> None:
    before = tree(root.path)
    told = split_sentence(root.corpus(), DOC, "n1", "became", dry_run=True)
    assert tree(root.path) == before
    assert split_sentence(root.corpus(), DOC, "n1", "became") == told


@pytest.mark.parametrize(
    ("document", "sentence", "at", "what"),
    [
        ("nowhere", "n1", 5, "is not a document of the corpus"),
        (DOC, "n99", 5, 'has no sentences "n99"'),
        (DOC, "n1", 189, "is not inside the sentence"),
        (DOC, "n1", 0, "is not inside the sentence"),
        (DOC, "n1", "British", "is on one side"),
        (DOC, "n1", "Washington", "0 times"),
        (DOC, "n1", "e", "times"),
        (DOC, "n1", " ", "0 times"),
    ],
)
def test_a_split_that_is_none_is_refused(root: Root, document: str, sentence: str, at: int | str, what: str) -> None:
    with pytest.raises(StanceBankError) as refusal:
        split_sentence(root.corpus(), document, sentence, at)
    assert what in refusal.value.what
    assert refusal.value.fix
    assert (root.path / FILE).read_bytes() == (PROJECT / FILE).read_bytes()


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("n3", "n3", "is not the sentence behind"),
        ("n4", "n3", "is not the sentence behind"),
        ("n1", "n3", "is not the sentence behind"),
        ("n1", "n2", "are in two paragraphs"),
    ],
)
def test_a_join_that_is_none_is_refused(root: Root, first: str, second: str, what: str) -> None:
    with pytest.raises(StanceBankError) as refusal:
        join_sentences(root.corpus(), DOC, first, second)
    assert what in refusal.value.what
