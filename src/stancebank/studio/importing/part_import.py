"""Importing one part: its tasks read from the export, what becomes of its files, and what came of all parts."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from operator import itemgetter
from pathlib import Path

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.remarks import Remark, Work
from stancebank.faults import StanceBankError, printable
from stancebank.studio.importing.notices import Notice
from stancebank.studio.importing.part_files import PartFiles
from stancebank.studio.importing.people import Account, People
from stancebank.studio.importing.remark_files import Key
from stancebank.studio.importing.renamed_labels import Renamed
from stancebank.studio.importing.stored_records import NewFile
from stancebank.studio.importing.task_marks import Mark
from stancebank.studio.importing.task_reading import LINES_KEPT, ImportedDocument, Reader
from stancebank.studio.layout.tasks import Way
from stancebank.work.memory import without_collections


@dataclass(frozen=True, slots=True)
class PartTasks:
    """Where the tasks of one part are in the export.

    part: its name; None for the tasks of documents that the corpus does not have, and of none.
    """

    part: str | None
    _places: array[int] = field(default_factory=lambda: array("q"))

    def __str__(self) -> str:
        return f"the tasks of part {self.part}" if self.part else "the tasks of no part"

    def __len__(self) -> int:
        return len(self._places) // 3

    def add(self, number: int, offset: int, length: int) -> None:
        """Another task: its index in the export, its first byte there, and how many it has."""
        self._places.extend((number, offset, length))

    def read(self, export: Path) -> Iterator[tuple[int, bytes]]:
        """Index and bytes of each task, in the order of the export."""
        places = iter(self._places)
        try:
            with export.open("rb") as stream:
                for number, offset, length in zip(places, places, places, strict=True):
                    stream.seek(offset)
                    yield number, stream.read(length)
        except OSError as error:
            what = f"{printable(str(export))} cannot be read: {error.strerror}"
            raise StanceBankError(what, "put it where each worker can read it; nothing was imported") from None


@dataclass(frozen=True, slots=True)
class PartImport:
    """What came of the tasks of a part.

    notices: in the order of the export. documents: those that were taken, each with the
    index of its task. met: for each account the index of the task that it was first met
    in, and where among all first meetings. working: those who have begun something. marked: how many documents are
    newly in each state. files, base: what to write to the corpus or its passes, and to the base.
    remarks, work: of each annotation that was taken and is more than what was sent. renamed: labels that were read
    under their present names.
    """

    notices: tuple[Notice, ...]
    documents: tuple[tuple[int, ImportedDocument], ...]
    met: Mapping[Account, tuple[int, int]]
    working: frozenset[Account]
    marked: Mapping[str, int]
    files: tuple[NewFile, ...]
    base: tuple[NewFile, ...]
    remarks: Mapping[Key, tuple[Remark, ...]]
    work: Mapping[Key, Work]
    renamed: Renamed


@dataclass(frozen=True, slots=True)
class PartImporter:
    """Imports the tasks of a corpus part by part; a plain function of their places that can go to another process.

    sent: what was sent, as a corpus; the corpus itself where nothing says. base: its
    folder, where it is a base. way: where the work goes on tasks that do not say it.
    elsewhere: whether all that was read is written, to another place than the corpus;
    else what changes, and the base is brought up to date.
    """

    corpus: Corpus
    sent: Corpus
    base: Path | None
    export: Path
    people: People
    way: Way | None
    write: bool
    elsewhere: bool

    def __call__(self, tasks: PartTasks) -> PartImport:
        """Read the tasks of a part, and make the files that change."""
        with without_collections():
            reader = Reader(self.corpus, self.sent, self.base, self.people, tasks.part, self.way)
            for number, raw in tasks.read(self.export):
                reader.task(number, raw)
            files = PartFiles(reader.states, reader.taken, reader.marks, self._called)
            return PartImport(
                tuple(reader.notices),
                tuple(reader.documents.values()),
                reader.met,
                frozenset(reader.working),
                Counter(mark.state for mark in files.marked()),
                tuple(files.new_files(unchanged=self.elsewhere)) if self.write else (),
                tuple(files.new_base()) if self.write and self.base and not self.elsewhere else (),
                reader.remarks,
                reader.work,
                reader.renamed,
            )

    def _called(self, mark: Mark) -> str | None:
        return self.people.annotator(mark.who) if mark.who.name else None


_Placed = tuple[int, ImportedDocument]
"""A document with the index of its task."""


class Gathering:
    """What came of the parts so far."""

    def __init__(self) -> None:
        self._notices: list[Notice] = []
        self._met: dict[Account, tuple[int, int]] = {}
        self._working: set[Account] = set()
        self.marked = Counter[str]()
        self._documents: list[_Placed] = []
        self._changed: list[_Placed] = []
        self.remarks: dict[Key, tuple[Remark, ...]] = {}
        self.work: dict[Key, Work] = {}
        self.renamed: Renamed = Counter()

    def add(self, part: PartImport) -> None:
        """Another part."""
        self._notices += part.notices
        self._working |= part.working
        self.marked.update(part.marked)
        self.remarks |= part.remarks
        self.work |= part.work
        self.renamed += part.renamed
        for who, place in part.met.items():
            self._met[who] = min(place, self._met.get(who, place))
        changed = [placed for placed in part.documents if placed[1].changes]
        self._changed = list(_clipped([*self._changed, *changed]))
        self._documents += ((number, replace(document, changes=())) for number, document in part.documents)

    @property
    def met(self) -> list[Account]:
        """The accounts, in the order in which the export first names them."""
        return sorted(self._met, key=self._met.__getitem__)

    @property
    def working(self) -> list[Account]:
        """Those of them who have begun something."""
        return [who for who in self.met if who in self._working]

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
