"""What came of all parts, in the order of the export, whatever the order in which they were read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import itemgetter

from stancebank.studio.notices import Notice
from stancebank.studio.parts import PartImport
from stancebank.studio.people import Account
from stancebank.studio.reading import LINES_KEPT, ImportedDocument

_Placed = tuple[int, ImportedDocument]
"""A document with the index of its task."""


class Gathering:
    """What came of the parts so far."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []
        self._met: dict[Account, tuple[int, int]] = {}
        self._documents: list[_Placed] = []
        self._changed: list[_Placed] = []

    def add(self, part: PartImport) -> None:
        """Another part."""
        self._notices += part.notices
        for who, place in part.met.items():
            self._met[who] = min(place, self._met.get(who, place))
        changed = [placed for placed in part.documents if placed[1].changes]
        self._changed = list(_clipped([*self._changed, *changed]))
        self._documents += ((number, replace(document, changes=())) for number, document in part.documents)

    @property
    def met(self) -> list[Account]:
        """The accounts, in the order in which the export first names them."""
        return sorted(self._met, key=self._met.__getitem__)

    def notices(self) -> list[Notice]:
        """The notices, task by task."""
        return sorted(self._notices, key=lambda notice: notice.path[:1])

    def documents(self) -> Iterator[ImportedDocument]:
        """The documents, task by task; of the changes in them as many lines as are kept."""
        changed = {(document.doc_id, document.annotator): document for _, document in self._changed}
        for _, document in sorted(self._documents, key=itemgetter(0)):
            yield changed.get((document.doc_id, document.annotator), document)


def _clipped(documents: Iterable[_Placed]) -> Iterator[_Placed]:
    """The first documents whose lines are kept, the last of them perhaps with fewer lines."""
    left = LINES_KEPT
    for number, document in sorted(documents, key=itemgetter(0)):
        if not left:
            return
        yield number, replace(document, changes=document.changes[:left])
        left -= min(left, len(document.changes))
