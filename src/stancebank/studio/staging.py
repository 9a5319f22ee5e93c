"""Documents that were read and are not written yet, kept on disk, so that memory does not grow with their number."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from typing import NamedTuple

import msgspec

from stancebank.studio.records import Names


class Place(NamedTuple):
    """Where an annotation goes: a part, and whose pass; the corpus's own where annotator is None."""

    part: str
    annotator: str | None


class Staged(NamedTuple):
    """One document's annotation, as lines of the annotated layers in their order.

    lines: what is to be written, after merging; None where it is there already. sent:
    what the annotator made of it, which the next export is compared with. names: of
    the regions that are not called like their record.
    """

    lines: Sequence[bytes] | None
    sent: Sequence[bytes]
    names: Names


class Staging:
    """Keeps annotations by place and document in one temporary file, which goes when it is closed."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  (closed by close)
        self._places: dict[Place, dict[str, tuple[int, int]]] = {}

    def close(self) -> None:
        """Give the disk space back."""
        self._file.close()

    def clear(self) -> None:
        """Forget everything."""
        self._places.clear()
        self._file.truncate(0)

    def add(self, place: Place, doc_id: str, staged: Staged) -> None:
        """Keep a document's annotation."""
        names = [(*key, record) for key, record in staged.names.items()]
        data = msgspec.msgpack.encode((staged.lines, staged.sent, names))
        self._places.setdefault(place, {})[doc_id] = (self._file.seek(0, 2), len(data))
        self._file.write(data)

    def discard(self, doc_id: str, annotator: str | None, *, everywhere: bool = False) -> None:
        """Forget a document's annotation by an annotator, or everywhere those of all annotators."""
        for place, documents in self._places.items():
            if everywhere or place.annotator == annotator:
                documents.pop(doc_id, None)

    def places(self) -> list[Place]:
        """The places that have documents, the corpus's own first, then by annotator; parts in order."""
        found = (place for place, documents in self._places.items() if documents)
        return sorted(found, key=lambda place: (place.annotator or "", place.part))

    def read(self, place: Place, doc_id: str) -> Staged | None:
        """A document's annotation, where there is one."""
        if doc_id not in self._places.get(place, {}):
            return None
        offset, length = self._places[place][doc_id]
        self._file.seek(offset)
        lines, sent, names = msgspec.msgpack.decode(self._file.read(length))
        return Staged(lines, sent, {(layer, region): record for layer, region, record in names})
