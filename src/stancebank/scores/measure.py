"""Figures as sums over documents: so a figure can be drawn again from other documents, for its interval."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from stancebank.agreement.alpha import RESAMPLES, SEED
from stancebank.agreement.score import PrecisionRecall, Score, matched

LabelCounts = tuple[Counter[str], Counter[str], Counter[str]]
"""How often labels are in the gold of a document, in what is predicted, and right."""
Floats = npt.NDArray[np.float64]
Mean = Callable[[Floats], Floats]
PERCENTILES = (2.5, 97.5)
_LEAST_DEFINED = 0.9  # share of the draws
_QUADRUPLE = 4


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure. sums: a row of sums for each document. value: from sums, along the last axis, to the figure.

    The figure is NaN where it is undefined. of: the label that it is of; None where it is of all.
    counted: whether its sums are those of one precision and one recall. undecided: rows that are not in it.
    """

    name: str
    sums: Floats
    value: Callable[[Floats], Floats]
    of: str | None = None
    counted: bool = True
    undecided: int = 0


def f1(sums: Floats) -> Floats:
    """F1 of four sums: hits and all of precision, hits and all of recall; NaN where neither side says anything."""
    precision_hits, precision_all, recall_hits, recall_all = np.moveaxis(sums, -1, 0)
    precision = np.divide(precision_hits, precision_all, out=np.zeros_like(precision_all), where=precision_all > 0)
    recall = np.divide(recall_hits, recall_all, out=np.zeros_like(recall_all), where=recall_all > 0)
    total = precision + recall
    found = np.divide(2 * precision * recall, total, out=np.zeros_like(total), where=total > 0)
    return np.where((precision_all > 0) | (recall_all > 0), found, np.nan)


def mean_of_defined(sums: Floats) -> Floats:
    """The mean of several F1; what is undefined is left out."""
    found = _each(sums)
    known = ~np.isnan(found)
    count = known.sum(axis=-1)
    total = np.where(known, found, 0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)


def mean_of_all(sums: Floats) -> Floats:
    """The mean of several F1; what is undefined is 0, unless all are."""
    found = _each(sums)
    mean: Floats = np.where(np.isnan(found).all(axis=-1), np.nan, np.nan_to_num(found).mean(axis=-1))
    return mean


def share(sums: Floats) -> Floats:
    """The share of two sums: hits and all."""
    hits, everything = np.moveaxis(sums, -1, 0)
    found: Floats = np.divide(hits, everything, out=np.full_like(everything, np.nan), where=everything > 0)
    return found


def _each(sums: Floats) -> Floats:
    return f1(sums.reshape(*sums.shape[:-1], -1, _QUADRUPLE))


def f1_measure(
    name: str, of_documents: Iterable[PrecisionRecall], of: str | None = None, undecided: int = 0
) -> Measure:
    """The F1 of documents' precision and recall, micro averaged."""
    return Measure(name, _table(quadruple(each) for each in of_documents), f1, of, undecided=undecided)


def mean_measure(
    name: str, of_documents: Iterable[Sequence[PrecisionRecall]], value: Mean, undecided: int = 0
) -> Measure:
    """The mean of several F1 of documents' precision and recall. value: mean_of_defined or mean_of_all."""
    rows = ([number for each in scores for number in quadruple(each)] for scores in of_documents)
    return Measure(name, _table(rows), value, counted=False, undecided=undecided)


def share_measure(name: str, of_documents: Iterable[tuple[int, int]], undecided: int = 0) -> Measure:
    """The share of hits. of_documents: of each document hits and all."""
    return Measure(name, _table(of_documents), share, counted=False, undecided=undecided)


def quadruple(score: PrecisionRecall) -> tuple[float, float, float, float]:
    """The sums of a score."""
    return score.precision_hits, score.precision_all, score.recall_hits, score.recall_all


def _table(rows: Iterable[Sequence[float]]) -> Floats:
    return np.array([tuple(row) for row in rows], np.float64)


def label_measures(name: str, labels: Sequence[str], of_documents: Sequence[LabelCounts]) -> Iterator[Measure]:
    """The F1 of each label that is anywhere."""
    for label in labels:
        scores = [matched(right[label], gold[label], predicted[label]) for gold, predicted, right in of_documents]
        if any(score.precision_all or score.recall_all for score in scores):
            yield f1_measure(name, scores, label)


def scored(task: str, measures: Sequence[Measure], *, intervals: bool = True) -> tuple[Score, ...]:
    """The figures as scores, with their 95 % percentile intervals over draws of whole documents.

    The draws are the same for all figures. There is no interval for fewer than two documents, nor where a figure
    is undefined in more than a tenth of the draws.
    """
    totals = [each.sums.sum(axis=0) for each in measures]
    drawn = _drawn(measures) if intervals else None
    found = []
    for index, (each, total) in enumerate(zip(measures, totals, strict=True)):
        interval = None if drawn is None else _interval(each, drawn[index])
        found.append(_score(task, each, total, interval))
    return tuple(found)


def _drawn(measures: Sequence[Measure]) -> Mapping[int, Floats] | None:
    """By measure the sums of each draw; None for fewer than two documents."""
    documents = len(measures[0].sums) if measures else 0
    if documents < 2:
        return None
    everything = np.concatenate([each.sums for each in measures], axis=1)
    random = np.random.default_rng(SEED)
    draws = (np.bincount(random.integers(documents, size=documents), minlength=documents) for _ in range(RESAMPLES))
    totals = np.stack([counts @ everything for counts in draws])
    ends = np.cumsum([each.sums.shape[1] for each in measures])
    return dict(enumerate(np.split(totals, ends[:-1], axis=1)))


def _interval(measure: Measure, totals: Floats) -> tuple[float, float] | None:
    values = measure.value(totals)
    values = values[~np.isnan(values)]
    if len(values) < _LEAST_DEFINED * RESAMPLES:
        return None
    low, high = np.percentile(values, PERCENTILES)
    return float(low), float(high)


def _score(task: str, measure: Measure, total: Floats, interval: tuple[float, float] | None) -> Score:
    value = float(measure.value(total))
    known = None if np.isnan(value) else value
    if not measure.counted:
        return Score(task, measure.name, known, interval=interval, undecided=measure.undecided, of=measure.of)
    precision_hits, precision_all, recall_hits, recall_all = map(float, total)
    sums = PrecisionRecall(precision_hits, precision_all, recall_hits, recall_all)
    return Score(
        task,
        measure.name,
        known,
        sums.precision,
        sums.recall,
        _whole(sums.recall_hits),
        int(sums.recall_all),
        int(sums.precision_all),
        interval,
        measure.undecided,
        measure.of,
    )


def _whole(number: float) -> int | None:
    """A count; None for a sum of shares."""
    return int(number) if number == int(number) else None
