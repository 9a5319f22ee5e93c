"""The places of quotations of which the caller says that they are in the order of the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from itertools import groupby

from stancebank.text.anchoring import AnchorText, Candidate
from stancebank.text.quoted_places import Ambiguous, Bounds, NotFound, Placed, Quotation

Request = tuple[Quotation, Bounds | None]
_Key = tuple[int, int]


def find_in_order(
    text: AnchorText, requests: Sequence[Request], *, whole_words: bool = False, nearest: float | None = None
) -> list[Placed | Ambiguous | NotFound]:
    """The results of AnchorText.find for quotations in the order of their places: start, then end.

    A quotation that fits several places has the one that is left to it in every way of placing all of
    them in order; if two are left, it is ambiguous. Two quotations have one place only where
    there is no other way in their sentence. Where the order cannot be held, each is looked for by itself.
    """
    alone: dict[Request, Placed | Ambiguous | NotFound] = {}
    for request in requests:
        if request not in alone:
            alone[request] = text.find(*request, whole_words=whole_words, nearest=nearest)
    results = [alone[request] for request in requests]
    options: list[tuple[int, list[Candidate]]] = []
    searched: dict[Request, tuple[int, list[Candidate]]] = {}
    for request, result in zip(requests, results, strict=True):
        if isinstance(result, Ambiguous) and request not in searched:
            searched[request] = text.candidates(*request, whole_words=whole_words)
        only = [Candidate(result.start, result.end, 0, 0)] if isinstance(result, Placed) else []
        options.append(searched.get(request, (0, only)))
    taken = [index for index, (_, found) in enumerate(options) if found]
    chosen: list[_Key | slice] = []
    for _, run in groupby(taken, key=lambda index: requests[index][1]):  # sentence by sentence
        chosen += _only_ways([[(place.start, place.end) for place in options[index][1]] for index in run])
    for index, span in zip(taken, chosen, strict=True):
        level, found = options[index]
        result = results[index]
        if isinstance(result, Ambiguous) and isinstance(span, tuple):
            place = next(each for each in found if (each.start, each.end) == span)
            results[index] = text.placed(requests[index][0], place, level)
        elif isinstance(result, Ambiguous) and isinstance(span, slice):
            left = [(each.start, each.end) for each in found[span]]
            results[index] = Ambiguous(len(left), tuple(left[: len(result.candidates)]))
    return results


def _only_ways(options: Sequence[Sequence[_Key]]) -> list[_Key | slice]:
    """For each list of places, in order, the one that every ascending choice takes, or the slice of those left."""
    for after, before in ((bisect_right, bisect_left), (bisect_left, bisect_right)):
        earliest = _greedy(options, after)
        latest = _greedy_back(options, before)
        if earliest is not None and latest is not None:
            return [
                places[first] if first == last else slice(first, last + 1)
                for places, first, last in zip(options, earliest, latest, strict=True)
            ]
    return [slice(0, len(places)) for places in options]


def _greedy(options: Sequence[Sequence[_Key]], after: Callable[[Sequence[_Key], _Key], int]) -> list[int] | None:
    """The earliest choice in each list; None where there is no ascending one."""
    chosen = []
    last = (-1, -1)
    for places in options:
        at = after(places, last)
        if at == len(places):
            return None
        chosen.append(at)
        last = places[at]
    return chosen


def _greedy_back(options: Sequence[Sequence[_Key]], before: Callable[[Sequence[_Key], _Key], int]) -> list[int] | None:
    """The latest choice in each list; None where there is no ascending one."""
    chosen = []
    next_place = None
    for places in reversed(options):
        at = len(places) if next_place is None else before(places, next_place)
        if at == 0:
            return None
        chosen.append(at - 1)
        next_place = places[at - 1]
    return chosen[::-1]
