"""The fragments of a span: cut at blanks, joined over blanks, split at line ends."""

from __future__ import annotations

import re
from collections.abc import Iterable

from stancebank.formats.foreign_document import Fragment

TRIMMED, JOINED, REORDERED = "span-trimmed", "span-joined", "content-reordered"
_LINE_END = re.compile(r"\s*\n\s*")


def tidied(text: str, fragments: Iterable[Fragment]) -> tuple[list[Fragment], set[str]]:
    """Fragments in the order of the text, without blanks at their ends, joined where only blanks are between them.

    Also the names of what was changed. Fragments of blanks alone are dropped.
    """
    changed: set[str] = set()
    cut: list[Fragment] = []
    for start, end in fragments:
        piece = text[start:end]
        words = piece.strip()
        if words != piece:
            changed.add(TRIMMED)
            start += len(piece) - len(piece.lstrip())
        if words:
            cut.append((start, start + len(words)))
    ordered = sorted(cut)
    if ordered != cut:
        changed.add(REORDERED)
    joined = ordered[:1]
    for start, end in ordered[1:]:
        before = joined[-1]
        if text[before[1] : start].strip():
            joined.append((start, end))
        else:
            joined[-1] = (before[0], max(before[1], end))
            changed.add(JOINED)
    return joined, changed


def lines_of(text: str, start: int, end: int) -> list[Fragment]:
    """A span as fragments of one line each, without the blanks around the line ends."""
    found, at = [], start
    for line_end in _LINE_END.finditer(text, start, end):
        found.append((at, line_end.start()))
        at = line_end.end()
    return [*found, (at, end)]
