"""Findings as annotations of a GitHub workflow run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from sample_findings import anything, finding, many, severities, warning

from stancebank.checks.findings import Finding, Tally
from stancebank.checks.reporters.github import report_github
from stancebank.faults import StanceBankError, printable


class Command(NamedTuple):
    """A workflow command as the runner reads it."""

    name: str
    properties: dict[str, str]
    message: str


def parse(line: str) -> Command:
    """Read a command as TryParseV2 of the runner does (actions/runner, ActionCommand.cs)."""
    assert line.startswith("::")
    head, message = line[2:].split("::", 1)
    name, _, rest = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in rest.split(",") if pair)
    return Command(name, {key: unescape(value) for key, value in properties.items()}, unescape(message))


def unescape(text: str) -> str:
    for escaped, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(escaped, character)
    return text


def report_of(*findings: Finding, limit: int | None = None, **options: Any) -> tuple[list[Command], str]:
    """The commands and the line after them."""
    *commands, last = report_github(Tally(findings, limit), **options)
    return [parse(line) for line in commands], last


# Annotations


def test_an_error_is_annotated_at_its_place() -> None:
    assert list(report_github(Tally([finding()]))) == [
        "::error file=corpus/2025-02/mentions.jsonl,line=14,col=52,title=SB301 span-text-mismatch"
        '::m14: text is "Kiev", the document reads "Kyiv" at 812..816%0Afix: set the text to "Kyiv"',
        "1 error",
    ]


def test_a_warning_is_annotated_as_one() -> None:
    [command], last = report_of(warning())
    assert (command.name, last) == ("warning", "1 warning")


def test_a_sound_corpus_has_no_annotations() -> None:
    assert report_of() == ([], "no findings")


@pytest.mark.parametrize(("line", "column", "given"), [(None, None, []), (14, None, ["line"])])
def test_a_place_is_as_precise_as_is_known(line: int | None, column: int | None, given: list[str]) -> None:
    [command], _ = report_of(finding(line=line, column=column))
    assert list(command.properties) == ["file", *given, "title"]


def test_a_file_is_named_from_the_root_of_the_repository() -> None:
    [command], _ = report_of(finding(), prefix="corpora/news/")
    assert command.properties["file"] == "corpora/news/corpus/2025-02/mentions.jsonl"


@given(severities)
def test_at_most_ten_errors_and_then_ten_warnings(severities: list[str]) -> None:
    commands, _ = report_of(*(finding(severity=severity) for severity in severities))
    expected = min(10, severities.count("error")), min(10, severities.count("warning"))
    assert [command.name for command in commands] == ["error"] * expected[0] + ["warning"] * expected[1]


def test_the_first_ten_errors_are_annotated() -> None:
    commands, _ = report_of(*many(100))
    assert [command.properties["line"] for command in commands[:10]] == [str(line) for line in range(1, 20, 2)]


@given(file=anything, record=anything, what=anything, fix=anything)
def test_every_text_comes_back_from_the_runner(**untrusted: str) -> None:
    [command], _ = report_of(finding(**untrusted), prefix="a,b:c%/")
    named = f"{printable(untrusted['record'])}: " if untrusted["record"] else ""
    assert command.properties["file"] == f"a,b:c%/{printable(untrusted['file'])}"
    assert command.message == f"{named}{printable(untrusted['what'])}\nfix: {printable(untrusted['fix'])}"


@given(file=anything, record=anything, what=anything, fix=anything)
def test_no_text_gives_a_command_of_its_own(**untrusted: str) -> None:
    lines = "\n".join(report_github(Tally([finding(**untrusted)]))).split("\n")
    assert len(lines) == 2
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    "hostile", ["::add-mask::x", "%0A::add-mask::x", "\r\n::add-mask::x", "##[add-mask]x", "a::b", ",line=1", "%250A"]
)
def test_a_hostile_file_name_stays_a_file_name(hostile: str) -> None:
    [command], _ = report_of(finding(file=hostile))
    assert command.name == "error"
    assert command.properties["file"] == printable(hostile)
    assert command.properties["line"] == "14"


# The line after them


def test_what_is_not_annotated_is_said() -> None:
    assert report_of(*many(40))[1] == "20 errors, 20 warnings; 20 of them not annotated"


def test_what_is_hidden_is_not_annotated_either() -> None:
    assert report_of(*many(40), limit=2)[1] == "20 errors, 20 warnings; 38 of them not annotated"


def test_the_line_says_what_the_job_summary_has(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    assert report_of(*many(40), summary=summary)[1].endswith("20 of them not annotated, 40 of 40 in the job summary")
    assert report_of(*many(40), summary=summary, limit=30)[1].endswith("30 of 40 in the job summary")


# The job summary


def tables(markdown: str) -> list[list[str]]:
    """The rows of all tables in a page, each cell as the text that people see; no markup in any cell."""
    rows: list[list[str]] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline" and token.level == 4:
            assert {child.type for child in token.children or ()} <= {"text", "text_special"}, token
            rows[-1].append("".join(child.content for child in token.children or ()))
    return rows


def summary_of(folder: Path, *findings: Finding, **options: Any) -> str:
    summary = folder / "summary.md"
    summary.unlink(missing_ok=True)
    list(report_github(Tally(findings), summary=summary, **options))
    return summary.read_text("utf-8")


def test_the_summary_has_a_row_for_each_finding(tmp_path: Path) -> None:
    page = summary_of(tmp_path, warning(record=None), finding(), prefix="news/")
    place = "news/corpus/2025-02/mentions.jsonl:14:52"
    what, fix = 'text is "Kiev", the document reads "Kyiv" at 812..816', 'set the text to "Kyiv"'
    assert "### stancebank validate: 1 error, 1 warning\n" in page
    assert tables(page) == [
        ["severity", "rule", "place", "record", "what", "fix"],
        ["error", "SB301 span-text-mismatch", place, "m14", what, fix],
        ["warning", "SB301 span-text-mismatch", place, "", what, fix],
    ]


def test_the_summary_of_a_sound_corpus_says_so(tmp_path: Path) -> None:
    assert summary_of(tmp_path) == "\n### stancebank validate: no findings\n"


def test_the_summary_comes_after_what_is_there(tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before")
    list(report_github(Tally([finding()]), summary=summary))
    assert summary.read_text().startswith("# Before\n### stancebank validate: 1 error\n")


HOSTILE = [
    "<script>",
    "a|b",
    "\\|",
    "`a`",
    "[a](http://b)",
    "![a](b)",
    "*a* _b_ ~~c~~",
    "&lt;",
    "www.a.b",
    "$a$",
    "@a",
    "\n|",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_in_a_text_is_shown_as_it_is(tmp_path: Path, text: str) -> None:
    _, row = tables(summary_of(tmp_path, finding(what=text)))
    assert row[4] == printable(text)


@given(text=anything)
def test_every_text_is_shown_as_it_is(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp()
    _, row = tables(summary_of(folder, finding(what=text, fix=text, record=text, file=text)))
    shown = printable(text)
    assert row[2:] == [f"{shown}:14:52".strip(), shown.strip(), shown.strip(), shown.strip()]


@given(text=st.text(st.sampled_from("<>&|`*_[]()~!\\#@$:.w/")))
def test_no_character_of_markdown_or_html_is_left(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    row = summary_of(tmp_path_factory.getbasetemp(), finding(what=text)).splitlines()[-1]
    cell = re.sub(r"&#\d+;", "", row.split(" | ")[4])
    assert not set(cell) - set("w/()")


def test_the_summary_is_no_larger_than_github_takes(tmp_path: Path) -> None:
    page = summary_of(tmp_path, *many(20_000))
    rows = tables(page)[1:]
    assert 900_000 < len(page.encode()) <= 1024 * 1024
    assert page.endswith(f"\nand {20_000 - len(rows):,} findings more\n")


def test_no_error_is_left_out_of_the_summary_for_a_warning(tmp_path: Path) -> None:
    page = summary_of(tmp_path, *[warning()] * 8_000, *[finding()] * 10)
    assert [row[0] for row in tables(page)[1:12]] == ["error"] * 10 + ["warning"]


def test_a_summary_that_cannot_be_written_is_an_error_for_users(tmp_path: Path) -> None:
    with pytest.raises(StanceBankError, match="cannot write"):
        report_of(finding(), summary=tmp_path / "none" / "summary.md")
