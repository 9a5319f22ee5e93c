"""stancebank validate as users and machines run it: options, exit codes, what goes to which stream."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from test_bad_input import tree, without_privileges

from conftest import DOC, PART, PROJECT, Root, offline
from stancebank.checks.findings import Finding
from stancebank.checks.report_formats import FORMATS
from stancebank.faults import StanceBankError

Run = Callable[..., CompletedProcess[str]]
MENTIONS = f"corpus/{PART}/mentions.jsonl"
STANCES = f"corpus/{PART}/stances.jsonl"
SOUND = (PROJECT / MENTIONS).read_bytes()


@pytest.fixture
def here(cli: Run) -> Run:
    """Run the command line in the folder that a test has changed to."""
    return lambda *arguments: cli(*arguments, cwd=Path.cwd())


@pytest.fixture
def validate(cli: Run, root: Root) -> Run:
    """Validate the test's corpus."""
    return lambda *options: cli("validate", "--root", root.path, *options)


def outcome(done: CompletedProcess[str]) -> tuple[int, str, str]:
    """How a run ended and what it printed."""
    return done.returncode, done.stdout, done.stderr


def misspell(root: Root) -> None:
    """SB301, an error, in m41; --fix mends it."""
    root.edit("mentions", 40, text="Kiev")


def blank(root: Root, row: int = 14) -> None:
    """SB701, a warning, in m15; --fix mends it."""
    record = root.records("mentions")[row]
    root.edit("mentions", row, start=record["start"] - 1, text=f" {record['text']}")


def mislabel(root: Root) -> None:
    """SB501, an error, in s1; nothing mends it."""
    root.edit("stances", 0, label="favour")


def rules_in(text: str) -> list[str]:
    return re.findall(r"^\S+  (SB\d{3}) ", text, re.MULTILINE)


# Exit codes


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize(
    ("breaks", "options", "code"),
    [
        ((), (), 0),
        ((), ("--strict",), 0),
        ((blank,), (), 0),
        ((blank,), ("--strict",), 1),
        ((misspell,), (), 1),
        ((misspell, blank), ("--strict",), 1),
        ((misspell,), ("--select", "SB7"), 0),
        ((misspell,), ("--ignore", "SB301"), 0),
        ((blank,), ("--strict", "--ignore", "SB7"), 0),
        ((misspell, mislabel), ("--max", "1"), 1),
        ((misspell,), ("--fix",), 0),
        ((blank,), ("--fix", "--strict"), 0),
        ((misspell, mislabel), ("--fix",), 1),
    ],
)
def test_the_exit_code_says_whether_the_corpus_may_be_built(
    root: Root, validate: Run, breaks: tuple[Callable[[Root], None], ...], options: tuple[str, ...], code: int
) -> None:
    for change in breaks:
        change(root)
    assert validate(*options).returncode == code


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("format", FORMATS)
def test_every_format_has_the_same_exit_codes(root: Root, validate: Run, format: str) -> None:
    assert validate("--format", format).returncode == 0
    blank(root)
    assert validate("--format", format).returncode == 0
    assert validate("--format", format, "--strict").returncode == 1
    misspell(root)
    assert validate("--format", format).returncode == 1
    assert validate("--format", format, "--max", "1").returncode == 1


def test_findings_that_are_not_shown_count_for_the_exit_code(root: Root, validate: Run) -> None:
    blank(root)
    mislabel(root)  # an error behind the warning that is shown
    said = validate("--max", "1")
    assert rules_in(said.stdout) == ["SB701"]
    assert said.returncode == 1


def test_a_process_ends_with_the_code_and_says_nothing_on_the_other_stream(process: Run, root: Root) -> None:
    blank(root)
    done = process("validate", "--root", root.path, "--strict")
    assert (done.returncode, done.stderr) == (1, "")
    assert rules_in(done.stdout) == ["SB701"]


# Selecting


def test_several_rules_are_selected_and_ignored(root: Root, validate: Run) -> None:
    for change in (misspell, blank, mislabel):
        change(root)
    assert rules_in(validate().stdout) == ["SB701", "SB301", "SB501"]
    assert rules_in(validate("--select", "SB3", "--select", "SB5").stdout) == ["SB301", "SB501"]
    assert rules_in(validate("--ignore", "SB3", "--ignore", "SB501").stdout) == ["SB701"]
    assert rules_in(validate("--select", "sb3,SB5").stdout) == ["SB301", "SB501"]
    assert rules_in(validate("--select", "SB", "--ignore", "SB7").stdout) == ["SB301", "SB501"]


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("rule", ["SB999", "E501", "", "SB301,SB999", "\x1b[31m"])
def test_a_rule_that_does_not_exist_is_refused(root: Root, validate: Run, option: str, rule: str) -> None:
    before = tree(root.path)
    misspell(root)
    said = validate(option, rule, "--fix")
    assert (said.returncode, said.stdout) == (2, "")
    assert said.stderr.startswith("stancebank: no rule's id starts with ")
    assert "\n  fix: stancebank rule lists them all\n" in said.stderr
    assert "\x1b" not in said.stderr
    assert {file for file, data in tree(root.path).items() if data != before[file]} == {MENTIONS}, "nothing is mended"


def test_an_option_beats_corpus_yaml(root: Root, validate: Run) -> None:
    for change in (misspell, blank, mislabel):
        change(root)
    root.settle("select: [SB3, SB5]\nignore: [SB301]")
    assert rules_in(validate().stdout) == ["SB501"]
    assert rules_in(validate("--select", "SB7").stdout) == ["SB701"]
    assert rules_in(validate("--ignore", "SB501").stdout) == ["SB301"]


def test_a_misspelt_rule_in_corpus_yaml_is_an_error_of_the_corpus(root: Root, validate: Run) -> None:
    root.settle("ignore: [SB999]")
    for options in ((), ("--select", "SB3"), ("--ignore", "SB8")):
        said = validate(*options)
        assert said.returncode == 1
        assert rules_in(said.stdout) == ["SB802"]
        assert re.match(r"corpus/corpus\.yaml:\d+:12  SB802", said.stdout)


# Strict


def test_corpus_yaml_can_be_strict(root: Root, validate: Run) -> None:
    blank(root)
    assert validate().returncode == 0
    root.settle("strict: true")
    assert validate().returncode == 1
    assert validate("--ignore", "SB701").returncode == 0


def test_strict_is_off_where_corpus_yaml_says_so(root: Root, validate: Run) -> None:
    blank(root)
    root.settle("strict: false")
    assert validate().returncode == 0
    assert validate("--strict").returncode == 1


# How much is shown


def test_as_many_findings_as_wanted_are_shown_and_the_rest_is_counted(root: Root, validate: Run) -> None:
    root.change("mentions", lambda records: [record.update(level="?") for record in records])
    said = validate("--max", "10", "--select", "SB5")
    assert rules_in(said.stdout) == ["SB501"] * 10
    assert "and 140 more\n" in said.stdout
    assert said.stdout.endswith("150 errors\n")


@pytest.mark.parametrize(
    ("setting", "options", "shown"),
    [
        ("max: 10", (), 10),
        ("max: 10", ("--max", "20"), 20),
        ("max: 10", ("--max", "0"), 150),
        ("max: 0", (), 150),
        ("max: 0", ("--max", "1"), 1),
        ("max: 1000000000000", (), 150),
        ("strict: true", ("--max", "150"), 150),
    ],
)
def test_an_option_beats_the_maximum_of_corpus_yaml(
    root: Root, validate: Run, setting: str, options: tuple[str, ...], shown: int
) -> None:
    root.change("mentions", lambda records: [record.update(level="?") for record in records])
    root.settle(setting)
    said = validate("--select", "SB5", *options)
    assert len(rules_in(said.stdout)) == shown
    assert (f"\nand {150 - shown} more\n" in said.stdout) == (shown < 150)


def test_text_shows_five_hundred_findings_and_the_other_formats_all(root: Root, validate: Run) -> None:
    wrong = {"level": "?", "entity_id": "?", "mention_id": "?", "text": ""}
    root.change("mentions", lambda records: [record.update(wrong) for record in records])
    said = validate()
    assert len(rules_in(said.stdout)) == 500
    total = 500 + int(re.findall(r"^and ([\d,]+) more$", said.stdout, re.MULTILINE)[0].replace(",", ""))
    report = json.loads(validate("--format", "json").stdout)
    assert len(report["findings"]) == report["errors"] + report["warnings"] == total
    assert len(rules_in(validate("--max", "0").stdout)) == total


@pytest.mark.parametrize("value", ["-1", "many", "1.5", ""])
def test_a_maximum_that_is_none_is_refused(validate: Run, value: str) -> None:
    said = validate("--max", value)
    assert (said.returncode, said.stdout) == (2, "")
    assert "--max" in said.stderr


# Explaining


def test_each_rule_is_explained_where_it_is_first_found(root: Root, validate: Run) -> None:
    misspell(root)
    blank(root)
    root.edit("mentions", 13, text="?")
    plain, explained = validate(), validate("--explain")
    assert plain.returncode == explained.returncode == 1
    added = [line for line in explained.stdout.splitlines() if line not in plain.stdout.splitlines()]
    assert sum("finds: A span's text differs from the document" in line for line in added) == 1
    assert sum("why: readers take text[start:end]" in line for line in added) == 1
    assert rules_in(explained.stdout) == rules_in(plain.stdout)


def test_there_is_nothing_to_explain_in_a_sound_corpus(validate: Run) -> None:
    assert outcome(validate("--explain")) == (0, "no findings\n", "")


# Mending


def test_fix_mends_shows_a_diff_and_reports_what_is_left(root: Root, validate: Run) -> None:
    misspell(root)
    mislabel(root)
    said = validate("--fix")
    assert (said.returncode, said.stderr) == (1, "")
    assert said.stdout.startswith(f"--- a/{MENTIONS}\n+++ b/{MENTIONS}\n@@ -41 +41 @@\n-")
    assert rules_in(said.stdout) == ["SB501"]
    assert (root.path / MENTIONS).read_bytes() == SOUND
    again = validate("--fix")
    assert rules_in(again.stdout) == ["SB501"]
    assert "@@" not in again.stdout


def test_fix_says_first_which_documents_it_leaves(root: Root, validate: Run) -> None:
    """own-corpus.md, A7: two characters inserted into the text; 115 findings, and 20 spans moved to the wrong words."""
    text = root.records("documents")[0]["text"]
    root.edit("documents", 0, text=text[:501] + "a " + text[501:])
    before = tree(root.path)
    said = validate("--fix")
    first, *rest = said.stdout.splitlines()
    assert first == (
        f"corpus/{PART}/documents.jsonl:1  SB201 text-digest-mismatch  {DOC}: "
        f"correct this first, or run stancebank update {DOC} --text FILE; no span of the document was changed"
    )
    assert (said.returncode, rest[-1]) == (1, "2 errors")
    assert tree(root.path) == before
    root.edit("documents", 0, text=text)
    assert outcome(validate("--fix")) == (0, "no findings\n", "")


def test_fix_leaves_a_sound_corpus(root: Root, validate: Run) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.path.rglob("*")}
    assert outcome(validate("--fix")) == (0, "no findings\n", "")
    assert {path: path.stat().st_mtime_ns for path in root.path.rglob("*")} == before


def test_without_fix_nothing_is_written(root: Root, validate: Run) -> None:
    for change in (misspell, blank, mislabel):
        change(root)
    before = tree(root.path)
    validate("--strict", "--explain", "--max", "1")
    assert tree(root.path) == before


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("format", [format for format in FORMATS if format != "text"])
def test_the_diff_keeps_out_of_the_way_of_programs(root: Root, validate: Run, format: str) -> None:
    mislabel(root)
    without = validate("--format", format)
    misspell(root)
    said = validate("--format", format, "--fix")
    assert said.stdout == without.stdout
    assert said.stderr.startswith(f"--- a/{MENTIONS}\n+++ b/{MENTIONS}\n@@ -41 +41 @@\n-")


def test_fix_mends_what_is_selected_alone(root: Root, validate: Run) -> None:
    misspell(root)
    blank(root)
    said = validate("--fix", "--select", "SB7")
    assert said.stdout.count("@@ -") == 1
    assert rules_in(validate().stdout) == ["SB301"]


def test_fix_obeys_the_selection_of_corpus_yaml(root: Root, validate: Run) -> None:
    misspell(root)
    blank(root)
    root.settle("ignore: [SB301]")
    validate("--fix")
    assert rules_in(validate("--ignore", "SB8").stdout) == ["SB301"]


def test_fix_makes_a_file_readable_and_then_checks_it(root: Root, validate: Run) -> None:
    mislabel(root)
    file = root.path / STANCES
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert set(rules_in(validate().stdout)) == {"SB109", "SB110"}
    assert rules_in(validate("--fix").stdout) == ["SB501"]


def test_fix_sends_no_control_character_to_the_terminal(root: Root, validate: Run) -> None:
    file = root.path / f"corpus/{PART}/entities.jsonl"
    lines = file.read_text("utf-8").replace('"Britain"', '"\x7f\x9b31m\u202eBritain"', 1).splitlines()
    file.write_text("".join(f"{line}\n" for line in reversed(lines)), "utf-8")
    said = validate("--fix")
    assert "@@" in said.stdout
    assert all(line.isprintable() for line in said.stdout.splitlines())


def test_fix_does_not_write_over_a_file_that_is_locked(process: Run, root: Root) -> None:
    misspell(root)
    (root.path / MENTIONS).chmod(0o444)
    before = tree(root.path)
    done = process("validate", "--fix", "--root", root.path, preexec_fn=without_privileges)
    assert done.returncode == 2
    assert f"{MENTIONS} is read-only; nothing was changed" in done.stderr
    assert done.stdout == ""
    assert tree(root.path) == before


def test_fix_in_a_folder_that_may_not_be_written_changes_nothing(process: Run, root: Root) -> None:
    misspell(root)
    targets = root.path / "corpus/targets.jsonl"
    targets.write_bytes(targets.read_bytes()[:-1])
    (root.path / "corpus" / PART).chmod(0o555)
    before = tree(root.path)
    done = process("validate", "--fix", "--root", root.path, preexec_fn=without_privileges)
    (root.path / "corpus" / PART).chmod(0o755)
    assert done.returncode == 2
    assert "Permission denied; nothing was changed" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert tree(root.path) == before


def test_a_reader_of_the_diff_that_stops_reading_gets_no_message_and_no_false_verdict(root: Root) -> None:
    root.change_lines("mentions", lambda lines: lines.reverse())
    command = f"{sys.executable} -m stancebank validate --fix --root {root.path} | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    assert done.stdout[1:].strip() in ("0", "141"), "it found no errors, or could not tell"
    assert root.layer_path("mentions").read_bytes() == SOUND


# Places in a repository


def file_of(said: CompletedProcess[str], format: str) -> str:
    if format == "sarif":
        [result] = json.loads(said.stdout)["runs"][0]["results"]
        return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return re.findall(r"^::error file=([^,]+),", said.stdout, re.MULTILINE)[0]


@pytest.mark.parametrize("format", ["github", "sarif"])
@pytest.mark.parametrize(
    ("folder", "prefix"),
    [
        pytest.param(".", "corpus-root/", id="above the root"),
        pytest.param("corpus-root", "", id="in the root"),
        pytest.param("corpus-root/corpus", "", id="below the root"),
    ],
)
def test_files_are_named_from_the_working_directory(
    root: Root, here: Run, monkeypatch: pytest.MonkeyPatch, format: str, folder: str, prefix: str
) -> None:
    misspell(root)
    monkeypatch.chdir(root.path.parent / folder)
    said = here("validate", "--root", os.path.relpath(root.path), "--format", format)
    assert file_of(said, format) == f"{prefix}{MENTIONS}"


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("format", ["github", "sarif"])
@pytest.mark.parametrize(
    ("workspace", "prefix"),
    [
        pytest.param("..", "corpus-root/", id="above the root"),
        pytest.param(".", "", id="at the root"),
        pytest.param("elsewhere", "", id="elsewhere"),
        pytest.param("", "", id="not set: the working directory counts"),
    ],
)
def test_files_are_named_from_the_workspace_of_a_workflow(
    root: Root, here: Run, monkeypatch: pytest.MonkeyPatch, format: str, workspace: str, prefix: str
) -> None:
    misspell(root)
    monkeypatch.chdir(root.path)
    place = str((root.path / workspace).resolve()) if workspace else ""
    monkeypatch.setenv("GITHUB_WORKSPACE", place)
    said = here("validate", "--format", format)
    assert file_of(said, format) == f"{prefix}{MENTIONS}"


@pytest.mark.parametrize("format", ["github", "sarif"])
def test_a_folder_whose_name_starts_with_dots_lies_inside_the_workspace(
    root: Root, here: Run, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    misspell(root)
    root.path.rename(root.path.parent / "..corpus")
    monkeypatch.chdir(root.path.parent)
    assert file_of(here("validate", "--root", "..corpus", "--format", format), format) == f"..corpus/{MENTIONS}"


def test_a_linked_root_is_named_by_where_it_is(root: Root, here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    misspell(root)
    (root.path.parent / "link").symlink_to(root.path)
    monkeypatch.chdir(root.path.parent)
    said = here("validate", "--root", "link", "--format", "github")
    assert file_of(said, "github") == f"corpus-root/{MENTIONS}"


def test_text_and_json_name_files_from_the_root(root: Root, here: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    misspell(root)
    monkeypatch.chdir(root.path.parent)
    assert here("validate", "--root", "corpus-root").stdout.startswith(f"{MENTIONS}:41:")
    [found] = json.loads(here("validate", "--root", "corpus-root", "--format", "json").stdout)["findings"]
    assert found["file"] == MENTIONS


# The corpus as an argument


def test_the_corpus_is_named_by_an_argument_or_an_option(root: Root, cli: Run, tmp_path: Path) -> None:
    misspell(root)
    expected = outcome(cli("validate", "--root", root.path))
    assert outcome(cli("validate", root.path)) == expected
    assert outcome(cli("validate", "corpus-root/", "--root", root.path, cwd=tmp_path)) == expected
    assert outcome(cli("validate", cwd=root.path)) == expected


def test_an_argument_and_an_option_that_differ_are_refused(root: Root, cli: Run) -> None:
    for other in (root.path / "corpus", "s3://bucket/corpus"):
        done = cli("validate", other, "--root", root.path)
        assert (done.returncode, done.stdout) == (2, "")
        assert "--root name two folders" in done.stderr


# The report in a file


@pytest.mark.parametrize("format", FORMATS)
def test_a_report_in_a_file_is_what_would_have_been_printed(
    root: Root, validate: Run, tmp_path: Path, format: str
) -> None:
    misspell(root)
    printed = validate("--format", format)
    done = validate("--format", format, "--output-file", "report.txt")
    assert outcome(done) == (1, "1 error; the report is in report.txt\n", "")
    assert (tmp_path / "report.txt").read_text("utf-8") == printed.stdout


def test_a_report_in_a_file_replaces_the_one_before(root: Root, validate: Run, tmp_path: Path) -> None:
    misspell(root)
    assert validate("--output-file", "report.txt").returncode == 1
    done = validate("--fix", "--output-file", "report.txt")
    assert (done.returncode, done.stdout) == (0, "no findings; the report is in report.txt\n")
    assert re.search(r'^\+{.*"m41".*"text":"Kyiv"', done.stderr, re.MULTILINE)
    assert (tmp_path / "report.txt").read_text("utf-8") == "no findings\n"
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["report.txt"]


def test_a_report_that_is_cut_short_leaves_the_file_as_it_was(
    root: Root, validate: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    misspell(root)
    (tmp_path / "report.json").write_text("an earlier one")
    whole = list(root.findings())

    def cut(*_: object, **__: object) -> Iterator[Finding]:
        yield from whole
        raise StanceBankError("the corpus is gone", "bring it back")

    monkeypatch.setattr("stancebank.checks.validation.check_corpus", cut)
    done = validate("--format", "json", "--output-file", "report.json")
    assert outcome(done) == (2, "", "stancebank: the corpus is gone\n  fix: bring it back\n")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "an earlier one"


@pytest.mark.parametrize("file", ["missing/report.txt", "corpus-root", "\x1b[31m/x"])
def test_a_report_that_cannot_be_written_is_one_message(validate: Run, file: str) -> None:
    done = validate("--output-file", file)
    assert (done.returncode, done.stdout) == (2, "")
    assert "stancebank: cannot write to " in done.stderr
    assert "\x1b" not in done.stderr


# The job summary


def test_the_job_summary_is_written_where_there_is_one(
    root: Root, validate: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    misspell(root)
    summary = tmp_path / "summary.md"
    summary.write_text("Of an earlier step.\n")
    assert validate("--format", "github").returncode == 1
    assert summary.read_text() == "Of an earlier step.\n"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert validate("--format", "github").returncode == 1
    assert summary.read_text().startswith("Of an earlier step.\n")
    assert "SB301" in summary.read_text()


@pytest.mark.parametrize("format", [format for format in FORMATS if format != "github"])
def test_only_the_format_for_github_writes_a_job_summary(
    root: Root, validate: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, format: str
) -> None:
    misspell(root)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    validate("--format", format)
    assert not (tmp_path / "summary.md").exists()


def test_a_job_summary_that_cannot_be_written_is_a_message(
    root: Root, validate: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    misspell(root)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "missing" / "summary.md"))
    said = validate("--format", "github")
    assert said.returncode == 2
    assert "cannot write to" in said.stderr
    assert "No such file or directory" in said.stderr


def test_in_the_log_of_a_workflow_no_text_is_taken_for_a_command(
    root: Root, validate: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    misspell(root)
    plain = validate().stdout
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    first, second = validate().stdout.splitlines(), validate().stdout.splitlines()
    token = first[0].removeprefix("::stop-commands::")
    assert re.fullmatch(r"\w{16,}", token)
    assert first[-1] == f"::{token}::"
    assert "\n".join(first[1:-1]) + "\n" == plain
    assert first[0] != second[0], "nobody can foresee the token"
    assert not validate("--format", "json").stdout.startswith("::")


# Colours


def uncoloured(home: Path) -> dict[str, str]:
    """The environment of a user who has said nothing of colours, outside any workflow."""
    return {name: value for name, value in offline(home).items() if name not in ("NO_COLOR", "GITHUB_ACTIONS")}


def on_a_terminal(root: Root, *options: str, **variables: str) -> str:
    """What a terminal gets, without the progress of a slow machine; NO_COLOR is set only where a test says so."""
    environment = uncoloured(root.path.parent) | {"TERM": "xterm-256color"}
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "stancebank", "validate", "--quiet", "--root", str(root.path), *options]
    child = subprocess.Popen(command, stdout=terminal, stderr=terminal, stdin=terminal, env=environment | variables)
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # Linux ends a terminal whose writers have gone with an error
        while block := os.read(controller, 65536):
            shown += block
    os.close(controller)
    child.wait(60)
    return shown.decode()


def test_colours_are_for_terminals_alone(process: Run, root: Root, tmp_path: Path) -> None:
    misspell(root)
    shown = on_a_terminal(root)
    assert "\x1b[" in shown
    piped = process("validate", "--root", root.path, env=uncoloured(tmp_path))
    assert "\x1b" not in piped.stdout
    assert re.sub(r"\x1b\[[\d;]*m", "", shown).replace("\r\n", "\n") == piped.stdout


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=["NO_COLOR", "dumb"])
def test_no_colours_where_they_are_not_wanted(root: Root, variables: dict[str, str]) -> None:
    misspell(root)
    shown = on_a_terminal(root, **variables)
    assert "SB301" in shown
    assert "\x1b" not in shown


def test_an_empty_no_color_says_nothing(root: Root) -> None:
    """As https://no-color.org has it: present and not an empty string."""
    misspell(root)
    assert "\x1b[" in on_a_terminal(root, NO_COLOR="")


def test_no_other_format_is_coloured(root: Root) -> None:
    misspell(root)
    assert json.loads(on_a_terminal(root, "--format", "json"))["errors"] == 1


# Bad input


def test_options_that_do_not_exist_are_refused(validate: Run) -> None:
    for options in (("--fixx",), ("--format", "xml"), ("--select",), ("file.jsonl",), ("--strict=maybe",)):
        said = validate(*options)
        assert (said.returncode, said.stdout) == (2, "")


@pytest.mark.deep("inputs", quick=2)
@pytest.mark.parametrize("file", ["corpus/corpus.yaml", "schemas/scheme.yaml", "seeds/seeds.yaml", MENTIONS])
@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xfe", b"[" * 5000, b"{}\r\n", b"\xef\xbb\xbf"])
def test_fix_of_what_cannot_be_read_reports_it(root: Root, validate: Run, file: str, data: bytes) -> None:
    (root.path / file).write_bytes(data)
    before = tree(root.path)
    said = validate("--fix")
    assert said.returncode == 1
    assert re.search(r"\d+ errors?", said.stdout.splitlines()[-1])
    if file != MENTIONS:
        assert tree(root.path) == before


def test_fix_of_odd_offsets_ends_in_a_report(root: Root, validate: Run) -> None:
    for row, (start, end) in enumerate([(5, 2), (-5, -9), (-(2**63), 2**63 - 1), (2**63 - 1, -(2**63)), (4000, 1)]):
        root.edit("mentions", row, start=start, end=end)
    assert validate("--fix").returncode == 1


def test_fix_of_odd_ids_ends_in_a_report(root: Root, validate: Run) -> None:
    root.edit("mentions", 13, start=207, mention_id="\x1b[2J\n")
    root.edit("mentions", 14, doc_id="../../etc/passwd")
    root.edit("documents", 0, doc_id=f"{DOC}\u202e")
    said = validate("--fix")
    assert said.returncode == 1
    assert "\x1b" not in said.stdout


def test_fix_of_a_part_with_an_odd_name_ends_in_a_report(root: Root, validate: Run) -> None:
    misspell(root)
    (root.path / "corpus" / PART).rename(root.path / "corpus/a\x1b[31m b\n--- c")
    said = validate("--fix")
    assert (said.returncode, rules_in(said.stdout.partition("SB609")[2])) == (1, [])
    assert "\x1b" not in said.stdout
    assert said.stdout.startswith(r"--- a/corpus/a\x1b[31m b\n--- c/mentions.jsonl" + "\n")
