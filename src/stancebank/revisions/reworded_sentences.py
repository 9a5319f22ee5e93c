"""The sentences of a document whose text was corrected."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from stancebank.schema.layers import SENTENCES
from stancebank.text.paragraphs import paragraphs
from stancebank.text.rewording import Rewording
from stancebank.text.sentences import sentences as sentences_of

Record = dict[str, Any]


@dataclass
class _Piece:
    """A sentence of the corrected text: code points [start, end), and the record of one that is kept."""

    start: int
    end: int
    record: Record | None = None


def reworded_sentences(records: Sequence[Record], rewording: Rewording, doc_id: str, language: str) -> list[Record]:
    """The sentences of the corrected text: those that are kept, and new ones for what lies between.

    A sentence is kept, with its id, where its place is certain and the splitter finds as many
    sentences in it as before; so what was corrected by hand stays. records: of the text as it was.
    """
    text = rewording.other
    kept = _apart(sorted(_kept(records, rewording, language), key=lambda piece: piece.start))
    pieces = list(kept)
    for before, behind in pairwise([None, *kept, None]):
        pieces += _between(text, before, behind, language)
    starts = [start for start, _ in paragraphs(text)]
    numbers = [int(digits) for each in records if (digits := each["sentence_id"].lstrip("n")).isdecimal()]
    number = max(numbers, default=0)
    unset = {column.name: column.unset for column in SENTENCES.columns}
    kinds = {sentence.start: sentence.kind for sentence in sentences_of(text, language)}
    found = []
    for piece in sorted(pieces, key=lambda piece: piece.start):
        record = piece.record
        if record is None:
            number += 1
            record = unset | {"doc_id": doc_id, "sentence_id": f"n{number}", "kind": kinds.get(piece.start)}
        place = {"start": piece.start, "end": piece.end, "paragraph": bisect_right(starts, piece.start) - 1}
        found.append(record | place)
    return found


def _kept(records: Sequence[Record], rewording: Rewording, language: str) -> Iterator[_Piece]:
    for record in records:
        start, end = record["start"], record["end"]
        place = rewording.place(start, end)
        if place is None:
            continue
        before, after = rewording.text[start:end], rewording.other[place.start : place.end]
        if before == after or len(sentences_of(before, language)) == len(sentences_of(after, language)):
            yield _Piece(place.start, place.end, record)


def _apart(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces without those that begin in one before them."""
    found: list[_Piece] = []
    for piece in pieces:
        if not found or piece.start >= found[-1].end:
            found.append(piece)
    return found


def _between(text: str, before: _Piece | None, behind: _Piece | None, language: str) -> list[_Piece]:
    """The sentences between two kept ones, which are extended where the splitter finds no end towards them."""
    low, high = before.end if before else 0, behind.start if behind else len(text)
    first = re.compile(r"\S").search(text, low, high)
    if first is None:
        return []
    origin = before.start if before else 0
    stretch = text[origin : behind.end if behind else len(text)]
    starts = {origin + sentence.start for sentence in sentences_of(stretch, language)}
    cuts = [first.start(), *sorted(start for start in starts if first.start() < start < high), high]
    found = [_Piece(start, start + len(text[start:end].rstrip())) for start, end in pairwise(cuts)]
    if before and first.start() not in starts:
        before.end = found.pop(0).end
    if found and behind and behind.start not in starts:
        behind.start = found.pop().start
    return found
