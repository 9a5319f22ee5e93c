"""Coreference scores of one clustering against another.

A clustering is a collection of entities, an entity a set of mentions; mentions are
any hashable things, entities of one clustering share none. The first clustering is
the key, the second the response. Mentions that only one of them has stay in, as
Pradhan et al. (2014), Scoring Coreference Partitions of Predicted Mentions, ACL, set
the rules for all of these. Entities of several documents may be given at once: the
sums behind precision and recall then run over all of them, as in the CoNLL scorer.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass

from stancebank.agreement.heaviest_matching import heaviest
from stancebank.agreement.score import PrecisionRecall

Clustering = Collection[Collection[Hashable]]


@dataclass(frozen=True, slots=True)
class _Share:
    """An entity seen from the other clustering: its size, and with each entity there that it shares mentions with:
    the number shared and the size of that one.
    """

    size: int
    shared: tuple[tuple[int, int], ...]


def muc(key: Clustering, response: Clustering) -> PrecisionRecall:
    """MUC (Vilain et al. 1995, A Model-Theoretic Coreference Scoring Scheme): links that need not be added.

    Recall: sum of |k| - |partition of k by the response| over sum of |k| - 1. An
    entity of one mention has no link and counts nowhere.
    """

    def kept(entity: _Share) -> tuple[float, float]:
        return sum(shared - 1 for shared, _ in entity.shared), entity.size - 1

    return _score(key, response, kept)


def b_cubed(key: Clustering, response: Clustering) -> PrecisionRecall:
    """B-cubed (Bagga and Baldwin 1998, Algorithms for Scoring Coreference Chains), each mention of equal weight.

    Recall: sum over mentions of |k and r| / |k|, with the mention's entities k and
    r, over the mentions of the key.
    """

    def kept(entity: _Share) -> tuple[float, float]:
        return sum(shared**2 for shared, _ in entity.shared) / entity.size, entity.size

    return _score(key, response, kept)


def lea(key: Clustering, response: Clustering) -> PrecisionRecall:
    """LEA (Moosavi and Strube 2016, Which Coreference Evaluation Metric Do You Trust?), entities weighted by size.

    Recall: sum of |k| times the share of k's n (n - 1) / 2 links that the response
    has, over sum of |k|. An entity of one mention has one link, to itself, which
    the response has where the mention is alone there too.
    """

    def kept(entity: _Share) -> tuple[float, float]:
        if entity.size == 1:
            return float((1, 1) in entity.shared), 1
        links = sum(shared * (shared - 1) for shared, _ in entity.shared)
        return links / (entity.size - 1), entity.size

    return _score(key, response, kept)


def ceaf_e(key: Clustering, response: Clustering) -> PrecisionRecall:
    """CEAF by entities (Luo 2005, On Coreference Resolution Performance Metrics), with his fourth similarity.

    Recall: the greatest sum of 2 |k and r| / (|k| + |r|) over entities matched one
    to one, over the number of entities in the key.
    """
    key, response = _filled(key), _filled(response)
    of = {mention: index for index, entity in enumerate(response) for mention in entity}
    similarity = {
        (index, other): 2 * shared / (len(entity) + len(response[other]))
        for index, entity in enumerate(key)
        for other, shared in Counter(of[mention] for mention in entity if mention in of).items()
    }
    total = sum(similarity[pair] for pair in heaviest(similarity).items())
    return PrecisionRecall(total, len(response), total, len(key))


def conll(key: Clustering, response: Clustering) -> float | None:
    """The CoNLL-2012 average: mean F1 of MUC, B-cubed and CEAF-e.

    A metric that is undefined for both clusterings is left out; None where all are.
    """
    values = [metric(key, response).f1 for metric in (muc, b_cubed, ceaf_e)]
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def _score(key: Clustering, response: Clustering, kept: Callable[[_Share], tuple[float, float]]) -> PrecisionRecall:
    precision, recall = _total(map(kept, _shares(response, key))), _total(map(kept, _shares(key, response)))
    return PrecisionRecall(*precision, *recall)


def _total(pairs: Iterable[tuple[float, float]]) -> tuple[float, float]:
    hits, everything = 0.0, 0.0
    for hit, whole in pairs:
        hits, everything = hits + hit, everything + whole
    return hits, everything


def _shares(entities: Clustering, others: Clustering) -> Iterable[_Share]:
    of = {mention: other for other in map(frozenset, others) for mention in other}
    for entity in _filled(entities):
        shared = Counter(of[mention] for mention in entity if mention in of)
        yield _Share(len(entity), tuple((count, len(other)) for other, count in shared.items()))


def _filled(entities: Clustering) -> list[frozenset[Hashable]]:
    return [frozenset(entity) for entity in entities if entity]
