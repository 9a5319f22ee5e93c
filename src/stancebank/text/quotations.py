"""Quotations in a text, by their marks."""

from __future__ import annotations

import re

CERTAIN_MARKS = '"\u201c\u201d\u201e\u00ab\u00bb\u300c\u300d\u300e\u300f\u2039\u203a\u201a'
"""Quotation marks that are nothing else."""
MARKS = f"{CERTAIN_MARKS}\u2018\u2019"
"""All quotation marks; the last two are apostrophes too."""

# An apostrophe: before a letter or digit, or after an s where another word follows.
_APOSTROPHE = r"\u2019(?=\w)|(?<=[sS])\u2019(?=[^\S\n]+\w)"
_NO_MARK = r"[^\u2018\u2019\u201a\n]"
# Each form begins with its mark and then looks back, so that a search stops at marks alone.
_SINGLE = "|".join(
    (
        # to the first closing mark that is no apostrophe
        rf"\u2018(?<!\w.)(?:{_NO_MARK}|{_APOSTROPHE})*+\u2019",
        # "\u2018two years\u2019 he": where all that could close it follows an s, the first one does
        rf"\u2018(?<!\w.)(?:{_NO_MARK}|\u2019(?=\w))*+\u2019",
        # a paragraph that the next one goes on from
        rf"\u2018(?<![^\n].)(?=[^\u2018\n]*\n\s*\u2018)(?:{_NO_MARK}|{_APOSTROPHE})*+$",
        # German: low mark first
        rf"\u201a(?<!\w.)(?:{_NO_MARK}|\u2019(?=\w))*+[\u2018\u2019]",
    )
)
# From an opening mark to its closing one, of other marks than \u2018 and \u201a also to the end of the paragraph:
# a quotation of several paragraphs opens each of them and is closed in the last alone.
_QUOTATION = re.compile(
    '"[^"\n]*(?:"|$)'
    "|\u201c[^\u201d\n]*(?:\u201d|$)"
    "|\u201e[^\u201c\u201d\n]*(?:[\u201c\u201d]|$)"
    "|\u00ab[^\u00bb\n]*(?:\u00bb|$)"
    "|\u00bb[^\u00ab\n]*(?:\u00ab|$)"
    "|\u201d[^\u201d\n]*(?:\u201d|$)"
    "|\u300c[^\u300d\n]*(?:\u300d|$)"
    "|\u300e[^\u300f\n]*(?:\u300f|$)"
    "|\u2039[^\u203a\n]*(?:\u203a|$)"
    "|\u203a[^\u2039\n]*(?:\u2039|$)"
    f"|{_SINGLE}",
    re.MULTILINE,
)
SEVERAL_WORDS = r"\w[^\w\s]*\s+[^\w\s]*\w"  # what a quotation has that is more than one word in quotation marks
_WORD = re.compile(r"\w")


def quotations(text: str) -> list[tuple[int, int]]:
    """The quotations of a text with their marks, as half-open spans of code points, in order.

    Of two that overlap, the one that opens first. \u2019 is an apostrophe between letters, before a
    digit, and after an s where the quotation closes later.
    """
    return [match.span() for match in _QUOTATION.finditer(text)]


def quoted_share(text: str) -> str:
    """How much of a text, which may be of several lines, is in quotation marks: all, some or none of its words."""
    rest, found = _QUOTATION.subn("", text)
    if not found and not any(mark in text for mark in CERTAIN_MARKS):
        return "none"
    return "some" if _WORD.search(rest) else "all"
