"""Where the sentences of a document are in another copy of its text."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from stancebank.editions.sealing import sentence_digest
from stancebank.text.sentences import sentences as segment

_BEGINNINGS = re.compile(r"(?:^|(?<=\s))\S")


@dataclass(frozen=True, slots=True)
class KnownSentence:
    """A sentence of the original: code points [start, end), and the digests it is known by, by companion."""

    sentence_id: str
    start: int
    end: int
    digests: Mapping[str, str]

    @property
    def digest(self) -> str | None:
        """The digest of the sentence alone; None where it has none, being short."""
        return self.digests.get("")


@dataclass(frozen=True)
class Placement:
    """Where each sentence starts in a text, None where that is not certain; in the order of the text.

    same: the text is the original itself, in which nothing has moved.
    """

    text: str
    sentences: Sequence[KnownSentence]
    starts: Sequence[int | None]
    same: bool = False

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """Where a span of the original is here; None if a sentence that it touches was not placed."""
        if self.same:
            return start, end
        first, last = self.around(start), self.around(end - 1)
        if first is None or last is None:
            return None
        for index in range(first, last):
            here, following = self.starts[index], self.starts[index + 1]
            if here is None or following is None:
                return None
            if self.text[here + self._length(index) : following].strip():
                return None
        begin, finish = self.starts[first], self.starts[last]
        if begin is None or finish is None:
            return None
        return begin + start - self.sentences[first].start, finish + end - self.sentences[last].start

    def around(self, place: int) -> int | None:
        """The index of the sentence around a code point of the original."""
        index = bisect_right(self._beginnings, place) - 1
        return index if index >= 0 and place < self.sentences[index].end else None

    def lost(self, start: int, end: int) -> list[str]:
        """The sentences that a span of the original touches and that were not placed."""
        return [
            sentence.sentence_id
            for sentence, place in zip(self.sentences, self.starts, strict=True)
            if place is None and sentence.start < end and start < sentence.end
        ]

    @cached_property
    def _beginnings(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    def _length(self, index: int) -> int:
        return self.sentences[index].end - self.sentences[index].start


def place(sentences: Sequence[KnownSentence], text: str, language: str) -> Placement:
    """The sentences whose position in another copy of the text is certain.

    First those long ones whose digest is that of one sentence here and of one there, and
    that are in the same order; then, between these, whatever stands there as often as
    it should. What reads otherwise by a single character is not placed.
    """
    starts: list[int | None] = [None] * len(sentences)
    there = segments(text, language)
    once = Counter(sentence.digest for sentence in sentences if sentence.digest)
    anchors = [
        (index, there[sentence.digest][0])
        for index, sentence in enumerate(sentences)
        if sentence.digest and once[sentence.digest] == 1 and len(there.get(sentence.digest, ())) == 1
    ]
    for index, start in _in_order(anchors):
        starts[index] = start
    beginnings = sorted(
        {match.start() for match in _BEGINNINGS.finditer(text)} | {s for found in there.values() for s in found}
    )
    search = _Search(sentences, starts, text, beginnings)
    search.moved |= {index for index, _ in anchors if starts[index] is None}
    while search.place_some():
        pass
    return Placement(text, sentences, starts)


def segments(text: str, language: str) -> dict[str, list[int]]:
    """Where the sentences of a text start, by their digests."""
    found: dict[str, list[int]] = {}
    for sentence in segment(text, language):
        found.setdefault(sentence_digest(text[sentence.start : sentence.end]), []).append(sentence.start)
    return found


class _Search:
    """Looks for sentences in the gaps between those that are placed already.

    moved: sentences that read the same elsewhere, out of their order; where they belong is not certain.
    """

    def __init__(
        self, sentences: Sequence[KnownSentence], starts: list[int | None], text: str, beginnings: Sequence[int]
    ) -> None:
        self._sentences, self._starts, self._text, self._beginnings = sentences, starts, text, beginnings
        self._index = {sentence.sentence_id: index for index, sentence in enumerate(sentences)}
        self.moved: set[int] = set()

    def place_some(self) -> bool:
        """Place what has become certain; whether there was any."""
        placed = False
        for gap in list(self._gaps()):
            found = [(index, start) for index in gap for start in self._place(index, gap)]
            kept = _in_order(found)
            for (index, start), (_, following) in pairwise([*kept, (-1, len(self._text))]):
                if start + self._length(index) <= following:
                    self._starts[index] = start
                    placed = True
            self.moved |= {index for index, _ in found if self._starts[index] is None}
        return placed

    def _place(self, index: int, gap: range) -> list[int]:
        """Where a sentence is in its gap, if as many places read so as sentences do; else nothing."""
        if index in self.moved:
            return []
        places = [start for start in self._candidates(index, gap) if self._reads(index, start)]
        if not places:
            return []
        # One of which that cannot be told yet counts too: it may be the one that stands there.
        alike = [
            other
            for other in gap
            if self._length(other) == self._length(index) and self._reads(other, places[0]) is not False
        ]
        return [places[alike.index(index)]] if len(places) == len(alike) else []

    def _candidates(self, index: int, gap: range) -> list[int]:
        """Where in its gap a sentence may start: at words, at sentences, and where its neighbours would have it."""
        low, high = 0, len(self._text)
        if gap.start > 0:
            low = (self._starts[gap.start - 1] or 0) + self._length(gap.start - 1)
        if gap.stop < len(self._sentences):
            high = self._starts[gap.stop] or 0
        last = high - self._length(index)
        found = {*self._beginnings[bisect_left(self._beginnings, low) : bisect_right(self._beginnings, last)]}
        for neighbour in (index - 1, index + 1):
            if 0 <= neighbour < len(self._sentences):
                start = self._starts[neighbour]
                if start is not None:
                    found.add(start + self._sentences[index].start - self._sentences[neighbour].start)
        return sorted(start for start in found if low <= start <= last)

    def _gaps(self) -> Iterator[range]:
        first = None
        for index, start in enumerate([*self._starts, 0]):
            if start is None and first is None:
                first = index
            elif start is not None and first is not None:
                yield range(first, index)
                first = None

    def _reads(self, index: int, start: int) -> bool | None:
        """Whether the text reads at a place what the sentence did; a short one is known by those around it.

        None while none of those has been placed.
        """
        here = self._text[start : start + self._length(index)]
        known = False
        for companion, digest in self._sentences[index].digests.items():
            if not companion:
                return sentence_digest(here) == digest
            other = self._index.get(companion)
            place = None if other is None else self._starts[other]
            if other is not None and place is not None:
                known = True
                there = self._text[place : place + self._length(other)]
                pair = (here, there) if index < other else (there, here)
                if sentence_digest(*pair) == digest:
                    return True
        return False if known else None

    def _length(self, index: int) -> int:
        return self._sentences[index].end - self._sentences[index].start


def _in_order(anchors: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the pairs, which ascend in the first, that stand in every longest run that ascends in the second too."""
    places = [start for _, start in anchors]
    up_to = _longest(places)
    from_on = _longest([-place for place in reversed(places)])[::-1]
    whole = max(up_to, default=0)
    ranks = Counter(rank for rank, rest in zip(up_to, from_on, strict=True) if rank + rest - 1 == whole)
    return [
        pair
        for pair, rank, rest in zip(anchors, up_to, from_on, strict=True)
        if rank + rest - 1 == whole and ranks[rank] == 1
    ]


def _longest(values: Sequence[int]) -> list[int]:
    """For each value the length of the longest ascending run that ends with it."""
    ends: list[int] = []
    found = []
    for value in values:
        at = bisect_left(ends, value)
        ends[at : at + 1] = [value]
        found.append(at + 1)
    return found
