"""Findings as text for people and as JSON for programs."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import PART, Root
from stancebank.checks.findings import Finding
from stancebank.checks.reporters import Tally, report_json, report_text

SOUND = Finding(
    rule="SB301",
    name="span-text-mismatch",
    severity="error",
    file="corpus/2025-02/mentions.jsonl",
    line=14,
    column=52,
    path="$.text",
    record="m14",
    what='text is "Kiev", the document reads "Kyiv" at 812..816',
    fix='set the text to "Kyiv"',
    context="...to security guarantees for [Kyiv].",
)


def finding(**changed: Any) -> Finding:
    return Finding(**(asdict(SOUND) | changed))


def text_of(*findings: Finding) -> str:
    return "\n".join(report_text(Tally(findings)))


def json_of(*findings: Finding) -> Any:
    return json.loads("\n".join(report_json(Tally(findings))))


anything = st.text(st.characters(exclude_categories=()))


# Text


def test_a_finding_says_what_where_expected_and_how_to_mend() -> None:
    assert text_of(finding()).splitlines() == [
        "corpus/2025-02/mentions.jsonl:14:52  SB301 span-text-mismatch  m14",
        '  text is "Kiev", the document reads "Kyiv" at 812..816',
        "  ...to security guarantees for [Kyiv].",
        '  fix: set the text to "Kyiv"',
        "1 error",
    ]


def test_a_misspelt_mention_is_reported_with_the_text_around_it(root: Root) -> None:
    root.edit("mentions", 40, text="Kiev")
    assert text_of(*root.findings()).splitlines() == [
        f"corpus/{PART}/mentions.jsonl:41:99  SB301 span-text-mismatch  m41",
        '  text is "Kiev", the document reads "Kyiv" at 654..658',
        "  ...d contribute to security guarantees for [Kyiv].",
        '  fix: set the text to "Kyiv", or move the offsets',
        "1 error",
    ]


@pytest.mark.parametrize(
    ("line", "column", "place"),
    [(14, 52, "mentions.jsonl:14:52  SB"), (14, None, "mentions.jsonl:14  SB"), (None, None, "mentions.jsonl  SB")],
)
def test_a_place_is_as_precise_as_is_known(line: int | None, column: int | None, place: str) -> None:
    assert place in text_of(finding(line=line, column=column)).splitlines()[0]


def test_what_a_finding_does_not_have_is_left_out() -> None:
    lines = text_of(finding(record=None, context="")).splitlines()
    assert lines[0].endswith("span-text-mismatch")
    assert len(lines) == 4


def test_a_warning_is_marked() -> None:
    assert "SB301 span-text-mismatch  (warning)  m14" in text_of(finding(severity="warning"))


@pytest.mark.parametrize(
    ("errors", "warnings", "counts"),
    [
        (0, 0, "no findings"),
        (1, 0, "1 error"),
        (2, 0, "2 errors"),
        (0, 1, "1 warning"),
        (0, 2, "2 warnings"),
        (1, 1, "1 error, 1 warning"),
        (1234, 0, "1,234 errors"),
    ],
)
def test_the_last_line_counts(errors: int, warnings: int, counts: str) -> None:
    findings = [*[finding()] * errors, *[finding(severity="warning")] * warnings]
    assert text_of(*findings).splitlines()[-1] == counts


@given(file=anything, record=anything, what=anything, fix=anything, context=anything)
def test_the_terminal_gets_nothing_but_printable_lines(**untrusted: str) -> None:
    lines = text_of(finding(**untrusted)).split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 4 + bool(untrusted["context"])


def test_no_control_character_of_an_entity_reaches_the_terminal(root: Root) -> None:
    nameless = root.records("entities")[0] | {"entity_id": "e59", "name": "\x1b[31m\x9b1m\r\n\b\0\x7f\u202eBritain"}
    root.change("entities", lambda records: records.append(nameless))
    lines = text_of(*root.findings()).split("\n")
    assert sum(r"\x1b[31m\x9b1m\r\n\x08\x00\x7f\u202eBritain" in line for line in lines) == 2
    assert all(line.isprintable() for line in lines)
    assert lines[-1] == "2 errors"


def test_no_control_character_of_a_text_reaches_the_terminal(root: Root) -> None:
    path = root.layer_path("documents")
    path.write_bytes(path.read_bytes().replace(b"Dozens", b"\\u001b[2J"))
    root.edit("mentions", 79, text="\x1b[1msummits")
    report = text_of(*root.findings())
    assert "\\x1b[1msummits" in report
    assert "\x1b" not in report


def test_no_newline_of_a_file_name_reaches_the_terminal(root: Root) -> None:
    root.layer_path("mentions").with_name("a\nb\x1b[2J.jsonl").touch()
    assert text_of(*root.findings()).splitlines()[0] == rf"corpus/{PART}/a\nb\x1b[2J.jsonl  SB105 file-unexpected"


def test_no_newline_of_a_part_name_reaches_the_terminal(root: Root) -> None:
    (root.path / "corpus/a\nb").mkdir()
    assert text_of(*root.findings()).splitlines()[0] == r"corpus/a\nb/attributions.jsonl  SB104 layer-missing"


# JSON


def test_json_without_findings() -> None:
    assert json_of() == {"findings": [], "errors": 0, "warnings": 0}


@pytest.mark.parametrize("count", [1, 2, 100])
def test_json_holds_every_field_of_every_finding(count: int) -> None:
    findings = [finding(line=line) for line in range(count)]
    assert json_of(*findings) == {"findings": [asdict(each) for each in findings], "errors": count, "warnings": 0}
    assert set(json_of(*findings)["findings"][0]) == {field.name for field in fields(Finding)}


def test_json_keeps_what_is_unknown_as_null() -> None:
    [reported] = json_of(finding(line=None, column=None, record=None))["findings"]
    assert (reported["line"], reported["column"], reported["record"]) == (None, None, None)


def test_json_counts_warnings_by_themselves() -> None:
    report = json_of(finding(), finding(severity="warning"), finding(severity="warning"))
    assert (report["errors"], report["warnings"]) == (1, 2)


def test_json_has_a_line_for_each_finding() -> None:
    assert len(list(report_json(Tally([finding(what="a\nb\x1b")] * 3)))) == 1 + 3 + 1


@given(file=st.text(), record=st.text(), what=st.text(), fix=st.text(), context=st.text())
def test_json_gives_every_text_back(**untrusted: str) -> None:
    assert json_of(finding(**untrusted))["findings"] == [asdict(finding(**untrusted))]


def test_json_can_name_a_file_whose_name_is_not_unicode() -> None:
    """Python reads the byte 0xff of a file name as half a surrogate pair."""
    [reported] = json_of(finding(file="corpus/\udcff/mentions.jsonl"))["findings"]
    assert reported["file"].endswith("/mentions.jsonl")


# Counting


@given(st.lists(st.sampled_from(["error", "warning"])))
def test_a_tally_passes_findings_on_and_counts_them(severities: list[str]) -> None:
    findings = [finding(severity=severity) for severity in severities]
    tally = Tally(findings)
    assert list(tally) == findings
    assert (tally.errors, tally.warnings) == (severities.count("error"), severities.count("warning"))


def test_a_tally_counts_as_findings_pass_by() -> None:
    tally = Tally(iter([finding(), finding()]))
    assert tally.errors == 0
    next(iter(tally))
    assert tally.errors == 1
