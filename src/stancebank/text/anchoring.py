"""Quotations find their place: from words, without offsets, to the span of a text that they are, or to a reason."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from stancebank.text.foldings import FOLDINGS, Folded, folded_text
from stancebank.text.graphemes import cuts_word, inside_characters
from stancebank.text.nearest_places import MOST, nearest_places
from stancebank.text.occurrences import occurrences
from stancebank.text.quoted_places import LISTED, Ambiguous, Bounds, NotFound, Placed, Quotation

CONTEXT = 200
"""Code points of the words before and behind that are compared: those next to the quotation."""


class Candidate(NamedTuple):
    """A place that fits, and how far the words before and behind it reach."""

    start: int
    end: int
    outer_start: int
    outer_end: int


class _Sought(NamedTuple):
    """A quotation as it is looked for in a folded text."""

    words: str
    before: str
    after: str

    @classmethod
    def of(cls, quotation: Quotation, names: Sequence[str]) -> _Sought:
        before, after = _near_end(quotation.before), _near_start(quotation.after)
        return cls(
            folded_text(quotation.words, names), folded_text(before, names).rstrip(), folded_text(after, names).lstrip()
        )


class AnchorText:
    """A text in which many quotations are looked for."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._folded = [Folded.of(text)]
        self._inside = inside_characters(text)

    def find(
        self,
        quotation: Quotation,
        bounds: Bounds | None = None,
        *,
        whole_words: bool = False,
        nearest: float | None = None,
    ) -> Placed | Ambiguous | NotFound:
        """The one place of a quotation, or why there is none.

        The words of the text exactly come first; then places that differ in blanks, in
        quotation marks too, and so on in the order of FOLDINGS, until some place fits. No
        place divides a character as readers see it. whole_words: the quotation begins and
        ends with whole words; a place inside a word fits only where before or after gives
        the rest of it. nearest: where none fits, the place with the fewest edits, if its score is
        at least this; its numbers are the same. Takes time in proportion to the text.
        """
        if not quotation.words.strip():
            return NotFound("has no words")
        level, found = self.candidates(quotation, bounds, whole_words=whole_words)
        if quotation.nth is not None and found:
            if not 1 <= quotation.nth <= len(found):
                why = f"occurs {len(found):,} times, not {quotation.nth:,}"
                return NotFound(why, _spans(found))
            found = [found[quotation.nth - 1]]
        if len(found) == 1:
            return self.placed(quotation, found[0], level)
        if found:
            return Ambiguous(len(found), _spans(found))
        if nearest is not None:
            near = self._nearest(quotation.words, bounds, nearest)
            if near is not None:
                return near
        return self._reason(quotation, bounds, whole_words)

    def candidates(
        self, quotation: Quotation, bounds: Bounds | None = None, *, whole_words: bool = False
    ) -> tuple[int, list[Candidate]]:
        """All places that fit equally, in order, and how many of FOLDINGS it took; nth is not looked at."""
        last = None
        for level in range(len(FOLDINGS) + 1) if quotation.words.strip() else ():
            folded = self._at(level)
            sought = _Sought.of(quotation, list(FOLDINGS)[:level])
            if last != (folded.text, sought):  # else it has been looked for
                found = list(self._fitting(folded, sought, bounds, whole_words))
                if found:
                    return level, found
            last = (folded.text, sought)
        return 0, []

    def placed(self, quotation: Quotation, place: Candidate, level: int) -> Placed:
        """A candidate as a result, with those of the first foldings that it needs. level: how many are allowed."""
        names = list(FOLDINGS)[:level]
        for name in reversed(tuple(names)):
            fewer = [other for other in names if other != name]
            if self._equal(quotation, place, fewer):
                names = fewer
        return Placed(place.start, place.end, tuple(names))

    def _equal(self, quotation: Quotation, place: Candidate, names: Iterable[str]) -> bool:
        pieces = (
            (quotation.words, self.text[place.start : place.end]),
            (_near_end(quotation.before), self.text[place.outer_start : place.start]),
            (_near_start(quotation.after), self.text[place.end : place.outer_end]),
        )
        return all(folded_text(given, names).strip() == folded_text(there, names).strip() for given, there in pieces)

    def _at(self, level: int) -> Folded:
        """The text with as many of the first foldings as level says."""
        while len(self._folded) <= level:
            fold = list(FOLDINGS.values())[len(self._folded) - 1]
            self._folded.append(fold(self._folded[-1]))
        return self._folded[level]

    def _fitting(
        self, folded: Folded, sought: _Sought, bounds: Bounds | None, whole_words: bool
    ) -> Iterator[Candidate]:
        words, before, after = sought
        if not words:
            return
        first, last = (0, len(folded.text)) if bounds is None else (bisect_left(folded.starts, at) for at in bounds)
        for at in occurrences(folded.text, words, first, last):
            start, end = at, at + len(words)
            span = folded.span(start, end)
            if span is None or not self._inside.isdisjoint(span):
                continue
            outer_start, outer_end = span
            if before:
                start = len(folded.text[max(0, start - CONTEXT) : start].rstrip()) + max(0, start - CONTEXT)
                if not folded.text.endswith(before, 0, start):
                    continue
                outer_start = folded.starts[start - len(before)]
            if after:
                behind = folded.text[end : end + CONTEXT]
                end += len(behind) - len(behind.lstrip())
                if not folded.text.startswith(after, end):
                    continue
                outer_end = folded.ends[end + len(after) - 1]
            if whole_words and self._divides(span, outer_start, outer_end):
                continue
            yield Candidate(*span, outer_start, outer_end)

    def _divides(self, span: tuple[int, int], outer_start: int, outer_end: int) -> bool:
        """Whether a place is part of a word of which the words before and behind do not give the rest."""
        start, end = span
        cut_before = cuts_word(self.text, start) and outer_start == start
        return cut_before or (cuts_word(self.text, end) and outer_end == end)

    def _nearest(self, words: str, bounds: Bounds | None, least_score: float) -> Placed | Ambiguous | None:
        level = len(FOLDINGS)
        folded, given = self._at(level), folded_text(words, FOLDINGS)
        start, end = 0, len(folded.text)
        if bounds is not None:
            start, end = (bisect_left(folded.starts, at) for at in bounds)
            end = min(len(folded.text), end + len(given))
        edits, places = nearest_places(folded.text, given, start, end, int(len(given) * (1 - least_score)))
        fitting = [span for place in places if (span := folded.span(*place)) and self._is_near(span, given)]
        apart: list[tuple[int, int]] = []
        for span in sorted(fitting, key=lambda span: (span[1] - span[0], span)):
            if all(span[1] <= other[0] or other[1] <= span[0] for other in apart):
                apart.append(span)
        if len(apart) > 1:
            return Ambiguous(len(apart), tuple(sorted(apart)[:LISTED]))
        return Placed(*apart[0], score=1 - edits / len(given)) if apart else None

    def _is_near(self, span: tuple[int, int], given: str) -> bool:
        """Whether a nearest place has the same numbers, begins and ends with words, and divides none."""
        passage = self.text[slice(*span)]
        cut = any(at in self._inside or cuts_word(self.text, at) for at in span)
        digits = "".join(filter(str.isdigit, folded_text(passage, FOLDINGS)))
        return not cut and passage == passage.strip() and digits == "".join(filter(str.isdigit, given))

    def _reason(self, quotation: Quotation, bounds: Bounds | None, whole_words: bool) -> NotFound:
        """Why no place fits: the first condition without which one does."""
        alone = replace(quotation, before=None, after=None)
        relaxed = [
            (quotation, bounds, False, "is only part of a word"),
            (alone, bounds, False, "has other words before or behind it"),
            (quotation, None, whole_words, "begins outside its sentence"),
            (alone, None, False, "has other words before or behind it, and begins outside its sentence"),
        ]
        for given, where, whole, why in relaxed:
            _, found = self.candidates(given, where, whole_words=whole)
            if found:
                return NotFound(why, _spans(found))
        if len(quotation.words) > MOST:
            return NotFound(f"is not in the text, and is longer than {MOST:,} characters")
        return NotFound("is not in the text")


def _near_end(before: str | None) -> str:
    return (before or "").rstrip()[-CONTEXT:]


def _near_start(after: str | None) -> str:
    return (after or "").lstrip()[:CONTEXT]


def _spans(found: Iterable[Candidate]) -> tuple[tuple[int, int], ...]:
    return tuple((place.start, place.end) for place in list(found)[:LISTED])
