"""Where words occur in a text, in time that grows with the text alone."""

from __future__ import annotations

from collections.abc import Iterator

_SHORT = 64
"""Code points of words that are looked for again behind each start; longer ones that overlap themselves are not."""


def occurrences(text: str, words: str, start: int, end: int) -> Iterator[int]:
    """Where words begin in a text, from start up to but not at end; the occurrences may overlap."""
    behind = min(len(text), end + len(words) - 1)
    at, last = text.find(words, start, behind), None
    while at >= 0:
        yield at
        if last is not None and at - last < len(words) and len(words) > _SHORT:
            yield from _overlapping(text, words, at + 1, behind)
            return
        last, at = at, text.find(words, at + 1, behind)


def _overlapping(text: str, words: str, start: int, end: int) -> Iterator[int]:
    """Where words begin, by the algorithm of Knuth, Morris and Pratt: no code point of the text is read twice."""
    borders = _borders(words)
    matched = 0
    for at in range(start, end):
        while matched and text[at] != words[matched]:
            matched = borders[matched - 1]
        matched += text[at] == words[matched]
        if matched == len(words):
            yield at - matched + 1
            matched = borders[matched - 1]


def _borders(words: str) -> list[int]:
    """For each beginning of the words the length of the longest shorter one that it ends with."""
    borders = [0]
    for at in range(1, len(words)):
        length = borders[-1]
        while length and words[at] != words[length]:
            length = borders[length - 1]
        borders.append(length + (words[at] == words[length]))
    return borders
