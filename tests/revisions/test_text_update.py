"""Texts that are corrected: every annotation follows, certainly or not at all, and nothing is lost."""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from revised import annotations, draft, errors, lines_of_others

from conftest import DOC, PROJECT, Root, examples
from stancebank.corpus import seeds
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.revisions.text_update import plan_update
from stancebank.schema.layers import ANNOTATED, LAYERS
from stancebank.schema.paths import UNPLACED_FILE
from stancebank.storage.files import sha256
from stancebank.text.likeness import alike
from strategies import WORDS, parts
from unfinished import on_disk_with_seeds, tree

sys.path.insert(0, str(PROJECT / "benchmarks"))

from synthesize import write_corpus

Run = Callable[..., CompletedProcess[str]]
TODAY = "2026-03-09"


@st.composite
def edits(draw: st.DrawFn, text: str) -> str:
    """The text with some words replaced, dropped or put in, and blanks changed."""
    words = text.split(" ")
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(words)))
        words[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from([*WORDS, "new", "A."]), max_size=2))
    return " ".join(words).replace(" ", draw(st.sampled_from([" ", " ", "\n\n"])), 1)


def update(root: Root, doc_id: str, data: bytes):
    revision = draft(root)
    planned = plan_update(revision, doc_id, data, "new.txt", TODAY)
    revision.write()
    return planned


def spans(record):
    return [each for each in (record, *record.get("content", ())) if "start" in each]


def other_values(record):
    return {name: value for name, value in record.items() if name not in ("start", "end", "text", "content")}


@settings(max_examples=examples(60))
@given(st.data())
def test_what_has_a_place_reads_as_it_did_or_nearly_and_the_rest_is_kept_aside(data):
    part: Part = data.draw(parts())
    document = data.draw(st.sampled_from(part["documents"].to_dicts()))
    doc_id, text = document["doc_id"], document["text"]
    new = data.draw(edits(text))
    with on_disk_with_seeds(part) as root:
        before, others = annotations(root), lines_of_others(root, doc_id)
        raw = seeds.seed_bytes(document["header"], new, document["newline"])
        try:
            planned = update(root, doc_id, raw)
        except StanceBankError as error:
            refused = str(error)
        else:
            refused = ""
        if refused:
            assert re.search(r"another text|no text|there already", refused)
            assert annotations(root) == before
            return
        after = annotations(root)
        lost = {(each.annotator, each.layer, doc_id, each.id): each.record for each in planned.unplaced}
        assert errors(root) == []
        assert sorted(lines_of_others(root, doc_id)) == sorted(others)
        annotated = {key for key in before if key[1] in ANNOTATED}
        assert annotated == {key for key in after if key[1] in ANNOTATED} | lost.keys()
        assert lost.keys().isdisjoint(after)
        for key, record in lost.items():
            assert record == before[key]
        kept = root.path / UNPLACED_FILE
        lines = kept.read_text("utf-8").splitlines() if kept.exists() else []
        assert [json.loads(line)["record"] for line in lines] == [each.record for each in planned.unplaced]
        for key in annotated & after.keys():
            for one, two in zip(spans(before[key]), spans(after[key]), strict=True):
                words, now = text[one["start"] : one["end"]], new[two["start"] : two["end"]]
                assert now == two["text"] if key[2] == doc_id else one == two
                assert key[2] != doc_id or words.split() == now.split() or alike(words, now)
            bare = [
                [(k, v) for k, v in r.items() if k not in ("start", "end", "text", "content")]
                for r in (before[key], after[key])
            ]
            assert bare[0] == bare[1]
        progress = [row for row in root.records("progress") if row["doc_id"] == doc_id]
        opened = {row["layer"] for row in progress if row["state"] == "open"}
        assert opened >= {each.layer for each in planned.unplaced if each.annotator is None}


def repeats(record, *texts):
    """Whether the words of a span of the record are more than once in one of the texts: which of them is open."""
    return any(text.find(span["text"], text.find(span["text"]) + 1) >= 0 for span in spans(record) for text in texts)


@settings(max_examples=examples(50))
@given(st.data())
def test_there_and_back_is_the_identity_on_all_that_kept_its_words(data):
    part: Part = data.draw(parts())
    document = data.draw(st.sampled_from(part["documents"].to_dicts()))
    doc_id = document["doc_id"]
    new = data.draw(edits(document["text"]))
    with on_disk_with_seeds(part) as root:
        before, old = annotations(root), (root.path / f"seeds/{document['seed']}").read_bytes()
        raw = seeds.seed_bytes(document["header"], new, document["newline"])
        try:
            there = update(root, doc_id, raw)
            back = update(root, doc_id, old)
        except StanceBankError:
            return
        changed = (*there.unplaced, *back.unplaced, *there.reworded, *back.reworded)
        others = {(each.annotator, each.layer, doc_id, each.id) for each in changed}
        after = annotations(root)
        kept, now = (
            {
                key: record
                for key, record in of.items()
                if key[1] in ANNOTATED and key not in others and not repeats(before[key], document["text"], new)
            }
            for of in (before, after)
        )
        assert now == kept
        earlier = read_corpus(root.path).sound().seeds.earlier.get(document["seed"], ())
        states = [] if raw == old else [sha256(old), sha256(raw)]
        assert [each.sha256 for each in earlier] == states


def typos(text: str, chance: random.Random, count: int) -> list[tuple[int, int, str]]:
    """Words of the text with the misspelling of each: code points start and end, and what it becomes."""
    words = list(re.finditer(r"[^\W\d_]{4,}", text))
    found = []
    for match in sorted(chance.sample(words, count), key=lambda match: match.start()):
        word, at = match[0], chance.randrange(1, len(match[0]) - 1)
        swapped = word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        wrong = chance.choice([swapped, word[:at] + word[at + 1 :], word[:at] + word[at] * 2 + word[at + 1 :]])
        found.append((*match.span(), wrong))
    return found


def moved(place: int, changes: list[tuple[int, int, str]], *, end: bool) -> int | None:
    """Where a place of the text is once the typos are in it; None inside one of them."""
    by = 0
    for start, stop, wrong in changes:
        if start < place < stop:
            return None
        if stop <= place and (end or stop < place or start < place):
            by += len(wrong) - (stop - start)
    return place + by


def place_typos(folder: Path, documents: int, seed: int) -> tuple[int, int]:
    """Put three typos into each of so many made-up documents; gives how many spans there are, and how many placed.

    Every one that is placed must be where its words are.
    """
    write_corpus(folder, documents)
    root, chance = Root(folder), random.Random(seed)
    corpus = read_corpus(folder).sound()
    part = corpus.sound_part(corpus.part_names[0])
    total = placed = 0
    for document in part["documents"].iter_rows(named=True):
        changes = typos(document["text"], chance, 3)
        new, end = "", 0
        for start, stop, wrong in changes:
            new += document["text"][end:start] + wrong
            end = stop
        new += document["text"][end:]
        revision = draft(root)
        raw = seeds.seed_bytes(document["header"], new, document["newline"])
        planned = plan_update(revision, document["doc_id"], raw, "new.txt", TODAY)
        after = {}
        for layer in ANNOTATED:
            for line in revision.read(part.file(layer)).splitlines():
                record = json.loads(line)
                if record["doc_id"] == document["doc_id"]:
                    after[layer, record[LAYERS[layer].id_column]] = record
        for layer in ANNOTATED:
            for record in part[layer].filter(doc_id=document["doc_id"]).iter_rows(named=True):
                for index, span in enumerate(spans(record)):
                    total += 1
                    found = after.get((layer, record[LAYERS[layer].id_column]))
                    if found is not None:
                        placed += 1
                        now = spans(found)[index]
                        expected = moved(span["start"], changes, end=False), moved(span["end"], changes, end=True)
                        assert (now["start"], now["end"]) == expected
                        assert now["text"] == new[now["start"] : now["end"]]
        assert not planned.reopened or planned.unplaced
    return total, placed


def test_three_typos_move_nothing_to_a_wrong_place(tmp_path: Path, seed: int) -> None:
    total, placed = place_typos(tmp_path / "made-up", 10, seed)
    assert placed / total >= 0.99


@pytest.mark.deep("laws")
def test_three_typos_in_each_of_200_documents_leave_99_percent_placed_and_none_wrongly(tmp_path, seed) -> None:
    total, placed = place_typos(tmp_path / "made-up", 200, seed)
    assert placed / total >= 0.99


@pytest.fixture
def full(root: Root) -> Root:
    """The project's corpus with its passes."""
    root.add_passes()
    return root


def text_of(root: Root) -> str:
    return (root.path / f"seeds/{DOC}.txt").read_bytes().decode()


def new_text(root: Root, *changes: tuple[str, str]) -> Path:
    """A copy of the project's text with some of its words replaced."""
    text = text_of(root)
    for old, new in changes:
        assert text.count(old) == 1
        text = text.replace(old, new)
    (root.path.parent / "new.txt").write_bytes(text.encode())
    return root.path.parent / "new.txt"


def test_a_typo_leaves_everything_done(full: Root, cli: Run) -> None:
    file = new_text(full, ("Keir Starmer, ahead", "Kier Starmer, ahead"))
    done = cli("update", DOC, "--text", file, "--root", full.path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[:5] == [
        f"{DOC} in corpus/2025-02",
        "sentences: 21 kept, 0 new, 0 gone",
        "spans: 621 placed, 3 of them with changed words",
        "records without a place: 0",
        "changed words: mentions m3 (gold, pass-a, pass-b)",
    ]
    assert "\n  before: British Prime Minister [Keir Starmer], ahead" in done.stdout
    assert full.findings() == []
    assert not (full.path / UNPLACED_FILE).exists()
    assert {row["state"] for row in full.records("progress")} == {"done"}
    again = cli("update", DOC, "--text", file, "--root", full.path)
    assert (again.returncode, again.stdout) == (0, f"{DOC} has this text already; nothing to change\n")


def test_what_loses_its_place_is_listed_kept_and_open_again(full: Root, cli: Run) -> None:
    file = new_text(full, ("without consulting them", "secretly"))
    before = tree(full)
    shown = json.loads(cli("update", DOC, "--text", file, "--dry-run", "--format", "json", "--root", full.path).stdout)
    assert tree(full) == before
    done = json.loads(cli("update", DOC, "--text", file, "--format", "json", "--root", full.path).stdout)
    assert done == shown | {"dry_run": False}
    assert {(each["layer"], each["id"]) for each in done["unplaced"]} == {
        ("mentions", "m25"), ("mentions", "m26"), ("relations", "r10"), ("relations", "r11"),
    }  # fmt: skip
    assert [each["why"] for each in done["unplaced"][:3]] == ["its words changed"] * 2 + ["its tail m25 has no place"]
    assert "consulting [them] to" in done["unplaced"][0]["before"]
    assert "Putin [secretly] to" in done["unplaced"][0]["after"]
    assert {finding.rule for finding in full.findings()} == {"SB616"}
    state = next(row for row in full.records("progress") if row["layer"] == "mentions")
    assert state["state"] == "open"
    assert state["remark"].startswith(f"2 of its records lost their place in an update: {UNPLACED_FILE}; the text has")


def test_diff_shows_an_update(full: Root, cli: Run, tmp_path: Path) -> None:
    shutil.copytree(full.path, tmp_path / "before")
    cli("update", DOC, "--text", new_text(full, ("without consulting them", "secretly")), "--root", full.path)
    shown = cli("diff", tmp_path / "before", full.path).stdout
    assert "its text was edited: 23 characters cut, 8 put in" in shown
    assert "mention m25 lost with its words" in shown
    assert f"seeds/seeds.yaml: {DOC}.txt.earlier added" in shown
    assert "progress of mentions: done to open" in shown


def test_sentences_corrected_by_hand_in_unchanged_text_stay(full: Root) -> None:
    def join(records):
        records[2:4] = [records[2] | {"end": records[3]["end"]}]

    full.change("sentences", join)
    ids = [row["sentence_id"] for row in full.records("sentences")]
    text = text_of(full)
    update(full, DOC, text.replace("Keir Starmer, ahead", "Kier Starmer, ahead").encode() + b"\nIt rained.\n")
    after = full.records("sentences")
    assert [row["sentence_id"] for row in after] == [*ids, "n22"]
    assert errors(full) == []


@pytest.mark.parametrize("where", ["seed", "text"])
def test_an_edit_by_hand_is_taken_over(full: Root, cli: Run, where: str) -> None:
    """SB204 and SB201 name stancebank update as the way out."""
    file = new_text(full, ("Keir Starmer, ahead", "Kier Starmer, ahead"))
    seed = full.path / f"seeds/{DOC}.txt"
    if where == "seed":
        seed.write_bytes(file.read_bytes())
        file = seed
    else:
        full.edit("documents", 0, text=seeds.read_seed(file.read_bytes(), "").text)
    assert ("SB204" if where == "seed" else "SB201") in {finding.rule for finding in full.findings()}
    assert cli("update", DOC, "--text", file, "--root", full.path).returncode == 0
    assert full.findings() == []


def empty(path: Path) -> None:
    path.write_bytes(b"")


def latin(path: Path) -> None:
    path.write_bytes("Größe".encode("latin-1"))


def another(path: Path) -> None:
    path.write_text("Rain fell all night; trams stopped before dawn. Nobody complained!")


def folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (empty, "there is no text in the file"),
        (latin, "byte 2 (0xf6) is not UTF-8"),
        (another, "new.txt is another text: it has hardly a word of"),
        (folder, "new.txt cannot be read: Is a directory"),
        (lambda path: None, "new.txt cannot be read: No such file or directory"),
    ],
)
def test_a_text_that_is_none_changes_nothing(full: Root, cli: Run, made, message: str) -> None:
    file = full.path.parent / "new.txt"
    made(file)
    before = tree(full)
    done = cli("update", DOC, "--text", file, "--root", full.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr
    assert "fix: " in done.stderr
    assert tree(full) == before


def test_a_document_with_errors_is_not_updated(full: Root, cli: Run) -> None:
    file = new_text(full, ("Keir Starmer, ahead", "Kier Starmer, ahead"))
    full.of("pass-b").edit("mentions", 7, start=1, end=5)
    before = tree(full)
    done = cli("update", DOC, "--text", file, "--root", full.path)
    assert done.returncode == 2
    assert "annotation/passes/pass-b/2025-02/mentions.jsonl: m8 breaks SB" in done.stderr
    assert tree(full) == before


def test_a_text_whose_annotated_state_is_gone_is_not_updated(full: Root, cli: Run) -> None:
    file = new_text(full, ("Keir Starmer, ahead", "Kier Starmer, ahead"))
    (full.path / f"seeds/{DOC}.txt").write_bytes(file.read_bytes())
    full.edit("documents", 0, text="Gone.")
    before = tree(full)
    done = cli("update", DOC, "--text", file, "--root", full.path)
    assert (done.returncode, tree(full)) == (2, before)
    assert "is not the one that was annotated (SB201), nor is its seed's" in done.stderr


def test_a_text_that_another_document_has_is_refused(full: Root, cli: Run, tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text("They met.")
    cli("add", "b.txt", "--date", "2025-03-01", "--root", full.path)
    before = tree(full)
    done = cli("update", DOC, "--text", "b.txt", "--root", full.path)
    assert (done.returncode, tree(full)) == (2, before)
    assert "the new text is there already, as seeds/b.txt" in done.stderr
