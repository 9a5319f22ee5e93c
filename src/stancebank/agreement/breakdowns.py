"""Agreement label by label, document by document, and language by language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import polars as pl

from stancebank.agreement.agreement_scores import agreement, agreement_of_all
from stancebank.agreement.annotation_alignment import Alignment, done_alignments
from stancebank.agreement.main_scores import MAIN_SCORES
from stancebank.agreement.score import Score, f1_score, matched
from stancebank.corpus.part import Part
from stancebank.corpus.states import done_in_all

By = Literal["label", "document", "language"]
_KEYS: Mapping[By, str] = {"document": "doc_id", "language": "language"}


def by_label(a: Part, b: Part, layers: Collection[str] | None = None) -> list[Score]:
    """For each label of each column the F1 of the records that have it: matched, and with that label on both sides.

    Labels are in the order of the scheme, then others that records have. Matched pairs in
    which one label is undecided are left out, and counted with the other label. Errors as in agreement.
    """
    return [
        score
        for layer, alignment in done_alignments(a, b, layers)
        for column in a.layers[layer].columns
        if column.vocabulary
        for score in _of_labels(alignment, layer, column.name, a.scheme.names(column.vocabulary))
    ]


def _of_labels(alignment: Alignment, layer: str, column: str, known: Sequence[str]) -> Iterator[Score]:
    mine, theirs = (
        {key: row[column] for key, row in side.records[layer].items()} for side in (alignment.a, alignment.b)
    )
    pairs = Counter((mine[left], theirs[right]) for left, right in alignment.of(layer).items())
    in_a, in_b = Counter(mine.values()), Counter(theirs.values())
    others = sorted(label for label in {*in_a, *in_b}.difference(known) if label is not None)
    for label in (*known, *others):
        if in_a[label] or in_b[label]:
            half = pairs[label, None], pairs[None, label]
            f1 = matched(pairs[label, label], in_a[label] - half[0], in_b[label] - half[1])
            yield replace(f1_score(layer, column, f1), undecided=sum(half), of=label)


def by_documents(parts: Sequence[Part], by: By, layers: Collection[str] | None = None) -> list[Score]:
    """The main scores of each document, or of the documents of each language.

    For more than two annotations these are the alphas over all of them. The documents are those
    in which all have one of the layers done. Errors as in agreement.
    """
    main = {(score.layer, score.name) for score in MAIN_SCORES}
    found: list[Score] = []
    chosen = parts[0].layers.annotated if layers is None else layers
    groups = parts[0]["documents"].group_by(pl.col(_KEYS[by]).fill_null("none"), maintain_order=True)
    for (group,), documents in groups:
        cut = [part.cut(documents["doc_id"]) for part in parts]
        done = [layer for layer in chosen if done_in_all(cut, [layer])[0]["documents"].height]
        scores = agreement_of_all(cut, done) if len(cut) > 2 else agreement(cut[0], cut[1], done)
        found += [replace(score, of=str(group)) for score in scores if (score.layer, score.name) in main]
    return found
