"""Memory stays bounded, however many findings there are."""

from __future__ import annotations

import tracemalloc
from collections import deque
from pathlib import Path

import pytest
from sample_findings import many

from stancebank.checks.findings import Tally
from stancebank.checks.report_formats import FORMATS, report


def peak(format: str, folder: Path, number: int) -> int:
    """Bytes that a report of so many findings holds at once, at most."""
    folder.mkdir()
    findings = Tally(many(number))
    tracemalloc.start()
    deque(report(format, findings, explain=True, summary=folder / "summary.md"), maxlen=0)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert findings.total == number
    return most


@pytest.mark.deep("processes")
@pytest.mark.parametrize("format", FORMATS)
def test_ten_times_the_findings_take_no_more_memory(format: str, tmp_path: Path) -> None:
    peak(format, tmp_path / "warm", 10)  # what is made once and kept
    few = peak(format, tmp_path / "few", 10_000)
    assert peak(format, tmp_path / "many", 100_000) < 1.5 * few
