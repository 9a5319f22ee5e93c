"""The agreement of two or more annotations, as figures and as rows of a table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import TypeVar

from stancebank.agreement.alignment import Alignment, Name, align
from stancebank.agreement.alpha import alpha, coded
from stancebank.agreement.annotation import ANNOTATED, Annotation, Key
from stancebank.agreement.attributions import attribution_figures, token_alphas
from stancebank.agreement.entities import entity_figures
from stancebank.agreement.figure import Figure
from stancebank.agreement.mentions import mention_figures
from stancebank.agreement.relations import relation_figures
from stancebank.agreement.stances import held, label_alphas, stance_figures
from stancebank.corpus import Part

FIGURES: Mapping[str, Callable[[Alignment], Iterator[Figure]]] = {
    "entities": entity_figures,
    "mentions": mention_figures,
    "relations": relation_figures,
    "attributions": attribution_figures,
    "stances": stance_figures,
}
Thing = TypeVar("Thing")
COLUMNS = ("layer", "figure", "value", "precision", "recall", "count", "A", "B", "95 % interval")
UNDEFINED = "-"


def agreement(a: Part, b: Part, layers: Collection[str] = ANNOTATED) -> list[Figure]:
    """How far two annotations of the same documents agree; precision and recall are those of B against A.

    A figure whose value is None is undefined: there was nothing to compare, or for
    an alpha nothing that varied. Raises StanceBankError where the texts differ or
    an extra is missing: ``agreement``, and ``tokens`` for attributions.
    """
    alignment = align(a, b)
    return [figure for layer in ANNOTATED if layer in layers for figure in FIGURES[layer](alignment)]


def agreement_of_all(parts: Sequence[Part], layers: Collection[str] = ANNOTATED) -> list[Figure]:
    """The alphas over all annotations at once; F1 is for pairs alone. Errors as in agreement.

    An entity of a later annotation is one of an earlier one where the two match
    pairwise; among several the earliest decides.
    """
    alignments = {(i, j): align(parts[i], parts[j]) for i, j in combinations(range(len(parts)), 2)}
    annotations = [Annotation(part) for part in parts]
    names = _common_names(annotations, alignments)
    figures: list[Figure] = []
    if "entities" in layers:
        types = [
            {own[key]: row["type"] for key, row in annotation.records["entities"].items()}
            for annotation, own in zip(annotations, names, strict=True)
        ]
        units = [tuple(side.get(name) for side in types) for name in _union(types)]
        figures.append(Figure("entities", "type, alpha", alpha(coded(units)), count=_compared(units)))
    if "attributions" in layers:
        figures += token_alphas(annotations)
    if "stances" in layers:
        sides = [held(annotation, own) for annotation, own in zip(annotations, names, strict=True)]
        positions = [p for p in _union(sides) if sum(p in side for side in sides) > 1]
        labels = [tuple(side.get(position) for side in sides) for position in positions]
        figures += label_alphas("per document", labels, [position[0] for position in positions])
    return figures


def table(figures: Iterable[Figure]) -> Iterator[tuple[str, ...]]:
    """Figures as rows of text under COLUMNS, what is undefined or does not apply as "-"."""
    for f in figures:
        numbers = (UNDEFINED if n is None else f"{n:.3f}" for n in (f.value, f.precision, f.recall))
        counts = (UNDEFINED if n is None else str(n) for n in (f.count, f.in_a, f.in_b))
        interval = UNDEFINED if f.interval is None else f"{f.interval[0]:.3f}..{f.interval[1]:.3f}"
        yield f.layer, f.name, *numbers, *counts, interval


def _common_names(
    annotations: Sequence[Annotation], alignments: Mapping[tuple[int, int], Alignment]
) -> list[dict[Key, Name]]:
    """For each annotation what its entities are called in all of them."""
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
