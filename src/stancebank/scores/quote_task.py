"""Attributions: source, cue and content as spans of the text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from stancebank.agreement.attribution_scores import ROLES
from stancebank.agreement.score import matched
from stancebank.agreement.span_overlap import Span, exact, overlapping
from stancebank.faults import StanceBankError, excerpt
from stancebank.scores.gold_rows import GoldRows, Row
from stancebank.scores.measure import Measure, f1_measure
from stancebank.scores.predictions import Index, Prediction, require_new, typed
from stancebank.text.known_words import KnownWords
from stancebank.views.documents import DONE_LAYERS

Place = tuple[int, int]
VIEW = "documents"
_LAYER = "attributions"


class Quote(NamedTuple):
    """An attribution in code points of the document's text. source: None where nobody is named."""

    source: Place | None
    cue: Place
    content: tuple[Place, ...]


Quotes = Mapping[str, Sequence[Quote]]
"""By document."""


class QuoteRow(msgspec.Struct):
    """An attribution. Its places count from text_start on, which is a place in the document's text."""

    doc_id: str
    cue_start: int
    cue_end: int
    content_starts: list[int]
    content_ends: list[int]
    source_start: int | None = None
    source_end: int | None = None
    text_start: Index = 0


class QuoteTask:
    """Attributions of the documents in which they are done."""

    views = (VIEW,)

    def gold(self, rows: GoldRows) -> Quotes:
        """The attributions of the gold. Raises StanceBankError where the scheme has none."""
        if not rows.scheme.layers.uses(_LAYER):
            raise StanceBankError(f"the scheme has no {_LAYER}", "score another task")
        return {row["doc_id"]: _of_row(row) for row in _done(rows.rows[VIEW])}

    def predicted(self, predictions: Iterable[Prediction], rows: GoldRows) -> Quotes:
        """The attributions that are predicted. Raises StanceBankError."""
        texts = {row["doc_id"]: row["text"] for row in _done(rows.rows[VIEW])}
        found: dict[str, dict[Quote, None]] = {doc_id: {} for doc_id in texts}
        for where, row in typed(predictions, QuoteRow):
            rows.require_document(where, row.doc_id)
            if row.doc_id not in texts:
                what = f"{where}: the attributions of the document {excerpt(row.doc_id)} are not done"
                raise StanceBankError(what, "leave it out")
            quote = _quote(where, row, len(texts[row.doc_id]))
            require_new(where, quote, found[row.doc_id], f"the attribution with its cue at {quote.cue[0]}")
            found[row.doc_id][quote] = None
        return {doc_id: [*quotes] for doc_id, quotes in found.items()}

    def measures(self, gold: Quotes, predicted: Quotes, rows: GoldRows) -> Iterator[Measure]:  # noqa: ARG002
        """For source, cue and content F1 of the same spans and of spans that overlap; F1 of whole attributions."""
        documents = sorted(gold)
        whole = []
        for doc_id in documents:
            ours, theirs = Counter(gold[doc_id]), Counter(predicted[doc_id])
            whole.append(matched((ours & theirs).total(), ours.total(), theirs.total()))
        yield f1_measure("source, cue and content, exact", whole)
        for role in ROLES:
            pairs = [(_spans(gold[doc_id], role), _spans(predicted[doc_id], role)) for doc_id in documents]
            yield f1_measure(f"{role}, exact", [exact(*pair) for pair in pairs])
            yield f1_measure(f"{role}, overlap", [overlapping(*pair) for pair in pairs])

    def baselines(self, rows: GoldRows) -> Iterator[tuple[str, Quotes]]:
        """No attribution; every word that was a cue before as one, with nobody for its source and without content."""
        here = _done(rows.rows[VIEW])
        yield "majority", {row["doc_id"]: [] for row in here}
        cues = {row["text"][start:end] for row in _done(rows.others[VIEW]) for _, (start, end), _ in _of_row(row)}
        known = KnownWords(cues)
        found = {row["doc_id"]: [*known.places(row["text"])] for row in here}
        yield "gazetteer", {doc_id: [Quote(None, cue, ()) for cue in places] for doc_id, places in found.items()}


def _done(rows: Iterable[Row]) -> list[Row]:
    return [row for row in rows if _LAYER in row[DONE_LAYERS]]


def _of_row(row: Row) -> list[Quote]:
    mentions = {each["mention_id"]: (each["start"], each["end"]) for each in row.get("mentions", ())}
    return [
        Quote(
            mentions[each["source"]] if each.get("source") is not None else None,
            (each["start"], each["end"]),
            tuple((span["start"], span["end"]) for span in each["content"]),
        )
        for each in row[_LAYER]
    ]


def _quote(where: str, row: QuoteRow, length: int) -> Quote:
    if len(row.content_starts) != len(row.content_ends):
        what = f"{where}: {len(row.content_starts)} starts and {len(row.content_ends)} ends of content"
        raise StanceBankError(what, "give each span of the content a start and an end")
    if (row.source_start is None) != (row.source_end is None):
        raise StanceBankError(f"{where}: of the source one end is null", "give both, or null for both")

    def place(start: int, end: int) -> Place:
        found = row.text_start + start, row.text_start + end
        if not 0 <= found[0] < found[1] <= length:
            what = f"{where}: {found[0]}..{found[1]} is no span of the {length:,} code points of {excerpt(row.doc_id)}"
            raise StanceBankError(what, "count code points from 0, the end behind the last")
        return found

    source = None
    if row.source_start is not None and row.source_end is not None:
        source = place(row.source_start, row.source_end)
    content = map(place, row.content_starts, row.content_ends)
    return Quote(source, place(row.cue_start, row.cue_end), tuple(sorted(content)))


def _spans(quotes: Iterable[Quote], role: str) -> list[Span]:
    """The spans of a role; a span of several attributions counts each time."""
    found: list[Span] = []
    for source, cue, content in quotes:
        places = {"source": [source] if source else [], "cue": [cue], "content": content}[role]
        found += [(("",), start, end) for start, end in places]
    return found
