"""A gazetteer of words that were seen under labels, for baselines."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from stancebank.scores.span_modes import LabelledSpan


class SeenWords:
    """Runs of tokens with the labels that they had."""

    def __init__(self) -> None:
        self._labels: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
        self._longest = 0

    def add(self, words: Sequence[str], label: str) -> None:
        """Take in an occurrence."""
        if words:
            self._labels[tuple(words)][label] += 1
            self._longest = max(self._longest, len(words))

    def longest(self, tokens: Sequence[str]) -> list[LabelledSpan]:
        """The runs in a sentence that were seen, from left to right the longest, without overlaps."""
        found: list[LabelledSpan] = []
        for span in self._at_each(tokens):
            if not found or found[-1].end <= span.start:
                found.append(span)
        return found

    def everywhere(self, tokens: Sequence[str]) -> list[LabelledSpan]:
        """All runs in a sentence that were seen."""
        return [*self._at_each(tokens)]

    def _at_each(self, tokens: Sequence[str]) -> Iterator[LabelledSpan]:
        for start in range(len(tokens)):
            for end in range(min(start + self._longest, len(tokens)), start, -1):
                labels = self._labels.get(tuple(tokens[start:end]))
                if labels:
                    yield LabelledSpan(start, end, labels.most_common(1)[0][0])
