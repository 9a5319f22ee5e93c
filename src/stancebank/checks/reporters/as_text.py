"""Findings for people, on a terminal or in a pipe."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.checks.findings import Finding, Tally
from stancebank.faults import printable

# Select Graphic Rendition, ECMA-48 section 8.3.117.
_BOLD, _DIM, _MARKED, _RED, _YELLOW = "1", "2", "1;7", "31", "33"


def report_text(findings: Tally, *, color: bool = False, explain: bool = False) -> Iterator[str]:
    """A block of lines for each finding, how many of each rule there were, and last a line with the counts.

    The counts of the rules are left out where one rule found everything that is
    shown. Safe for a terminal: nothing but printable characters and newlines, with
    color also our own styles. explain: say what each rule finds, and why, where it
    is first met.
    """
    explained: set[str] = set()
    for finding in findings:
        lines = block(finding, color=color)
        if explain and finding.rule not in explained:
            explained.add(finding.rule)
            lines += _explanation(finding.rule)
        yield "\n".join(lines)
    if findings.hidden:
        yield f"and {findings.hidden:,} more"
    if findings.hidden or len(findings.by_rule) > 1:
        yield "\n".join(["", *_table(findings)])
    yield str(findings)


def block(finding: Finding, *, color: bool = False) -> list[str]:
    """The lines on one finding: where and which rule, what, the sentence with the span in [brackets], the fix."""

    def shown(text: str, style: str = "") -> str:
        safe = printable(text)
        return f"\x1b[{style}m{safe}\x1b[0m" if color and style and safe else safe

    head = f"{shown(location(finding), _BOLD)}  "
    head += shown(f"{finding.rule} {finding.name}", _RED if finding.severity == "error" else _YELLOW)
    head += "  (warning)" if finding.severity == "warning" else ""
    lines = [f"{head}  {shown(finding.record)}" if finding.record else head, f"  {shown(finding.what)}"]
    if finding.context:
        start, end = finding.context_span or (0, 0)
        before, span, after = finding.context[:start], finding.context[start:end], finding.context[end:]
        lines.append(f"  {shown(before)}{shown(span, _MARKED)}{shown(after)}")
    return [*lines, f"  {shown(f'fix: {finding.fix}', _DIM)}"]


def location(finding: Finding) -> str:
    """File, line and column, as terminals and editors link them: ``corpus/2025-02/mentions.jsonl:14:52``."""
    return ":".join([finding.file, *(str(at) for at in (finding.line, finding.column) if at is not None)])


def _explanation(id: str) -> list[str]:
    from stancebank.checks.catalogue import find_rule  # with all that checks a corpus

    rule = find_rule(id)
    said = {"finds": rule.finds, "why": rule.why}
    return [f"  {title}: {' '.join(text.split())}" for title, text in said.items() if text]


def _table(findings: Tally) -> list[str]:
    """A line for each rule, the most frequent first."""
    rows = [
        (id, findings.names[id], f"{number:,}")
        for id, number in sorted(findings.by_rule.items(), key=lambda row: (-row[1], row[0]))
    ]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [f"{id:{widths[0]}}  {name:{widths[1]}}  {number:>{widths[2]}}" for id, name, number in rows]
