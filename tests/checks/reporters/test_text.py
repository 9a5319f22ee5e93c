"""Findings as text for people."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_findings import anything, finding, warning

from conftest import DOC, PART, Root
from stancebank.checks.findings import Finding, Tally
from stancebank.checks.registry import RULES
from stancebank.checks.reporters.as_text import report_text
from stancebank.checks.selection import Selection
from stancebank.checks.validation import check_corpus
from stancebank.faults import printable
from stancebank.storage.files import sha256


def text_of(*findings: Finding, limit: int | None = None, **options: Any) -> str:
    return "\n".join(report_text(Tally(findings, limit), **options))


def errors(root: Root) -> list[Finding]:
    return [finding for finding in root.findings() if finding.severity == "error"]


def blank(**changed: Any) -> Finding:
    return finding(rule="SB305", name=RULES["SB305"].name, **changed)


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
    assert text_of(*errors(root)).splitlines() == [
        f"corpus/{PART}/mentions.jsonl:41:99  SB301 span-text-mismatch  m41",
        '  text is "Kiev", the document reads "Kyiv" at 654..658',
        "  Washington sent a questionnaire to European capitals to ask what they could contribute to security "
        "guarantees for [Kyiv].",
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
    lines = text_of(finding(record=None, context="", context_span=None)).splitlines()
    assert lines[0].endswith("span-text-mismatch")
    assert len(lines) == 4


def test_a_warning_is_marked() -> None:
    assert "SB301 span-text-mismatch  (warning)  m14" in text_of(warning())


def test_the_last_line_counts() -> None:
    assert text_of().splitlines() == ["no findings"]
    assert text_of(finding(), warning(), finding()).splitlines()[-1] == "2 errors, 1 warning"


# How many of what


def test_what_is_hidden_is_counted_with_its_rules() -> None:
    lines = text_of(*[finding()] * 1205, blank(), limit=1).splitlines()
    assert lines[4:] == [
        "and 1,205 more",
        "",
        "SB301  span-text-mismatch  1,205",
        f"SB305  {RULES['SB305'].name:<18}      1",
        "1,206 errors",
    ]


def test_two_rules_are_counted_apart() -> None:
    assert text_of(blank(), finding()).splitlines()[8:] == [
        "",
        "SB301  span-text-mismatch  1",
        f"SB305  {RULES['SB305'].name:<18}  1",
        "2 errors",
    ]


def test_one_rule_that_found_all_that_is_shown_is_counted_once() -> None:
    assert text_of(finding(), finding()).splitlines()[8:] == ["2 errors"]


def test_a_hundred_findings_of_a_hundred_thousand_read_on_a_few_screens() -> None:
    lines = text_of(*[finding()] * 100_000, limit=100).splitlines()
    assert len(lines) == 100 * 4 + 4
    assert lines[-4:] == ["and 99,900 more", "", "SB301  span-text-mismatch  100,000", "100,000 errors"]


# Explanations


def test_a_rule_is_explained_where_it_is_first_found() -> None:
    lines = text_of(finding(), blank(), finding(), explain=True).splitlines()
    finds = [number for number, line in enumerate(lines) if line.startswith("  finds: ")]
    assert finds == [4, 10]
    assert lines[4] == "  finds: A span's text differs from the document at its offsets."
    assert lines[5].startswith("  why: readers take text[start:end];")
    assert len(lines) == 3 * 4 + 2 * 2 + 1 + 2 + 1


@pytest.mark.parametrize("rule", sorted(RULES))
def test_an_explanation_keeps_to_its_lines(rule: str) -> None:
    lines = text_of(finding(rule=rule, name=RULES[rule].name), explain=True).splitlines()
    assert [line.split(":")[0] for line in lines[4:-1]] == ["  finds", "  why"]


# Colours

STYLE = re.compile(r"\x1b\[([0-9;]*)m")


def styled(text: str) -> list[tuple[str, str]]:
    """Each style with the text it is on."""
    return re.findall(r"\x1b\[([0-9;]+)m([^\x1b]+)\x1b\[0m", text)


def test_place_rule_span_and_fix_stand_out() -> None:
    place, rule, span, fix = styled(text_of(finding(), color=True))
    assert place == ("1", "corpus/2025-02/mentions.jsonl:14:52")
    assert rule == ("31", "SB301 span-text-mismatch")
    assert span == ("1;7", "Kyiv")
    assert fix == ("2", 'fix: set the text to "Kyiv"')


def test_the_rule_of_a_warning_has_another_colour() -> None:
    assert ("33", "SB301 span-text-mismatch") in styled(text_of(warning(), color=True))


def test_brackets_of_the_text_are_not_taken_for_the_span() -> None:
    marked = finding(context="[sic] he [told [us]] that [1]", context_span=(10, 19))
    assert [text for style, text in styled(text_of(marked, color=True)) if style == "1;7"] == ["told [us]"]


def test_what_a_rule_finds_in_a_corpus_is_marked_where_it_stands(root: Root) -> None:
    root.edit("mentions", 40, text="Kiev")
    [found] = errors(root)
    assert found.context_span is not None
    assert ("1;7", "Kyiv") in styled(text_of(found, color=True))


untrusted_texts = st.fixed_dictionaries(dict.fromkeys(("file", "record", "what", "fix", "context"), anything))
spans = st.none() | st.tuples(st.integers(0, 9), st.integers(0, 9)).map(sorted).map(tuple)


@given(untrusted_texts, spans)
def test_colours_add_nothing_but_styles(untrusted: dict[str, str], span: tuple[int, int] | None) -> None:
    findings = [finding(**untrusted, context_span=span), warning()]
    assert STYLE.sub("", text_of(*findings, color=True)) == text_of(*findings)


# Untrusted text


@given(untrusted_texts, spans)
def test_the_terminal_gets_nothing_but_printable_lines(untrusted: dict[str, str], span: tuple[int, int] | None) -> None:
    lines = text_of(finding(**untrusted, context_span=span), explain=True).split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 6 + bool(untrusted["context"])


@given(untrusted_texts)
def test_what_is_printable_is_shown_as_it_is(untrusted: dict[str, str]) -> None:
    report = text_of(finding(**untrusted, context_span=(2, 3)))
    assert all(printable(text) in report for text in untrusted.values())


def test_no_control_character_of_an_entity_reaches_the_terminal(root: Root) -> None:
    nameless = root.records("entities")[0] | {"entity_id": "e59", "name": "\x1b[31m\x9b1m\r\n\b\0\x7f\u202eBritain"}
    root.change("entities", lambda records: records.append(nameless))
    lines = text_of(*errors(root)).split("\n")
    assert sum(r"\x1b[31m\x9b1m\r\n\x08\x00\x7f\u202eBritain" in line for line in lines) == 2
    assert all(line.isprintable() for line in lines)
    assert lines[-1] == "2 errors"


def test_no_control_character_of_a_text_reaches_the_terminal(root: Root) -> None:
    seed = root.path / f"seeds/{DOC}.txt"
    before, after = seed.read_bytes(), seed.read_bytes().replace(b"Dozens", b"\x1b[2J")
    text = root.records("documents")[0]["text"].replace("Dozens", "\x1b[2J")
    seed.write_bytes(after)
    root.edit("documents", 0, text=text, text_sha256=sha256(text.encode()), seed_sha256=sha256(after))
    root.replace("seeds/seeds.yaml", sha256(before), sha256(after))
    root.edit("mentions", 79, text="\x1b[1msummits")
    report = text_of(*check_corpus(root.corpus(), Selection(("SB3",))))  # with SB201 no span is checked
    assert "\\x1b[1msummits" in report
    assert "\x1b" not in report


def test_no_newline_of_a_file_name_reaches_the_terminal(root: Root) -> None:
    root.layer_path("mentions").with_name("a\nb\x1b[2J.jsonl").touch()
    assert text_of(*root.findings()).splitlines()[0] == rf"corpus/{PART}/a\nb\x1b[2J.jsonl  SB105 file-unexpected"


def test_no_newline_of_a_part_name_reaches_the_terminal(root: Root) -> None:
    (root.path / "corpus/a\nb").mkdir()
    assert text_of(*root.findings()).splitlines()[0] == r"corpus/a\nb/attributions.jsonl  SB104 layer-missing"
