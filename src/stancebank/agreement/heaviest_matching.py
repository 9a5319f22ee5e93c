"""One to one matching of greatest weight, by SciPy. Needs the extra ``agreement``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import TypeVar

import numpy as np

from stancebank.faults import StanceBankError

Key = TypeVar("Key", int, tuple[str, str])


def heaviest(weights: Mapping[tuple[Key, Key], float]) -> dict[Key, Key]:
    """Pairs, one to one, with the greatest sum of weights.

    weights: of each pair that may be matched, above 0. Matching in the other
    direction gives the inverse, ties included.
    """
    pairs: dict[Key, Key] = {}
    for component in _components(weights):
        pairs |= _assign({pair: weights[pair] for pair in component})
    return pairs


def best_pairs(weights: Mapping[tuple[Key, Key], tuple[int, ...]]) -> dict[Key, Key]:
    """Pairs, one to one, with the greatest sums of weights: of the first, among equals of the second, and so on.

    weights: of each pair that may be matched, not negative. At last the number of
    pairs counts, and that of equal keys, so that a thing matches itself.
    """
    pairs: dict[Key, Key] = {}
    for component in _components(weights):
        pairs |= _assign(_in_one_number({pair: weights[pair] for pair in component}))
    return pairs


def _in_one_number(weights: Mapping[tuple[Key, Key], tuple[int, ...]]) -> dict[tuple[Key, Key], float]:
    """Weights so that each counts more than all the lower ones of all pairs can together; exact up to 2**53."""
    most = min(len({left for left, _ in weights}), len({right for _, right in weights}))  # pairs, one to one
    of_pair = most + 1
    scales = [most * of_pair + most + 1]
    for level in list(zip(*weights.values(), strict=True))[:0:-1]:
        scales.insert(0, scales[0] * (1 + min(sum(level), most * max(level))))
    numbers = {}
    for (left, right), row in weights.items():
        total = sum(scale * weight for scale, weight in zip(scales, row, strict=True))
        numbers[left, right] = float(total + of_pair + (left == right))
    return numbers


def _components(edges: Mapping[tuple[Key, Key], object]) -> Iterator[list[tuple[Key, Key]]]:
    """The edges, by connected component of the graph that they make: matching each alone is exact and cheap."""
    of_left: defaultdict[Key, list[tuple[Key, Key]]] = defaultdict(list)
    of_right: defaultdict[Key, list[tuple[Key, Key]]] = defaultdict(list)
    for edge in edges:
        of_left[edge[0]].append(edge)
        of_right[edge[1]].append(edge)
    seen: set[Key] = set()
    for first in of_left:
        if first in seen:
            continue
        seen.add(first)
        lefts, component = [first], []
        while lefts:
            component += (found := of_left[lefts.pop()])
            for _, right in found:
                new = {left for left, _ in of_right.pop(right, [])} - seen
                seen |= new
                lefts += new
        yield component


def _assign(weights: Mapping[tuple[Key, Key], float]) -> dict[Key, Key]:
    if len(weights) == 1:
        return dict(weights.keys())
    turned = {(right, left): weight for (left, right), weight in weights.items()}
    edges, other = sorted(weights.items()), sorted(turned.items())
    if other < edges:
        return {left: right for right, left in _solve(turned).items()}
    return _solve(weights)


def _solve(weights: Mapping[tuple[Key, Key], float]) -> dict[Key, Key]:
    try:
        from scipy.optimize import linear_sum_assignment
    except ModuleNotFoundError:
        what = "agreement needs SciPy, which is not installed"
        raise StanceBankError(what, "pip install 'stancebank[agreement]'") from None
    lefts = sorted({left for left, _ in weights})
    rights = sorted({right for _, right in weights})
    row, column = {key: i for i, key in enumerate(lefts)}, {key: i for i, key in enumerate(rights)}
    matrix = np.zeros((len(lefts), len(rights)))
    for (left, right), weight in weights.items():
        matrix[row[left], column[right]] = weight
    chosen = zip(*linear_sum_assignment(matrix, maximize=True), strict=True)
    pairs = ((lefts[i], rights[j]) for i, j in chosen)
    return {left: right for left, right in pairs if (left, right) in weights}
