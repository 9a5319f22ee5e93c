"""What agreement is measured in: precision and recall of one annotation against another, and named scores."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class PrecisionRecall:
    """Precision and recall of B against A, as the sums that they are the quotients of.

    precision_hits of precision_all: how much of what B says A says too.
    recall_hits of recall_all: how much of what A says B says too.
    undecided: pairs that are in none of these, since a label of one of the two is undecided.
    Sums over documents give the micro average, as the CoNLL scorer takes it.
    """

    precision_hits: float
    precision_all: float
    recall_hits: float
    recall_all: float
    undecided: int = 0

    @property
    def precision(self) -> float | None:
        """Between 0 and 1; None where B says nothing."""
        return self.precision_hits / self.precision_all if self.precision_all else None

    @property
    def recall(self) -> float | None:
        """Between 0 and 1; None where A says nothing."""
        return self.recall_hits / self.recall_all if self.recall_all else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both: 0 where only one of A and B says something, None where neither does."""
        precision, recall = self.precision, self.recall
        if precision is None and recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def matched(hits: int, in_a: int, in_b: int, undecided: int = 0) -> PrecisionRecall:
    """The score of records matched one to one. undecided: how many of the pairs are left out."""
    return PrecisionRecall(hits, in_b - undecided, hits, in_a - undecided, undecided)


@dataclass(frozen=True, slots=True)
class Score:
    """One number on one layer.

    value: an F1, a share or a coefficient; 1 is full agreement, None is undefined.
    precision, recall: of the second annotation against the first, for an F1.
    count: how many matched records, compared pairs or units the value rests on.
    in_a, in_b: how many records there were to match on each side, for an F1.
    interval: 95 % bootstrap interval of the value, where one was drawn.
    undecided: how many pairs or units were left out, since nobody has decided on a label of one of the two.
    of: the label or the document that it is of; None where it is of all.
    """

    layer: str
    name: str
    value: float | None
    precision: float | None = None
    recall: float | None = None
    count: int | None = None
    in_a: int | None = None
    in_b: int | None = None
    interval: tuple[float, float] | None = None
    undecided: int = 0
    of: str | None = None


def f1_score(layer: str, name: str, score: PrecisionRecall, sizes: tuple[int, int, int] | None = None) -> Score:
    """The F1 of a score. sizes: matched records, records in A, records in B, where the score does not count them."""
    if sizes is None:
        sizes = int(score.recall_hits), int(score.recall_all), int(score.precision_all)
    return Score(layer, name, score.f1, score.precision, score.recall, *sizes, undecided=score.undecided)


def share_score(layer: str, name: str, pairs: Iterable[tuple[object, object]]) -> Score:
    """The share of pairs whose two values are equal; undefined without pairs."""
    equal = [a == b for a, b in pairs]
    return Score(layer, name, sum(equal) / len(equal) if equal else None, count=len(equal))


def label_share(layer: str, name: str, pairs: Iterable[tuple[object, object]]) -> Score:
    """The share of pairs whose two labels are equal, of those in which both are decided."""
    known = list(pairs)
    decided = [pair for pair in known if None not in pair]
    return replace(share_score(layer, name, decided), undecided=len(known) - len(decided))
