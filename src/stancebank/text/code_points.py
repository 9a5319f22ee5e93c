"""The texts of documents by code point: what their spans read, and what is beside a place."""

from __future__ import annotations

from copy import copy
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Positions = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


class CodePoints:
    """Texts of which many spans are read at once.

    A text is named by its index in the series, a place in it by its code point.
    Strings are stored as UTF-8, in which finding a code point means counting up to
    it; here those of several bytes are counted once.
    """

    def __init__(self, texts: pl.Series) -> None:
        self.texts = texts
        self.lengths: Positions = texts.str.len_chars().cast(pl.Int64).to_numpy()
        self._first = _starts(self.lengths)
        self._first_byte = _starts(texts.str.len_bytes().cast(pl.Int64).to_numpy())

    def inside(self, text: Positions, start: Positions, end: Positions) -> npt.NDArray[np.bool_]:
        """Whether each span has a code point and lies inside its text."""
        return (start >= 0) & (start < end) & (end <= self.lengths[text])

    def read(self, text: Positions, start: Positions, end: Positions) -> pl.Series:
        """What each text reads at start..end; the spans lie inside their texts."""
        return self.read_bytes(text, start, end).cast(pl.String)

    def read_bytes(self, text: Positions, start: Positions, end: Positions) -> pl.Series:
        """What each text reads at start..end, in UTF-8; the spans lie inside their texts."""
        begin = self._byte(text, start)
        spans = {"text": self.texts.cast(pl.Binary).gather(text), "at": begin - self._first_byte[text]}
        spans["length"] = self._byte(text, end) - begin
        return pl.DataFrame(spans).select(pl.col("text").bin.slice(pl.col("at"), pl.col("length"))).to_series()

    def blanked(self, text: Positions, start: Positions, end: Positions) -> CodePoints:
        """The texts with NULs instead of the bytes of the spans, which may reach out of their texts.

        Their places are those of the texts themselves.
        """
        begin, end = (self._byte(text, np.clip(place, 0, self.lengths[text])) for place in (start, end))
        lengths = np.maximum(end - begin, 0)
        places = np.arange(lengths.sum())
        places += np.repeat(begin - _starts(lengths)[:-1], lengths)
        data = self._data.copy()
        data[places] = 0
        buffers = [pa.py_buffer(each) for each in (self._first_byte, data)]
        texts = pa.LargeStringArray.from_buffers(len(self.lengths), *buffers)
        blanked = copy(self)
        blanked.texts, blanked._data = series(texts), data
        return blanked

    def beside(self, text: Positions, place: Positions) -> tuple[Bytes, Bytes]:
        """The last byte before each place and the first behind it, in UTF-8; the places lie inside their texts."""
        at = self._byte(text, place)
        return self._data[at - 1], self._data[at]

    @cached_property
    def have_control_characters(self) -> bool:
        """Whether a text has one other than LF and TAB: C0, DEL or C1."""
        data = self._data
        low = (data < 0x20) & (data != 0x0A) & (data != 0x09) | (data == 0x7F)
        high = (data[:-1] == 0xC2) & (data[1:] < 0xA0)  # the two bytes of U+0080 to U+009F
        return bool(low.any() or high.any())

    def _byte(self, text: Positions, place: Positions) -> Positions:
        """Where places are in all texts together: as many bytes as code points, and what these have more than one."""
        place = self._first[text] + place
        return place + self._more[np.searchsorted(self._wide, place)]

    @cached_property
    def _data(self) -> Bytes:
        """All texts together."""
        return np.frombuffer(b"".join(self.texts.cast(pl.Binary)), np.uint8)

    @cached_property
    def _wide(self) -> Positions:
        """The code points of all texts together that have several bytes."""
        return np.flatnonzero(self._data >= 0xC0) - self._more[:-1]

    @cached_property
    def _more(self) -> Positions:
        """How many bytes all of them up to each have beyond the first."""
        lead = self._data[self._data >= 0xC0]
        return _starts(1 + (lead >= 0xE0) + (lead >= 0xF0).astype(np.int64))


def _starts(lengths: Positions) -> Positions:
    """Where each of some things in a row starts, and where the last one ends."""
    starts = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=starts[1:])
    return starts


def series(values: pa.Array) -> pl.Series:
    """A column of Arrow as one of Polars; pl.from_arrow would load pyarrow.compute for one that is in no table."""
    frame = pl.from_arrow(pa.Table.from_arrays([values], [""]))
    assert isinstance(frame, pl.DataFrame)
    return frame.to_series()
