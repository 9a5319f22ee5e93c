"""Findings as one JSON object."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from sample_findings import anything, finding, severities, warning

from stancebank.checks.findings import Finding, Tally
from stancebank.checks.reporters.as_json import findings_schema, report_json


def json_of(*findings: Finding, limit: int | None = None) -> Any:
    return json.loads("\n".join(report_json(Tally(findings, limit))))


def as_read(finding: Finding) -> Any:
    return json.loads(json.dumps(asdict(finding)))


def test_json_without_findings() -> None:
    assert json_of() == {"version": 1, "findings": [], "errors": 0, "warnings": 0, "hidden": 0}


@pytest.mark.parametrize("count", [1, 2, 100])
def test_json_holds_every_field_of_every_finding(count: int) -> None:
    findings = [finding(line=line) for line in range(count)]
    report = json_of(*findings)
    assert report["findings"] == [as_read(each) for each in findings]
    assert (report["errors"], report["warnings"]) == (count, 0)
    assert set(report["findings"][0]) == {field.name for field in fields(Finding)}


def test_json_keeps_what_is_unknown_as_null() -> None:
    [reported] = json_of(finding(line=None, column=None, document=None, record=None, context_span=None))["findings"]
    assert {name for name, value in reported.items() if value is None} == {
        "line",
        "column",
        "document",
        "record",
        "context_span",
    }


def test_json_counts_warnings_by_themselves() -> None:
    report = json_of(finding(), warning(), warning())
    assert (report["errors"], report["warnings"]) == (1, 2)


@given(severities, st.integers(0, 70))
def test_json_counts_what_it_does_not_list(severities: list[str], limit: int) -> None:
    report = json_of(*(finding(severity=severity) for severity in severities), limit=limit)
    assert report["errors"] + report["warnings"] == len(report["findings"]) + report["hidden"] == len(severities)


def test_json_has_a_line_for_each_finding() -> None:
    assert len(list(report_json(Tally([finding(what="a\nb\x1b")] * 3)))) == 1 + 3 + 1


@given(file=st.text(), record=st.text(), what=st.text(), fix=st.text(), context=st.text())
def test_json_gives_every_text_back(**untrusted: str) -> None:
    assert json_of(finding(**untrusted))["findings"] == [as_read(finding(**untrusted))]


@given(file=anything, record=anything, what=anything)
def test_json_is_ascii_and_unicode_all_through(**untrusted: str) -> None:
    report = "\n".join(report_json(Tally([finding(**untrusted)])))
    assert report.isascii()
    assert report.replace("\n", "").isprintable()
    [reported] = json.loads(report)["findings"]
    assert all(reported[name].encode("utf-8") is not None for name in untrusted)


def test_json_can_name_a_file_whose_name_is_not_unicode() -> None:
    """Python reads the byte 0xff of a file name as half a surrogate pair."""
    [reported] = json_of(finding(file="corpus/\udcff/mentions.jsonl"))["findings"]
    assert reported["file"] == r"corpus/\udcff/mentions.jsonl"


def test_context_span_finds_the_span_in_the_context() -> None:
    [reported] = json_of(finding())["findings"]
    start, end = reported["context_span"]
    assert reported["context"][start:end] == "Kyiv"


# The schema


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = findings_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@given(severities, st.integers(0, 70), anything)
def test_every_report_is_valid(
    validator: Draft202012Validator, severities: list[str], limit: int, untrusted: str
) -> None:
    findings = (finding(severity=each, file=untrusted, what=untrusted, record=untrusted) for each in severities)
    validator.validate(json_of(*findings, limit=limit))


def test_a_report_of_whole_files_is_valid(validator: Draft202012Validator) -> None:
    validator.validate(
        json_of(finding(line=None, column=None, path="", document=None, record=None, context="", context_span=None))
    )


@pytest.mark.parametrize("broken", ["line", "severity", "path", "context_span"])
def test_a_finding_of_other_types_is_not_valid(validator: Draft202012Validator, broken: str) -> None:
    report = json_of(finding())
    report["findings"][0][broken] = ["?"]
    assert not validator.is_valid(report)


@pytest.mark.parametrize("missing", [*(field.name for field in fields(Finding))])
def test_a_finding_without_a_field_is_not_valid(validator: Draft202012Validator, missing: str) -> None:
    report = json_of(finding())
    del report["findings"][0][missing]
    assert not validator.is_valid(report)


def test_a_field_too_many_is_not_valid(validator: Draft202012Validator) -> None:
    assert not validator.is_valid(json_of() | {"more": 1})
    assert not validator.is_valid(json_of() | {"findings": [as_read(finding()) | {"more": 1}]})


def test_every_field_is_described() -> None:
    schema = findings_schema()
    finding = schema["properties"]["findings"]["items"]
    for properties in (schema["properties"], finding["properties"]):
        assert all(field["description"].endswith(".") for field in properties.values())
