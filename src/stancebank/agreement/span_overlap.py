"""How far two sets of spans are the same, exactly and by overlap."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TypeVar

from stancebank.agreement.heaviest_matching import best_pairs
from stancebank.agreement.score import PrecisionRecall, matched

Span = tuple[tuple[str | None, ...], int, int]
"""Where a span is and what it carries (document, then any labels that must agree), its start and its end.

A label is None where nobody has decided on it.
"""

Key = TypeVar("Key", int, tuple[str, str])


def exact(a: Collection[Span], b: Collection[Span]) -> PrecisionRecall:
    """Spans of B that are spans of A, with the same labels; a span that occurs twice counts twice.

    Two equal spans that no others are matched with, and of which one has an undecided label, are left out.
    """
    same = Counter(filter(_decided, a)) & Counter(filter(_decided, b))
    left, right = ([*(Counter(spans) - same).elements()] for spans in (a, b))
    return matched(same.total(), len(a), len(b), _undecided(left, right, exact=True))


def overlapping(a: Collection[Span], b: Collection[Span]) -> PrecisionRecall:
    """Spans matched one to one that share at least one code point and have the same labels.

    Of all such matchings the one with the most equal spans, then with the most
    code points shared. Of those that are left, pairs with an undecided label are left out.
    """
    a, b = sorted(a, key=_order), sorted(b, key=_order)  # so that ties do not depend on the given order
    known = [{index: span for index, span in enumerate(spans) if _decided(span)} for spans in (a, b)]
    pairs = best_pairs({(left, right): (int(same), width) for left, right, same, width in overlaps(*known)})
    taken = (pairs.keys(), set(pairs.values()))
    left, right = (
        [span for index, span in enumerate(spans) if index not in paired]
        for spans, paired in zip((a, b), taken, strict=True)
    )
    return matched(len(pairs), len(a), len(b), _undecided(left, right, exact=False))


def compatible(labels: Sequence[str | None], others: Sequence[str | None]) -> bool:
    """Whether labels may turn out to be the same: one of them at least is undecided, and the others are equal."""
    pairs = list(zip(labels, others, strict=True))
    return any(None in pair for pair in pairs) and all(None in pair or pair[0] == pair[1] for pair in pairs)


def _order(span: Span) -> tuple[tuple[tuple[bool, str], ...], int, int]:
    labels, start, end = span
    return tuple((label is not None, label or "") for label in labels), start, end


def _decided(span: Span) -> bool:
    return None not in span[0]


def _undecided(a: Sequence[Span], b: Sequence[Span], *, exact: bool) -> int:
    """How many spans of A make a pair with one of B that nobody can judge yet."""
    if all(map(_decided, (*a, *b))):
        return 0
    places = ({index: (span[0][:1], *span[1:]) for index, span in enumerate(spans)} for spans in (a, b))
    pairs = {
        (left, right): (int(same), width)
        for left, right, same, width in overlaps(*places)
        if (same or not exact) and compatible(a[left][0], b[right][0])
    }
    return len(best_pairs(pairs))


def overlaps(a: Mapping[Key, Span], b: Mapping[Key, Span]) -> Iterator[tuple[Key, Key, bool, int]]:
    """Each pair of spans in one place that share code points: their keys, whether they are equal, how many."""
    places: dict[tuple[str | None, ...], list[tuple[int, int, Key]]] = {}
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
