"""What the parts of a corpus give for pages over all of them, kept on disk while the site is written."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, TypeVar

from stancebank.corpus.statistics import Statistics
from stancebank.faults import StanceBankError
from stancebank.views.identities import DOCUMENT

_T = TypeVar("_T", bound=tuple[object, ...])


class ListedDocument(NamedTuple):
    """A document in lists. done: names of the layers that are done in it."""

    doc_id: str
    title: str
    date: str | None
    language: str
    part: str
    done: str
    stances: int
    problems: int


class HeldStance(NamedTuple):
    """A stance in lists of targets and actors. done: whether the stances of its document are.

    label: its first label, None where it is undecided; further: its other labels. evidence: its words or place.
    chain: names, outermost first.
    """

    target: str
    known_by: str
    identity: str
    called: str
    date: str | None
    doc_id: str
    title: str
    stance_id: str
    label: str | None
    further: str
    evidence: str
    chain: str
    done: bool


class SaidWords(NamedTuple):
    """An attribution in the list of its source. said: cue and content in words or places."""

    known_by: str
    identity: str
    called: str
    date: str | None
    doc_id: str
    title: str
    attribution_id: str
    said: str


class Actor(NamedTuple):
    """Somebody with a page: how many stances they hold and what they say, and since and until when."""

    known_by: str
    identity: str
    called: str
    stances: int
    sayings: int


class Cell(NamedTuple):
    """What an actor holds of a target over all documents that are done: labels, each once."""

    target: str
    known_by: str
    identity: str
    called: str
    labels: str
    expressions: int


@dataclass
class PartContent:
    """What a part gives. postings: for each term the numbers of its documents, from 0. problems: lines on errors."""

    documents: list[ListedDocument] = field(default_factory=list)
    stances: list[HeldStance] = field(default_factory=list)
    sayings: list[SaidWords] = field(default_factory=list)
    postings: dict[str, list[int]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    statistics: Statistics = field(default_factory=Statistics)


_TABLES = {
    "documents": ListedDocument._fields,
    "stances": HeldStance._fields,
    "sayings": SaidWords._fields,
}
SEPARATOR = "\x1f"
"""Between several values in one string: no text may hold it."""


class Collected:
    """A database in a file that nobody keeps. Rows come in the order of parts, or as a method says."""

    def __init__(self, file: Path) -> None:
        self._base = sqlite3.connect(file, isolation_level=None)
        self._base.execute("PRAGMA journal_mode=OFF")
        self._base.execute("PRAGMA synchronous=OFF")
        for name, columns in _TABLES.items():
            self._base.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        self._base.execute("CREATE TABLE terms (term TEXT, first INTEGER, postings TEXT)")
        self._items = 0

    def close(self) -> None:
        """Give the file back."""
        self._base.close()

    @property
    def items(self) -> int:
        """How many things the search knows."""
        return self._items

    def add(self, content: PartContent) -> None:
        """Add what a part gives. Raises StanceBankError where there is no room for it."""
        try:
            self._base.execute("BEGIN")
            for name in _TABLES:
                self._insert(name, getattr(content, name))
            self.add_terms(content.postings, len(content.documents))
            self._base.execute("COMMIT")
        except sqlite3.Error as error:
            raise StanceBankError(f"the site cannot be written: {error}", "make room for temporary files") from error

    def add_terms(self, postings: dict[str, list[int]], items: int) -> None:
        """Add terms of the search. postings: numbers of items, from 0; items: how many there are."""
        rows = ((term, self._items, ",".join(map(str, numbers))) for term, numbers in postings.items())
        self._base.executemany("INSERT INTO terms VALUES (?, ?, ?)", rows)
        self._items += items

    def _insert(self, table: str, rows: Sequence[tuple[object, ...]]) -> None:
        marks = ", ".join("?" * len(_TABLES[table]))
        self._base.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608  (names of our own)

    def count(self, table: str) -> int:
        """How many rows a table has."""
        (found,) = self._base.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        return int(found)

    def count_actors(self) -> int:
        """How many actors there are."""
        return sum(1 for _ in self.actors())

    def documents(self) -> Iterator[ListedDocument]:
        """All documents."""
        return self._read(ListedDocument, "SELECT * FROM documents ORDER BY rowid")

    def on_target(self, target: str) -> Iterator[HeldStance]:
        """The stances on a target, by date; those of no date come last."""
        query = "SELECT * FROM stances WHERE target = ? ORDER BY date IS NULL, date, rowid"
        return self._read(HeldStance, query, (target,))

    def held_by(self, actor: Actor) -> Iterator[HeldStance]:
        """The stances that an actor holds, by target, then date."""
        query = "SELECT * FROM stances WHERE known_by = ? AND identity = ? ORDER BY target, date IS NULL, date, rowid"
        return self._read(HeldStance, query, (actor.known_by, actor.identity))

    def said_by(self, actor: Actor) -> Iterator[SaidWords]:
        """What an actor says, by date."""
        query = "SELECT * FROM sayings WHERE known_by = ? AND identity = ? ORDER BY date IS NULL, date, rowid"
        return self._read(SaidWords, query, (actor.known_by, actor.identity))

    def actors(self) -> Iterator[Actor]:
        """Who has a page, as with_page in document_page says: those with most stances first."""
        query = """
            SELECT known_by, identity, min(called), sum(stance), sum(1 - stance) FROM (
                SELECT known_by, identity, called, 1 AS stance FROM stances WHERE known_by != ''
                UNION ALL SELECT known_by, identity, called, 0 FROM sayings
            ) GROUP BY known_by, identity HAVING sum(stance) > 0 OR known_by != ?
            ORDER BY 4 DESC, 5 DESC, 3, 1, 2
        """
        return self._read(Actor, query, (DOCUMENT,))

    def cells(self) -> Iterator[Cell]:
        """What each actor holds of each target, in documents whose stances are done and labels that are decided."""
        query = f"""
            SELECT target, known_by, identity, min(called), group_concat(label, '{SEPARATOR}'), sum(n) FROM (
                SELECT target, known_by, identity, min(called) AS called, label, count(*) AS n FROM stances
                WHERE done AND label IS NOT NULL GROUP BY target, known_by, identity, label
            ) GROUP BY target, known_by, identity
        """  # noqa: S608
        return self._read(Cell, query)

    def label_counts(self, target: str) -> list[tuple[str | None, int]]:
        """How many stances on a target have each label."""
        query = "SELECT label, count(*) FROM stances WHERE target = ? GROUP BY label ORDER BY 2 DESC, 1"
        return self._base.execute(query, (target,)).fetchall()

    def terms(self) -> Iterator[tuple[str, list[int]]]:
        """Each term of the search with the numbers of its items, in the order of the terms' code points."""
        last, numbers = None, list[int]()
        for term, first, postings in self._base.execute("SELECT * FROM terms ORDER BY term, first"):
            if term != last and last is not None:
                yield last, numbers
                numbers = []
            last = term
            numbers += [first + int(number) for number in postings.split(",")]
        if last is not None:
            yield last, numbers

    def index(self) -> None:
        """Make the queries by target and actor quick; called once, when all is added."""
        self._base.execute("CREATE INDEX stances_target ON stances (target)")
        self._base.execute("CREATE INDEX stances_actor ON stances (known_by, identity)")
        self._base.execute("CREATE INDEX sayings_actor ON sayings (known_by, identity)")

    def _read(self, of: type[_T], query: str, values: Iterable[object] = ()) -> Iterator[_T]:
        yield from (of(*row) for row in self._base.execute(query, tuple(values)))
