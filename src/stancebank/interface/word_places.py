"""Where in a document something is that a user names: by words, by offsets, or by a match of a regular expression."""

from __future__ import annotations

import re
from dataclasses import replace
from numbers import Integral
from typing import NamedTuple, Protocol, runtime_checkable

from stancebank.corpus.unplaced import passage
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.text.anchoring import AnchorText
from stancebank.text.quoted_places import Ambiguous, Bounds, Placed, Quotation

_SHOWN = 5  # candidates that an error names


class Span(NamedTuple):
    """A piece of a text: code points start..end, half open, and what the text reads there."""

    start: int
    end: int
    text: str


@runtime_checkable
class HasSpan(Protocol):
    """What has a span of its own, as mentions and sentences do."""

    @property
    def span(self) -> Span:
        """Where it is."""
        ...


Where = str | Quotation | tuple[int, int] | Span | Placed | re.Match[str] | HasSpan
"""What names a place: words, words with their context, offsets, what find gave, a match, or what has a span."""


def placed(
    anchors: AnchorText,
    doc_id: str,
    where: Where,
    bounds: Bounds | None = None,
    *,
    whole_words: bool = True,
    nearest: float | None = None,
) -> Placed:
    """The one place of what is named in a document's text.

    bounds: where words begin. whole_words, nearest: as AnchorText.find has them. Raises StanceBankError
    where it has no place, or several.
    """
    match where:
        case str():
            return _found(anchors, doc_id, Quotation(where), bounds, whole_words=whole_words, nearest=nearest)
        case Quotation():
            return _found(anchors, doc_id, where, bounds, whole_words=whole_words, nearest=nearest)
        case Placed():
            return _inside(anchors, doc_id, where.start, where.end)
        case re.Match():
            if where.string != anchors.text:
                what = f"the match {excerpt(where[0])} is not one in the text of {excerpt(doc_id)}"
                raise StanceBankError(what, "search the text of the document, such as re.search(pattern, doc.text)")
            return _inside(anchors, doc_id, *where.span())
        case Span(Integral() as start, Integral() as end, text):  # integers of NumPy too
            place = _inside(anchors, doc_id, int(start), int(end))
            if anchors.text[place.start : place.end] != text:
                what = f"{excerpt(doc_id)} does not read {excerpt(str(text))} at {place.start}..{place.end}"
                raise StanceBankError(what, "correct the offsets, or give the words alone")
            return place
        case (Integral() as start, Integral() as end):
            return _inside(anchors, doc_id, int(start), int(end))
        case HasSpan():
            return placed(anchors, doc_id, where.span)
    what = f"{excerpt(repr(where))} names no place in a text"
    raise StanceBankError(what, "give words, (start, end), or a match of a regular expression")


def all_placed(anchors: AnchorText, words: str, *, whole_words: bool = True) -> list[Span]:
    """All places of words in a text, in order; those of the first folding under which there are any."""
    _, found = anchors.candidates(Quotation(words), whole_words=whole_words)
    return [Span(place.start, place.end, anchors.text[place.start : place.end]) for place in found]


def _inside(anchors: AnchorText, doc_id: str, start: int, end: int) -> Placed:
    if not 0 <= start < end <= len(anchors.text):
        what = f"{start}..{end} is no span of {excerpt(doc_id)}, whose text has {len(anchors.text):,} code points"
        raise StanceBankError(what, "give start < end, counted in code points from 0")
    return Placed(start, end)


def _found(
    anchors: AnchorText,
    doc_id: str,
    quotation: Quotation,
    bounds: Bounds | None,
    *,
    whole_words: bool,
    nearest: float | None,
) -> Placed:
    result = anchors.find(quotation, bounds, whole_words=whole_words, nearest=nearest)
    if isinstance(result, Placed):
        return result
    lines = [f"{excerpt(quotation.words)} {result.why} of {excerpt(doc_id)}"]
    if isinstance(result, Ambiguous):
        lines = [f"{excerpt(quotation.words)} is ambiguous: it {result.why} in {excerpt(doc_id)}"]
        fix = f"add nth=1 to nth={result.count}, or before= and after= with the words around it"
    elif quotation.nth is not None and result.candidates:
        lines = [f"{excerpt(quotation.words)} {result.why}, in {excerpt(doc_id)}"]
        fix = "correct nth, which counts from 1"
    else:
        fix = "copy the words from the text"
        fix += ", or give what find(words, whole_words=False) finds" if "part of a word" in result.why else ""
    for number, (start, end) in enumerate(result.candidates[:_SHOWN], 1):
        lines.append(printable(f"{number}: {start}..{end} {passage(anchors.text, start, end)}"))
    listed = result.count if isinstance(result, Ambiguous) else len(result.candidates)
    if listed > _SHOWN:
        lines.append(f"and {counted(listed - _SHOWN, 'other place')}")
    raise StanceBankError("\n  ".join(lines), fix)


def quotation(where: Where, nth: int | None = None, before: str | None = None, after: str | None = None) -> Where:
    """What names a place, narrowed: which of the places of words, and the words around. For words alone."""
    if nth is None and before is None and after is None:
        return where
    if isinstance(where, str):
        return Quotation(where, before, after, nth)
    if isinstance(where, Quotation):
        return replace(where, nth=nth or where.nth, before=before or where.before, after=after or where.after)
    raise StanceBankError("nth, before and after go with words", "leave them out, or give words")
