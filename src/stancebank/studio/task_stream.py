"""Tasks out of an export, one after the other, however large the file is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from stancebank.faults import StanceBankError, excerpt

_BLOCK = 1 << 22  # bytes read at a time, more where one task is larger
_ESCAPED = re.compile(rb'\\[\\"]')  # the escapes that could make a quote look like the end of a string
_QUOTE, _OPENING, _CLOSING = b'"{}'
_BLANKS = b" \t\r\n"


def raw_tasks(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of each task of an export: of a JSON array of objects, or of one object after the other.

    Memory is bounded by the largest task. What is inside an object is not looked
    at. Raises StanceBankError where the file is neither of the two, or ends too soon.
    """
    rest, number, separator = b"", 0, b""
    while block := stream.read(max(_BLOCK, len(rest))):
        rest += block
        position = 0
        for start, end in _objects(rest):
            separator = _separator(rest[position:start], separator, number)
            yield rest[start:end]
            position, number = end, number + 1
        rest = rest[position:]
    _require_end(rest.removeprefix(b"\xef\xbb\xbf").strip(_BLANKS), separator, number)


def _objects(data: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each object that is complete in data and in no other one; data starts outside of strings."""
    plain = _ESCAPED.sub(b"__", data) if b"\\" in data else data
    codes = np.frombuffer(plain, np.uint8)
    quotes = np.flatnonzero(codes == _QUOTE)
    braces = np.flatnonzero((codes == _OPENING) | (codes == _CLOSING))
    braces = braces[np.searchsorted(quotes, braces) % 2 == 0]
    depth = np.cumsum(np.where(codes[braces] == _OPENING, 1, -1))
    if depth.size and depth.min() < 0:
        raise _not_tasks("there is a } without its {")
    first = 0
    for last in np.flatnonzero(depth == 0).tolist():
        yield int(braces[first]), int(braces[last]) + 1
        first = last + 1


def _separator(between: bytes, before: bytes, number: int) -> bytes:
    """What stands between tasks, given what stands in front of this one: a comma in an array, else nothing."""
    found = between.removeprefix(b"\xef\xbb\xbf").strip(_BLANKS) if number == 0 else between.strip(_BLANKS)
    if number == 0 and found in (b"[", b""):
        return b"," if found else b""
    if number == 0 or found != before:
        raise _not_tasks(f"in front of object {number + 1} stands {excerpt(found.decode('utf-8', 'replace'))}")
    return before


def _require_end(rest: bytes, separator: bytes, number: int) -> None:
    """Nothing where what is left after the last task ends the file; else StanceBankError."""
    if number == 0 and re.fullmatch(rb"\[\s*\]", rest):
        return
    if number and rest == (b"]" if separator else b""):
        return
    if b"{" in rest or not rest:
        raise StanceBankError(
            f"the export ends too soon: it is cut after {number:,} whole tasks", "export it again; nothing was imported"
        )
    raise _not_tasks(f"after {number:,} objects stands {excerpt(rest.decode('utf-8', 'replace'))}")


def _not_tasks(what: str) -> StanceBankError:
    fix = "name a JSON export of Label Studio, or a file with one task on each line; nothing was imported"
    return StanceBankError(f"this is no export: {what}", fix)
