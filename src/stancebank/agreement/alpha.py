"""Krippendorff's alpha, by the package krippendorff, with a bootstrap interval. Needs the extra ``agreement``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from stancebank.faults import StanceBankError

Measurement = Literal["nominal", "ordinal", "interval"]
Unit = Sequence[float | None]

RESAMPLES = 1000
SEED = 20250217


def alpha(units: Sequence[Unit], measurement: Measurement = "nominal") -> float | None:
    """Krippendorff's alpha (2011, Computing Krippendorff's Alpha-Reliability): 1 is agreement, 0 is chance.

    units: the values of each thing, one for each annotator, None where one gave
    none. None where alpha is undefined: no thing has two values, or all values
    that can be compared are the same, so that nothing shows they could differ.
    """
    return _alpha(*_counts(units), measurement)


def coded(units: Sequence[Sequence[str | None]], labels: Sequence[str]) -> list[Unit]:
    """Units of labels as units of numbers, one for each label. labels: the scheme's, in its order; others follow."""
    others = {label for unit in units for label in unit if label is not None}.difference(labels)
    codes = {label: code for code, label in enumerate((*labels, *sorted(others)))}
    return [[None if label is None else codes[label] for label in unit] for unit in units]


def bootstrap(
    units: Sequence[Unit], documents: Sequence[str], measurement: Measurement = "nominal"
) -> tuple[float, float] | None:
    """The 95 % percentile interval of alpha over resamples, with a fixed seed.

    documents: the document of each unit. Whole documents are drawn where there are
    several, else units. None where alpha is undefined for more than a tenth of the
    resamples; the others are left out.
    """
    return _interval(tuple(map(tuple, units)), tuple(documents), measurement)


@lru_cache(maxsize=64)  # what is generated gives the same interval on several pages
def _interval(
    units: tuple[tuple[float | None, ...], ...], documents: tuple[str, ...], measurement: Measurement
) -> tuple[float, float] | None:
    unordered, domain = _counts(units)
    # Sorted, so that the interval does not hang on the order in which the units come.
    placed = sorted(zip(documents, unordered.tolist(), strict=True))
    counts = np.array([row for _, row in placed], np.int64).reshape(unordered.shape)
    groups: defaultdict[str | int, list[int]] = defaultdict(list)
    several = len(set(documents)) > 1
    for index, (document, _) in enumerate(placed):
        groups[document if several else index].append(index)
    rows = [np.array(group) for group in groups.values()]
    random = np.random.default_rng(SEED)
    drawn = (random.integers(len(rows), size=len(rows)) for _ in range(RESAMPLES if rows else 0))
    samples = (counts[np.concatenate([rows[group] for group in draw])] for draw in drawn)
    values = [value for sample in samples if (value := _alpha(sample, domain, measurement)) is not None]
    if len(values) < 0.9 * RESAMPLES:
        return None
    low, high = np.percentile(values, [2.5, 97.5])
    return float(low), float(high)


def _counts(units: Sequence[Unit]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """How often each unit was given each value, one unit a row, and the values in ascending order."""
    given = [[value for value in unit if value is not None] for unit in units]
    domain = sorted({value for unit in given for value in unit})
    column = {value: index for index, value in enumerate(domain)}
    counts = np.zeros((len(units), len(domain)), np.int64)
    rows = np.repeat(np.arange(len(units)), [len(unit) for unit in given])
    columns = np.array([column[value] for unit in given for value in unit], np.int64)
    np.add.at(counts, (rows, columns), 1)
    return counts, np.array(domain, np.float64)


def _alpha(counts: npt.NDArray[np.int64], domain: npt.NDArray[np.float64], measurement: Measurement) -> float | None:
    pairable = counts[counts.sum(axis=1) > 1]
    if (pairable.sum(axis=0) > 0).sum() < 2:
        return None
    try:
        import krippendorff
    except ModuleNotFoundError:
        what = "alpha needs the package krippendorff, which is not installed"
        raise StanceBankError(what, "pip install 'stancebank[agreement]'") from None
    return float(krippendorff.alpha(value_counts=pairable, value_domain=domain, level_of_measurement=measurement))
