"""stancebank progress, done and reopen."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import DOC, PART, Root
from stancebank.corpus.remarks import Work, lines_of, work_order

Run = Callable[..., CompletedProcess[str]]
GOLD = f"corpus/{PART}/progress.jsonl"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def rows(root: Root) -> list[dict[str, str]]:
    return [json.loads(line) for line in (root.path / GOLD).read_text("utf-8").splitlines()]


def test_what_is_reopened_and_done_again_changes_its_own_rows_alone(cli: Run, root: Root) -> None:
    root.add_passes()
    before = tree(root.path)
    opened = cli("reopen", DOC, "--layer", "stances", "--remark", "to discuss", "--root", root.path)
    assert (opened.returncode, opened.stdout) == (0, f"wrote {GOLD}\n")
    after = tree(root.path)
    assert [file for file in after if after[file] != before.get(file)] == [GOLD]
    old, new = (files[GOLD].splitlines() for files in (before, after))
    assert old[:-1] == new[:-1]
    row = json.loads(new[-1])
    assert (row["layer"], row["state"], row["remark"]) == ("stances", "open", "to discuss")
    counted = cli("progress", "--by", "part", "--root", root.path)
    assert "gold: part" in counted.stdout
    assert next(line.split()[:7] for line in counted.stdout.splitlines() if PART in line) == [PART, *"111110"]
    again = cli("done", DOC, "--layer", "stances", "--by", "ann", "--date", "2026-03-04", "--root", root.path)
    assert again.returncode == 0
    assert rows(root)[-1] == json.loads(old[-1]) | {
        "annotator": "ann", "date": "2026-03-04", "made_from": None, "remark": None,
    }  # fmt: skip


def test_a_pass_has_its_own(cli: Run, root: Root) -> None:
    root.add_passes()
    before = (root.path / GOLD).read_bytes()
    assert cli("reopen", DOC, "--pass", "pass-a", "--root", root.path).returncode == 0
    assert (root.path / GOLD).read_bytes() == before
    found = json.loads(cli("progress", "--by", "annotator", "--format", "json", "--root", root.path).stdout)
    assert [(each["annotator"], each["layers"]["stances"]["done"]) for each in found] == [
        ("gold", 1),
        ("pass-a", 0),
        ("pass-b", 1),
    ]


def test_a_part_without_the_file_is_not_begun(cli: Run, root: Root) -> None:
    (root.path / GOLD).unlink()
    shown = cli("progress", "--by", "document", "--root", root.path).stdout
    assert shown.count("not begun") == 5
    assert cli("done", DOC, "--layer", "mentions", "--root", root.path).returncode == 0
    assert [(row["layer"], row["state"]) for row in rows(root)] == [("mentions", "done")]


@pytest.mark.parametrize("by", ["layer", "part", "split", "annotator", "document"])
def test_text_of_a_corpus_is_shown_harmless_by_anything(cli: Run, root: Root, by: str) -> None:
    root.replace("corpus/corpus.yaml", "train:", '"train":')
    shown = cli("progress", "--by", by, "--root", root.path)
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout
    assert json.loads(cli("progress", "--by", by, "--format", "json", "--root", root.path).stdout)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["done", "nowhere"], '"nowhere" is not a document of the corpus'),
        (["done", DOC, "--pass", "cem"], 'there is no pass "cem"'),
        (["done", DOC, "--layer", "stance"], "'stance' is not one of entities"),
        (["done", DOC, "--date", "yesterday"], 'date "yesterday" is not valid'),
        (["done", DOC, "--from", "nothing"], "'nothing' is not one of blank"),
        (["reopen", DOC, "--remark", " a\nb"], "remark"),
        (["done", DOC, "nowhere"], '"nowhere" is not a document of the corpus'),
    ],
)
def test_what_is_wrong_is_said_and_nothing_changes(cli: Run, root: Root, words: list[str], message: str) -> None:
    root.add_passes()
    before = tree(root.path)
    done = cli(*words, "--root", root.path)
    assert done.returncode == 2
    assert message in done.stderr
    assert tree(root.path) == before


def test_work_lists_how_annotations_came_about(cli: Run, root: Root) -> None:
    assert cli("progress", "--work", "--root", root.path).stdout == "no annotation has come from Label Studio\n"
    work = Work(DOC, "ann", "ann", "ben", "2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 5400.0, "model-1")
    (root.path / "annotation").mkdir(exist_ok=True)
    (root.path / "annotation/work.jsonl").write_bytes(lines_of([work], work_order))
    shown = cli("progress", "--work", "--root", root.path).stdout
    assert all(word in shown for word in ("ben", "90.0", "model-1", "1 annotation, 1.5 hours"))
    [told] = json.loads(cli("progress", "--work", "--format", "json", "--root", root.path).stdout)
    assert (told["changed_by"], told["seconds"]) == ("ben", 5400.0)
