"""What all records have in common: fields that are read and set, references that are followed, spans."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, overload

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.interface.new_records import changed_values, moved_values, removal, require_named
from stancebank.interface.word_places import Span, Where, quotation
from stancebank.schema.column import Column
from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS

if TYPE_CHECKING:
    from stancebank.interface.document import Document
    from stancebank.interface.record_home import RecordHome
    from stancebank.interface.record_kinds import Sentence

T = TypeVar("T")
R = TypeVar("R", bound="Record")
_SHOWN = 40  # code points of a text in what repr gives


KINDS: dict[str, type[Record]] = {}
"""The kind of the records of each layer that is a document's own, and of documents; each kind is there once defined."""


class Record:
    """A record of a document. It is a handle: two of the same record are equal, and show what the record is now.

    record["field"] reads and sets any field of its layer, those that the scheme declares too.
    """

    __slots__ = ("_home", "_id")
    layer: ClassVar[str]
    """The layer that it is in."""

    def __init_subclass__(cls) -> None:
        if "layer" in vars(cls):
            KINDS[cls.layer] = cls

    def __init__(self, home: RecordHome, id: str) -> None:
        self._home = home
        self._id = id

    @property
    def id(self) -> str:
        """Its id, unique in its document."""
        return self._id

    @property
    def document(self) -> Document:
        """The document that it is in."""
        return cast("Document", KINDS[DOCUMENTS.name](self._home, self._home.doc_id))

    @property
    def values(self) -> Mapping[str, Any]:
        """All its fields as they are stored now. Raises StanceBankError where the record was removed."""
        return MappingProxyType(deepcopy(self._home.values_of(self.layer, self._id)))

    def __getitem__(self, field: str) -> Any:  # noqa: ANN401  (what a field holds)
        """The value of a field as it is stored; None where the scheme does not use it. KeyError for none."""
        values = self._home.values_of(self.layer, self._id)
        if field not in values:
            KNOWN_LAYERS[self.layer][field]
        return deepcopy(values.get(field))

    def __setitem__(self, field: str, value: object) -> None:
        self.update(**{field: value})

    def update(self, **fields: object) -> Self:
        """Set fields, all of them or none; gives the record. Raises StanceBankError for a value that is not allowed."""
        self._home.put(self.layer, self._id, changed_values(self._home, self.layer, self.values, fields))
        return self

    def remove(self, *, cascade: bool = False) -> None:
        """Remove the record. cascade: with all records that refer to it.

        Raises StanceBankError where others refer to it.
        """
        self._home.values_of(self.layer, self._id)
        for layer, id in removal(self._home, self.layer, self._id, cascade=cascade):
            self._home.drop(layer, id)

    def _id_for(self, home: RecordHome, column: Column) -> str:
        """Its id, for a column of a record of a document. Raises StanceBankError where that may not name it."""
        require_named(column, self.layer, self)
        if self._home.key != home.key:
            raise StanceBankError(f"{self!r} is not of {excerpt(home.doc_id)}", "give a record of the same document")
        return self._id

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Record) and self._key == other._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> tuple[object, ...]:
        return self.layer, self._id, *self._home.key

    def _named_by(self, kind: type[R], *columns: str) -> list[R]:
        """The records of a kind that name this one in one of the columns, in their layer's order."""
        if len(columns) == 1:
            return [kind(self._home, id) for id in self._home.naming(kind.layer, columns[0], self._id)]
        found = {id for column in columns for id in self._home.naming(kind.layer, column, self._id)}
        return [kind(self._home, id) for id in self._home.in_layer(kind.layer) if id in found]

    def _names(self, column: str) -> object:
        """The record that this one names in a column; None where it names none."""
        id, layer = self[column], KNOWN_LAYERS[self.layer][column].refers_to
        if id is None or layer is None:
            return None
        if KNOWN_LAYERS[layer].shared:
            return self._home.shared(layer, id)
        self._home.values_of(layer, id)
        return KINDS[layer](self._home, id)

    def __repr__(self) -> str:
        try:
            shown = self._shown()
        except StanceBankError:
            shown = "removed"
        noun = type(self).__name__
        return f"<{noun} {printable(self._id)} of {printable(self._home.doc_id)}{f': {shown}' if shown else ''}>"

    def _shown(self) -> str:
        """What repr shows of it."""
        self._home.values_of(self.layer, self._id)
        return ""


class Field(Generic[T]):
    """A field of a record, read and set as an attribute; null where the scheme does not use it."""

    def __init__(self, column: str) -> None:
        self._column = column

    @overload
    def __get__(self, record: None, of: type[Record]) -> Self: ...

    @overload
    def __get__(self, record: Record, of: type[Record]) -> T: ...

    def __get__(self, record: Record | None, of: type[Record]) -> Self | T:
        """The value."""
        return self if record is None else cast("T", self._value(record))

    def _value(self, record: Record) -> object:
        return record[self._column]

    def __set__(self, record: Record, value: T | str) -> None:
        """Set it. Raises StanceBankError for a value that is not allowed."""
        record[self._column] = value


class Reference(Field[T]):
    """A field that names another record: that record as an attribute, None where it names none. Ids set it too."""

    def _value(self, record: Record) -> object:
        return record._names(self._column)


class SpanRecord(Record):
    """A record with a span in its document."""

    __slots__ = ()

    @property
    def start(self) -> int:
        """The first code point of its span."""
        return self.span.start

    @property
    def end(self) -> int:
        """The code point after the last of its span."""
        return self.span.end

    @property
    def text(self) -> str:
        """What the document reads there."""
        return self.span.text

    @property
    def span(self) -> Span:
        """Where it is, and what the document reads there."""
        values = self._home.values_of(self.layer, self._id)
        start, end = values["start"], values["end"]
        return Span(start, end, self._home.text[start:end])

    @property
    def sentence(self) -> Sentence | None:
        """The sentence that it begins in; None where it begins in none."""
        return self.document.sentence_at(self.start)

    def place(
        self, where: Where, *, nth: int | None = None, before: str | None = None, after: str | None = None
    ) -> Self:
        """Give it another span; gives the record. As for Document.find; raises StanceBankError."""
        named = quotation(where, nth, before, after)
        self._home.put(self.layer, self._id, moved_values(self._home, self.layer, self.values, named))
        return self

    def _shown(self) -> str:
        return f"{excerpt(self.text, _SHOWN)} {self.start}..{self.end}"
