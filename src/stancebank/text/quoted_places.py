"""Quotations, and what comes of looking for them: a place, several, or a reason."""

from __future__ import annotations

from dataclasses import dataclass

LISTED = 20
"""Candidates that a result names."""

Bounds = tuple[int, int]
"""Where a quotation begins: from the first code point up to but not at the second. It may end behind."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of a text. before, after: what comes directly before and behind them, with blanks or without.

    nth: which of the places that fit, from 1.
    """

    words: str
    before: str | None = None
    after: str | None = None
    nth: int | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A quotation has one place: code points start..end of the text.

    foldings: the names of the differences that had to be overlooked; none where the words are exactly
    those of the text. score: 1, or of a nearest place the share of code points that are the same.
    """

    start: int
    end: int
    foldings: tuple[str, ...] = ()
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """Several places fit equally. count: how many. candidates: the first of them."""

    count: int
    candidates: tuple[tuple[int, int], ...]

    @property
    def why(self) -> str:
        """The reason, for people."""
        return f"fits {self.count:,} places"


@dataclass(frozen=True, slots=True)
class NotFound:
    """No place fits. why: the reason, for people. candidates: places that fit but for what the reason says."""

    why: str
    candidates: tuple[tuple[int, int], ...] = ()
