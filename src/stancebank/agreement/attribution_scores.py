"""Agreement on attributions: source, cue and content as spans and token by token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.agreement.alpha import alpha
from stancebank.agreement.annotation import Annotation
from stancebank.agreement.annotation_alignment import Alignment
from stancebank.agreement.label_scores import label_shares
from stancebank.agreement.score import Score, f1_score, matched, share_score
from stancebank.agreement.span_overlap import Span, exact, overlapping

ROLES = ("source", "cue", "content")


def attribution_scores(alignment: Alignment) -> Iterator[Score]:
    """Span F1 by role, exact and by overlap; attributions that agree in all three; token alpha; source and kind.

    Source and kind are compared where the cues overlap. Needs the extra ``tokens``.
    """
    for role in ROLES:
        a, b = role_spans(alignment.a)[role], role_spans(alignment.b)[role]
        yield f1_score("attributions", f"{role}, exact", exact(a, b))
        yield f1_score("attributions", f"{role}, overlap", overlapping(a, b))
    rows, others = alignment.a.records["attributions"], alignment.b.records["attributions"]
    both = [(key[0], rows[key], others[other]) for key, other in alignment.attributions.items()]
    equal = (_wholes(alignment.a) & _wholes(alignment.b)).total()
    yield f1_score("attributions", "source, cue and content, exact", matched(equal, len(rows), len(others)))
    sources = [(alignment.same_entity(doc_id, row["source"], other["source"]), True) for doc_id, row, other in both]
    yield share_score("attributions", "source entity", sources)
    yield from label_shares(alignment, "attributions")
    yield from token_alphas([alignment.a, alignment.b])


def token_alphas(annotations: Sequence[Annotation]) -> Iterator[Score]:
    """Krippendorff's alpha over tokens, nominal.

    Of the role: what a token is part of, which is none, source, cue or content, as
    PolNeAR has it (Newell et al. 2018), and since attributions nest here also any
    combination of the three. Of each role: whether a token is part of one.
    """
    tokens = annotations[0].part.tokens
    roles = np.stack([_token_roles(annotation, tokens) for annotation in annotations], axis=1)
    yield Score("attributions", "token role, alpha", alpha(roles.tolist()), count=len(roles))
    for bit, role in enumerate(ROLES):
        values = (roles >> bit & 1).tolist()
        yield Score("attributions", f"{role} token, alpha", alpha(values), count=len(roles))


def _token_roles(annotation: Annotation, tokens: pl.DataFrame) -> npt.NDArray[np.int64]:
    """What each token is part of: 1 for a source plus 2 for a cue plus 4 for content.

    A token that a span covers in part belongs to it.
    """
    found = np.zeros(len(tokens), np.int64)
    documents = tokens.select("doc_id", "start", "end").with_row_index("token").partition_by("doc_id", as_dict=True)
    index = {
        place: [own[column].to_numpy() for column in ("token", "start", "end")] for place, own in documents.items()
    }
    for bit, spans in enumerate(role_spans(annotation).values()):
        for place, start, end in spans:
            rows, starts, ends = index[place]
            found[rows[(starts < end) & (ends > start)]] |= 1 << bit
    return found


def role_spans(annotation: Annotation) -> dict[str, list[Span]]:
    """The spans of sources, cues and contents. A source that is nobody's has none; a shared one counts each time."""
    found: dict[str, list[Span]] = {role: [] for role in ROLES}
    for (doc_id, _), row in annotation.records["attributions"].items():
        source = annotation.records["mentions"][doc_id, row["source"]] if row["source"] is not None else None
        for role, spans in (("source", [source] if source else []), ("cue", [row]), ("content", row["content"])):
            found[role] += [((doc_id,), span["start"], span["end"]) for span in spans]
    return found


def _wholes(annotation: Annotation) -> Counter[tuple[Span | None, ...]]:
    """Each attribution as the spans of its source, its cue and its content."""
    mentions = annotation.spans("mentions")
    found: Counter[tuple[Span | None, ...]] = Counter()
    for (doc_id, _), row in annotation.records["attributions"].items():
        source = mentions[doc_id, row["source"]] if row["source"] is not None else None
        content = sorted(((doc_id,), span["start"], span["end"]) for span in row["content"])
        found[source, ((doc_id,), row["start"], row["end"]), *content] += 1
    return found
