"""The attribute Entity: brackets that open and close mentions, with the fields that global.Entity declares."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from stancebank.faults import StanceBankError, excerpt

ENTITY = "Entity"
DECLARATION = "global.Entity"
EID, GROUP, TYPE, HEAD, OTHER = "eid", "GRP", "etype", "head", "other"
USUAL = (EID, TYPE, HEAD, OTHER)
"""The fields of a file that declares none."""
ID = "id"
"""What a mention's own id is called in the field other."""

_BRACKET = re.compile(r"\(([^()]+)(\))?|([^()]+)\)")
_PART = re.compile(r"(.+)\[([1-9][0-9]*)/([1-9][0-9]*)\]")


def as_field(value: str) -> str:
    """A value as it can be between hyphens and brackets: reserved characters percent-encoded."""
    return "".join(each if each.isalnum() or each in "._" else _encoded(each) for each in value)


def _encoded(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def from_field(value: str) -> str:
    """The value of a field; as it is where its percent signs encode nothing."""
    try:
        return unquote(value, errors="strict") if "%" in value else value
    except UnicodeDecodeError:
        return value


@dataclass(slots=True)
class Mention:
    """A mention as the brackets have it.

    values: of its fields, by name. parts: pairs of the first and the last word, by their index in the document; they
    are the same while the part is open. expected: how many parts it has.
    """

    eid: str
    values: Mapping[str, str]
    where: str
    parts: list[tuple[int, int]] = field(default_factory=list)
    expected: int = 1


class Brackets:
    """The mentions of a document, from the values of Entity of its words in their order."""

    def __init__(self) -> None:
        self.mentions: list[Mention] = []
        self._open: list[tuple[Mention, int]] = []  # a mention, and the number of its open part

    def take(self, value: str, word: int, fields: Sequence[str], where: str) -> None:
        """Open and close mentions at a word. Raises StanceBankError for brackets that do not fit."""
        at = 0
        for match in _BRACKET.finditer(value):
            if match.start() != at:
                break
            at = match.end()
            opened, closed, ends = match.groups()
            if opened is not None:
                self._begin(opened, word, fields, where)
            if closed or ends is not None:
                self._end(_key(ends if opened is None else _entity(opened, fields, where)), word, where)
        if at != len(value) or not value:
            raise StanceBankError(f"{where}: Entity={excerpt(value)} is no row of brackets", "correct it")

    def _begin(self, content: str, word: int, fields: Sequence[str], where: str) -> None:
        values = content.split("-")
        if len(values) > len(fields):
            what = f"{where}: {excerpt(content)} has {len(values)} fields, and {'-'.join(fields)} are declared"
            raise StanceBankError(what, f"declare all fields in # {DECLARATION}, or encode hyphens as %2D")
        named = dict(zip(fields, values, strict=False))
        eid, part, of = _key(_entity(content, fields, where))
        if part == 1:
            told = {name: value for name, value in named.items() if value and name not in (EID, GROUP)}
            mention = Mention(eid, told, where, expected=of)
            self.mentions.append(mention)
        else:
            mention = self._waiting(eid, part, of, where)
        mention.parts.append((word, word))
        self._open.append((mention, part))

    def _waiting(self, eid: str, part: int, of: int, where: str) -> Mention:
        for mention in reversed(self.mentions):
            if (mention.eid, mention.expected, len(mention.parts)) == (eid, of, part - 1):
                return mention
        what = f"{where}: part {part} of {of} of {excerpt(eid)} has no part before it"
        raise StanceBankError(what, "write the parts of a mention in order")

    def _end(self, key: tuple[str, int, int], word: int, where: str) -> None:
        eid, part, of = key
        for index in range(len(self._open) - 1, -1, -1):
            mention, number = self._open[index]
            if mention.eid == eid and (of == 1 or (number, mention.expected) == (part, of)):
                mention.parts[number - 1] = (mention.parts[number - 1][0], word)
                del self._open[index]
                return
        raise StanceBankError(f"{where}: {excerpt(eid)} is closed and was not open", "open it before")

    def close(self) -> list[Mention]:
        """All mentions, in the order in which they begin. Raises StanceBankError for one that has no end."""
        for mention, _ in self._open:
            raise StanceBankError(
                f"{mention.where}: {excerpt(mention.eid)} is never closed", "close it in the document"
            )
        for mention in self.mentions:
            if len(mention.parts) != mention.expected:
                what = f"{mention.where}: {excerpt(mention.eid)} has {len(mention.parts)} of {mention.expected} parts"
                raise StanceBankError(what, "write all parts in the document")
        return self.mentions


def _entity(content: str, fields: Sequence[str], where: str) -> str:
    """The field of a bracket that says which entity it is of."""
    index = fields.index(EID if EID in fields else GROUP)
    values = content.split("-")
    if index >= len(values) or not values[index]:
        raise StanceBankError(f"{where}: {excerpt(content)} names no entity", f"declare the fields in # {DECLARATION}")
    return values[index]


def _key(written: str) -> tuple[str, int, int]:
    """The entity of a bracket, and which part of how many it is."""
    written = written.partition("-")[0]
    match = _PART.fullmatch(written)
    if match is None:
        return from_field(written), 1, 1
    return from_field(match[1]), int(match[2]), int(match[3])


def declared_fields(value: str, where: str) -> tuple[str, ...]:
    """The names that global.Entity declares. Raises StanceBankError where none is the entity's."""
    fields = tuple(value.split("-"))
    if EID not in fields and GROUP not in fields:
        raise StanceBankError(
            f"{where}: {DECLARATION} declares no {EID}", f"declare {'-'.join(USUAL)}, or what there is"
        )
    return fields


def named_values(values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What the fields say of a mention beside its entity and type; the field other has several values."""
    for name, value in values.items():
        if name == TYPE:
            continue
        if name != OTHER:
            yield name, from_field(value)
            continue
        for item in value.split(","):
            key, colon, said = item.partition(":")
            yield (from_field(key), from_field(said)) if colon else (OTHER, from_field(item))


def brackets_of(opening: Sequence[str], single: Sequence[str], closing: Sequence[str]) -> str:
    """The value of Entity at a word.

    opening: contents of brackets of mentions that go on, the longest first. single: of mentions of this word.
    closing: what closes those that end here, the shortest first.
    """
    return "".join(
        (*(f"({each}" for each in opening), *(f"({each})" for each in single), *(f"{each})" for each in closing))
    )
