"""The position of a value in a line of JSON. Indices are code points from 0; the line is valid JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

JsonPath = tuple[str | int, ...]

_DECODER = json.JSONDecoder()
_BLANKS = re.compile(r"[ \t\n\r]*")


def json_path(path: JsonPath) -> str:
    """A path as people write it: ``$.content[1].text``."""
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def value_position(line: str, path: JsonPath) -> int:
    """Index of the value at the path; where it leads nowhere, of the deepest value that it reaches."""
    match path:
        case (str(name),) if name.isidentifier() and _is_flat(line) and line.count(key := f'"{name}"') == 1:
            # No quote stands unescaped inside a string, so where a colon follows this is the key.
            start = line.index(key)
            if line.startswith(":", start + len(key)) and line[start - 1] != "\\":
                return _after_blanks(line, start + len(key) + 1)
    position = _after_blanks(line, 0)
    for step in path:
        starts = [start for name, _, start in _members(line, position) if name == step]
        if not starts:
            break
        position = starts[-1]
    return position


def value_positions(line: str) -> dict[JsonPath, int]:
    """Index of every value, by path; of a key that occurs twice, of the last value."""
    found: dict[JsonPath, int] = {}
    pending: list[tuple[JsonPath, int]] = [((), _after_blanks(line, 0))]
    while pending:
        path, position = pending.pop()
        found[path] = position
        pending += [((*path, name), start) for name, _, start in reversed(list(_members(line, position)))]
    return found


def repeated_keys(line: str) -> list[tuple[str, int]]:
    """Each key that occurs a second time in its object, with its index, at any depth."""
    return list(_repeated(line, _after_blanks(line, 0)))


def _repeated(line: str, position: int) -> Iterator[tuple[str, int]]:
    seen: set[str | int] = set()
    for name, key, value in _members(line, position):
        if name in seen:
            yield str(name), key
        seen.add(name)
        yield from _repeated(line, value)


def _members(line: str, position: int) -> Iterator[tuple[str | int, int, int]]:
    """Key or index, index of the key, index of the value, for each member of the value at position."""
    opening = line[position]
    if opening not in "[{":
        return
    position = _after_blanks(line, position + 1)
    index = 0
    while line[position] not in "]}":
        name: str | int = index
        key = position
        if opening == "{":
            name, position = _DECODER.raw_decode(line, position)
            position = _after_blanks(line, _after_blanks(line, position) + 1)
        yield name, key, position
        _, position = _DECODER.raw_decode(line, position)
        position = _after_blanks(line, position)
        if line[position] == ",":
            position = _after_blanks(line, position + 1)
        index += 1


def _is_flat(line: str) -> bool:
    """Whether a line is one object without another in it, and with no key spelt otherwise than its name."""
    return line.startswith("{") and line.count("{") == 1 and "\\u" not in line


def _after_blanks(line: str, position: int) -> int:
    match = _BLANKS.match(line, position)
    return match.end() if match else position
