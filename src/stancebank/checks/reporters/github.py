"""Findings as annotations of a GitHub workflow run, and as a table on its page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from stancebank.checks.findings import Finding, Severity, Tally
from stancebank.checks.reporters.as_text import location
from stancebank.faults import counted, printable
from stancebank.storage.files import cannot_write

# GitHub shows no more annotations of a kind from one step, and drops a summary that is larger.
# https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
_ANNOTATIONS = 10
_SUMMARY_BYTES = 1024 * 1024

_FRAME_BYTES = 1_000  # more than the summary has besides the rows
_COLUMNS = ("severity", "rule", "place", "record", "what", "fix")
# Markdown takes a character reference for text and never for markup.
_MARKUP = re.compile(r"[^\w ,;'/-]|_")


def report_github(findings: Tally, *, prefix: str = "", summary: Path | None = None) -> Iterator[str]:
    """Workflow commands for the first ten errors and ten warnings, errors first, then one plain line on all.

    prefix: the corpus root from the root of the repository, as "" or "corpora/news/".
    summary: the file of the job summary, to which a table of all findings is
    appended, or of as many as GitHub takes. Raises StanceBankError where it
    cannot be written.
    """
    first: dict[Severity, list[Finding]] = {"error": [], "warning": []}
    table = _Table(_room(summary))
    for finding in findings:
        if len(first[finding.severity]) < _ANNOTATIONS:
            first[finding.severity].append(finding)
        if summary:
            table.add(finding, prefix)
    if summary:
        rows = table.rows()
        _append(summary, _page(findings, rows))
        listed = len(rows)
    annotated = [*first["error"], *first["warning"]]
    yield from (_command(finding, prefix) for finding in annotated)
    line = str(findings)
    if findings.total > len(annotated):
        line += f"; {findings.total - len(annotated):,} of them not annotated"
        line += f", {listed:,} of {findings.total:,} in the job summary" if summary else ""
    yield line


def _command(finding: Finding, prefix: str) -> str:
    at = {"file": prefix + finding.file, "line": finding.line, "col": finding.column}
    properties = {key: value for key, value in at.items() if value is not None}
    properties["title"] = f"{finding.rule} {finding.name}"
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    said = [f"{finding.record}: {finding.what}" if finding.record else finding.what, f"fix: {finding.fix}"]
    return f"::{finding.severity} {given}::{_data(said)}"


def _property(text: str) -> str:
    return _data([text]).replace(":", "%3A").replace(",", "%2C")


def _data(lines: list[str]) -> str:
    """No line keeps a newline of its own, since it is printable."""
    return "%0A".join(printable(line).replace("%", "%25") for line in lines)


class _Table:
    """Rows of Markdown, errors first, as many as there is room for; room in bytes."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._rows: dict[Severity, list[str]] = {"error": [], "warning": []}
        self._left: dict[Severity, int] = {"error": room, "warning": room}

    def add(self, finding: Finding, prefix: str) -> None:
        if self._left[finding.severity] > 0:
            row = _row(finding, prefix)
            self._left[finding.severity] -= len(row.encode())
            if self._left[finding.severity] >= 0:
                self._rows[finding.severity].append(row)

    def rows(self) -> list[str]:
        kept, room = [], self._room
        for row in [*self._rows["error"], *self._rows["warning"]]:
            room -= len(row.encode())
            if room < 0:
                break
            kept.append(row)
        return kept


def _row(finding: Finding, prefix: str) -> str:
    rule = f"{finding.rule} {finding.name}"
    where = prefix + location(finding)
    cells = (finding.severity, rule, where, finding.record or "", finding.what, finding.fix)
    return f"| {' | '.join(markdown(cell) for cell in cells)} |\n"


def markdown(text: str) -> str:
    """Text as Markdown that reads the same, in the cell of a table too."""
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", printable(text))


def _page(findings: Tally, rows: list[str]) -> str:
    page = f"\n### stancebank validate: {findings}\n"
    if rows:
        page += f"\n| {' | '.join(_COLUMNS)} |\n|{' --- |' * len(_COLUMNS)}\n{''.join(rows)}"
    missing = findings.total - len(rows)
    return f"{page}\nand {counted(missing, 'finding')} more\n" if missing else page


def _room(summary: Path | None) -> int:
    try:
        used = summary.stat().st_size if summary else 0
    except FileNotFoundError:
        used = 0
    return _SUMMARY_BYTES - _FRAME_BYTES - used


def _append(summary: Path, page: str) -> None:
    try:
        with summary.open("a", encoding="utf-8", newline="\n") as file:
            file.write(page)
    except OSError as error:
        raise cannot_write(summary, error) from error
