"""Agreement on stances: who holds one on what, and which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from stancebank.agreement.alignment import Alignment, Name
from stancebank.agreement.alpha import Unit, alpha, bootstrap, coded
from stancebank.agreement.annotation import Annotation, Key
from stancebank.agreement.figure import Figure, f1_figure, matched, share_figure
from stancebank.views.positions import positions

RANKS: Mapping[str, int] = {"against": 0, "neutral": 1, "mixed": 1, "favor": 2}
"""The order of the labels. Neutral and mixed share the middle: both lean to neither side, and no pair is lost."""

Position = tuple[str, Name | None, str]
"""A document, who holds the stance (None for the writer) and the target."""


def stance_figures(alignment: Alignment) -> Iterator[Figure]:
    """F1 of (holder entity, target) per document and per expression, and label alphas where both have a stance.

    Two expressions are matched where evidence overlaps; per document a holder whose
    expressions disagree is mixed.
    """
    a, b = held(alignment.a, alignment.names_in_a), held(alignment.b, alignment.names_in_b)
    shared = [position for position in a if position in b]
    yield f1_figure("stances", "holder and target, per document", matched(len(shared), len(a), len(b)))
    labels = [(a[position], b[position]) for position in shared]
    equal = sum(left == right for left, right in labels)
    yield f1_figure("stances", "holder, target and label, per document", matched(equal, len(a), len(b)))
    yield from label_alphas("per document", labels, [position[0] for position in shared])
    yield from _expressions(alignment)


def _expressions(alignment: Alignment) -> Iterator[Figure]:
    rows, others = alignment.a.records["stances"], alignment.b.records["stances"]
    both = [(rows[a], others[b]) for a, b in alignment.stances.items()]
    yield f1_figure("stances", "holder and target, per expression", matched(len(both), len(rows), len(others)))
    exact = sum(all(row[end] == other[end] for end in ("start", "end")) for row, other in both)
    yield f1_figure("stances", "holder, target and exact evidence", matched(exact, len(rows), len(others)))
    labels = [(row["label"], other["label"]) for row, other in both]
    yield from label_alphas("per expression", labels, [row["doc_id"] for row, _ in both])
    for column in ("label", "basis", "commitment", "expression"):
        values = [(row[column], other[column]) for row, other in both]
        decided = [pair for pair in values if None not in pair]  # what nobody has annotated is no agreement
        yield share_figure("stances", f"{column}, per expression", decided)


def label_alphas(unit: str, labels: Sequence[tuple[str | None, ...]], documents: Sequence[str]) -> Iterator[Figure]:
    """Nominal and ordinal alpha of stance labels with bootstrap intervals; ordinal for labels with a rank alone.

    labels: of each thing those of all annotators, None for none. documents: of each thing.
    """
    units = coded(labels)
    value, interval = alpha(units), bootstrap(units, documents)
    yield Figure("stances", f"label, nominal alpha, {unit}", value, count=len(labels), interval=interval)
    value, interval = None, None
    if all(label is None or label in RANKS for row in labels for label in row):
        ranks: list[Unit] = [[None if label is None else RANKS[label] for label in row] for row in labels]
        value, interval = alpha(ranks, "ordinal"), bootstrap(ranks, documents, "ordinal")
    yield Figure("stances", f"label, ordinal alpha, {unit}", value, count=len(labels), interval=interval)


def held(annotation: Annotation, names: Mapping[Key, Name]) -> dict[Position, str]:
    """The label at document level of each holder and target. names: what the entities are called."""
    rows = positions(annotation.part).select("doc_id", "holder_entity", "target", "label")
    return {
        (doc_id, None if holder is None else names[doc_id, holder], target): label
        for doc_id, holder, target, label in rows.iter_rows()
    }
