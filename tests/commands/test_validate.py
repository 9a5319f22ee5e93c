"""stancebank validate as users and machines run it: options, exit codes, what goes to which stream."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest
from test_bad_input import tree, without_privileges

from conftest import DOC, PART, PROJECT, Root, offline
from stancebank import commands

Run = Callable[..., CompletedProcess[str]]
MENTIONS = f"corpus/{PART}/mentions.jsonl"
STANCES = f"corpus/{PART}/stances.jsonl"
SOUND = (PROJECT / MENTIONS).read_bytes()


@dataclass(frozen=True)
class Said:
    """What a run of the command line said, and how it ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def cli(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run the command line in this process, from its very entry."""
    for name in ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY", "GITHUB_ACTIONS", "NO_COLOR", "STANCEBANK_TRACEBACK"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(signal, "signal", lambda *_: None)

    def run(*arguments: object) -> Said:
        monkeypatch.setattr(sys, "argv", ["stancebank", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as end:
            commands.main()
        said = Said(int(end.value.code or 0), *capfd.readouterr())
        assert "Traceback" not in said.out + said.err
        assert said.code != 3, said.err
        return said

    return run


@pytest.fixture
def validate(cli: Callable[..., Said], root: Root) -> Callable[..., Said]:
    """Validate the test's corpus."""
    return lambda *options: cli("validate", "--root", root.path, *options)


Validate = Callable[..., Said]


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


def configure(root: Root, validation: str) -> None:
    """Say more under validation in corpus.yaml."""
    with (root.path / "corpus/corpus.yaml").open("a") as file:
        file.write("".join(f"  {line}\n" for line in validation.splitlines()))


def rules_in(text: str) -> list[str]:
    return re.findall(r"^\S+  (SB\d{3}) ", text, re.MULTILINE)


# Exit codes


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
    root: Root, validate: Validate, breaks: tuple[Callable[[Root], None], ...], options: tuple[str, ...], code: int
) -> None:
    for change in breaks:
        change(root)
    assert validate(*options).code == code


@pytest.mark.parametrize("format", ["text", "json", "github", "sarif", "junit"])
def test_every_format_has_the_same_exit_codes(root: Root, validate: Validate, format: str) -> None:
    assert validate("--format", format).code == 0
    blank(root)
    assert validate("--format", format).code == 0
    assert validate("--format", format, "--strict").code == 1
    misspell(root)
    assert validate("--format", format).code == 1
    assert validate("--format", format, "--max", "1").code == 1


def test_findings_that_are_not_shown_count_for_the_exit_code(root: Root, validate: Validate) -> None:
    blank(root)
    mislabel(root)  # an error behind the warning that is shown
    said = validate("--max", "1")
    assert rules_in(said.out) == ["SB701"]
    assert said.code == 1


def test_a_process_ends_with_the_code_and_says_nothing_on_the_other_stream(stancebank: Run, root: Root) -> None:
    blank(root)
    done = stancebank("validate", "--root", root.path, "--strict")
    assert (done.returncode, done.stderr) == (1, "")
    assert rules_in(done.stdout) == ["SB701"]


# Selecting


def test_several_rules_are_selected_and_ignored(root: Root, validate: Validate) -> None:
    for change in (misspell, blank, mislabel):
        change(root)
    assert rules_in(validate().out) == ["SB701", "SB301", "SB501"]
    assert rules_in(validate("--select", "SB3", "--select", "SB5").out) == ["SB301", "SB501"]
    assert rules_in(validate("--ignore", "SB3", "--ignore", "SB501").out) == ["SB701"]
    assert rules_in(validate("--select", "sb3,SB5").out) == ["SB301", "SB501"]
    assert rules_in(validate("--select", "SB", "--ignore", "SB7").out) == ["SB301", "SB501"]


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize("rule", ["SB999", "E501", "", "SB301,SB999", "\x1b[31m"])
def test_a_rule_that_does_not_exist_is_refused(root: Root, validate: Validate, option: str, rule: str) -> None:
    before = tree(root.path)
    misspell(root)
    said = validate(option, rule, "--fix")
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("stancebank: no rule's id starts with ")
    assert "\n  fix: stancebank rules lists them all\n" in said.err
    assert "\x1b" not in said.err
    assert {file for file, data in tree(root.path).items() if data != before[file]} == {MENTIONS}, "nothing is mended"


def test_an_option_beats_corpus_yaml(root: Root, validate: Validate) -> None:
    for change in (misspell, blank, mislabel):
        change(root)
    configure(root, "select: [SB3, SB5]\nignore: [SB301]")
    assert rules_in(validate().out) == ["SB501"]
    assert rules_in(validate("--select", "SB7").out) == ["SB701"]
    assert rules_in(validate("--ignore", "SB501").out) == ["SB301"]


def test_a_misspelt_rule_in_corpus_yaml_is_an_error_of_the_corpus(root: Root, validate: Validate) -> None:
    configure(root, "ignore: [SB999]")
    for options in ((), ("--select", "SB3"), ("--ignore", "SB8")):
        said = validate(*options)
        assert said.code == 1
        assert rules_in(said.out) == ["SB802"]
        assert re.match(r"corpus/corpus\.yaml:\d+:12  SB802", said.out)


# Strict


def test_corpus_yaml_can_be_strict(root: Root, validate: Validate) -> None:
    blank(root)
    assert validate().code == 0
    configure(root, "strict: true")
    assert validate().code == 1
    assert validate("--ignore", "SB701").code == 0


def test_strict_is_off_where_corpus_yaml_says_so(root: Root, validate: Validate) -> None:
    blank(root)
    configure(root, "strict: false")
    assert validate().code == 0
    assert validate("--strict").code == 1


# How much is shown


def test_as_many_findings_as_wanted_are_shown_and_the_rest_is_counted(root: Root, validate: Validate) -> None:
    root.change("mentions", lambda records: [record.update(level="?") for record in records])
    said = validate("--max", "10", "--select", "SB5")
    assert rules_in(said.out) == ["SB501"] * 10
    assert "and 140 more\n" in said.out
    assert said.out.endswith("150 errors\n")


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
    root: Root, validate: Validate, setting: str, options: tuple[str, ...], shown: int
) -> None:
    root.change("mentions", lambda records: [record.update(level="?") for record in records])
    configure(root, setting)
    said = validate("--select", "SB5", *options)
    assert len(rules_in(said.out)) == shown
    assert (f"\nand {150 - shown} more\n" in said.out) == (shown < 150)


def test_text_shows_five_hundred_findings_and_the_other_formats_all(root: Root, validate: Validate) -> None:
    wrong = {"level": "?", "entity_id": "?", "mention_id": "?", "text": ""}
    root.change("mentions", lambda records: [record.update(wrong) for record in records])
    said = validate()
    assert len(rules_in(said.out)) == 500
    total = 500 + int(re.findall(r"^and ([\d,]+) more$", said.out, re.MULTILINE)[0].replace(",", ""))
    report = json.loads(validate("--format", "json").out)
    assert len(report["findings"]) == report["errors"] + report["warnings"] == total
    assert len(rules_in(validate("--max", "0").out)) == total


@pytest.mark.parametrize("value", ["-1", "many", "1.5", ""])
def test_a_maximum_that_is_none_is_refused(validate: Validate, value: str) -> None:
    said = validate("--max", value)
    assert (said.code, said.out) == (2, "")
    assert "--max" in said.err


# Explaining


def test_each_rule_is_explained_where_it_is_first_found(root: Root, validate: Validate) -> None:
    misspell(root)
    blank(root)
    root.edit("mentions", 13, text="?")
    plain, explained = validate(), validate("--explain")
    assert plain.code == explained.code == 1
    added = [line for line in explained.out.splitlines() if line not in plain.out.splitlines()]
    assert sum("finds: A span's text is not what the document reads" in line for line in added) == 1
    assert sum("why: readers take text[start:end]" in line for line in added) == 1
    assert rules_in(explained.out) == rules_in(plain.out)


def test_there_is_nothing_to_explain_in_a_sound_corpus(validate: Validate) -> None:
    assert validate("--explain") == Said(0, "no findings\n", "")


# Mending


def test_fix_mends_shows_a_diff_and_reports_what_is_left(root: Root, validate: Validate) -> None:
    misspell(root)
    mislabel(root)
    said = validate("--fix")
    assert (said.code, said.err) == (1, "")
    assert said.out.startswith(f"--- a/{MENTIONS}\n+++ b/{MENTIONS}\n@@ -41 +41 @@\n-")
    assert rules_in(said.out) == ["SB501"]
    assert (root.path / MENTIONS).read_bytes() == SOUND
    again = validate("--fix")
    assert rules_in(again.out) == ["SB501"]
    assert "@@" not in again.out


def test_fix_leaves_a_sound_corpus(root: Root, validate: Validate) -> None:
    before = {path: path.stat().st_mtime_ns for path in root.path.rglob("*")}
    assert validate("--fix") == Said(0, "no findings\n", "")
    assert {path: path.stat().st_mtime_ns for path in root.path.rglob("*")} == before


def test_without_fix_nothing_is_written(root: Root, validate: Validate) -> None:
    for change in (misspell, blank, mislabel):
        change(root)
    before = tree(root.path)
    validate("--strict", "--explain", "--max", "1")
    assert tree(root.path) == before


@pytest.mark.parametrize("format", ["json", "sarif", "junit", "github"])
def test_the_diff_keeps_out_of_the_way_of_programs(root: Root, validate: Validate, format: str) -> None:
    mislabel(root)
    without = validate("--format", format)
    misspell(root)
    said = validate("--format", format, "--fix")
    assert said.out == without.out
    assert said.err.startswith(f"--- a/{MENTIONS}\n+++ b/{MENTIONS}\n@@ -41 +41 @@\n-")


def test_fix_mends_what_is_selected_alone(root: Root, validate: Validate) -> None:
    misspell(root)
    blank(root)
    said = validate("--fix", "--select", "SB7")
    assert said.out.count("@@ -") == 1
    assert rules_in(validate().out) == ["SB301"]


def test_fix_obeys_the_selection_of_corpus_yaml(root: Root, validate: Validate) -> None:
    misspell(root)
    blank(root)
    configure(root, "ignore: [SB301]")
    validate("--fix")
    assert rules_in(validate("--ignore", "SB8").out) == ["SB301"]


def test_fix_makes_a_file_readable_and_then_checks_it(root: Root, validate: Validate) -> None:
    mislabel(root)
    file = root.path / STANCES
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    assert set(rules_in(validate().out)) == {"SB109", "SB110"}
    assert rules_in(validate("--fix").out) == ["SB501"]


def test_fix_sends_no_control_character_to_the_terminal(root: Root, validate: Validate) -> None:
    file = root.path / f"corpus/{PART}/entities.jsonl"
    lines = file.read_text("utf-8").replace('"Britain"', '"\x7f\x9b31m\u202eBritain"', 1).splitlines()
    file.write_text("".join(f"{line}\n" for line in reversed(lines)), "utf-8")
    said = validate("--fix")
    assert "@@" in said.out
    assert all(line.isprintable() for line in said.out.splitlines())


def test_fix_does_not_write_over_a_file_that_is_locked(stancebank: Run, root: Root) -> None:
    misspell(root)
    (root.path / MENTIONS).chmod(0o444)
    before = tree(root.path)
    done = stancebank("validate", "--fix", "--root", root.path, preexec_fn=without_privileges)
    assert done.returncode == 2
    assert f"{MENTIONS} is read-only; nothing was changed" in done.stderr
    assert done.stdout == ""
    assert tree(root.path) == before


def test_fix_in_a_folder_that_may_not_be_written_changes_nothing(stancebank: Run, root: Root) -> None:
    misspell(root)
    targets = root.path / "corpus/targets.jsonl"
    targets.write_bytes(targets.read_bytes()[:-1])
    (root.path / "corpus" / PART).chmod(0o555)
    before = tree(root.path)
    done = stancebank("validate", "--fix", "--root", root.path, preexec_fn=without_privileges)
    (root.path / "corpus" / PART).chmod(0o755)
    assert done.returncode == 2
    assert "Permission denied; nothing was changed" in done.stderr
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert tree(root.path) == before


def test_a_reader_of_the_diff_that_stops_reading_gets_no_message_and_no_false_verdict(root: Root) -> None:
    file = root.path / MENTIONS
    file.write_bytes(b"".join(reversed(file.read_bytes().splitlines(keepends=True))))
    command = f"{sys.executable} -m stancebank validate --fix --root {root.path} | head -c 1; echo ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, encoding="utf-8", check=False)
    assert done.stderr == ""
    assert done.stdout[1:].strip() in ("0", "141"), "it found no errors, or could not tell"
    assert file.read_bytes() == SOUND


# Places in a repository


def file_of(said: Said, format: str) -> str:
    if format == "sarif":
        [result] = json.loads(said.out)["runs"][0]["results"]
        return result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    return re.findall(r"^::error file=([^,]+),", said.out, re.MULTILINE)[0]


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
    root: Root, cli: Validate, monkeypatch: pytest.MonkeyPatch, format: str, folder: str, prefix: str
) -> None:
    misspell(root)
    monkeypatch.chdir(root.path.parent / folder)
    said = cli("validate", "--root", os.path.relpath(root.path), "--format", format)
    assert file_of(said, format) == f"{prefix}{MENTIONS}"


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
    root: Root, cli: Validate, monkeypatch: pytest.MonkeyPatch, format: str, workspace: str, prefix: str
) -> None:
    misspell(root)
    monkeypatch.chdir(root.path)
    place = str((root.path / workspace).resolve()) if workspace else ""
    monkeypatch.setenv("GITHUB_WORKSPACE", place)
    said = cli("validate", "--format", format)
    assert file_of(said, format) == f"{prefix}{MENTIONS}"


@pytest.mark.parametrize("format", ["github", "sarif"])
def test_a_folder_whose_name_starts_with_dots_lies_inside_the_workspace(
    root: Root, cli: Validate, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    misspell(root)
    root.path.rename(root.path.parent / "..corpus")
    monkeypatch.chdir(root.path.parent)
    assert file_of(cli("validate", "--root", "..corpus", "--format", format), format) == f"..corpus/{MENTIONS}"


def test_a_linked_root_is_named_by_where_it_is(root: Root, cli: Validate, monkeypatch: pytest.MonkeyPatch) -> None:
    misspell(root)
    (root.path.parent / "link").symlink_to(root.path)
    monkeypatch.chdir(root.path.parent)
    said = cli("validate", "--root", "link", "--format", "github")
    assert file_of(said, "github") == f"corpus-root/{MENTIONS}"


def test_text_and_json_name_files_from_the_root(root: Root, cli: Validate, monkeypatch: pytest.MonkeyPatch) -> None:
    misspell(root)
    monkeypatch.chdir(root.path.parent)
    assert cli("validate", "--root", "corpus-root").out.startswith(f"{MENTIONS}:41:")
    [found] = json.loads(cli("validate", "--root", "corpus-root", "--format", "json").out)["findings"]
    assert found["file"] == MENTIONS


# The job summary


def test_the_job_summary_is_written_where_there_is_one(
    root: Root, validate: Validate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    misspell(root)
    summary = tmp_path / "summary.md"
    summary.write_text("Of an earlier step.\n")
    assert validate("--format", "github").code == 1
    assert summary.read_text() == "Of an earlier step.\n"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    assert validate("--format", "github").code == 1
    assert summary.read_text().startswith("Of an earlier step.\n")
    assert "SB301" in summary.read_text()


@pytest.mark.parametrize("format", ["text", "json", "sarif", "junit"])
def test_only_the_format_for_github_writes_a_job_summary(
    root: Root, validate: Validate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, format: str
) -> None:
    misspell(root)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    validate("--format", format)
    assert not (tmp_path / "summary.md").exists()


def test_a_job_summary_that_cannot_be_written_is_a_message(
    root: Root, validate: Validate, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    misspell(root)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "missing" / "summary.md"))
    said = validate("--format", "github")
    assert said.code == 2
    assert "cannot write to" in said.err
    assert "No such file or directory" in said.err


def test_in_the_log_of_a_workflow_no_text_is_taken_for_a_command(
    root: Root, validate: Validate, monkeypatch: pytest.MonkeyPatch
) -> None:
    misspell(root)
    plain = validate().out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    first, second = validate().out.splitlines(), validate().out.splitlines()
    token = first[0].removeprefix("::stop-commands::")
    assert re.fullmatch(r"\w{16,}", token)
    assert first[-1] == f"::{token}::"
    assert "\n".join(first[1:-1]) + "\n" == plain
    assert first[0] != second[0], "nobody can foresee the token"
    assert not validate("--format", "json").out.startswith("::")


# Colours


def uncoloured(home: Path) -> dict[str, str]:
    """The environment of a user who has said nothing of colours, outside any workflow."""
    return {name: value for name, value in offline(home).items() if name not in ("NO_COLOR", "GITHUB_ACTIONS")}


def on_a_terminal(root: Root, *options: str, **variables: str) -> str:
    """What a terminal gets; NO_COLOR is set only where a test says so."""
    environment = uncoloured(root.path.parent) | {"TERM": "xterm-256color"}
    controller, terminal = pty.openpty()
    command = [sys.executable, "-m", "stancebank", "validate", "--root", str(root.path), *options]
    child = subprocess.Popen(command, stdout=terminal, stderr=terminal, stdin=terminal, env=environment | variables)
    os.close(terminal)
    shown = b""
    with contextlib.suppress(OSError):  # Linux ends a terminal whose writers have gone with an error
        while block := os.read(controller, 65536):
            shown += block
    os.close(controller)
    child.wait(60)
    return shown.decode()


def test_colours_are_for_terminals_alone(stancebank: Run, root: Root, tmp_path: Path) -> None:
    misspell(root)
    shown = on_a_terminal(root)
    assert "\x1b[" in shown
    piped = stancebank("validate", "--root", root.path, env=uncoloured(tmp_path))
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


def test_options_that_do_not_exist_are_refused(validate: Validate) -> None:
    for options in (("--fixx",), ("--format", "xml"), ("--select",), ("file.jsonl",), ("--strict=maybe",)):
        said = validate(*options)
        assert (said.code, said.out) == (2, "")


@pytest.mark.parametrize("file", ["corpus/corpus.yaml", "schemas/scheme.yaml", "seeds/seeds.yaml", MENTIONS])
@pytest.mark.parametrize("data", [b"", b"\x00", b"\xff\xfe", b"[" * 5000, b"{}\r\n", b"\xef\xbb\xbf"])
def test_fix_of_what_cannot_be_read_reports_it(root: Root, validate: Validate, file: str, data: bytes) -> None:
    (root.path / file).write_bytes(data)
    before = tree(root.path)
    said = validate("--fix")
    assert said.code == 1
    assert re.search(r"\d+ errors?", said.out.splitlines()[-1])
    if file != MENTIONS:
        assert tree(root.path) == before


def test_fix_of_odd_offsets_ends_in_a_report(root: Root, validate: Validate) -> None:
    for row, (start, end) in enumerate([(5, 2), (-5, -9), (-(2**63), 2**63 - 1), (2**63 - 1, -(2**63)), (4000, 1)]):
        root.edit("mentions", row, start=start, end=end)
    assert validate("--fix").code == 1


def test_fix_of_odd_ids_ends_in_a_report(root: Root, validate: Validate) -> None:
    root.edit("mentions", 13, start=207, mention_id="\x1b[2J\n")
    root.edit("mentions", 14, doc_id="../../etc/passwd")
    root.edit("documents", 0, doc_id=f"{DOC}\u202e")
    said = validate("--fix")
    assert said.code == 1
    assert "\x1b" not in said.out


def test_fix_of_a_part_with_an_odd_name_ends_in_a_report(root: Root, validate: Validate) -> None:
    misspell(root)
    (root.path / "corpus" / PART).rename(root.path / "corpus/a\x1b[31m b\n--- c")
    said = validate("--fix")
    assert (said.code, rules_in(said.out.partition("SB609")[2])) == (1, [])
    assert "\x1b" not in said.out
    assert said.out.startswith(r"--- a/corpus/a\x1b[31m b\n--- c/mentions.jsonl" + "\n")
