"""The texts of a part as one line, on which one search serves all documents."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import polars as pl

from stancebank.corpus.part import Part

Integers = npt.NDArray[np.int64]


def on_line(part: Part, document: Integers, place: pl.Series) -> Integers:
    """Places in texts as places in all texts laid one behind the other, in code points.

    document: the row of the document that each is in; -1 is taken for the first.
    """
    lengths = part["documents"]["text"].str.len_chars().cast(pl.Int64).to_numpy()
    starts = np.append(np.cumsum(lengths) - lengths, 0)
    moved: Integers = place.to_numpy() + starts[document]
    return moved
