"""Objects out of memory, in a temporary file, until they are wanted again."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Mapping
from itertools import accumulate
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where objects that were put together are on a shelf, in bytes. contents: size of what says where each is."""

    start: int
    contents: int
    size: int


class Shelf:
    """Keeps objects that nobody else can have written: the file has no name."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the shelf)
        self._end = 0

    def put(self, items: Mapping[str, object]) -> Place:
        """Keep objects by name, each to be had without the others."""
        pieces = [pickle.dumps(item, pickle.HIGHEST_PROTOCOL) for item in items.values()]
        sizes = [len(piece) for piece in pieces]
        starts = accumulate(sizes, initial=0)
        contents = pickle.dumps(dict(zip(items, zip(starts, sizes, strict=False), strict=False)))
        self._file.seek(self._end)
        self._file.writelines((contents, *pieces))
        place = Place(self._end, len(contents), len(contents) + sum(sizes))
        self._end += place.size
        return place

    def get(self, place: Place, name: str) -> Any:  # noqa: ANN401  (what was put)
        """A copy of an object. Raises KeyError where none of that name was put."""
        self._file.seek(place.start)
        start, size = pickle.loads(self._file.read(place.contents))[name]  # noqa: S301  (of this process)
        self._file.seek(place.start + place.contents + start)
        return pickle.loads(self._file.read(size))  # noqa: S301
