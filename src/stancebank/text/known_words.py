"""Known words in a text: whole words, the longest first, from left to right, without overlaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator

from stancebank.text.graphemes import cuts_word, inside_characters


class KnownWords:
    """Words, or runs of words, to be looked up in texts."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(each for each in words if each)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for each in self._words:
            lengths[each[0]].add(len(each))
        self._lengths = {first: sorted(own, reverse=True) for first, own in lengths.items()}

    def places(self, text: str, allowed: Callable[[str], bool] = lambda _: True) -> Iterator[tuple[int, int]]:
        """Where they are, in code points. No place divides a word or a character as readers see it.

        allowed: whether a match counts; where it does not, a shorter one may. Takes time in proportion to the text.
        """
        inside = inside_characters(text)
        at = 0
        while at < len(text):
            end = None if at in inside or cuts_word(text, at) else self._end(text, at, inside, allowed)
            if end is None:
                at += 1
            else:
                yield at, end
                at = end

    def _end(self, text: str, at: int, inside: frozenset[int], allowed: Callable[[str], bool]) -> int | None:
        for length in self._lengths.get(text[at], ()):
            end = at + length
            words = text[at:end]
            if len(words) < length or words not in self._words:
                continue
            if end not in inside and not cuts_word(text, end) and allowed(words):
                return end
        return None
