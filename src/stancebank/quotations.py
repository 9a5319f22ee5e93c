"""Quotations in a text, by their marks."""

from __future__ import annotations

import re

MARKS = '"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f'

# From an opening mark to its closing one, or to the end of the paragraph: a quotation
# of several paragraphs opens each of them and is closed in the last alone.
QUOTATION = (
    '(?:"[^"\n]*(?:"|$)'
    "|\u201c[^\u201d\n]*(?:\u201d|$)"
    "|\u201e[^\u201c\u201d\n]*(?:[\u201c\u201d]|$)"
    "|\u00ab[^\u00bb\n]*(?:\u00bb|$)"
    "|\u00bb[^\u00ab\n]*(?:\u00ab|$)"
    "|\u201d[^\u201d\n]*(?:\u201d|$)"
    "|\u300c[^\u300d\n]*(?:\u300d|$)"
    "|\u300e[^\u300f\n]*(?:\u300f|$))"
)
SEVERAL_WORDS = r"\w[^\w\s]*\s+[^\w\s]*\w"  # what a quotation has that is more than one word in quotation marks
_QUOTATION = re.compile(QUOTATION, re.MULTILINE)


def quotations(text: str) -> list[tuple[int, int]]:
    """The quotations of a text with their marks, as half-open spans of code points, in order."""
    return [match.span() for match in _QUOTATION.finditer(text)]
