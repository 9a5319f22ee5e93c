"""The texts that records are in, and all texts of a part as one line, on which one search serves all documents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.corpus.part import Part, once

Integers = npt.NDArray[np.int64]


def documents_of(part: Part, layer: str) -> Integers:
    """The row of the document that each record of a layer is in; -1 where there is none."""
    rows: Integers = part.document_rows[layer].cast(pl.Int64).fill_null(-1).to_numpy()
    return rows


def on_line(part: Part, document: Integers, place: pl.Series) -> Integers:
    """Places in texts as places in all texts laid one behind the other, in code points.

    document: the row of the document that each is in; -1 is taken for the first.
    """
    moved: Integers = place.to_numpy() + _starts(part)[document]
    return moved


@once
def _starts(part: Part) -> Integers:
    """Where each text starts on the line, and 0."""
    lengths = part.code_points.lengths
    return np.append(np.cumsum(lengths) - lengths, 0)
