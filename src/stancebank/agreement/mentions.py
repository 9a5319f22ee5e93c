"""Agreement on mentions: which spans there are, of what type and level."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.agreement.alignment import Alignment
from stancebank.agreement.annotation import Annotation
from stancebank.agreement.figure import Figure, f1_figure
from stancebank.agreement.spans import Span, exact, overlapping


def mention_figures(alignment: Alignment) -> Iterator[Figure]:
    """Span F1, exact and by overlap: of the spans alone, with the entity's type, with the level."""
    for name, labels in (("span", ()), ("span and type", ("type",)), ("span and level", ("level",))):
        a, b = _spans(alignment.a, *labels), _spans(alignment.b, *labels)
        yield f1_figure("mentions", f"{name}, exact", exact(a, b))
        yield f1_figure("mentions", f"{name}, overlap", overlapping(a, b))


def _spans(annotation: Annotation, *labels: str) -> list[Span]:
    entities = annotation.records["entities"]
    return [
        (
            (doc_id, *({**row, **entities[doc_id, row["entity_id"]]}[label] for label in labels)),
            row["start"],
            row["end"],
        )
        for (doc_id, _), row in annotation.records["mentions"].items()
    ]
