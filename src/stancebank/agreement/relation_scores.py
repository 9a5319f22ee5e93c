"""Agreement on relations, between entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stancebank.agreement.annotation import Annotation, Key
from stancebank.agreement.annotation_alignment import Alignment, Triple
from stancebank.agreement.heaviest_matching import best_pairs
from stancebank.agreement.label_scores import label_shares
from stancebank.agreement.score import PrecisionRecall, Score, f1_score, matched
from stancebank.agreement.span_overlap import compatible

Statement = tuple[Triple, str | None]
"""What a relation states: its triple and its modality; that is "" where it is not asked for, None if undecided."""


def relation_scores(alignment: Alignment) -> Iterator[Score]:
    """F1 of (type, head entity, tail entity) by sentence, with modality and without, and modality where both have one.

    A relation belongs to its head's sentence. It cannot agree where one of its
    entities has no match. Head and tail of a symmetric type may change places.
    """
    a, b = alignment.triples_of_a, alignment.triples_of_b
    yield f1_score("relations", "with modality", _compared(alignment, _modal(alignment.a, a), _modal(alignment.b, b)))
    plain = ({key: (triple, "") for key, triple in triples.items()} for triples in (a, b))
    yield f1_score("relations", "without modality", _compared(alignment, *plain))
    yield from label_shares(alignment, "relations", but=("type",))


def _compared(alignment: Alignment, a: Mapping[Key, Statement], b: Mapping[Key, Statement]) -> PrecisionRecall:
    """Statements of B that are statements of A; those that may be, but for what is undecided, are left out."""
    mine, theirs = (
        {(statement, None if _decided(statement) else key): key for key, statement in side.items()} for side in (a, b)
    )
    same = {told for told in mine.keys() & theirs.keys() if _decided(told[0])}
    left = {key: a[key][0] for told, key in mine.items() if told not in same}
    right = {key: b[key][0] for told, key in theirs.items() if told not in same}
    pairs = [pair for pair in alignment.related(left, right) if compatible(_labels(a[pair[0]]), _labels(b[pair[1]]))]
    undecided = len(best_pairs(dict.fromkeys(pairs, (1,))))
    return matched(len(same), len(mine), len(theirs), undecided)


def _decided(statement: Statement) -> bool:
    return None not in _labels(statement)


def _labels(statement: Statement) -> tuple[str | None, str | None]:
    return statement[0][2], statement[1]


def _modal(annotation: Annotation, triples: Mapping[Key, Triple]) -> dict[Key, Statement]:
    if not annotation.part.layers.uses("relations.modality"):
        return {key: (triple, "") for key, triple in triples.items()}
    return {key: (triple, annotation.records["relations"][key]["modality"]) for key, triple in triples.items()}
