"""Words, and runs of five of them: the measure of what counts as copied from a source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

RUN = 5  # words in a row that, found in a source, count as copied from it

# Thai to Burmese, Khmer, kana, Han: written without blanks, so that each letter counts as a word.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


class Word(NamedTuple):
    r"""A word: code points [start, end) of its text, and itself with case folded."""

    start: int
    end: int
    folded: str


def words(text: str) -> list[Word]:
    r"""The words of a text, each a run of \w; punctuation and case do not count."""
    return [Word(found.start(), found.end(), found[0].casefold()) for found in _WORD.finditer(text)]


def runs(found: Sequence[Word]) -> Iterator[str]:
    """For each word with four behind it the run that it begins, as a string that stands for those five words."""
    folded = [word.folded for word in found]
    for first in range(len(folded) - RUN + 1):
        yield "\0".join(folded[first : first + RUN])
