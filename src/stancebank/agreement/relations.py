"""Agreement on relations, between entities."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stancebank.agreement.alignment import Alignment, Triple
from stancebank.agreement.annotation import Annotation, Key
from stancebank.agreement.figure import Figure, f1_figure, matched, share_figure


def relation_figures(alignment: Alignment) -> Iterator[Figure]:
    """F1 of (type, head entity, tail entity) by sentence, with modality and without, and modality where both have one.

    A relation belongs to its head's sentence. It cannot agree where one of its
    entities has no match. Head and tail of a symmetric type may change places.
    """
    a, b = alignment.triples_of_a, alignment.triples_of_b
    for name, sides in (
        ("with modality", (_with_modality(alignment.a, a), _with_modality(alignment.b, b))),
        ("without modality", (set(a.values()), set(b.values()))),
    ):
        yield f1_figure("relations", name, matched(len(sides[0] & sides[1]), *map(len, sides)))
    rows, others = alignment.a.records["relations"], alignment.b.records["relations"]
    pairs = alignment.relations.items()
    yield share_figure("relations", "modality", [(rows[a]["modality"], others[b]["modality"]) for a, b in pairs])


def _with_modality(annotation: Annotation, triples: Mapping[Key, Triple]) -> set[tuple[Triple, str]]:
    return {(triple, annotation.records["relations"][key]["modality"]) for key, triple in triples.items()}
