"""Stances as labels: of expressions, and of pairs of holder and target."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from stancebank.agreement.score import PrecisionRecall, matched
from stancebank.faults import excerpt
from stancebank.schema.scheme import Scheme
from stancebank.scores.gold_rows import GoldRows, Row
from stancebank.scores.measure import (
    Mean,
    Measure,
    label_measures,
    mean_measure,
    mean_of_all,
    mean_of_defined,
    share_measure,
)
from stancebank.scores.predictions import Prediction, require_all, require_known, require_new, typed
from stancebank.views.stance_pairs import pair_labels

Key = tuple[Any, ...]
"""What a label is of: the document, then ids."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of all rows that are decided. undecided: how many others there are."""

    labels: Mapping[Key, str]
    undecided: int = 0


class StanceRow(msgspec.Struct):
    """The label of an expression."""

    doc_id: str
    stance_id: str
    label: str


class PairRow(msgspec.Struct):
    """The label of a holder and a target; the holder is null, or left out, for the writer."""

    doc_id: str
    target_id: str
    label: str
    holder_entity: str | None = None


class StanceTask:
    """Labels of a view. kind: of its rows. labels: that they may have, for a scheme."""

    def __init__(self, view: str, kind: type[StanceRow | PairRow], labels: Callable[[Scheme], Sequence[str]]) -> None:
        self.views, self._kind, self._labels = (view,), kind, labels
        self._fields = [name for name in kind.__struct_fields__ if name != "label"]

    def gold(self, rows: GoldRows) -> Labels:
        """The labels of the gold."""
        of_view = rows.rows[self.views[0]]
        found = {self._key(row): row["label"] for row in of_view if row["label"] is not None}
        return Labels(found, len(of_view) - len(found))

    def predicted(self, predictions: Iterable[Prediction], rows: GoldRows) -> Labels:
        """The labels that are predicted. Raises StanceBankError."""
        expected = {self._key(row): row["label"] for row in rows.rows[self.views[0]]}
        of_document: defaultdict[str, dict[Key, None]] = defaultdict(dict)
        for key in expected:
            of_document[key[0]][key] = None
        known = self._labels(rows.scheme)
        found: dict[Key, str] = {}
        for where, row in typed(predictions, self._kind):
            rows.require_document(where, row.doc_id)
            key = tuple(getattr(row, name) for name in self._fields)
            require_known(where, "row", _named(key), [_named(each) for each in of_document[row.doc_id]])
            require_new(where, key, found, excerpt(_named(key)))
            require_known(where, "label", row.label, known)
            found[key] = row.label
        decided = [key for key, label in expected.items() if label is not None]
        require_all(decided, found, lambda key: excerpt(_named(key)))
        return Labels({key: label for key, label in found.items() if expected[key] is not None})

    def measures(self, gold: Labels, predicted: Labels, rows: GoldRows) -> Iterator[Measure]:
        """The F-average of SemEval-2016 Task 6, accuracy, the mean F1 of all labels, and the F1 of each.

        The F-average is the mean of the F1 of the two sides, for and against: labels with a rank above and below 0.
        """
        known = self._labels(rows.scheme)
        of_document: dict[str, list[tuple[str, str]]] = {doc_id: [] for doc_id in rows.documents}
        for key, label in gold.labels.items():
            of_document[key[0]].append((label, predicted.labels[key]))
        pairs = [*of_document.values()]
        ranks = rows.scheme.ranks
        sides = [{label for label in known if ranks.get(label, 0) * sign > 0} for sign in (1, -1)]
        if all(sides):
            yield _mean("F-average of both sides", pairs, sides, mean_of_all, gold.undecided)
        right = [(sum(label == found for label, found in own), len(own)) for own in pairs]
        yield share_measure("accuracy", right, gold.undecided)
        yield _mean("macro F1", pairs, [{label} for label in known], mean_of_defined, gold.undecided)
        counts = [
            (
                Counter(label for label, _ in own),
                Counter(found for _, found in own),
                Counter(label for label, found in own if label == found),
            )
            for own in pairs
        ]
        yield from label_measures("F1", known, counts)

    def baselines(self, rows: GoldRows) -> Iterator[tuple[str, Labels]]:
        """The most common label; the one that this holder, by name, had most on this target, else on it anybody."""
        seen: defaultdict[Hashable, Counter[str]] = defaultdict(Counter)
        for row in rows.others[self.views[0]]:
            if row["label"] is not None:
                for key in _likeness(row):
                    seen[key][row["label"]] += 1
        decided = [row for row in rows.rows[self.views[0]] if row["label"] is not None]
        most = _most(seen, [None], self._labels(rows.scheme)[0])
        yield "majority", Labels({self._key(row): most for row in decided})
        yield "gazetteer", Labels({self._key(row): _most(seen, _likeness(row), most) for row in decided})

    def _key(self, row: Row) -> Key:
        return tuple(row.get(name) for name in self._fields)


def stance_task() -> StanceTask:
    """Expressions: the view stance_detection."""
    return StanceTask("stance_detection", StanceRow, lambda scheme: scheme.names("stance_labels"))


def pair_task() -> StanceTask:
    """Pairs: the view stance_pairs."""
    return StanceTask("stance_pairs", PairRow, pair_labels)


def _likeness(row: Row) -> list[Hashable]:
    """What rows have in common, the closest first."""
    return [(row.get("holder"), row["target_id"]), row["target_id"], None]


def _most(seen: Mapping[Hashable, Counter[str]], keys: Iterable[Hashable], otherwise: str) -> str:
    for key in keys:
        if key in seen:
            return seen[key].most_common(1)[0][0]
    return otherwise


def _mean(
    name: str, pairs: Sequence[Sequence[tuple[str, str]]], groups: Sequence[set[str]], value: Mean, undecided: int
) -> Measure:
    return mean_measure(name, ([_of_group(own, group) for group in groups] for own in pairs), value, undecided)


def _of_group(pairs: Iterable[tuple[str, str]], group: set[str]) -> PrecisionRecall:
    """Precision and recall of the labels of a group, taken as one."""
    known = [(label in group, found in group) for label, found in pairs]
    return matched(sum(a and b for a, b in known), sum(a for a, _ in known), sum(b for _, b in known))


def _named(key: Key) -> str:
    return " ".join("null" if part is None else part for part in key)
