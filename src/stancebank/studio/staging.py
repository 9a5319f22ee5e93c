"""Files that are to be written once all is read, kept on disk, so that memory does not grow with their number."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple, Self


class NewFile(NamedTuple):
    """A file that is to be written.

    annotator: whose pass it belongs to; empty for the corpus's own layers and the base.
    """

    annotator: str
    file: str
    data: bytes


class Staging:
    """Keeps files in one temporary file, which goes when the block ends."""

    def __init__(self) -> None:
        self._data = tempfile.TemporaryFile()  # noqa: SIM115  (closed at the end of the block)
        self._places: list[tuple[str, str, int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()

    def add(self, files: Iterable[NewFile]) -> None:
        """Keep files."""
        for annotator, file, data in files:
            self._places.append((annotator, file, self._data.seek(0, os.SEEK_END), len(data)))
            self._data.write(data)

    def clear(self) -> None:
        """Forget everything."""
        self._places.clear()
        self._data.truncate(0)

    def names(self) -> list[str]:
        """The files: the corpus's own first, then by annotator; those of one in the order in which they came."""
        return [file for _, file, _, _ in self._in_order()]

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """The files with their bytes, in that order, one at a time in memory."""
        for _, file, offset, length in self._in_order():
            self._data.seek(offset)
            yield file, self._data.read(length)

    def _in_order(self) -> list[tuple[str, str, int, int]]:
        return sorted(self._places, key=itemgetter(0))
