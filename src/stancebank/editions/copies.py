"""What is copied from the sources: runs of five of their words, wherever else they occur, and what a word is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from stancebank.editions.masking import masked
from stancebank.faults import StanceBankError, excerpt

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
    """For each word with four behind it the run that it begins, as a string that represents those five words."""
    folded = [word.folded for word in found]
    for first in range(len(folded) - RUN + 1):
        yield "\0".join(folded[first : first + RUN])


WITHHELD = "[...]"


class Place(NamedTuple):
    """Where five words occur in a source: the document, the first one's code point, what it reads up to the last."""

    doc_id: str
    start: int
    text: str


class Piece(NamedTuple):
    """A stretch of a value: its own text, or where a source reads the same.

    starts: places in the document's text, any of which will do. length: in code points.
    case: what is done to what stands there: upper, lower, capitalize, or nothing.
    """

    text: str = ""
    document: str = ""
    starts: tuple[int, ...] = ()
    length: int = 0
    case: str = ""


CASES: Mapping[str, Callable[[str], str]] = {
    "": str,
    "lower": str.lower,
    "upper": str.upper,
    "capitalize": str.capitalize,
}


@dataclass(frozen=True)
class Copies:
    """The runs of five words that values of a corpus share with its texts.

    found: where each occurs first.
    """

    found: Mapping[str, Place] = field(default_factory=dict)

    def stretches(self, value: str) -> list[tuple[int, int]]:
        """The stretches of a value that are copied, as half-open spans of code points."""
        spans: list[tuple[int, int]] = []
        own = words(value)
        for first, run in enumerate(runs(own)):
            if run in self.found:
                start, end = own[first].start, own[first + RUN - 1].end
                if spans and start <= spans[-1][1]:
                    spans[-1] = (spans[-1][0], end)
                else:
                    spans.append((start, end))
        return spans

    def elided(self, value: str) -> str:
        """The value with [...] for each stretch that is copied."""
        return _replaced(value, self.stretches(value), lambda _: WITHHELD)

    def masked(self, value: str) -> str:
        """The value with each stretch that is copied masked."""
        return _replaced(value, self.stretches(value), masked)

    def pieces(self, value: str, doc_id: str, text: str) -> list[Piece]:
        """The value as its own text and places in sources; empty where nothing is copied.

        doc_id, text: the document whose places are preferred. Raises StanceBankError where a
        word that is copied is spelt as no place can give it back.
        """
        own = words(value)
        named = list(runs(own))
        if not any(run in self.found for run in named):
            return []
        here = _first_places(doc_id, text, {run for run in named if run in self.found})
        copied: dict[int, tuple[str, int, str]] = {}
        for first, run in enumerate(named):
            place = here.get(run) or self.found.get(run)
            if place:
                for offset, word in enumerate(words(place.text)):
                    there = (place.doc_id, place.start + word.start, place.text[word.start : word.end])
                    copied.setdefault(first + offset, there)
        found, end = [], 0
        for index in sorted(copied):
            word = own[index]
            document, start, reads = copied[index]
            if value[end : word.start]:
                found.append(Piece(text=value[end : word.start]))
            case = _case(reads, value[word.start : word.end], value)
            found.append(Piece("", document, (start,), len(reads), case))
            end = word.end
        return [*found, Piece(text=value[end:])] if value[end:] else found


def first_runs(doc_id: str, text: str, wanted: set[str]) -> dict[str, Place]:
    """Where each of the wanted runs first occurs in a text, if it does."""
    return _first_places(doc_id, text, wanted) if wanted else {}


def runs_of(values: Iterable[str]) -> set[str]:
    """The runs of all values."""
    return {run for value in values for run in runs(words(value))}


def _first_places(doc_id: str, text: str, wanted: set[str]) -> dict[str, Place]:
    own: list[Word] = words(text)
    found: dict[str, Place] = {}
    for first, run in enumerate(runs(own)):
        if run in wanted and run not in found:
            start, end = own[first].start, own[first + RUN - 1].end
            found[run] = Place(doc_id, start, text[start:end])
    return found


def _case(reads: str, word: str, value: str) -> str:
    for name, change in CASES.items():
        if change(reads) == word:
            return name
    what = f"{excerpt(value)} copies words of a source, and spells {excerpt(word)} as no text can give it back"
    raise StanceBankError(what, "spell it as the source does, or use other words")


def _replaced(value: str, spans: list[tuple[int, int]], change: Callable[[str], str]) -> str:
    for start, end in reversed(spans):
        value = value[:start] + change(value[start:end]) + value[end:]
    return value
