"""The sentences that a file gives, as records of the layer; those of the recipe where it gives none that fit."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from stancebank.corpus.seeds import SeedText
from stancebank.formats.foreign_document import Fragment
from stancebank.formats.sentence_fitting import Record
from stancebank.text.paragraphs import paragraphs


def fitting(raw: str, sentences: Sequence[Fragment], seed: SeedText) -> list[tuple[int, int, int]] | None:
    """Sentences of a file in our text, each with its paragraph, cut where one ends, without blanks at the ends.

    raw: the text as the file has it; sentences: places in it, in code points. None where they overlap or leave words
    out.
    """
    text = seed.text
    places = list(paragraphs(text))
    found = list(_trimmed(text, _cut(_ours(raw, sentences, len(seed.header)), places)))
    if any(words.strip() for words in _between(text, found)):
        return None
    if any(start < end for (_, end), (start, _) in pairwise(found)):
        return None
    starts = [start for start, _ in places]
    return [(start, end, bisect_right(starts, start) - 1) for start, end in found]


def sentence_records(doc_id: str, sentences: Iterable[tuple[int, int, int]]) -> list[Record]:
    """Records of sentences; what kind they are nobody has decided. sentences: start, end and paragraph."""
    return [
        {
            **{"doc_id": doc_id, "sentence_id": f"n{number}", "start": start, "end": end},
            **{"paragraph": paragraph, "kind": None},
        }
        for number, (start, end, paragraph) in enumerate(sentences, 1)
    ]


def _ours(raw: str, sentences: Sequence[Fragment], lead: int) -> Iterator[Fragment]:
    """Places in the text of a file as places in our text, which has no CR and no header."""
    removed = [each.start() for each in re.finditer("\r\n", raw)]
    for places in sorted(sentences):
        start, end = (max(0, place - bisect_left(removed, place) - lead) for place in places)
        yield start, end


def _cut(sentences: Iterable[Fragment], paragraphs: Sequence[Fragment]) -> Iterator[Fragment]:
    """The sentences, those across paragraphs in pieces."""
    ends = [end for _, end in paragraphs]
    for start, end in sentences:
        for cut in ends[bisect_right(ends, start) : bisect_left(ends, end)]:
            yield start, cut
            start = cut
        yield start, end


def _trimmed(text: str, sentences: Iterable[Fragment]) -> Iterator[Fragment]:
    for start, end in sentences:
        words = text[start:end]
        start += len(words) - len(words.lstrip())
        if words.strip():
            yield start, start + len(words.strip())


def _between(text: str, sentences: Sequence[Fragment]) -> Iterator[str]:
    at = 0
    for start, end in sentences:
        yield text[at:start]
        at = max(at, end)
    yield text[at:]
