"""The sentences that a file gives, as records of the layer; those of the recipe where it gives none that fit."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from stancebank.corpus.seeds import SeedText
from stancebank.formats.foreign_document import Fragment
from stancebank.formats.sentence_fitting import Record
from stancebank.text.paragraphs import paragraphs


def fitting(raw: str, sentences: Sequence[Fragment], seed: SeedText) -> list[tuple[int, int, int]] | None:
    """Sentences of a file in our text, each with its paragraph, cut where that ends, and without outer blanks.

    raw: the text as the file has it. sentences: places in it, in code points. None where they overlap or leave words
    out.
    """
    text = seed.text
    found = list(_cut(text, _ours(raw, sentences, len(seed.header))))
    at = 0
    for start, end, _ in found:
        if start < at or text[at:start].strip():
            return None
        at = end
    return None if text[at:].strip() else found


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


def _cut(text: str, sentences: Iterable[Fragment]) -> Iterator[tuple[int, int, int]]:
    """Sentences with their paragraphs: one that runs across a blank line is several."""
    whole = list(paragraphs(text))
    starts = [start for start, _ in whole]
    for start, end in sentences:
        for number in range(max(0, bisect_right(starts, start) - 1), bisect_left(starts, end)):
            at, last = max(start, whole[number][0]), min(end, whole[number][1])
            words = text[at:last]
            if words.strip():
                at += len(words) - len(words.lstrip())
                yield at, at + len(words.strip()), number
