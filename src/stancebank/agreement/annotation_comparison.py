"""Annotations laid side by side, two and two and all together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import polars as pl

from stancebank.agreement.agreement_scores import agreement, agreement_of_all
from stancebank.agreement.annotation import done_by_all, made_from, read_annotations
from stancebank.agreement.breakdowns import By, by_documents, by_label
from stancebank.agreement.disagreements import Disagreement, disagreements
from stancebank.agreement.score import Score
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, did_you_mean, excerpt, printable
from stancebank.schema.layers import KNOWN_LAYERS


@dataclass(frozen=True)
class Pair:
    """Two annotations: how far they agree and where they do not.

    a, b: their names. documents: how many both have done, by layer. a_made_from,
    b_made_from: what they were made from in these, other than a blank text. part: the
    first of the two.
    """

    a: str
    b: str
    documents: Mapping[str, int]
    scores: tuple[Score, ...]
    disagreements: tuple[Disagreement, ...]
    a_made_from: tuple[str, ...]
    b_made_from: tuple[str, ...]
    part: Part

    @property
    def independent(self) -> bool:
        """Whether nothing says that one of the two was made from something that was annotated before."""
        return not (self.a_made_from or self.b_made_from)


@dataclass(frozen=True)
class Comparison:
    """Every pair of annotations and, where there are more than two, all together.

    documents: how many all have done, by layer. scores: over all at once; empty for two.
    by: what the scores are broken down by.
    """

    names: tuple[str, ...]
    documents: Mapping[str, int]
    pairs: tuple[Pair, ...]
    scores: tuple[Score, ...]
    by: By | None = None


def compare(
    corpus: Corpus | None, names: Sequence[str], layers: Sequence[str] | None = None, by: By | None = None
) -> Comparison:
    """The annotations of these names, compared in the layers of these names, all five without any.

    corpus: whose gold and passes are named; None where only roots of corpora are. by: measure
    each label, each document or each language by itself.

    Raises StanceBankError for fewer than two annotations, an unknown layer, where no two have a
    document done in any of the layers, and as read_annotations does.
    """
    known = corpus.layers.annotated if corpus else tuple(n for n, layer in KNOWN_LAYERS.items() if layer.annotated)
    _require_layers(layers or (), known)
    if len(names) < 2:
        raise StanceBankError("agreement needs two annotations or more", "name two, such as: stancebank agree gold ID")
    parts = read_annotations(corpus, names)
    _require_layers(layers or (), parts[0].layers.annotated)
    chosen = [layer for layer in parts[0].layers.annotated if layer in (layers or parts[0].layers.annotated)]
    if not any(any(map(len, done_by_all(pair, chosen).values())) for pair in combinations(parts, 2)):
        two = "both" if len(names) == 2 else "two of them"
        what = f"{printable(', '.join(names))}: no document is done by {two} in {', '.join(chosen)}"
        fix = "stancebank progress shows what is done; mark finished documents with stancebank done"
        raise StanceBankError(what, fix)
    pairs = tuple(_pair(names[i], names[j], a, b, chosen, by) for (i, a), (j, b) in combinations(enumerate(parts), 2))
    together: Sequence[Score] = ()
    if len(parts) > 2 and by != "label":
        together = by_documents(parts, by, chosen) if by else agreement_of_all(parts, chosen)
    return Comparison(tuple(names), _counts(done_by_all(parts, chosen)), pairs, tuple(together), by)


def _require_layers(layers: Sequence[str], known: Sequence[str]) -> None:
    unknown = [layer for layer in layers if layer not in known]
    if unknown:
        what = f"{excerpt(unknown[0])} is not an annotated layer; there are {', '.join(known)}"
        raise StanceBankError(what + did_you_mean(unknown[0], known), "name one of them")


def _pair(name: str, other: str, a: Part, b: Part, layers: Collection[str], by: By | None) -> Pair:
    documents = done_by_all([a, b], layers)
    match by:
        case "label":
            scores = by_label(a, b, layers)
        case "document" | "language":
            scores = by_documents([a, b], by, layers)
        case None:
            scores = agreement(a, b, layers)
    return Pair(
        name,
        other,
        _counts(documents),
        tuple(scores),
        tuple(disagreements(a, b, layers)),
        made_from(a, documents),
        made_from(b, documents),
        a,
    )


def _counts(documents: Mapping[str, pl.Series]) -> dict[str, int]:
    return {layer: len(ids) for layer, ids in documents.items()}
