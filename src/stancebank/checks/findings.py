"""A finding: one thing wrong with a corpus, as data; and findings counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stancebank.faults import StanceBankError, counted

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, what was expected and how to correct it.

    rule, name: the rule's id (SB301) and name. file: path from the corpus root.
    line, column: from 1, column in code points; None where the whole file is meant.
    path: JSON path of the value in the line. document, record: their ids.
    what: what is there and what was expected. fix: how to correct it.
    context: the sentence with the span in [brackets]; empty where there is none.
    context_span: start and end of the span in context, without the brackets.
    """

    rule: str
    name: str
    severity: Severity
    file: str
    line: int | None
    column: int | None
    path: str
    document: str | None
    record: str | None
    what: str
    fix: str
    context: str = ""
    context_span: tuple[int, int] | None = None


class UnsoundCorpusError(StanceBankError):
    """A corpus with findings is not worked on. findings: those that a command reports."""

    exit_code = 1

    def __init__(self, what: str, fix: str, findings: Sequence[Finding] = ()) -> None:
        super().__init__(what, fix)
        self.findings = tuple(findings)


class Tally:
    """Findings, up to a limit, all of them counted.

    limit: how many are passed on; None for all. errors, warnings: how many there
    were so far. hidden: how many of these were not passed on. by_rule, names: how many
    there were, and the rule's name, by its id. All are complete once the findings have been gone through.
    """

    def __init__(self, findings: Iterable[Finding], limit: int | None = None) -> None:
        self._findings = findings
        self._limit = limit
        self.errors = 0
        self.warnings = 0
        self.hidden = 0
        self.by_rule: Counter[str] = Counter()
        self.names: dict[str, str] = {}

    def __iter__(self) -> Iterator[Finding]:
        for finding in self._findings:
            self.errors += finding.severity == "error"
            self.warnings += finding.severity == "warning"
            self.by_rule[finding.rule] += 1
            self.names[finding.rule] = finding.name
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
