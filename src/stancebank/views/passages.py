"""What surrounds spans: the sentences that they start and end in, and what these read."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part, once
from stancebank.views.text_line import Integers, documents_of, on_line


def sentence_rows(part: Part, document: Integers, place: pl.Series) -> Integers:
    """The row of the sentence that each place of a text is in, or behind which it is.

    document: the row of the document of each place, which has sentences. place: code points in it.
    """
    order, starts = _in_order(part)
    found: Integers = order[np.searchsorted(starts, on_line(part, document, place), "right") - 1]
    return found


def neighbours(part: Part, rows: Integers, step: int) -> Integers:
    """The rows of the sentences a number of steps further in the same text; -1 where it has none there."""
    order, _ = _in_order(part)
    at = np.argsort(order)[rows] + step
    inside = (at >= 0) & (at < len(order))
    others = order[np.where(inside, at, 0)] if len(order) else rows
    document = documents_of(part, "sentences")
    found: Integers = np.where(inside & (document[others] == document[rows]), others, -1)
    return found


def read_sentences(part: Part, first: Integers, last: Integers | None = None) -> pl.Series:
    """What the text reads from the start of a sentence to the end of one of the same document, given as rows.

    last: without it, each sentence alone. Null where the row of the first is -1.
    """
    last = first if last is None else last
    there = np.flatnonzero(first >= 0)
    starts, ends = (part["sentences"][side].to_numpy() for side in ("start", "end"))
    document = documents_of(part, "sentences")[first[there]]
    texts = part.code_points.read(document, starts[first[there]], ends[last[there]])
    return pl.Series([None] * len(first), dtype=pl.String).scatter(there, texts)


@once
def _in_order(part: Part) -> tuple[Integers, Integers]:
    """The rows of the sentences in the order of the texts, and where on the line each of these starts."""
    starts = on_line(part, documents_of(part, "sentences"), part["sentences"]["start"])
    order = np.argsort(starts, kind="stable")
    return order, starts[order]
