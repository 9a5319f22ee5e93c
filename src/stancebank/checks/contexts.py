"""What people see of a finding: the sentence it stands in, with the span marked."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from stancebank.checks.registry import Hit
from stancebank.corpus import Part

_AROUND = 120  # code points shown on either side of a span, inside its sentence

Span = tuple[str, int, int]

NO_CONTEXT: tuple[str, None] = ("", None)


class Contexts:
    """The sentences of a part, to show its records in."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def context(self, hit: Hit) -> tuple[str, tuple[int, int] | None]:
        """The sentence around what a rule found, the span in [brackets], and where the span is in it.

        Its paragraph where no sentence holds it. Without a span of its own, a
        relation shows its head and an entity its first mention. NO_CONTEXT where
        there is no text to show.
        """
        span = hit.span or self._own_span(hit)
        if span is None:
            return NO_CONTEXT
        doc_id, start, end = span
        text = self._texts.get(doc_id, "")
        if not 0 <= start < end <= len(text):
            return NO_CONTEXT
        first, last = self._sentence(doc_id, start, end) or _paragraph(text, start, end)
        lead = "..." if start - first > _AROUND else ""
        trail = "..." if last - end > _AROUND else ""
        before, after = text[max(first, start - _AROUND) : start], text[end : min(last, end + _AROUND)]
        marked = len(lead) + len(before) + len("[")
        return f"{lead}{before}[{text[start:end]}]{after}{trail}", (marked, marked + end - start)

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

    def _sentence(self, doc_id: str, start: int, end: int) -> tuple[int, int] | None:
        starts, ends = self._sentences.get(doc_id, ([], []))
        index = bisect_right(starts, start) - 1
        return (starts[index], ends[index]) if index >= 0 and end <= ends[index] else None

    @cached_property
    def _texts(self) -> dict[str, str]:
        return dict(self._part["documents"].select("doc_id", "text").iter_rows())

    @cached_property
    def _sentences(self) -> dict[str, tuple[list[int], list[int]]]:
        grouped = self._part["sentences"].sort("start").group_by("doc_id").agg("start", "end")
        return {doc_id: (starts, ends) for doc_id, starts, ends in grouped.iter_rows()}

    @cached_property
    def _mentions(self) -> dict[tuple[str, str], Span]:
        rows = self._part["mentions"].select("doc_id", "mention_id", "start", "end").iter_rows()
        return {(doc_id, mention_id): (doc_id, start, end) for doc_id, mention_id, start, end in rows}

    @cached_property
    def _first_mentions(self) -> dict[tuple[str, str], Span]:
        first = self._part["mentions"].sort("start", "end").unique(["doc_id", "entity_id"], keep="first")
        rows = first.select("doc_id", "entity_id", "start", "end").iter_rows()
        return {(doc_id, entity_id): (doc_id, start, end) for doc_id, entity_id, start, end in rows}


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    last = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if last < 0 else last
