"""Agreement on documents as a whole: the scheme's own labels for them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stancebank.agreement.annotation import Annotation
from stancebank.agreement.annotation_alignment import Alignment
from stancebank.agreement.label_scores import field_alpha, is_measured, label_shares
from stancebank.agreement.score import Score

_LAYER = "classifications"


def classification_scores(alignment: Alignment) -> Iterator[Score]:
    """For each field with labels, a number or yes or no the share of documents with the same value, and alpha."""
    yield from label_shares(alignment, _LAYER)


def field_alphas(annotations: Sequence[Annotation]) -> Iterator[Score]:
    """Alpha of each such field over all annotations at once, a unit being a document."""
    part = annotations[0].part
    for column in part.layers[_LAYER].columns:
        if is_measured(column):
            sides = [
                {key[0]: row[column.name] for key, row in annotation.records[_LAYER].items()}
                for annotation in annotations
            ]
            documents = dict.fromkeys(document for side in sides for document in side)
            units = [tuple(side.get(document) for side in sides) for document in documents]
            count = sum(sum(value is not None for value in unit) > 1 for unit in units)
            name, value = field_alpha(column, units, part.scheme)
            yield Score(_LAYER, f"{column.name}, {name}", value, count=count)
