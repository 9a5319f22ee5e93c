"""Agreement on entities: which mentions corefer, and what is said of the entities that both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stancebank.agreement.alignment import Alignment
from stancebank.agreement.alpha import alpha, coded
from stancebank.agreement.annotation import Annotation, Key
from stancebank.agreement.coreference import b_cubed, ceaf_e, conll, lea, muc
from stancebank.agreement.figure import Figure, f1_figure, matched, share_figure


def entity_figures(alignment: Alignment) -> Iterator[Figure]:
    """Coreference scores, entities matched, and on matched entities their types, links and time values."""
    yield from _coreference(alignment)
    a, b = alignment.a.records["entities"], alignment.b.records["entities"]
    yield f1_figure("entities", "matched", matched(len(alignment.entities), len(a), len(b)))
    both = [(a[left], b[right]) for left, right in alignment.entities.items()]
    types = [(left["type"], right["type"]) for left, right in both]
    yield share_figure("entities", "type", types)
    yield Figure("entities", "type, alpha", alpha(coded(types)), count=len(types))
    links = [(left["wikidata"], right["wikidata"]) for left, right in both]
    yield share_figure("entities", "link or none", links)
    linked = [sum(pair[side] is not None for pair in links) for side in (0, 1)]
    equal = sum(left is not None and left == right for left, right in links)
    yield f1_figure("entities", "link", matched(equal, *linked))
    times = [(left["value"], right["value"]) for left, right in both if left["type"] == right["type"] == "DATE"]
    yield share_figure("entities", "time value", times)


def _coreference(alignment: Alignment) -> Iterator[Figure]:
    """The scores of the clusterings of spans; of several mentions on one span each is matched with at most one."""
    key = _clusters(alignment.a, {mention: (*mention, "in A") for mention in alignment.a.records["mentions"]})
    shared = {b: (*a, "in A") for a, b in alignment.same_spans.items()}
    response = _clusters(alignment.b, shared)
    sizes = len(shared), len(alignment.a.records["mentions"]), len(alignment.b.records["mentions"])
    for name, metric in (("MUC", muc), ("B-cubed", b_cubed), ("CEAF-e", ceaf_e), ("LEA", lea)):
        yield f1_figure("entities", name, metric(key, response), sizes)
    yield Figure("entities", "CoNLL average", conll(key, response), None, None, *sizes)


def _clusters(annotation: Annotation, names: Mapping[Key, tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """The mentions of each entity, under the names given; a mention without one keeps its key."""
    return [[names.get(mention, mention) for mention in mentions] for mentions in annotation.mentions_of.values()]
