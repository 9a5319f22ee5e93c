"""Counting findings as they pass by."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_findings import finding, severities, warning

from stancebank.checks.findings import Tally


@given(severities)
def test_a_tally_passes_findings_on_and_counts_them(severities: list[str]) -> None:
    findings = [finding(severity=severity) for severity in severities]
    tally = Tally(findings)
    assert list(tally) == findings
    assert (tally.errors, tally.warnings) == (severities.count("error"), severities.count("warning"))
    assert tally.hidden == 0


@given(severities, st.integers(0, 70))
def test_a_limit_hides_findings_and_counts_them_all(severities: list[str], limit: int) -> None:
    findings = [finding(severity=severity) for severity in severities]
    tally = Tally(findings, limit)
    assert list(tally) == findings[:limit]
    assert (tally.errors, tally.warnings) == (severities.count("error"), severities.count("warning"))
    assert tally.hidden == len(findings[limit:])


@given(st.lists(st.sampled_from(["SB301", "SB302", "SB601"])), st.integers(0, 5))
def test_a_tally_counts_by_rule_what_it_hides_too(rules: list[str], limit: int) -> None:
    tally = Tally([finding(rule=rule) for rule in rules], limit)
    list(tally)
    assert tally.by_rule == Counter(rules)


def test_a_tally_counts_as_findings_pass_by() -> None:
    tally = Tally(iter([finding(), finding()]))
    assert tally.errors == 0
    next(iter(tally))
    assert tally.errors == 1


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
def test_a_tally_says_its_counts(errors: int, warnings: int, counts: str) -> None:
    tally = Tally([*[finding()] * errors, *[warning()] * warnings])
    list(tally)
    assert str(tally) == counts
