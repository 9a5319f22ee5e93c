"""Targets and actors, which all documents share."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.interface.new_records import require_named
from stancebank.schema.column import Column
from stancebank.schema.layers import ACTORS, TARGETS

if TYPE_CHECKING:
    from stancebank.interface.corpus_state import CorpusState
    from stancebank.interface.record_home import RecordHome


class SharedRecord:
    """A record that all documents share. record["field"] reads and sets a field."""

    __slots__ = ("_corpus", "_id")
    layer: ClassVar[str]
    """The layer that it is in."""

    def __init__(self, corpus: CorpusState, id: str) -> None:
        self._corpus = corpus
        self._id = id

    @property
    def id(self) -> str:
        """Its id, unique in the corpus."""
        return self._id

    @property
    def values(self) -> Mapping[str, Any]:
        """All its fields. Raises StanceBankError where it was removed."""
        return MappingProxyType(self._corpus.shared.record(self.layer, self._id))

    def __getitem__(self, field: str) -> Any:  # noqa: ANN401  (what a field holds)
        """The value of a field."""
        return self.values[field]

    def __setitem__(self, field: str, value: object) -> None:
        self.update(**{field: value})

    def update(self, **fields: object) -> Self:
        """Set fields, all of them or none. Raises StanceBankError for a value that is not allowed."""
        self._corpus.shared.put(self.layer, self._id, fields)
        return self

    def remove(self) -> None:
        """Remove it. All parts are read to see that nothing names it.

        Raises StanceBankError where a record of the gold or of a pass does.
        """
        self._corpus.remove_shared(self.layer, self._id)

    def _id_for(self, home: RecordHome, column: Column) -> str:  # noqa: ARG002  (all documents share it)
        """Its id, for a column of a record of a document. Raises StanceBankError where that may not name it."""
        require_named(column, self.layer, self)
        return self._id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SharedRecord) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash(self._key())

    def _key(self) -> tuple[object, ...]:
        return id(self._corpus), self.layer, self._id

    def __repr__(self) -> str:
        try:
            shown = excerpt(self._shown(), 60)
        except StanceBankError:
            shown = "removed"
        return f"<{type(self).__name__} {printable(self._id)}: {shown}>"

    def _shown(self) -> str:
        raise NotImplementedError


class Target(SharedRecord):
    """A proposition that stances are about."""

    __slots__ = ()
    layer = TARGETS.name

    @property
    def proposition(self) -> str:
        """The sentence one can be for or against."""
        proposition: str = self["proposition"]
        return proposition

    def _shown(self) -> str:
        return self.proposition


class Actor(SharedRecord):
    """Somebody or something that entities of several documents are."""

    __slots__ = ()
    layer = ACTORS.name

    @property
    def name(self) -> str:
        """What the actor is called everywhere."""
        name: str = self["name"]
        return name

    def _shown(self) -> str:
        return self.name


SHARED_RECORDS: Mapping[str, type[SharedRecord]] = MappingProxyType({kind.layer: kind for kind in (Target, Actor)})
"""The kind of record of each layer that all parts share."""
