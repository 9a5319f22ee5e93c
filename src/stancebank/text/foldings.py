"""Texts in forms in which small differences are gone, with the way back to the code points of the original."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial


@dataclass(frozen=True, slots=True)
class Folded:
    """A text in another form. Character i is made of the code points starts[i]..ends[i] of the original.

    Characters that are made of the same code points have the same start and end. Both ascend.
    """

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Folded:
        """The text as it is."""
        return cls(text, range(len(text)), range(1, len(text) + 1))

    def span(self, start: int, end: int) -> tuple[int, int] | None:
        """The original code points of characters start..end; None where that would divide one of them."""
        whole = self._is_border(start) and self._is_border(end) and start < end
        return (self.starts[start], self.ends[end - 1]) if whole else None

    def _is_border(self, at: int) -> bool:
        return at in (0, len(self.text)) or self.starts[at] != self.starts[at - 1]

    def replaced(self, edits: Iterable[tuple[int, int, str]]) -> Folded:
        """The text with other characters at start..end, for edits in order that do not overlap."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        done = 0
        for start, end, new in edits:
            text += self.text[done:start], new
            starts += [*self.starts[done:start], *[self.starts[start]] * len(new)]
            ends += [*self.ends[done:start], *[self.ends[end - 1]] * len(new)]
            done = end
        if not done:
            return self
        starts += self.starts[done:]
        ends += self.ends[done:]
        return Folded("".join((*text, self.text[done:])), starts, ends)


_BLANKS = re.compile(r"\s+")
_INVISIBLE = re.compile("[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]+")
_NOT_ASCII = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_DASHES = re.compile("[-\u2010-\u2015\u2212\ufe58\ufe63\uff0d]+")
_QUOTES = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\u300e\u300f\u301d\u301e\uff02", '"')
    | dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u0060\u00b4\u02bc\uff07", "'")
)


def _blanks(folded: Folded) -> Folded:
    """Blanks, tabs, line breaks and their likes, one or more, as one blank."""
    return folded.replaced((*match.span(), " ") for match in _BLANKS.finditer(folded.text) if match.group() != " ")


def _quotation_marks(folded: Folded) -> Folded:
    """Quotation marks of all forms as straight ones, double or single; apostrophes as single ones."""
    return Folded(folded.text.translate(_QUOTES), folded.starts, folded.ends)


def _dashes(folded: Folded) -> Folded:
    """Dashes and hyphens of all lengths, one or more, as one hyphen."""
    return folded.replaced((*match.span(), "-") for match in _DASHES.finditer(folded.text) if match.group() != "-")


def _invisible(folded: Folded) -> Folded:
    """Without soft hyphens, blanks of no width and marks of direction."""
    return folded.replaced((*match.span(), "") for match in _INVISIBLE.finditer(folded.text))


def _by_character(change: Callable[[str], str], folded: Folded) -> Folded:
    """Each character, with the combining marks behind it, changed."""
    return folded.replaced(_changed(change, folded.text))


def _changed(change: Callable[[str], str], text: str) -> Iterator[tuple[int, int, str]]:
    for match in _NOT_ASCII.finditer(text):
        start = match.start()
        for at in range(start + 1, match.end() + 1):
            if at == match.end() or not unicodedata.combining(text[at]):
                new = change(text[start:at])
                if new != text[start:at]:
                    yield start, at, new
                start = at


def _lower(folded: Folded) -> Folded:
    """Small letters for capitals."""
    ascii_lower = Folded(folded.text.translate(_ASCII_LOWER), folded.starts, folded.ends)
    return _by_character(str.casefold, ascii_lower)


_ASCII_LOWER = {code: code + 32 for code in range(ord("A"), ord("Z") + 1)}

FOLDINGS: Mapping[str, Callable[[Folded], Folded]] = {
    "invisible characters": _invisible,
    "blanks": _blanks,
    "quotation marks": _quotation_marks,
    "dashes": _dashes,
    "Unicode form": partial(_by_character, partial(unicodedata.normalize, "NFD")),
    "compatible characters": partial(_by_character, partial(unicodedata.normalize, "NFKD")),
    "case": _lower,
}
"""By name, from the least difference to the greatest; each is applied to a text after those before it."""


def folded_text(text: str, names: Iterable[str]) -> str:
    """A text with the differences of these names gone, without blanks around it where they are among them."""
    folded = Folded.of(text)
    names = set(names)
    for name, fold in FOLDINGS.items():
        if name in names:
            folded = fold(folded)
    return folded.text.strip() if "blanks" in names else folded.text
