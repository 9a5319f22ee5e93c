"""Sentences that hold spans whole: those that a span runs across become one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Any

Record = dict[str, Any]


class SentenceFit:
    """The sentences of a text, in order, which may be merged where spans need it.

    fixed: whether they are the corpus's own, which no import changes.
    """

    def __init__(self, sentences: Sequence[Record], *, fixed: bool) -> None:
        self._sentences = sentences
        self._starts = [each["start"] for each in sentences]
        self._fixed = fixed
        self._joints: set[int] = set()  # sentences that are one with the next

    def fits(self, start: int, end: int) -> str | None:
        """Have one sentence hold a span; why that cannot be, None where it does."""
        first, last = self.index(start), bisect_right(self._starts, end - 1) - 1
        if first < 0 or self._sentences[last]["end"] < end:
            return "is outside all sentences"
        if first == last or all(each in self._joints for each in range(first, last)):
            return None
        if self._fixed:
            return "runs across sentences of the corpus; stancebank sentences join merges them"
        if self._sentences[first]["paragraph"] != self._sentences[last]["paragraph"]:
            return "runs across paragraphs"
        self._joints.update(range(first, last))
        return None

    @property
    def merged(self) -> int:
        """How many sentences became part of the one before."""
        return len(self._joints)

    @property
    def joints(self) -> frozenset[int]:
        """The sentences, by index, that are one with the next."""
        return frozenset(self._joints)

    def join(self, joints: Iterable[int]) -> None:
        """Merge more of them."""
        self._joints.update(joints)

    def index(self, position: int) -> int:
        """The sentence in which a code point is, by its index before merging."""
        return bisect_right(self._starts, position) - 1

    def number(self, position: int) -> int:
        """The merged sentence in which a code point is: the index of its first."""
        index = self.index(position)
        while index - 1 in self._joints:
            index -= 1
        return index

    def records(self) -> list[Record]:
        """The sentences as they are now; of merged ones the first gives the id, their kind is the one they share."""
        found: list[Record] = []
        for index, sentence in enumerate(self._sentences):
            if index - 1 in self._joints:
                before = found[-1]
                kind = before["kind"] if before["kind"] == sentence["kind"] else None
                found[-1] = before | {"end": sentence["end"], "kind": kind}
            else:
                found.append(dict(sentence))
        return found
