"""The paragraphs of a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The paragraphs of a text, as half-open spans of code points: what lies between blank lines and is not blank."""
    start = 0
    for gap in [*_BLANK_LINE.finditer(text), None]:
        end = gap.start() if gap else len(text)
        if text[start:end].strip():
            yield start, end
        start = gap.end() if gap else end
