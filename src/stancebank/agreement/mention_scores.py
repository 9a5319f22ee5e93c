"""Agreement on mentions: which spans there are, of what type and level."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.agreement.annotation import Annotation
from stancebank.agreement.annotation_alignment import Alignment
from stancebank.agreement.label_scores import label_shares
from stancebank.agreement.score import Score, f1_score
from stancebank.agreement.span_overlap import Span, exact, overlapping


def mention_scores(alignment: Alignment) -> Iterator[Score]:
    """Span F1, exact and by overlap: of the spans alone, with the entity's type, with the level."""
    layers = alignment.a.part.layers
    asked = (
        ("span", (), ""),
        ("span and type", ("type",), "entities"),
        ("span and level", ("level",), "mentions.level"),
    )
    for name, labels, needed in asked:
        if needed and not layers.uses(needed):
            continue
        a, b = _spans(alignment.a, *labels), _spans(alignment.b, *labels)
        yield f1_score("mentions", f"{name}, exact", exact(a, b))
        yield f1_score("mentions", f"{name}, overlap", overlapping(a, b))
    yield from label_shares(alignment, "mentions", but=("level",))


def _spans(annotation: Annotation, *labels: str) -> list[Span]:
    entities = annotation.records["entities"]
    return [
        (
            (doc_id, *({**row, **entities.get((doc_id, row["entity_id"]), {})}[label] for label in labels)),
            row["start"],
            row["end"],
        )
        for (doc_id, _), row in annotation.records["mentions"].items()
    ]
