"""Findings for people and for programs: the same findings, rendered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from stancebank.checks.findings import Finding
from stancebank.faults import printable


class Tally:
    """Findings that are counted as they pass by."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._findings = findings
        self.errors = 0
        self.warnings = 0

    def __iter__(self) -> Iterator[Finding]:
        for finding in self._findings:
            self.errors += finding.severity == "error"
            self.warnings += finding.severity == "warning"
            yield finding


def report_text(findings: Tally) -> Iterator[str]:
    """A block of lines for each finding, then one line with the counts; safe for a terminal."""
    for finding in findings:
        place = [finding.file, *(str(at) for at in (finding.line, finding.column) if at is not None)]
        head = f"{':'.join(place)}  {finding.rule} {finding.name}"
        head += "  (warning)" if finding.severity == "warning" else ""
        lines = [f"{head}  {finding.record}" if finding.record else head, f"  {finding.what}"]
        if finding.context:
            lines.append(f"  {finding.context}")
        lines.append(f"  fix: {finding.fix}")
        yield "\n".join(printable(line) for line in lines)
    counts = [_count(findings.errors, "error"), _count(findings.warnings, "warning")]
    yield ", ".join(count for count in counts if count) or "no findings"


def report_json(findings: Tally) -> Iterator[str]:
    """One JSON object with the findings, a line each, and the counts of errors and warnings."""
    yield '{"findings": ['
    last = ""
    for finding in findings:
        if last:
            yield last + ","
        # A file name need not be Unicode; the report is.
        values = {
            k: v.encode(errors="backslashreplace").decode() if isinstance(v, str) else v
            for k, v in asdict(finding).items()
        }
        last = json.dumps(values)  # ASCII alone, so that nothing in it can steer a terminal
    if last:
        yield last
    yield f'], "errors": {findings.errors}, "warnings": {findings.warnings}}}'


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}" if number else ""
