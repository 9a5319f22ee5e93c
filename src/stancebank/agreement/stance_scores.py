"""Agreement on stances: who holds one on what, and which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from stancebank.agreement.alpha import Unit, alpha, bootstrap, coded
from stancebank.agreement.annotation import Annotation, Key
from stancebank.agreement.annotation_alignment import Alignment, Name
from stancebank.agreement.label_scores import label_shares
from stancebank.agreement.score import Score, f1_score, matched
from stancebank.schema.scheme import Scheme
from stancebank.views.positions import positions
from stancebank.views.stance_detection import holders

UNDECIDED = ""
"""In place of a label on which nobody has decided; no label of a scheme is empty."""

Position = tuple[str, Name | None, str]
"""A document, who holds the stance (None for the writer) and the target."""


def stance_scores(alignment: Alignment) -> Iterator[Score]:
    """F1 of (holder entity, target) per document and per expression, and label alphas where both have a stance.

    Two expressions are matched where evidence overlaps; per document a holder whose
    expressions disagree has the scheme's label of a conflict, or none, which equals no label.
    An expression with an undecided label says nothing about that of the holder.
    """
    a, b = held(alignment.a, alignment.names_in_a), held(alignment.b, alignment.names_in_b)
    shared = [position for position in a if position in b]
    yield f1_score("stances", "holder and target, per document", matched(len(shared), len(a), len(b)))
    labels = [(a[position], b[position]) for position in shared]
    undecided = sum(UNDECIDED in pair for pair in labels)
    equal = sum(left == right and left not in (None, UNDECIDED) for left, right in labels)
    yield f1_score("stances", "holder, target and label, per document", matched(equal, len(a), len(b), undecided))
    scheme = alignment.a.part.scheme
    yield from label_alphas("per document", labels, [position[0] for position in shared], scheme)
    yield from _expressions(alignment, scheme)


def _expressions(alignment: Alignment, scheme: Scheme) -> Iterator[Score]:
    rows, others = alignment.a.records["stances"], alignment.b.records["stances"]
    both = [(rows[a], others[b]) for a, b in alignment.stances.items()]
    yield f1_score("stances", "holder and target, per expression", matched(len(both), len(rows), len(others)))
    exact = sum(all(row[end] == other[end] for end in ("start", "end")) for row, other in both)
    yield f1_score("stances", "holder, target and exact evidence", matched(exact, len(rows), len(others)))
    labels = [tuple(UNDECIDED if each["label"] is None else each["label"] for each in pair) for pair in both]
    yield from label_alphas("per expression", labels, [row["doc_id"] for row, _ in both], scheme)
    yield from label_shares(alignment, "stances", of=", per expression")


def label_alphas(
    unit: str, labels: Sequence[tuple[str | None, ...]], documents: Sequence[str], scheme: Scheme
) -> Iterator[Score]:
    """Nominal and ordinal alpha of stance labels with bootstrap intervals; ordinal only where every label has a rank.

    labels: of each thing those of all annotators, None for none. What fewer than two have decided
    on is left out; what anybody has not decided on is counted. documents: of each thing.
    scheme: has their ranks; labels that lean to neither side may share one, so that no pair is lost.
    """
    undecided = sum(UNDECIDED in row for row in labels)
    kept = [index for index, row in enumerate(labels) if UNDECIDED not in row or len(row) - row.count(UNDECIDED) > 1]
    labels = [tuple(None if label == UNDECIDED else label for label in labels[index]) for index in kept]
    documents, counts = [documents[index] for index in kept], (len(kept), undecided)
    units, ranks = coded(labels, scheme.names("stance_labels")), scheme.ranks
    yield _alpha_score(f"label, nominal alpha, {unit}", alpha(units), bootstrap(units, documents), counts)
    value, interval = None, None
    if all(label is None or label in ranks for row in labels for label in row):
        ranked: list[Unit] = [[None if label is None else ranks[label] for label in row] for row in labels]
        value, interval = alpha(ranked, "ordinal"), bootstrap(ranked, documents, "ordinal")
    yield _alpha_score(f"label, ordinal alpha, {unit}", value, interval, counts)


def _alpha_score(
    name: str, value: float | None, interval: tuple[float, float] | None, counts: tuple[int, int]
) -> Score:
    return Score("stances", name, value, count=counts[0], interval=interval, undecided=counts[1])


def held(annotation: Annotation, names: Mapping[Key, Name]) -> dict[Position, str | None]:
    """The label at document level of each holder and target: None for a conflict without one, or UNDECIDED.

    names: what the entities are called.
    """
    part = annotation.part
    places = part["stances"].hstack(holders(part).select("holder_entity")).with_columns(label=pl.lit(UNDECIDED))
    return {
        (doc_id, None if holder is None else names[doc_id, holder], target): label
        for rows in (places, positions(part))
        for doc_id, holder, target, label in rows.select("doc_id", "holder_entity", "target", "label").iter_rows()
    }
