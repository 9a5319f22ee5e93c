"""Labelled spans against a gold, in the four modes of nervaluate (SemEval-2013 Task 9): strict, exact, partial, type.

Spans of one sentence are taken in the order of the text. Each one predicted meets the first of the gold's that are
left and fit it, else the first that it overlaps, which is then right in part or wrong, and is taken too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from stancebank.agreement.score import PrecisionRecall

_LEAST_OVERLAP = 1.0  # per cent of the gold's span, as nervaluate has it by default
_PART = 0.5  # of a hit is a span that overlaps, in the mode partial


class LabelledSpan(NamedTuple):
    """Tokens under a label. end: behind the last."""

    start: int
    end: int
    label: str


def _same_place(gold: LabelledSpan, found: LabelledSpan) -> bool:
    return gold[:2] == found[:2]


def _same_label(gold: LabelledSpan, found: LabelledSpan) -> bool:
    return gold.label == found.label


MODES: Mapping[str, tuple[Callable[[LabelledSpan, LabelledSpan], bool], float]] = {
    "strict": (LabelledSpan.__eq__, 0.0),
    "exact": (_same_place, 0.0),
    "partial": (_same_place, _PART),
    "type": (_same_label, 0.0),
}
"""By name what fits, and how much of a hit is a span that only overlaps."""
MEANINGS: Mapping[str, str] = {
    "strict": "place and label are right",
    "exact": "the place is right, whatever the label",
    "partial": "the place is right, or half of a hit where it overlaps, whatever the label",
    "type": "it overlaps, and the label is right",
}


def mode_score(mode: str, gold: Iterable[LabelledSpan], predicted: Iterable[LabelledSpan]) -> PrecisionRecall:
    """Precision and recall of the spans of one sentence in a mode."""
    fits, part = MODES[mode]
    left, found = sorted(gold), sorted(predicted)
    expected, hits = len(left), 0.0
    for span in found:
        near = [each for each in left if _overlap(each, span)]
        fitting = [each for each in near if fits(each, span)]
        if fitting:
            hits += 1
            left.remove(min(fitting, key=partial(_distance, span)))
        elif near:
            hits += part
            left.remove(near[0])
    return PrecisionRecall(hits, len(found), hits, expected)


def _overlap(gold: LabelledSpan, span: LabelledSpan) -> bool:
    common = min(gold.end, span.end) - max(gold.start, span.start)
    return common > 0 and common / (gold.end - gold.start) * 100 >= _LEAST_OVERLAP


def _distance(span: LabelledSpan, gold: LabelledSpan) -> int:
    return abs(gold.start - span.start) + abs(gold.end - span.end)


def tagged_spans(tags: Sequence[str], *, strict: bool) -> list[LabelledSpan]:
    """The spans of IOB2 tags.

    strict: a span begins with B alone, as in seqeval's strict mode; else also with I behind nothing or another label,
    as nervaluate and the scorer of CoNLL-2003 read it.
    """
    found: list[LabelledSpan] = []
    start, label = 0, None
    for at, tag in enumerate((*tags, "O")):
        prefix, _, name = tag.partition("-")
        goes_on = prefix == "I" and name == label
        if goes_on:
            continue
        if label is not None:
            found.append(LabelledSpan(start, at, label))
        begins = prefix == "B" or (prefix == "I" and not strict)
        start, label = at, name if begins else None
    return found
