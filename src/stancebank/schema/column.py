"""What a column is: its name, its kind and all that anyone needs to know of it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

UNDECIDED = "undecided"
"""What people read for a null where an annotator decides."""

Scalar = Literal["string", "integer", "number", "boolean"]
"""What a value is; a number may have decimals."""


class Vocabularies(Protocol):
    """What has labels, as a scheme does."""

    def names(self, vocabulary: str) -> tuple[str, ...]:
        """The label names of a vocabulary, in order."""
        ...


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list whose items are all of one kind."""

    item: Kind


@dataclass(frozen=True, slots=True)
class Record:
    """A nested object with named columns."""

    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True)
class Category:
    """A label of a closed set that models are trained to predict; stored as its name.

    names: the labels, in order, given the scheme.
    """

    names: Callable[[Vocabularies], tuple[str, ...]]


Kind = Scalar | ListOf | Record | Category


@dataclass(frozen=True, slots=True)
class Column:
    """One field of a layer or of a view.

    meaning: one sentence for people; it becomes the field's documentation.
    nullable: null is allowed (the key itself is always required).
    pattern: a regular expression that the whole string matches.
    minimum: the least integer allowed.
    shortest: the least length of a string or list.
    vocabulary: the list of the scheme that holds the allowed labels.
    refers_to: the layer whose record, in the same document or shared by all, is named here; two annotations
    agree where the records that they name are matched.
    source: whether its values are the source's own words: always (text), or maybe, where an annotator
    copied them; of a name also where all of it is in the document's text. Editions withhold them.
    derived: whether its values tell a guess at the source's words from what they are; editions have other digests.
    control: the name of the field in Label Studio that shows it beside its region. What has none,
    and is no span and no relation, comes back from there as it was sent.
    absent: what a difference calls null.
    """

    name: str
    kind: Kind
    meaning: str
    nullable: bool = False
    pattern: str | None = None
    minimum: int | None = None
    shortest: int = 0
    vocabulary: str | None = None
    refers_to: str | None = None
    source: Literal["text", "maybe", "name"] | None = None
    derived: bool = False
    control: str | None = None
    absent: str = "none"

    @property
    def may_copy(self) -> bool:
        """Whether annotators write its values, and may copy words of the source."""
        return self.source in ("maybe", "name")

    @property
    def numeric(self) -> bool:
        """Whether its values are numbers."""
        return self.kind in ("integer", "number")

    @property
    def decided(self) -> bool:
        """Whether null says that nobody has decided yet, and not that there is nothing."""
        return self.absent == UNDECIDED

    @property
    def items(self) -> tuple[Column, ...]:
        """The columns of the records in a list; none for other columns."""
        kind = self.kind.item if isinstance(self.kind, ListOf) else self.kind
        return kind.columns if isinstance(kind, Record) else ()

    @property
    def unset(self) -> object:
        """The value of a new record of which nobody has said anything; what is required is missing then."""
        return [] if isinstance(self.kind, ListOf) and not self.nullable else None

    def fits(self, value: object) -> bool:
        """Whether it may hold a value that was read elsewhere; labels and references are not looked up."""
        if value is None:
            return self.nullable
        if type(value) is bool:
            return self.kind == "boolean"
        if isinstance(value, int | float):
            return is_numeric(self.kind, value) and (self.minimum is None or value >= self.minimum)
        if isinstance(value, str) and self.pattern is not None and not re.fullmatch(self.pattern, value):
            return False
        return isinstance(value, str | list) and len(value) >= self.shortest and _is_of(self.kind, value)


def _is_of(kind: Kind, value: object) -> bool:
    if isinstance(kind, ListOf):
        return isinstance(value, list) and all(_is_of(kind.item, item) for item in value)
    if isinstance(kind, Record):
        names = [column.name for column in kind.columns]
        return isinstance(value, dict) and [*value] == names and all(c.fits(value[c.name]) for c in kind.columns)
    if kind in ("integer", "number"):
        return is_numeric(kind, value)
    return type(value) is {"boolean": bool}.get(str(kind), str)


def plain_number(value: float) -> float:
    """A number without a decimal point where it is whole, as JavaScript and most people write it."""
    return int(value) if float(value).is_integer() and abs(value) <= EXACT else value


def is_numeric(kind: Kind, value: object) -> bool:
    """Whether a column of this kind can hold a value as a number: in 64 bits, and no digit of a whole one lost."""
    if type(value) is int:
        return value in _INT64 if kind == "integer" else kind == "number" and abs(value) <= EXACT
    return kind == "number" and type(value) is float and math.isfinite(value)


_INT64 = range(-(2**63), 2**63)
EXACT = 2**53
"""Up to here floating point numbers hold every whole one."""
