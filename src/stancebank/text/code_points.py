"""The texts of documents by code point: what their spans read, and single characters."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import polars as pl

Positions = npt.NDArray[np.int64]


class CodePoints:
    """Texts of which many spans are read at once.

    A text is named by its index in the series, a place in it by its code point.
    Strings are stored as UTF-8, in which finding a code point means counting up to
    it; here they are counted once.
    """

    def __init__(self, texts: pl.Series) -> None:
        self._texts = texts
        self.lengths: Positions = texts.str.len_chars().cast(pl.Int64).to_numpy()
        self._first = _starts(self.lengths)
        self._codes = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32)

    def inside(self, text: Positions, start: Positions, end: Positions) -> npt.NDArray[np.bool_]:
        """Whether each span has a code point and lies inside its text."""
        return (start >= 0) & (start < end) & (end <= self.lengths[text])

    def read(self, text: Positions, start: Positions, end: Positions) -> pl.Series:
        """What each text reads at start..end; the spans lie inside their texts."""
        first, base = self._first[text], self._first_byte[text]
        begin = self._byte[first + start] - base
        spans = {"text": self._texts.cast(pl.Binary).gather(text), "at": begin}
        spans["length"] = self._byte[first + end] - base - begin
        read = pl.DataFrame(spans).select(pl.col("text").bin.slice(pl.col("at"), pl.col("length")))
        return read.to_series().cast(pl.String)

    def blanked(self, text: Positions, start: Positions, end: Positions) -> pl.Series:
        """The texts with a NUL for each code point in the spans, which may reach out of their texts."""
        start, end = (np.clip(place, 0, self.lengths[text]) for place in (start, end))
        lengths = np.maximum(end - start, 0)
        codes = self._codes.copy()
        codes[np.repeat(self._first[text] + start - _starts(lengths)[:-1], lengths) + np.arange(lengths.sum())] = 0
        left, first = codes.tobytes().decode("utf-32-le"), self._first.tolist()
        return pl.Series([left[begin:end] for begin, end in pairwise(first)], dtype=pl.String)

    def codes(self, text: Positions, place: Positions) -> npt.NDArray[np.uint32]:
        """The code point at each place, 0 for a place in front of its text or behind it."""
        found = (place >= 0) & (place < self.lengths[text])
        codes = np.zeros(len(place), np.uint32)
        codes[found] = self._codes[(self._first[text] + place)[found]]
        return codes

    @cached_property
    def _byte(self) -> Positions:
        """Where each code point of all texts together starts in UTF-8."""
        data = "".join([*self._texts, "\0"]).encode()
        # All bytes but those that continue a character, 0x80 to 0xBF, are above -65 as signed numbers.
        return np.flatnonzero(np.frombuffer(data, np.int8) > -65)

    @cached_property
    def _first_byte(self) -> Positions:
        return self._byte[self._first]


def _starts(lengths: npt.NDArray[np.int64] | npt.NDArray[np.uint8]) -> Positions:
    """Where each of some things in a row starts, and where the last one ends."""
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts
