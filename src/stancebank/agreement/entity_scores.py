"""Agreement on entities: which mentions corefer, and the values of the entities that both have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from stancebank.agreement.alpha import alpha, coded
from stancebank.agreement.annotation import Annotation, Key
from stancebank.agreement.annotation_alignment import Alignment
from stancebank.agreement.coreference import b_cubed, ceaf_e, conll, lea, muc
from stancebank.agreement.label_scores import label_shares
from stancebank.agreement.score import Score, f1_score, label_share, matched, share_score


def entity_scores(alignment: Alignment) -> Iterator[Score]:
    """Coreference scores, entities matched, and on matched entities their types, links and time values."""
    yield from _coreference(alignment)
    a, b = alignment.a.records["entities"], alignment.b.records["entities"]
    yield f1_score("entities", "matched", matched(len(alignment.entities), len(a), len(b)))
    both = [(a[left], b[right]) for left, right in alignment.entities.items()]
    types = [(left["type"], right["type"]) for left, right in both]
    type_share = label_share("entities", "type", types)
    yield type_share
    scheme = alignment.a.part.scheme
    value = alpha(coded(types, scheme.names("entity_types")))
    yield replace(type_share, name="type, alpha", value=value)
    links = [(left["wikidata"], right["wikidata"]) for left, right in both]
    yield share_score("entities", "link or none", links)
    linked = [sum(pair[side] is not None for pair in links) for side in (0, 1)]
    equal = sum(left is not None and left == right for left, right in links)
    yield f1_score("entities", "link", matched(equal, *linked))
    timed = [pair for pair in both if pair[0]["type"] == pair[1]["type"] and pair[0]["type"] in scheme.timed_types]
    times = [(left["value"], right["value"]) for left, right in timed]
    yield share_score("entities", "time value", times)
    yield from label_shares(alignment, "entities", but=("type",))


def _coreference(alignment: Alignment) -> Iterator[Score]:
    """The scores of the clusterings of spans; of several mentions on one span each is matched with at most one."""
    key = _clusters(alignment.a, {mention: (*mention, "in A") for mention in alignment.a.records["mentions"]})
    shared = {b: (*a, "in A") for a, b in alignment.same_spans.items()}
    response = _clusters(alignment.b, shared)
    sizes = len(shared), len(alignment.a.records["mentions"]), len(alignment.b.records["mentions"])
    for name, metric in (("MUC", muc), ("B-cubed", b_cubed), ("CEAF-e", ceaf_e), ("LEA", lea)):
        yield f1_score("entities", name, metric(key, response), sizes)
    yield Score("entities", "CoNLL average", conll(key, response), None, None, *sizes)


def _clusters(annotation: Annotation, names: Mapping[Key, tuple[str, ...]]) -> list[list[tuple[str, ...]]]:
    """The mentions of each entity, under the names given; a mention without one keeps its key."""
    return [[names.get(mention, mention) for mention in mentions] for mentions in annotation.mentions_of.values()]
