"""What people see of a span: its sentence, with the span in brackets."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property

from stancebank.corpus.part import Part

_AROUND = 120  # code points shown on either side of a span, inside its sentence

Marked = tuple[str, tuple[int, int] | None]
NOTHING: Marked = ("", None)


class MarkedText:
    """The texts of a part's documents, to show spans in."""

    def __init__(self, part: Part) -> None:
        self._part = part

    def sentence(self, doc_id: str, start: int, end: int) -> Marked:
        """The sentence around a span of code points, the span in [brackets], and where the span is in it.

        Its paragraph where no sentence holds it; NOTHING where the text has no such span.
        """
        text = self._texts.get(doc_id, "")
        if not 0 <= start < end <= len(text):
            return NOTHING
        first, last = self._sentence(doc_id, start, end) or _paragraph(text, start, end)
        lead = "..." if start - first > _AROUND else ""
        trail = "..." if last - end > _AROUND else ""
        before, after = text[max(first, start - _AROUND) : start], text[end : min(last, end + _AROUND)]
        marked = len(lead) + len(before) + len("[")
        return f"{lead}{before}[{text[start:end]}]{after}{trail}", (marked, marked + end - start)

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


def _paragraph(text: str, start: int, end: int) -> tuple[int, int]:
    last = text.find("\n", end)
    return text.rfind("\n", 0, start) + 1, len(text) if last < 0 else last
