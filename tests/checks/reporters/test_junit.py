"""Findings as JUnit XML."""

from __future__ import annotations

import sys
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_findings import anything, finding, severities, warning

from stancebank.checks.findings import Finding, Tally
from stancebank.checks.reporters.junit import report_junit
from stancebank.faults import printable


def junit_of(*findings: Finding, limit: int | None = None, **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring("\n".join(report_junit(Tally(findings, limit), **options)))


def cases_of(*findings: Finding, **options: Any) -> list[ElementTree.Element]:
    return junit_of(*findings, **options).findall("testsuite/testcase")


def test_an_error_is_a_failure_at_its_place() -> None:
    [case] = cases_of(finding())
    [failure] = case
    assert case.attrib == {
        "classname": "corpus/2025-02/mentions.jsonl",
        "name": "SB301 span-text-mismatch 14:52 m14",
        "file": "corpus/2025-02/mentions.jsonl",
        "line": "14",
        "time": "0",
    }
    assert failure.tag == "failure"
    assert failure.attrib == {"type": "error", "message": finding().what}
    assert (failure.text or "").splitlines() == [
        "corpus/2025-02/mentions.jsonl:14:52  SB301 span-text-mismatch  m14",
        '  text is "Kiev", the document reads "Kyiv" at 812..816',
        "  ...to security guarantees for [Kyiv].",
        '  fix: set the text to "Kyiv"',
    ]


def test_a_warning_is_shown_and_does_not_fail() -> None:
    [[skipped]] = cases_of(warning())
    assert (skipped.tag, skipped.get("type")) == ("skipped", "warning")
    assert "fix: " in (skipped.text or "")


def test_a_warning_fails_where_the_check_is_strict() -> None:
    [[failure]] = cases_of(warning(), strict=True)
    assert (failure.tag, failure.get("type")) == ("failure", "warning")


def test_a_sound_corpus_is_one_test_that_passes() -> None:
    [case] = cases_of()
    assert case.get("name") == "no findings"
    assert len(case) == 0


def test_what_a_finding_does_not_have_is_left_out() -> None:
    [case] = cases_of(finding(line=None, column=None, record=None))
    assert case.get("name") == "SB301 span-text-mismatch"
    assert case.get("line") is None


def test_a_file_is_named_from_the_root_of_the_repository() -> None:
    [case] = cases_of(finding(), prefix="corpora/news/")
    assert case.get("file") == "corpora/news/corpus/2025-02/mentions.jsonl"


@given(severities, st.booleans(), st.none() | st.integers(0, 70))
def test_the_counts_are_those_of_the_cases(severities: list[str], strict: bool, limit: int | None) -> None:
    root = junit_of(*(finding(severity=severity) for severity in severities), strict=strict, limit=limit)
    for counts in (root, root.find("testsuite")):
        assert counts is not None
        assert counts.get("tests") == str(len(root.findall(".//testcase")))
        assert counts.get("failures") == str(len(root.findall(".//failure")))
        assert counts.get("skipped") == str(len(root.findall(".//skipped")))
        assert counts.get("errors") == "0"


@given(severities, st.booleans(), st.integers(0, 70))
def test_a_report_fails_where_the_check_does(severities: list[str], strict: bool, limit: int) -> None:
    root = junit_of(*(finding(severity=severity) for severity in severities), strict=strict, limit=limit)
    assert (int(root.get("failures", "")) > 0) == ("error" in severities or (strict and "warning" in severities))


def test_what_is_hidden_is_counted_in_a_case_of_its_own() -> None:
    *_, more = cases_of(finding(), finding(), warning(), limit=1)
    assert more.get("name") == "and 2 findings more"
    assert more[0].text == "and 2 findings more; all: 2 errors, 1 warning"


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 3)), max_size=12).map(sorted))
def test_no_two_cases_have_one_name(places: list[tuple[int, int]]) -> None:
    """GitLab shows the first case of a name alone; findings come in the order of the lines."""
    cases = cases_of(*(finding(line=line, column=column) for line, column in places))
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names)


@given(file=anything, record=anything, what=anything, fix=anything, context=anything)
def test_every_text_is_shown_as_it_is(**untrusted: str) -> None:
    [case] = cases_of(finding(**untrusted, context_span=None))
    shown = {name: printable(text) for name, text in untrusted.items()}
    assert case.get("file") == shown["file"]
    assert (case.get("name") or "").strip() == f"SB301 span-text-mismatch 14:52 {shown['record']}".strip()
    assert case[0].get("message") == shown["what"]
    lines = (case[0].text or "").split("\n")
    assert lines[1] == f"  {shown['what']}"
    assert lines[-1] == f"  fix: {shown['fix']}"


@pytest.mark.deep("inputs", quick=5)
@pytest.mark.parametrize("start", range(0, sys.maxunicode + 1, 0x10000))
def test_no_character_is_one_that_xml_forbids(start: int) -> None:
    text = "".join(map(chr, range(start, start + 0x10000)))
    [[failure]] = cases_of(finding(what=text))
    assert failure.get("message") == printable(text)


def test_the_report_is_ascii() -> None:
    """So that it is what it declares to be, whatever the terminal's encoding."""
    assert "\n".join(report_junit(Tally([finding(what="Київ \U0001f1fa", file="é")]))).isascii()
