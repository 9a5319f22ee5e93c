"""How far two sets of spans are the same, exactly and by overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import TypeVar

from stancebank.agreement.figure import Score, matched
from stancebank.agreement.matching import best_pairs

Span = tuple[tuple[str, ...], int, int]
"""Where a span stands and what it carries (document, then any labels that must agree), its start and its end."""

Key = TypeVar("Key", int, tuple[str, str])


def exact(a: Collection[Span], b: Collection[Span]) -> Score:
    """Spans of B that are spans of A, with the same labels; a span that stands twice counts twice."""
    return matched((Counter(a) & Counter(b)).total(), len(a), len(b))


def overlapping(a: Collection[Span], b: Collection[Span]) -> Score:
    """Spans matched one to one that share at least one code point and have the same labels.

    Of all such matchings the one with the most equal spans, then with the most
    code points shared.
    """
    shared = overlaps(dict(enumerate(a)), dict(enumerate(b)))
    pairs = best_pairs({(left, right): (int(same), width) for left, right, same, width in shared})
    return matched(len(pairs), len(a), len(b))


def overlaps(a: Mapping[Key, Span], b: Mapping[Key, Span]) -> Iterator[tuple[Key, Key, bool, int]]:
    """Each pair of spans in one place that share code points: their keys, whether they are equal, how many."""
    places: dict[tuple[str, ...], list[tuple[int, int, Key]]] = {}
    for right, (place, start, end) in b.items():
        places.setdefault(place, []).append((start, end, right))
    longest = {}
    for place, found in places.items():
        found.sort(key=lambda span: span[:2])
        longest[place] = max(end - start for start, end, _ in found)
    for left, (place, start, end) in a.items():
        there = places.get(place, [])
        first = bisect_right(there, start - longest.get(place, 0), key=lambda span: span[0])
        last = bisect_left(there, end, key=lambda span: span[0])
        for other_start, other_end, right in there[first:last]:
            width = min(end, other_end) - max(start, other_start)
            if width > 0:
                yield left, right, (start, end) == (other_start, other_end), width
