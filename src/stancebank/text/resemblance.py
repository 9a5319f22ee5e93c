"""How alike texts are: sketches of their runs of letters, of which a few tell what all would."""

from __future__ import annotations

import unicodedata
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

RUN = 12
"""Letters and digits in a run: some two words."""

SIZE = 64
"""How many runs a sketch keeps, about. What two sketches have in common is mostly off by less than 0.06."""

_SKETCH = pl.Schema({"limit": pl.UInt32(), "hashes": pl.List(pl.UInt32())})
_HASHES = 2**32
_FACTOR = 0x9E3779B97F4A7C15  # 2^64 over the golden ratio
_MIX = np.uint64(0xBF58476D1CE4E5B9)  # of SplitMix64: Steele, Lea and Flood 2014
_HALF = np.uint64(32)


def sketches(texts: pl.Series) -> pl.DataFrame:
    """The sketch of each text, in their order; empty for a text shorter than a run.

    Case, blanks and punctuation do not count. A sketch follows from its text alone, and is
    the same on every machine. Broder 1997, On the resemblance and containment of documents.
    hashes: those of the text's runs up to limit, ascending; the longer the text, the lower its limit.
    """
    letters, lengths = _letters(texts)
    hashes = _run_hashes(letters)
    starts = np.cumsum(lengths) - lengths
    kept, limits = [], []
    for start, length in zip(starts.tolist(), lengths.tolist(), strict=True):
        runs = max(length - RUN + 1, 0)
        limit = _HASHES * SIZE // max(runs, SIZE) - 1
        own = hashes[start : start + runs]
        kept.append(np.unique(own[own <= limit]))
        limits.append(limit)
    return pl.DataFrame({"limit": limits, "hashes": kept}, schema=_SKETCH)


def resemblance(one: dict[str, Any], other: dict[str, Any]) -> float:
    """The share of the runs of two texts that both have, from 0 to 1, as their sketches tell it."""
    limit = min(one["limit"], other["limit"])
    mine, theirs = ({run for run in each["hashes"] if run <= limit} for each in (one, other))
    return len(mine & theirs) / max(len(mine | theirs), 1)


def _letters(texts: pl.Series) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.int64]]:
    """The letters, marks and digits of all texts in lower case, by code point; and how many each text has."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)
    lower = np.zeros(int(codes.max(initial=0)) + 1, np.uint32)
    for code in np.flatnonzero(np.bincount(codes)).tolist():
        if unicodedata.category(chr(code))[0] in "LMN":
            lower[code] = ord(chr(code).lower()[0])
    lowered = lower[codes]
    counted = np.concatenate([[0], np.cumsum(lowered != 0)])
    ends = np.concatenate([[0], np.cumsum(texts.str.len_chars().cast(pl.Int64).to_numpy())])
    return lowered[lowered != 0], np.diff(counted[ends])


def _run_hashes(letters: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """A hash of the run that starts at each letter, for as many as have a run behind them."""
    if letters.size < RUN:
        return np.empty(0, np.uint32)
    one = letters.astype(np.uint64)
    two = _joined(one, 1, one, 1)
    four = _joined(two, 2, two, 2)
    run = _joined(_joined(four, 4, four, 4), 8, four, 4)
    run ^= run >> _HALF
    return ((run * _MIX) >> _HALF).astype(np.uint32)


def _joined(
    hashes: npt.NDArray[np.uint64], length: int, others: npt.NDArray[np.uint64], more: int
) -> npt.NDArray[np.uint64]:
    """Polynomial hashes of runs of length letters, each with the run of more letters that starts where it ends."""
    following = others[length:]
    return hashes[: following.size] * np.uint64(pow(_FACTOR, more, 2**64)) + following
