"""What people see of a finding: the sentence it stands in, with the span marked."""

from __future__ import annotations

from functools import cached_property

from stancebank.checks.registry import Hit
from stancebank.corpus import Part
from stancebank.marked_text import NOTHING, Marked, MarkedText

Span = tuple[str, int, int]


class Contexts:
    """The sentences of a part, to show its records in."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._text = MarkedText(part)

    def context(self, hit: Hit) -> Marked:
        """What a rule found in its sentence, as MarkedText.sentence gives it.

        Without a span of its own, a relation shows its head and an entity its first
        mention.
        """
        span = hit.span or self._own_span(hit)
        return self._text.sentence(*span) if span else NOTHING

    def _own_span(self, hit: Hit) -> Span | None:
        if hit.layer not in self._part.frames:
            return None
        record = self._part[hit.layer].row(hit.row, named=True)
        if "start" in record:
            return record["doc_id"], record["start"], record["end"]
        if hit.layer == "relations":
            return self._mentions.get((record["doc_id"], record["head"]))
        if hit.layer == "entities":
            return self._first_mentions.get((record["doc_id"], record["entity_id"]))
        return None

    @cached_property
    def _mentions(self) -> dict[tuple[str, str], Span]:
        rows = self._part["mentions"].select("doc_id", "mention_id", "start", "end").iter_rows()
        return {(doc_id, mention_id): (doc_id, start, end) for doc_id, mention_id, start, end in rows}

    @cached_property
    def _first_mentions(self) -> dict[tuple[str, str], Span]:
        first = self._part["mentions"].sort("start", "end").unique(["doc_id", "entity_id"], keep="first")
        rows = first.select("doc_id", "entity_id", "start", "end").iter_rows()
        return {(doc_id, entity_id): (doc_id, start, end) for doc_id, entity_id, start, end in rows}
