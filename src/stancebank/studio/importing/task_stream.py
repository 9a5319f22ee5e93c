"""Tasks out of an export, one after the other, however large the file is.

ijson would decode them, but gives no places, by which other processes find them, and hides keys that come twice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

import numpy as np
import numpy.typing as npt

from stancebank.faults import StanceBankError, excerpt

_BLOCK = 1 << 22  # bytes read at a time, more where one task is larger
_ESCAPED = re.compile(rb'\\[\\"]')  # the escapes that could make a quote look like the end of a string
_QUOTE, _OPENING, _CLOSING = b'"{}'
_BLANKS = b" \t\r\n"
_BETWEEN = _BLANKS + b",[]\xef\xbb\xbf"


def raw_tasks(stream: BinaryIO) -> Iterator[bytes]:
    """The bytes of each task of an export: of a JSON array of objects, or of one object after the other.

    Memory is bounded by the largest task. What is inside an object is not looked
    at. Raises StanceBankError where the file is neither of the two, or ends too soon.
    """
    return (task.raw for task in located_tasks(stream))


class LocatedTask(NamedTuple):
    """A task in an export.

    offset: of its first byte from where the stream stood. raw: its bytes. document: what
    a glance at them gave, if there was one.
    """

    offset: int
    raw: bytes
    document: str | None


def located_tasks(stream: BinaryIO, glance: Callable[[bytes], str | None] = lambda _: None) -> Iterator[LocatedTask]:
    """The tasks of raw_tasks, with their places.

    glance: gives the document of a task, None for bytes that are not one sound object; it saves looking for strings.
    """
    rest, number, separator, read = b"", 0, b"", 0
    while block := stream.read(max(_BLOCK, len(rest))):
        rest += block
        position = 0
        for start, end, document in _objects(rest, glance):
            separator = _separator(rest[position:start], separator, number)
            yield LocatedTask(read + start, rest[start:end], document)
            position, number = end, number + 1
        rest, read = rest[position:], read + position
    _require_end(rest.removeprefix(b"\xef\xbb\xbf").strip(_BLANKS), separator, number)


def _objects(data: bytes, glance: Callable[[bytes], str | None]) -> Iterator[tuple[int, int, str | None]]:
    """Start, end and document of each object that is complete in data and in no other one.

    data starts outside of strings.
    """
    codes = np.frombuffer(data, np.uint8)
    braces = np.flatnonzero((codes == _OPENING) | (codes == _CLOSING))
    position = 0
    # Hardly a text has braces in it; what is cut out where one has is not sound.
    for start, end in _outermost(codes, braces):
        document = None if data[position:start].strip(_BETWEEN) else glance(data[start:end])
        if document is None:
            break
        yield start, end, document
        position = end
    plain = _ESCAPED.sub(b"__", data[position:])
    quotes = np.flatnonzero(np.frombuffer(plain, np.uint8) == _QUOTE) + position
    braces = braces[np.searchsorted(braces, position) :]
    braces = braces[np.searchsorted(quotes, braces) % 2 == 0]
    for start, end in _outermost(codes, braces):
        yield start, end, None
        position = end
    left = braces[np.searchsorted(braces, position) :]
    if left.size and codes[left[0]] == _CLOSING:
        raise _not_tasks("there is a } without its {")


def _outermost(codes: npt.NDArray[np.uint8], braces: npt.NDArray[np.intp]) -> Iterator[tuple[int, int]]:
    """Start and end of what is inside no other braces, up to a brace that closes nothing.

    codes: of all bytes. braces: the positions of those that count.
    """
    depth = np.cumsum(np.where(codes[braces] == _OPENING, 1, -1))
    first = 0
    for last in np.flatnonzero(depth <= 0).tolist():
        if depth[last] < 0:
            return
        yield int(braces[first]), int(braces[last]) + 1
        first = last + 1


def _separator(between: bytes, before: bytes, number: int) -> bytes:
    """The separator of tasks, given what precedes this one: a comma in an array, otherwise nothing."""
    found = between.removeprefix(b"\xef\xbb\xbf").strip(_BLANKS) if number == 0 else between.strip(_BLANKS)
    if number == 0 and found in (b"[", b""):
        return b"," if found else b""
    if before == b"," and re.fullmatch(rb"\]\s*(?:\xef\xbb\xbf)?\[", found):
        what = f"the file joins two exports: a second one begins after {number:,} tasks"
        raise StanceBankError(what, "import each of them alone; nothing was imported")
    if number == 0 or found != before:
        raise _not_tasks(f"object {number + 1} is preceded by {excerpt(found.decode('utf-8', 'replace'))}")
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
    raise _not_tasks(f"{number:,} objects are followed by {excerpt(rest.decode('utf-8', 'replace'))}")


def _not_tasks(what: str) -> StanceBankError:
    fix = "name a JSON export of Label Studio, or a file with one task on each line; nothing was imported"
    return StanceBankError(f"this is not an export: {what}", fix)
