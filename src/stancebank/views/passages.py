"""What surrounds spans: the sentences that they start and end in, and what these read."""

from __future__ import annotations

import numpy as np
import polars as pl

from stancebank.corpus.part import Part
from stancebank.schema.frames import parent_index
from stancebank.views.text_line import Integers, on_line


def sentence_rows(part: Part, document: Integers, place: pl.Series) -> Integers:
    """The row of the sentence that each place of a text is in, or behind which it is.

    document: the row of the document of each place, which has sentences. place: code points in it.
    """
    sentences = part["sentences"]
    starts = on_line(part, parent_index(sentences, part["documents"], ["doc_id"]), sentences["start"])
    order = np.argsort(starts, kind="stable")
    found: Integers = order[np.searchsorted(starts[order], on_line(part, document, place), "right") - 1]
    return found


def read_sentences(part: Part, first: Integers, last: Integers | None = None) -> pl.Series:
    """What the text reads from the start of a sentence to the end of one of the same document, given as rows.

    last: without it, each sentence alone. Null where the row of the first is -1.
    """
    last = first if last is None else last
    found = pl.Series([None] * len(first), dtype=pl.String)
    there = np.flatnonzero(first >= 0)
    if not there.size:
        return found
    sentences = part["sentences"]
    document = parent_index(sentences, part["documents"], ["doc_id"])[first[there]]
    starts, ends = (sentences[side].to_numpy()[rows[there]] for side, rows in (("start", first), ("end", last)))
    return found.scatter(there, part.code_points.read(document, starts, ends))


def neighbours(part: Part, rows: Integers, step: int) -> Integers:
    """The rows of the sentences so many steps on in the same document; -1 where it has none there."""
    ids, others = part["sentences"]["doc_id"], rows + step
    inside = (others >= 0) & (others < len(ids))
    others = np.where(inside, others, 0)
    same = (ids.gather(others) == ids.gather(rows)).to_numpy() if len(rows) else np.empty(0, bool)
    found: Integers = np.where(inside & same, others, -1)
    return found
