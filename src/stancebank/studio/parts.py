"""Importing one part: its tasks read from the export, and what becomes of its files."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stancebank.corpus import Corpus
from stancebank.faults import StanceBankError, printable
from stancebank.studio.notices import Notice
from stancebank.studio.people import Account, People
from stancebank.studio.reading import ImportedDocument, Reader
from stancebank.studio.staging import NewFile
from stancebank.studio.without_collections import without_collections


@dataclass(frozen=True, slots=True)
class PartTasks:
    """Where the tasks of one part stand in the export.

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
    in, and where among all first meetings. shared: whether several people share the
    work. files, base: what is to be written to the corpus or its passes, and to the base.
    """

    notices: tuple[Notice, ...]
    documents: tuple[tuple[int, ImportedDocument], ...]
    met: Mapping[Account, tuple[int, int]]
    shared: bool
    files: tuple[NewFile, ...]
    base: tuple[NewFile, ...]


@dataclass(frozen=True, slots=True)
class PartImporter:
    """Imports the tasks of a corpus part by part; a plain function of their places that can go to another process.

    sent: what was sent, as a corpus; the corpus itself where nothing says. base: its
    folder, where it is a base. elsewhere: whether all that was read is written, to
    another place than the corpus; else what changes, and the base is brought up to date.
    """

    corpus: Corpus
    sent: Corpus
    base: Path | None
    export: Path
    people: People
    write: bool
    elsewhere: bool

    def __call__(self, tasks: PartTasks) -> PartImport:
        """Read the tasks of a part, and make the files that change."""
        with without_collections():
            reader = Reader(self.corpus, self.sent, self.base, self.people, tasks.part)
            for number, raw in tasks.read(self.export):
                reader.task(number, raw)
            return PartImport(
                tuple(reader.notices),
                tuple(reader.documents.values()),
                reader.met,
                reader.shared,
                tuple(reader.new_files(unchanged=self.elsewhere)) if self.write else (),
                tuple(reader.new_base()) if self.write and self.base and not self.elsewhere else (),
            )
