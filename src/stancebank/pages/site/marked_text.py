"""A text cut at the ends of its spans: each segment says in which of them it is, so that spans may nest and cross."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from stancebank.pages.reading.document_reading import DocumentReading, Span
from stancebank.pages.site.page_links import CODES, Labels, key
from stancebank.schema.column import UNDECIDED
from stancebank.schema.layers import ATTRIBUTIONS, MENTIONS, STANCES

_DEEPEST = 3  # mentions in one another that have a line of their own
_PARAGRAPH = re.compile(r"[^\n]+")
_BADGED = (ATTRIBUTIONS.name, STANCES.name)


class Badge(NamedTuple):
    """A mark behind a span that leads to its record. said: to those who hear the page. classes: of its colour."""

    id: str
    key: str
    said: str
    classes: str


class Segment(NamedTuple):
    """A stretch of the text.

    classes: the looks of the spans around it. keys: of these spans, innermost first. starts: keys of those that
    start with it. badges: behind it.
    """

    text: str
    classes: str
    keys: str
    starts: tuple[str, ...]
    badges: tuple[Badge, ...]


def paragraphs(reading: DocumentReading, labels: Labels) -> Iterator[list[Segment]]:
    """The lines of a text that have words, each as its segments."""
    text = reading.text or ""
    spans = reading.spans
    colours = _Colours(reading, labels)
    begun, active, anchored = 0, list[Span](), set[str]()
    for line in _PARAGRAPH.finditer(text):
        start, end = line.span()
        until = begun
        while until < len(spans) and spans[until].start < end:
            until += 1
        active = [span for span in (*active, *spans[begun:until]) if start < span.end]
        begun = until
        yield list(_segments(text, (start, end), active, colours, anchored))


class _Colours:
    """The classes of spans by their labels."""

    def __init__(self, reading: DocumentReading, labels: Labels) -> None:
        columns = {name: next((c.vocabulary for c in layer.columns if c.vocabulary), None)
                   for name, layer in reading.part.layers.parts.items()}  # fmt: skip
        self._vocabularies = columns | {MENTIONS.name: columns.get("entities") or columns.get(MENTIONS.name)}
        self._labels = labels

    def of(self, span: Span) -> int | None:
        return self._labels.colour(self._vocabularies.get(span.layer) or "", span.label)


def _segments(
    text: str, line: tuple[int, int], spans: Sequence[Span], colours: _Colours, anchored: set[str]
) -> Iterator[Segment]:
    """The segments of a line. anchored: the keys that have had their start before; those of this line are added."""
    start, end = line
    cuts = {start, end} | {place for span in spans for place in span[2:4] if start < place < end}
    places = sorted(cuts)
    for place, after in pairwise(places):
        around = [span for span in spans if span.start <= place and after <= span.end]
        inner = sorted(around, key=lambda span: (span.end - span.start, span.layer, span.id))
        keys = dict.fromkeys(key(span.layer, span.id) for span in inner)
        starts = tuple(each for each in keys if each not in anchored)
        anchored.update(starts)
        ends = [span for span in spans if span.end == after and span.layer in _BADGED]
        badges = tuple(_badge(span, colours) for span in ends if span.layer != ATTRIBUTIONS.name or not span.content)
        yield Segment(text[place:after], " ".join(_classes(around, colours)), " ".join(keys), starts, badges)


def _classes(around: Sequence[Span], colours: _Colours) -> Iterator[str]:
    mentions = [span for span in around if span.layer == MENTIONS.name][:_DEEPEST]
    if mentions:
        yield f"m m{len(mentions)}"
    for depth, span in enumerate(mentions, 1):
        colour = colours.of(span)
        yield f"u{depth} u{depth}c{'x' if colour is None else colour}"
    content = sum(span.content for span in around)
    if content:
        yield f"con con{min(content, 2)}"
    if any(span.layer == ATTRIBUTIONS.name and not span.content for span in around):
        yield "cue"
    stances = [span for span in around if span.layer == STANCES.name]
    if stances:
        yield f"st {_stance_class(stances[-1], colours)}"


def _stance_class(span: Span, colours: _Colours) -> str:
    colour = colours.of(span)
    return "sx" if colour is None else f"s{colour}"


def _badge(span: Span, colours: _Colours) -> Badge:
    code = CODES[span.layer]
    said = f"{'stance' if span.layer == STANCES.name else 'attribution'} {span.id}: {span.label or UNDECIDED}"
    classes = f"{code} {_stance_class(span, colours)}" if span.layer == STANCES.name else code
    return Badge(span.id, key(span.layer, span.id), said, classes)
