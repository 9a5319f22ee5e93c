"""Whether words read like a correction of other words."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

_AROUND_WORDS = re.compile(r"^\W+(?=\w)|(?<=\w)\W+$")
_DIGITS = re.compile(r"\d+")
_SHORT = 4  # characters; shorter words are like each other only if they have the same letters, but for a lost one
_LONG = 400  # characters; of longer pieces the words are compared

LIKE = 0.75
"""Least similarity, from 0 to 1, of words and what they were corrected to; 2 * common / all, as difflib counts it."""


def alike(text: str, other: str) -> bool:
    """Whether one piece of text reads like a correction of the other: of its letters, not of its numbers."""
    one, two = (_AROUND_WORDS.sub("", " ".join(each.casefold().split())) for each in (text, other))
    if one == two:
        return True
    if max(len(one), len(two)) > _LONG:
        return SequenceMatcher(None, one.split(), two.split(), autojunk=False).ratio() >= LIKE
    if _DIGITS.findall(one) != _DIGITS.findall(two):
        return False
    if max(len(one), len(two)) < _SHORT or min(len(one), len(two)) < _SHORT - 1:
        return sorted(one) == sorted(two)
    return SequenceMatcher(None, one, two, autojunk=False).ratio() >= LIKE
