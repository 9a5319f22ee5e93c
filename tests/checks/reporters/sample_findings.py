"""Findings to report, without a corpus to find them in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from stancebank.checks import catalogue  # noqa: F401  registers the rules
from stancebank.checks.findings import Finding

SOUND = Finding(
    rule="SB301",
    name="span-text-mismatch",
    severity="error",
    file="corpus/2025-02/mentions.jsonl",
    line=14,
    column=52,
    path="$.text",
    document="d1",
    record="m14",
    what='text is "Kiev", the document reads "Kyiv" at 812..816',
    fix='set the text to "Kyiv"',
    context="...to security guarantees for [Kyiv].",
    context_span=(31, 35),
)

anything = st.text(st.characters(exclude_categories=()))
"""Any text, with control characters, half surrogate pairs and what Unicode has not assigned."""


def finding(**changed: Any) -> Finding:
    return replace(SOUND, **changed)


def warning(**changed: Any) -> Finding:
    return finding(severity="warning", **changed)


def many(number: int) -> Iterator[Finding]:
    """Findings as a large broken corpus has them, made one at a time: every second a warning."""
    for row in range(number):
        severity = "warning" if row % 2 else "error"
        yield finding(severity=severity, line=row + 1, record=f"m{row}", what=f"what is wrong with m{row}")


severities = st.lists(st.sampled_from(["error", "warning"]), max_size=60)
