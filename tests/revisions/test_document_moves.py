"""Documents removed, moved and renamed: everything that refers to them follows, and nothing else changes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from subprocess import CompletedProcess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from revised import draft, errors, lines_of_others

from conftest import DOC, PART, PROJECT, Root, examples
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.unplaced import Unplaced
from stancebank.faults import StanceBankError
from stancebank.revisions.document_moves import plan_move, plan_removal, plan_renaming
from stancebank.schema.paths import UNPLACED_FILE
from strategies import parts
from unfinished import on_disk_with_seeds, tree

Run = Callable[..., CompletedProcess[str]]


@settings(max_examples=examples(60))
@given(parts().filter(lambda part: part["documents"].height > 1), st.data())
def test_a_document_that_is_removed_leaves_every_other_line_as_it_was(part, data):
    doc_id = data.draw(st.sampled_from(part["documents"]["doc_id"].to_list()))
    with on_disk_with_seeds(part) as root:
        others = lines_of_others(root, doc_id)
        revision = draft(root)
        moved = plan_removal(revision, [doc_id])
        revision.write()
        assert lines_of_others(root) == others
        assert errors(root) == []
        assert not (root.path / f"seeds/{doc_id}.txt").exists()
        assert moved.records[None, "mentions"] == part["mentions"].filter(doc_id=doc_id).height


@settings(max_examples=examples(60))
@given(parts(), st.data())
def test_a_document_that_is_renamed_there_and_back_is_the_same_to_the_byte(part, data):
    doc_id = data.draw(st.sampled_from(part["documents"]["doc_id"].to_list()))
    with on_disk_with_seeds(part) as root:
        before, others = tree(root), lines_of_others(root, doc_id)
        revision = draft(root)
        plan_renaming(revision, doc_id, "B-2")
        revision.write()
        assert sorted(lines_of_others(root, "B-2")) == sorted(others)
        assert errors(root) == []
        assert (root.path / "seeds/B-2.txt").read_bytes() == before[f"seeds/{doc_id}.txt"]
        revision = draft(root)
        plan_renaming(revision, "B-2", doc_id)
        revision.write()
        after = tree(root)
        # the register of made-up corpora is in flow style, which is written again
        assert {file for file in before if before[file] != after.get(file)} <= {"seeds/seeds.yaml"}
        assert before.keys() == after.keys()


@settings(max_examples=examples(60))
@given(parts(), st.data())
def test_a_document_that_moves_there_and_back_is_the_same_to_the_byte(part, data):
    doc_id = data.draw(st.sampled_from(part["documents"]["doc_id"].to_list()))
    with on_disk_with_seeds(part) as root:
        before = tree(root)
        revision = draft(root)
        moved = plan_move(revision, [doc_id], "pilot")
        revision.write()
        assert errors(root) == []
        assert read_corpus(root.path).part_names == (("pilot",) if moved.parts else (PART, "pilot"))
        revision = draft(root)
        plan_move(revision, [doc_id], PART)
        revision.write()
        assert tree(root) == before


@pytest.fixture
def full(root: Root) -> Root:
    """The project's corpus with all that names its document."""
    root.add_passes()
    for file in ("adjudication.jsonl", "adjudicated.jsonl"):
        (root.path / "annotation" / file).write_bytes((PROJECT / "annotation" / file).read_bytes())
    record = {"doc_id": DOC, "mention_id": "m9"}
    lost = Unplaced(DOC, None, "mentions", "m9", "its words changed", "2026-03-01", "[a]", "[b]", record)
    (root.path / UNPLACED_FILE).write_bytes(lost.line())
    return root


def test_the_projects_document_is_renamed_there_and_back_to_the_byte(full: Root, cli: Run) -> None:
    full.add_meant_warning()
    before = tree(full)
    done = cli("rename", DOC, "talks", "--root", full.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0] == f"renamed {DOC}"
    assert "also 1 exception" in done.stdout
    assert DOC not in "".join(data.decode() for data in tree(full).values())
    assert full.findings() != []  # of what has no place, alone
    assert {finding.rule for finding in full.findings()} == {"SB616"}
    agreed = cli("adjudicate", "pass-a", "pass-b", "--root", full.path)
    assert "were edited" not in agreed.stdout + agreed.stderr
    assert cli("rename", "talks", DOC, "--root", full.path).returncode == 0
    assert tree(full) == before


def test_a_removal_is_shown_first_and_takes_all_that_names_the_document(full: Root, cli: Run) -> None:
    before = tree(full)
    shown = cli("remove", DOC, "--dry-run", "--root", full.path)
    assert shown.stdout.startswith(f"would be removed: {DOC}\ngold: 1 document, 21 sentences, 58 entities, ")
    assert "also 64 decisions\n" in shown.stdout
    assert f"also the part {PART}, which has no document left\n" in shown.stdout
    assert tree(full) == before
    assert cli("remove", DOC, "--root", full.path).returncode == 0
    assert DOC not in "".join(data.decode() for data in tree(full).values())
    assert not (full.path / f"corpus/{PART}").exists()
    assert {finding.rule for finding in full.findings()} == {"SB601"}


def test_an_exception_for_a_file_follows_its_document(full: Root) -> None:
    full.add_meant_warning()
    full.replace(
        "corpus/corpus.yaml", f"document: {DOC}\n", f"document: {DOC}\n      file: corpus/{PART}/entities.jsonl\n"
    )
    revision = draft(full)
    assert plan_move(revision, [DOC], "pilot").others == {"exception": 1}
    revision.write()
    assert "      file: corpus/pilot/entities.jsonl\n" in (full.path / "corpus/corpus.yaml").read_text("utf-8")
    assert {finding.rule for finding in full.findings()} == {"SB616"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["remove", "000_22079654af0f9919"], f'is not a document of the corpus; did you mean "{DOC}"?'),
        (["rename", "nowhere", "b"], '"nowhere" is not a document of the corpus'),
        (["rename", DOC, "a b"], '"a b" is not a valid id'),
        (["move", DOC, "--part", "releases"], '"releases" is not a valid name for a part'),
        (["move", DOC, "--part", "test-1"], 'the part "test-1" belongs to no split in corpus/corpus.yaml'),
        (["update", "nowhere", "--text", "new.txt"], '"nowhere" is not a document of the corpus'),
    ],
)
def test_what_cannot_be_done_is_told_and_nothing_changes(full: Root, cli: Run, arguments, message) -> None:
    full.replace("corpus/corpus.yaml", 'train: ["*"]', 'train: ["20*"]')
    (full.path.parent / "new.txt").write_text("New.")
    before = tree(full)
    done = cli(*arguments, "--root", full.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "fix: " in done.stderr
    assert tree(full) == before


def test_an_id_or_a_seed_that_is_in_use_is_refused(full: Root) -> None:
    (full.path / "seeds/talks.txt").write_text("Another.")
    with pytest.raises(StanceBankError, match=r"the seed would be seeds/talks\.txt, which is there already"):
        plan_renaming(draft(full), DOC, "talks")


def test_a_corpus_that_cannot_be_read_is_left_alone(full: Root, cli: Run) -> None:
    full.of("pass-a").layer_path("stances").write_bytes(b"{\n")
    before = tree(full)
    for arguments in (["remove", DOC], ["rename", DOC, "b"], ["move", DOC, "--part", "b"]):
        done = cli(*arguments, "--root", full.path)
        assert done.returncode == 2
        assert "stances.jsonl:1" in done.stderr
    assert tree(full) == before


def test_diff_shows_a_document_with_another_id(full: Root, cli: Run, tmp_path) -> None:
    shutil.copytree(full.path, tmp_path / "before")
    cli("rename", DOC, "talks", "--root", full.path)
    found = json.loads(cli("diff", tmp_path / "before", full.path, "--format", "json").stdout)
    assert [(each["kind"], each["before"], each["doc_id"]) for each in found["documents"]] == [
        ("renamed", DOC, "talks")
    ]
