"""Objects out of memory, in a temporary file, until they are wanted again."""

from __future__ import annotations

import pickle
import tempfile
from typing import Any, NamedTuple


class Place(NamedTuple):
    """Where an object is on a shelf, in bytes."""

    start: int
    size: int


class Shelf:
    """Keeps objects that nobody else can have written: the file has no name."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed with the shelf)
        self._end = 0

    def put(self, item: object) -> Place:
        """Keep an object."""
        data = pickle.dumps(item, pickle.HIGHEST_PROTOCOL)
        self._file.seek(self._end)
        self._file.write(data)
        place = Place(self._end, len(data))
        self._end += len(data)
        return place

    def get(self, place: Place) -> Any:  # noqa: ANN401  (what was put)
        """A copy of an object."""
        self._file.seek(place.start)
        return pickle.loads(self._file.read(place.size))  # noqa: S301  (of this process)
