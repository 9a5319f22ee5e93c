"""stancebank migrate: the whole corpus or nothing of it, whatever comes between."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import DOC, NOT_COPIED, PART, PROJECT, offline
from stancebank.checks.validation import check_corpus
from stancebank.corpus import read_corpus
from stancebank.faults import StanceBankError
from stancebank.migrations.migration import Migration, Summary, migrate, plan
from stancebank.migrations.step import Record, Step
from stancebank.migrations.ways import STEPS, way
from stancebank.scheme import SCHEME_VERSION, SchemeVersion, read_scheme

Run = Callable[..., CompletedProcess[str]]
SCHEME = "schemas/scheme.yaml"
GOLDEN = PROJECT / "schemas/migrations/1.0-1.1"
STANCES = "corpus/2026-03/stances.jsonl"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


AFTER = tree(GOLDEN / "after")


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A corpus of scheme 1.0 with an owner's comments and labels."""
    return shutil.copytree(GOLDEN / "before", tmp_path / "old")


def done(root: Path, to: str = SCHEME_VERSION) -> Summary:
    found: list[Summary] = []
    migrate(plan(root, to), found.append)
    return found[0]


def test_it_says_what_it_does_before_it_does_it(old: Path) -> None:
    before = tree(old)

    def look(summary: Summary) -> None:
        assert {file: data for file, data in tree(old).items() if "/.new-" not in file} == before
        assert summary.labels == {"stance_expressions": ["expressed", "inferred"]}
        assert summary.changed == {("corpus", "stances"): 2, ("passes", "stances"): 4}
        assert summary.records == summary.changed | {("decisions", "decisions"): 1}
        assert summary.files[0] == STANCES
        assert summary.files[-1] == SCHEME

    migrate(plan(old), look)
    assert tree(old) == AFTER


def test_a_dry_run_changes_nothing(old: Path) -> None:
    before = tree(old)
    found: list[Summary] = []
    migrate(plan(old), found.append, write=False)
    assert tree(old) == before
    assert done(old) == found[0]


def test_migrating_again_does_nothing(old: Path) -> None:
    done(old)
    assert plan(old).steps == ()
    assert plan(old, SCHEME_VERSION).steps == ()


def test_the_commands_say_what_came_and_what_comes(stancebank: Run, old: Path) -> None:
    refused = stancebank("stats", "--root", old)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"{SCHEME}:2: $.version: this corpus has scheme 1.0" in refused.stderr
    assert "fix: run stancebank migrate" in refused.stderr
    first = stancebank("migrate", cwd=old / "corpus")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "scheme 1.0 to 1.1: a stance may say whether it is expressed or inferred",
        f"  {SCHEME}: new in stance_expressions: expressed, inferred",
        "  corpus: 2 of 2 records in stances changed, in 1 file",
        "  passes: 4 of 4 records in stances changed, in 2 files",
        "  annotation/adjudication.jsonl: 0 of 1 decision changed",
        "this corpus has scheme 1.1 now; next: stancebank generate, then stancebank validate",
    ]
    assert tree(old) == AFTER
    assert list(check_corpus(read_corpus(old))) == []
    again = stancebank("migrate", "--dry-run", "--root", old)
    assert again.returncode == 0
    assert again.stdout == "this corpus has scheme 1.1 already; there is nothing to migrate\n"


def test_an_old_corpus_has_one_finding(old: Path) -> None:
    (finding,) = check_corpus(read_corpus(old))
    assert (finding.rule, finding.file, finding.line, finding.column) == ("SB120", SCHEME, 2, 10)
    assert finding.what.endswith("this corpus has scheme 1.0; this StanceBank works on scheme 1.1")


def test_a_newer_corpus_needs_newer_software(old: Path) -> None:
    path = old / SCHEME
    path.write_text(path.read_text("utf-8").replace('"1.0"', '"1.10"') + "new_vocabulary: []\n", "utf-8")
    (fault,) = read_scheme(old)[1]
    assert (fault.kind, fault.fix) == ("scheme-version", "install a newer StanceBank")
    with pytest.raises(StanceBankError, match=r"scheme 1\.10; the newest that this StanceBank knows is 1.1"):
        plan(old)


# What becomes of the project's own corpus


def earlier(root: Path) -> Path:
    """The project's corpus, passes and decisions as scheme 1.0 had them."""
    for folder in ("corpus", "schemas", "seeds", "annotation"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=NOT_COPIED)
    text = (root / SCHEME).read_text("utf-8")
    text = text[: text.index("\nstance_expressions:")].replace('version: "1.1"', 'version: "1.0"')
    (root / SCHEME).write_text(text, "utf-8")
    for path in [*root.glob("corpus/*/stances.jsonl"), *root.glob("annotation/passes/*/*/stances.jsonl")]:
        lines = [line.rpartition(',"expression":')[0] + "}\n" for line in path.read_text("utf-8").splitlines()]
        path.write_text("".join(lines), "utf-8")
    return root


def test_the_projects_corpus_comes_to_what_it_is_but_for_what_was_annotated_since(tmp_path: Path) -> None:
    root = earlier(tmp_path)
    old = json.loads((root / f"corpus/{PART}/stances.jsonl").read_text("utf-8").splitlines()[0])
    assert "expression" not in old
    done(root)
    own = f"corpus/{PART}/stances.jsonl"
    for file, data in tree(root).items():
        if file != own:
            assert data == (PROJECT / file).read_bytes(), file
    lines = zip(
        (root / own).read_text("utf-8").splitlines(), (PROJECT / own).read_text("utf-8").splitlines(), strict=True
    )
    for made, annotated in lines:
        assert json.loads(made) == json.loads(annotated) | {"expression": None}
        assert made.startswith(annotated.rpartition('"expression":')[0])
    assert list(check_corpus(read_corpus(root))) == []
    assert DOC in made


# What comes between

KILLED = """
import os, pathlib, signal, sys
from stancebank.commands import main
at, number = int(sys.argv.pop()), int(sys.argv.pop())
moves, replace = 0, pathlib.Path.replace
def counting(self, target):
    global moves
    moves += 1
    if moves == at:
        os.kill(os.getpid(), number)
    return replace(self, target)
pathlib.Path.replace = counting
main()
"""
MOVES = 4  # three files of stances, and the scheme


def killed(root: Path, number: int, at: int) -> CompletedProcess[str]:
    """Migrate in a process that is sent a signal as it puts a file into its place."""
    command = [sys.executable, "-c", KILLED, "migrate", "--root", str(root), str(number), str(at)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(root), check=False)


@pytest.mark.parametrize("at", [2, MOVES])
def test_a_request_to_stop_leaves_everything_as_it_was(old: Path, at: int) -> None:
    before = tree(old)
    assert killed(old, signal.SIGTERM, at).returncode == 128 + signal.SIGTERM
    assert tree(old) == before


@pytest.mark.parametrize("at", [2, MOVES])
def test_what_was_killed_is_still_the_old_version_and_is_finished_by_the_next_one(old: Path, at: int) -> None:
    before = tree(old)
    assert killed(old, signal.SIGKILL, at).returncode == -signal.SIGKILL
    there = tree(old)
    assert sum(there[file] != data for file, data in before.items()) == at - 1
    assert [finding.rule for finding in check_corpus(read_corpus(old))] == ["SB120"]
    done(old)
    assert {file: data for file, data in tree(old).items() if "/.new-" not in f"/{file}"} == AFTER


def test_it_is_killed_nowhere_else(old: Path) -> None:
    assert killed(old, signal.SIGKILL, MOVES + 1).returncode == 0
    assert tree(old) == AFTER


@pytest.mark.parametrize("file", [STANCES, "annotation/passes/ben/2026-03/stances.jsonl"])
def test_a_line_that_is_no_record_stops_it_and_nothing_is_changed(old: Path, file: str) -> None:
    (old / file).write_bytes((old / file).read_bytes() + b"{half\n")
    before = tree(old)
    with pytest.raises(StanceBankError, match=rf"{file}:3: not valid JSON.*\n  fix: correct the line; nothing was"):
        done(old)
    assert tree(old) == before


def test_a_file_that_cannot_be_put_in_its_place_stops_it(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before, replace = tree(old), Path.replace

    def full(self: Path, target: Path) -> Path:
        if target.name == "scheme.yaml" and not failed:
            failed.append(target)
            raise OSError(28, "No space left on device")
        return replace(self, target)

    failed: list[Path] = []
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(StanceBankError, match="No space left on device; nothing was changed"):
        done(old)
    assert tree(old) == before


# Bad input


@pytest.mark.parametrize(
    ("said", "to", "message"),
    [
        ("1.0", "1.2", 'no scheme "1.2" is known; there are 1.0, 1.1'),
        ("1.0", "\x1b[2J", r'no scheme "\\x1b\[2J" is known'),
        ("0.9", "1.1", "this corpus has scheme 0.9, and no migration leads from it; they lead from 1.0"),
        ("2.0", "1.1", "the newest that this StanceBank knows is 1.1"),
        ("1.1", "1.0", "this corpus has scheme 1.1; no migration leads back to 1.0"),
    ],
)
def test_a_way_that_there_is_not(said: str, to: str, message: str) -> None:
    with pytest.raises(StanceBankError, match=message) as refused:
        way(SchemeVersion(version=said), to)
    assert refused.value.fix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "schemas/scheme.yaml: the file is missing"),
        ("entity_types: []\n", r"\$\.version: the key is missing"),
        ("version: one\n", '"one" is not of the form'),
        ("version: 01.1\n", '"01.1" is not of the form'),
        (f"version: 1.{'9' * 5000}\n", "is not of the form"),
        ("version: [1, 0]\n", r"\$\.version"),
        ("version: '1.0\n", "not valid YAML"),
        ("- 1.0\n", "expected a mapping of keys to values"),
    ],
)
def test_a_scheme_that_says_no_version(old: Path, text: str | None, message: str) -> None:
    if text is None:
        (old / SCHEME).unlink()
    else:
        (old / SCHEME).write_text(text, "utf-8")
    with pytest.raises(StanceBankError, match=message):
        plan(old)


def test_a_scheme_that_would_not_be_sound_is_refused(old: Path) -> None:
    text = (old / SCHEME).read_text("utf-8")
    (old / SCHEME).write_text(text.replace("name: NOM", "name: NAM"), "utf-8")
    before = tree(old)
    with pytest.raises(StanceBankError, match=r"would not be sound: .*the label NAM stands twice"):
        done(old)
    assert tree(old) == before


def test_a_file_that_is_missing_is_left_to_validate(old: Path) -> None:
    (old / STANCES).unlink()
    done(old)
    assert [finding.rule for finding in check_corpus(read_corpus(old))] == ["SB104"]


def test_a_link_that_leads_out_is_refused(old: Path, tmp_path: Path) -> None:
    (old / STANCES).rename(tmp_path / "elsewhere")
    (old / STANCES).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StanceBankError, match="leads out of the corpus root"):
        done(old)


def test_what_was_sent_to_label_studio_is_still_what_annotations_are_compared_with(old: Path) -> None:
    sent = old / ".studio/base/server-1/corpus/2026-03"
    shutil.copytree(old / "corpus/2026-03", sent)
    assert done(old).changed["sent to Label Studio", "stances"] == 2
    assert (sent / "stances.jsonl").read_bytes() == AFTER[STANCES]


# Several steps, of which there is only one yet


def _renamed(record: Record) -> Record:
    return record | {"label": "favour"} if record["label"] == "favor" else record


def _decided(record: Record) -> Record:
    return record | {"reason": "renamed"}


NEXT = Step(
    "1.1", "1.2", "made up", lambda text: text.replace("name: favor", "name: favour"), {"stances": _renamed}, _decided
)


def test_steps_follow_one_another_and_stop_where_they_are_told(old: Path) -> None:
    steps = (*STEPS, NEXT)
    assert plan(old, "1.1", steps).steps == STEPS
    assert plan(old, "1.0", steps).steps == ()
    migrate(plan(old, "1.2", steps), lambda _: None)
    assert (old / SCHEME).read_text("utf-8").count("name: favour") == 1
    assert '"1.2"' in (old / SCHEME).read_text("utf-8")
    stances = [json.loads(line) for line in (old / STANCES).read_text("utf-8").splitlines()]
    assert [(each["label"], each["expression"]) for each in stances] == [("favour", None), ("against", None)]
    assert '"reason":"renamed"' in (old / "annotation/adjudication.jsonl").read_text("utf-8")
    assert plan(old, "1.2", steps).steps == ()


def test_one_step_after_the_other_is_as_both_at_once(old: Path, tmp_path: Path) -> None:
    steps, other = (*STEPS, NEXT), shutil.copytree(old, tmp_path / "other")
    migrate(plan(old, "1.2", steps), lambda _: None)
    for version in ("1.1", "1.2"):
        migrate(plan(other, version, steps), lambda _: None)
    assert tree(other) == tree(old)


def test_one_file_at_a_time_is_held(old: Path) -> None:
    """Files are read as they are asked for, so that a corpus of many parts needs no more memory than one."""
    shutil.copytree(old / "corpus/2026-03", old / "corpus/2026-04")
    migration = plan(old)
    assert isinstance(migration, Migration)
    contents = migration.contents(Summary())
    assert next(contents)[0] == STANCES
    (old / "corpus/2026-04/stances.jsonl").write_bytes(b"")
    assert [file for file, _ in contents if file.startswith("corpus/")] == []
