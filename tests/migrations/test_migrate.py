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
from earlier_schemes import as_1_0, as_migrated

from conftest import DOC, NOT_COPIED, PART, PROJECT, offline
from overlays import compose_version, composed_version
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.corpus.root_folder import find_root
from stancebank.faults import StanceBankError
from stancebank.migrations.migration import STEPS, Migration, Summary, migrate, plan, way
from stancebank.migrations.step import Record, Step
from stancebank.schema.scheme_reading import FORMAT_VERSION, SchemeFormat, read_scheme

Run = Callable[..., CompletedProcess[str]]
SCHEME = "schemas/scheme.yaml"
PAIRS = PROJECT / "schemas/migrations"
STANCES = "corpus/2026-03/stances.jsonl"
DOCUMENTS = "corpus/2026-03/documents.jsonl"


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


AFTER = tree(PAIRS / FORMAT_VERSION)
SHOWN = "1.4"
"""The format that what a migration tells is shown for, whichever is the newest."""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A corpus of scheme 1.0 with an owner's comments and labels."""
    return compose_version("1.0", tmp_path / "old")


def done(root: Path, to: str = FORMAT_VERSION) -> Summary:
    found: list[Summary] = []
    migrate(plan(root, to), found.append)
    return found[0]


def test_it_says_what_it_does_before_it_does_it(old: Path) -> None:
    before = tree(old)

    def look(summary: Summary) -> None:
        assert {file: data for file, data in tree(old).items() if "/.new-" not in f"/{file}"} == before
        assert summary.labels == {"stance_expressions": ["expressed", "inferred"]}
        assert summary.roles["modalities"] == ["asserted"]
        assert summary.roles["stance_labels"] == ["favor", "against", "neutral"]
        assert summary.changed == {
            ("corpus", "documents"): 1,
            ("corpus", "sentences"): 4,
            ("corpus", "entities"): 8,
            ("corpus", "stances"): 2,
            ("passes", "entities"): 16,
            ("passes", "stances"): 4,
        }
        assert summary.records == summary.changed | {("decisions", "decisions"): 1}
        assert summary.added == {("corpus", "progress"): 5, ("passes", "progress"): 10}
        assert summary.files[0] == DOCUMENTS
        assert summary.files[-1] == SCHEME

    migrate(plan(old, SHOWN), look)
    assert tree(old) == tree(composed_version(SHOWN))


def test_a_dry_run_changes_nothing(old: Path) -> None:
    before = tree(old)
    found: list[Summary] = []
    migrate(plan(old), found.append, write=False)
    assert tree(old) == before
    assert done(old) == found[0]


def test_migrating_again_does_nothing(old: Path) -> None:
    done(old)
    assert plan(old).steps == ()
    assert plan(old, FORMAT_VERSION).steps == ()


def test_the_commands_say_what_came_and_what_comes(cli: Run, old: Path) -> None:
    refused = cli("stats", "--root", old)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert f"{SCHEME}:2: $.version: this corpus has format 1.0" in refused.stderr
    assert "fix: run stancebank migrate" in refused.stderr
    first = cli("migrate", "--to", SHOWN, cwd=old / "corpus")
    assert (first.returncode, first.stderr) == (0, "")
    assert first.stdout.splitlines() == [
        "format 1.0 to 1.1: a stance may say whether it is expressed or inferred",
        "format 1.1 to 1.2: labels say what they do, as roles",
        "format 1.2 to 1.3: progress says which layers of a document are done: those that have a record; "
        "entities may be linked to actors",
        "format 1.3 to 1.4: a scheme has a name and a version of its own beside the format; "
        "documents have an address, an outlet and authors; "
        "sentences are told from headings, bylines, datelines and items",
        f"  {SCHEME}: new in stance_expressions: expressed, inferred",
        f"  {SCHEME}: roles in entity_types for PERSON, EVENT, DATE",
        f"  {SCHEME}: roles in mention_levels for NAM, PRO",
        f"  {SCHEME}: roles in relation_types for leads, represents",
        f"  {SCHEME}: roles in modalities for asserted",
        f"  {SCHEME}: roles in attribution_kinds for direct, indirect, mixed",
        f"  {SCHEME}: roles in stance_labels for favor, against, neutral",
        f"  {SCHEME}: roles in stance_bases for direct_quote",
        f"  {SCHEME}: roles in commitments for conditional",
        "  corpus: 1 of 1 record in documents changed, in 1 file",
        "  corpus: 4 of 4 records in sentences changed, in 1 file",
        "  corpus: 8 of 8 records in entities changed, in 1 file",
        "  corpus: 2 of 2 records in stances changed, in 1 file",
        "  passes: 16 of 16 records in entities changed, in 2 files",
        "  passes: 4 of 4 records in stances changed, in 2 files",
        "  annotation/adjudication.jsonl: 0 of 1 decision changed",
        "  corpus: 5 records in progress added",
        "  passes: 10 records in progress added",
        f"this corpus has format {SHOWN} now; next: stancebank generate, then stancebank validate",
    ]
    done(old)
    assert tree(old) == AFTER
    assert list(check_corpus(read_corpus(old))) == []
    again = cli("migrate", "--dry-run", "--root", old)
    assert again.returncode == 0
    assert again.stdout == f"this corpus has format {FORMAT_VERSION} already; there is nothing to migrate\n"


def test_an_old_corpus_has_one_finding(old: Path) -> None:
    (finding,) = check_corpus(read_corpus(old))
    assert (finding.rule, finding.file, finding.line, finding.column) == ("SB120", SCHEME, 2, 10)
    assert finding.what.endswith(f"this corpus has format 1.0; this StanceBank works on format {FORMAT_VERSION}")


def test_a_newer_corpus_needs_newer_software(old: Path) -> None:
    path = old / SCHEME
    path.write_text(
        path.read_text("utf-8").replace('version: "1.0"', 'format: "1.10"') + "new_vocabulary: []\n", "utf-8"
    )
    (fault,) = read_scheme(old)[1]
    assert (fault.kind, fault.fix) == ("scheme-version", "install a newer StanceBank")
    with pytest.raises(
        StanceBankError, match=rf"format 1\.10; the newest that this StanceBank knows is {FORMAT_VERSION}"
    ):
        plan(old)


# What becomes of the project's own corpus


def earlier(root: Path) -> Path:
    """The project's corpus, passes and decisions as scheme 1.0 had them."""
    for folder in ("corpus", "schemas", "seeds", "annotation"):
        shutil.copytree(PROJECT / folder, root / folder, ignore=NOT_COPIED)
    for path in root.rglob("progress.jsonl"):
        path.unlink()
    (root / SCHEME).write_text(as_1_0((root / SCHEME).read_text("utf-8")), "utf-8")
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
        if file.endswith("/progress.jsonl"):
            lines = zip(data.splitlines(), (PROJECT / file).read_bytes().splitlines(), strict=True)
            known = ("doc_id", "layer", "state", "annotator")
            assert all(json.loads(made)[key] == json.loads(now)[key] for made, now in lines for key in known)
        elif file != own:
            now = (PROJECT / file).read_bytes()
            assert data == (as_migrated(now.decode()).encode() if file == SCHEME else now), file
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
MOVES = sum(tree(composed_version("1.0")).get(file) != data for file, data in AFTER.items())


def killed(root: Path, number: int, at: int) -> CompletedProcess[str]:
    """Migrate in a process that is sent a signal as it puts a file into its place."""
    command = [sys.executable, "-c", KILLED, "migrate", "--root", str(root), str(number), str(at)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(root), check=False)


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("at", [2, MOVES])
def test_a_request_to_stop_leaves_everything_as_it_was(old: Path, at: int) -> None:
    before = tree(old)
    assert killed(old, signal.SIGTERM, at).returncode == 128 + signal.SIGTERM
    assert tree(old) == before


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("at", [2, MOVES])
def test_what_was_killed_is_put_back_by_the_next_command_and_can_be_done_again(old: Path, at: int) -> None:
    before = tree(old)
    assert killed(old, signal.SIGKILL, at).returncode == -signal.SIGKILL
    assert tree(old) != before
    find_root(old)
    assert tree(old) == before
    done(old)
    assert tree(old) == AFTER


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
        ("1.0", "99.0", f'no format "99.0" is known; there are 1.0, {", ".join(step.after for step in STEPS)}\n'),
        ("1.0", "\x1b[2J", r'no format "\\x1b\[2J" is known'),
        ("0.9", "1.1", "this corpus has format 0.9, and no migration leads from it; they lead from 1.0"),
        ("99.0", "1.1", f"the newest that this StanceBank knows is {FORMAT_VERSION}"),
        ("1.1", "1.0", "this corpus has format 1.1; no migration leads back to 1.0"),
    ],
)
def test_a_way_that_there_is_not(said: str, to: str, message: str) -> None:
    with pytest.raises(StanceBankError, match=message) as refused:
        way(SchemeFormat(format=said), to)
    assert refused.value.fix


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "schemas/scheme.yaml: the file is missing"),
        ("entity_types: []\n", r"\$\.format: the key is missing"),
        ("format: one\n", '"one" is not of the form'),
        ("format: 01.1\n", '"01.1" is not of the form'),
        (f"format: 1.{'9' * 5000}\n", "is not of the form"),
        ("version: [1, 0]\n", r"\$\.format: the key is missing"),
        ("version: '1.0\n", "not valid YAML"),
        ("- 1.0\n", "expected a mapping of keys to values"),
    ],
)
def test_a_scheme_that_says_no_format(old: Path, text: str | None, message: str) -> None:
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
    with pytest.raises(StanceBankError, match=r"would not be sound: .*the label NAM occurs twice"):
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


# Several steps


def _renamed(record: Record) -> Record:
    return record | {"label": "favour"} if record["label"] == "favor" else record


def _decided(record: Record) -> Record:
    return record | {"reason": "renamed"}


NEXT = Step(
    FORMAT_VERSION,
    "99.0",
    "made up",
    lambda text: text.replace("name: favor", "name: favour"),
    {"stances": _renamed},
    _decided,
)


def test_steps_follow_one_another_and_stop_where_they_are_told(old: Path) -> None:
    steps = (*STEPS, NEXT)
    assert plan(old, FORMAT_VERSION, steps).steps == STEPS
    assert plan(old, "1.1", steps).steps == STEPS[:1]
    assert plan(old, "1.0", steps).steps == ()
    migrate(plan(old, NEXT.after, steps), lambda _: None)
    assert (old / SCHEME).read_text("utf-8").count("name: favour") == 1
    assert f'"{NEXT.after}"' in (old / SCHEME).read_text("utf-8")
    stances = [json.loads(line) for line in (old / STANCES).read_text("utf-8").splitlines()]
    assert [(each["label"], each["expression"]) for each in stances] == [("favour", None), ("against", None)]
    assert '"reason":"renamed"' in (old / "annotation/adjudication.jsonl").read_text("utf-8")
    assert plan(old, NEXT.after, steps).steps == ()


def test_one_step_after_the_other_is_as_both_at_once(old: Path, tmp_path: Path) -> None:
    steps, other = (*STEPS, NEXT), shutil.copytree(old, tmp_path / "other")
    migrate(plan(old, NEXT.after, steps), lambda _: None)
    for step in steps:
        migrate(plan(other, step.after, steps), lambda _: None)
    assert tree(other) == tree(old)


def test_one_file_at_a_time_is_held(old: Path) -> None:
    """Files are read as they are asked for, so that a corpus of many parts needs no more memory than one."""
    shutil.copytree(old / "corpus/2026-03", old / "corpus/2026-04")
    migration = plan(old, SHOWN)
    assert isinstance(migration, Migration)
    contents = migration.contents(Summary())
    assert next(contents)[0] == DOCUMENTS
    (old / "corpus/2026-04/stances.jsonl").write_bytes(b"")
    changed = [file for file, _ in contents if file.startswith("corpus/2026-04")]
    changed_layers = ("documents", "sentences", "entities", "progress")
    assert changed == [f"corpus/2026-04/{layer}.jsonl" for layer in changed_layers]
