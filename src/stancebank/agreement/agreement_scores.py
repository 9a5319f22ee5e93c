"""The agreement of two or more annotations, as scores."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from stancebank.agreement.alpha import alpha, coded
from stancebank.agreement.annotation import Annotation, Key
from stancebank.agreement.annotation_alignment import Alignment, Name, align, done_alignments
from stancebank.agreement.attribution_scores import attribution_scores, token_alphas
from stancebank.agreement.classification_scores import classification_scores, field_alphas
from stancebank.agreement.entity_scores import entity_scores
from stancebank.agreement.mention_scores import mention_scores
from stancebank.agreement.relation_scores import relation_scores
from stancebank.agreement.score import Score
from stancebank.agreement.stance_scores import held, label_alphas, stance_scores
from stancebank.corpus.part import Part
from stancebank.corpus.states import done_in_all

SCORES: Mapping[str, Callable[[Alignment], Iterator[Score]]] = {
    "entities": entity_scores,
    "mentions": mention_scores,
    "relations": relation_scores,
    "attributions": attribution_scores,
    "stances": stance_scores,
    "classifications": classification_scores,
}
Thing = TypeVar("Thing")


def agreement(a: Part, b: Part, layers: Collection[str] | None = None) -> list[Score]:
    """How far two annotations of the same documents agree; precision and recall are those of B against A.

    Each layer is measured on the documents in which both have it done. A figure whose value
    is None is undefined: there was nothing to compare, or for an alpha nothing that varied.
    Raises StanceBankError where the texts differ or an extra is missing: ``agreement``, and
    ``tokens`` for attributions.
    """
    return [figure for layer, alignment in done_alignments(a, b, layers) for figure in SCORES[layer](alignment)]


def agreement_of_all(parts: Sequence[Part], layers: Collection[str] | None = None) -> list[Score]:
    """The alphas over all annotations at once; F1 is for pairs alone. Errors as in agreement.

    Each layer is measured on the documents in which all have it done. An entity of a later
    annotation is one of an earlier one where the two match pairwise; among several the
    earliest decides.
    """
    figures: list[Score] = []
    chosen = parts[0].layers.annotated if layers is None else layers
    for layer, alphas in _ALPHAS.items():
        if layer in chosen:
            figures += alphas([Annotation(part) for part in done_in_all(parts, [layer])])
    return figures


def _type_alpha(annotations: Sequence[Annotation]) -> Iterator[Score]:
    types = [
        {own[key]: row["type"] for key, row in annotation.records["entities"].items()}
        for annotation, own in zip(annotations, _common_names(annotations), strict=True)
    ]
    entities = [name for name in _union(types) if sum(name in side for side in types) > 1]
    units = [tuple(side.get(name) for side in types) for name in entities]
    undecided = sum(any(side.get(name, "") is None for side in types) for name in entities)
    value = alpha(coded(units, annotations[0].part.scheme.names("entity_types")))
    yield Score("entities", "type, alpha", value, count=_compared(units), undecided=undecided)


def _position_alphas(annotations: Sequence[Annotation]) -> Iterator[Score]:
    names = _common_names(annotations)
    sides = [held(annotation, own) for annotation, own in zip(annotations, names, strict=True)]
    positions = [p for p in _union(sides) if sum(p in side for side in sides) > 1]
    labels = [tuple(side.get(position) for side in sides) for position in positions]
    documents = [position[0] for position in positions]
    yield from label_alphas("per document", labels, documents, annotations[0].part.scheme)


_ALPHAS: Mapping[str, Callable[[Sequence[Annotation]], Iterator[Score]]] = {
    "entities": _type_alpha,
    "attributions": token_alphas,
    "stances": _position_alphas,
    "classifications": field_alphas,
}


def _common_names(annotations: Sequence[Annotation]) -> list[dict[Key, Name]]:
    """For each annotation what its entities are called in all of them."""
    pairs = combinations(range(len(annotations)), 2)
    alignments = {(i, j): align(annotations[i].part, annotations[j].part) for i, j in pairs}
    names: list[dict[Key, Name]] = []
    for j, annotation in enumerate(annotations):
        own: dict[Key, Name] = {}
        taken: set[Name] = set()
        for i in range(j):
            for earlier, key in alignments[i, j].entities.items():
                if key not in own and names[i][earlier] not in taken:
                    own[key] = names[i][earlier]
                    taken.add(own[key])
        names.append({key: own.get(key, (str(j), *key)) for key in annotation.records["entities"]})
    return names


def _union(sides: Iterable[Iterable[Thing]]) -> list[Thing]:
    return list(dict.fromkeys(key for side in sides for key in side))


def _compared(units: Iterable[Sequence[object]]) -> int:
    return sum(sum(value is not None for value in unit) > 1 for unit in units)
