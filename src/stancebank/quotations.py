"""Quotations in a text, by their marks."""

from __future__ import annotations

import re

MARKS = '"\u201c\u201d\u201e\u00ab\u00bb'

# From an opening mark to its closing one, or to the end of the paragraph: a quotation
# of several paragraphs opens each of them and is closed in the last alone.
QUOTATION = (
    '(?:"[^"\n]*(?:"|$)'
    "|\u201c[^\u201d\n]*(?:\u201d|$)"
    "|\u201e[^\u201c\u201d\n]*(?:[\u201c\u201d]|$)"
    "|\u00ab[^\u00bb\n]*(?:\u00bb|$)"
    "|\u00bb[^\u00ab\n]*(?:\u00ab|$))"
)
_QUOTATION = re.compile(QUOTATION, re.MULTILINE)


def quotations(text: str) -> list[tuple[int, int]]:
    """The quotations of a text with their marks, as half-open spans of code points, in order."""
    return [match.span() for match in _QUOTATION.finditer(text)]
