"""Counting findings as they pass by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from stancebank.checks.findings import Finding
from stancebank.faults import counted


class Tally:
    """Findings, at most so many of them, all of them counted.

    limit: how many are passed on; None for all. errors, warnings: how many there
    were so far. hidden: how many of these were not passed on. by_rule: how many
    there were, by rule id. All are complete once the findings have been gone through.
    """

    def __init__(self, findings: Iterable[Finding], limit: int | None = None) -> None:
        self._findings = findings
        self._limit = limit
        self.errors = 0
        self.warnings = 0
        self.hidden = 0
        self.by_rule: Counter[str] = Counter()

    def __iter__(self) -> Iterator[Finding]:
        for finding in self._findings:
            self.errors += finding.severity == "error"
            self.warnings += finding.severity == "warning"
            self.by_rule[finding.rule] += 1
            if self._limit is None or self.total - self.hidden <= self._limit:
                yield finding
            else:
                self.hidden += 1

    @property
    def total(self) -> int:
        """How many there were so far, passed on or not."""
        return self.errors + self.warnings

    def __str__(self) -> str:
        """Such as "2 errors, 1 warning", or "no findings"."""
        counts = [(self.errors, "error"), (self.warnings, "warning")]
        return ", ".join(counted(number, noun) for number, noun in counts if number) or "no findings"
