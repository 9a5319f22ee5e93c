"""The pass of an annotator over a corpus, registered for what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from stancebank.corpus.annotators import GOLD, Annotator, register_entry
from stancebank.faults import StanceBankError, excerpt
from stancebank.interface.annotations import Annotations
from stancebank.interface.new_records import today
from stancebank.interface.part_records import PartRecords
from stancebank.schema.layers import ID

if TYPE_CHECKING:
    from stancebank.corpus.corpus import Corpus
    from stancebank.interface.open_corpus import OpenCorpus
    from stancebank.interface.shared_records import SharedRecord

Kind = Literal["person", "language model", "program"]
_NOTE = "Made with the Python interface; nobody has reviewed it."


class Pass(Annotations):
    """An annotator's pass: the same texts, with annotations of its own.

    As a context manager it is dropped where its block ends with an error; its changes are saved with those of
    the corpus.
    """

    def __init__(self, corpus: OpenCorpus, id: str, entry: Mapping[str, str] | None) -> None:
        self._corpus = corpus
        self._id = id
        self._entry = entry
        self._parts: dict[str, PartRecords] = {}

    @property
    def id(self) -> str:
        """The id of the annotator."""
        return self._id

    @property
    def annotator(self) -> str:
        """The id of the annotator."""
        return self._id

    @property
    def new_entry(self) -> Mapping[str, str] | None:
        """What is to be registered; None where the annotator is registered already."""
        return self._entry

    def part_names(self) -> tuple[str, ...]:
        """The parts of the corpus."""
        return self._corpus.part_names()

    def doc_ids(self, part: str) -> Sequence[str]:
        """The ids of the documents of a part."""
        return self._corpus.doc_ids(part)

    def loaded_records(self, part: str) -> PartRecords | None:
        """The records of the pass in a part that is loaded; None of another."""
        return self._parts.get(part)

    def part_records(self, part: str) -> PartRecords:
        """The records of the pass in a part, loaded when they are first asked for."""
        if part not in self._parts:
            self._parts[part] = self._corpus.loaded(part, self)
        return self._parts[part]

    def shared_record(self, layer: str, id: str) -> SharedRecord:
        """A target or an actor."""
        return self._corpus.shared_record(layer, id)

    def corpus_now(self) -> Corpus:
        """The corpus as it was read, with the targets and actors of now."""
        return self._corpus.corpus_now()

    def unsaved_corpus(self) -> Corpus:
        """The corpus as it would be read if all changes were saved."""
        return self._corpus.unsaved_corpus()

    def changes(self) -> dict[str, bytes]:
        """The files of its layers that are not as they were read."""
        return {file: data for part in self._parts.values() for file, data in part.changes().items()}

    def basis(self) -> Iterator[tuple[str, bytes | None]]:
        """The files that the changes build on, with the bytes that were read."""
        for part in self._parts.values():
            if part.changes():
                yield from part.basis()

    def begin(self) -> None:
        """Have nothing loaded, nothing changed and nothing to register, since all is saved."""
        self._parts = {}
        self._entry = None

    def discard(self) -> None:
        """Drop all changes that were not saved."""
        self._parts = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.discard()

    def __repr__(self) -> str:
        return f"<Pass of {self._id}>"


def new_entry(id: str, known: Annotator | None, given: Mapping[str, str | None]) -> dict[str, str] | None:
    """The new entry of the register for an annotator; None where it is registered already.

    given: the fields of the entry, None for what was not said. Raises StanceBankError for an id that no pass can
    have, for a value that an entry cannot have, and where the annotator is registered as something else.
    """
    if id == GOLD or not re.fullmatch(ID, id):
        what = f"{excerpt(id)} is no id of a pass"
        raise StanceBankError(what, f"use letters, digits, dot, dash and underscore; not {GOLD}")
    told = {key: value for key, value in given.items() if value is not None}
    if known is None:
        defaults = {"kind": "program", "name": id, "date": today(), "instructions": "the text", "note": _NOTE}
        return register_entry({"id": id, **defaults, **told})
    for key, value in told.items():
        if str(getattr(known, key)) != value:
            what = f"{excerpt(id)} is registered with the {key} {excerpt(str(getattr(known, key)))}"
            raise StanceBankError(what, "give the pass another id, or leave that out")
    return None
