"""Memory stays bounded, however many findings there are."""

from __future__ import annotations

import tracemalloc
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sample_findings import many

from stancebank.checks.reporters import Tally, report_github, report_json, report_junit, report_sarif, report_text

Reporter = Callable[[Tally, Path], Iterator[str]]

REPORTERS: dict[str, Reporter] = {
    "text": lambda findings, _: report_text(findings, explain=True),
    "json": lambda findings, _: report_json(findings),
    "github": lambda findings, folder: report_github(findings, summary=folder / "summary.md"),
    "sarif": lambda findings, _: report_sarif(findings),
    "junit": lambda findings, _: report_junit(findings),
}


def peak(report: Reporter, folder: Path, number: int) -> int:
    """Bytes that a report of so many findings holds at once, at most."""
    folder.mkdir()
    findings = Tally(many(number))
    tracemalloc.start()
    deque(report(findings, folder), maxlen=0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert findings.total == number
    return most


@pytest.mark.deep("processes")
@pytest.mark.parametrize("name", REPORTERS)
def test_ten_times_the_findings_take_no_more_memory(name: str, tmp_path: Path) -> None:
    peak(REPORTERS[name], tmp_path / "warm", 10)  # what is made once and kept
    few = peak(REPORTERS[name], tmp_path / "few", 10_000)
    assert peak(REPORTERS[name], tmp_path / "many", 100_000) < 1.5 * few
