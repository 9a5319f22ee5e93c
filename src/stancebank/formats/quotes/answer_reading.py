"""Answers as files: JSON, JSON lines, or folders of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from stancebank.faults import StanceBankError, printable

_ENDINGS = (".json", ".jsonl", ".ndjson", ".txt", ".md")
_FENCED = re.compile(rb"\s*```[a-z]*\r?\n(.*?)\r?\n?```\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class RawAnswer:
    """What one place of a file holds: any JSON value, or why it is none. where: file and line."""

    where: str
    value: object = None
    why: str | None = None


def read_answers(paths: Sequence[Path]) -> Iterator[RawAnswer]:
    """The answers in files, and in the files of folders, in order.

    A file holds one JSON value, a list of answers, or one answer on each line; a fence of
    Markdown around it is no part of it. Raises StanceBankError where a path cannot be read.
    """
    for path in paths:
        for file in _files(path):
            try:
                data = file.read_bytes()
            except (OSError, ValueError) as error:
                what = f"{printable(str(file))} cannot be read: {getattr(error, 'strerror', None) or error}"
                raise StanceBankError(what, "name files with answers, or folders of them") from None
            yield from parse_answers(data, printable(str(file)))


def _files(path: Path) -> list[Path]:
    try:
        if not path.is_dir():
            return [path]
        found = sorted(each for each in path.rglob("*") if each.suffix in _ENDINGS and each.is_file())
    except (OSError, ValueError) as error:
        what = f"{printable(str(path))} cannot be read: {getattr(error, 'strerror', None) or error}"
        raise StanceBankError(what, "name files with answers, or folders of them") from None
    if not found:
        what = f"{printable(str(path))} has no file with answers; expected names that end with {', '.join(_ENDINGS)}"
        raise StanceBankError(what, "name another folder, or the files")
    return found


def parse_answers(data: bytes, name: str) -> Iterator[RawAnswer]:
    """The answers in the bytes of a file."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    fenced = _FENCED.fullmatch(data)
    data = fenced.group(1) if fenced else data
    if not data.strip():
        yield RawAnswer(name, why="the file is empty")
        return
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
        if len(lines) == 1 or not lines[0][1].strip().endswith(b"}"):
            yield RawAnswer(name, why=f"no JSON: {printable(str(error))}")
            return
        for number, line in lines:
            yield _line(line, f"{name}:{number}")
        return
    yield from (RawAnswer(name, each) for each in (value if isinstance(value, list) else [value]))
    if value == []:
        yield RawAnswer(name, why="the list is empty")


def _line(line: bytes, where: str) -> RawAnswer:
    try:
        return RawAnswer(where, orjson.loads(line))
    except orjson.JSONDecodeError as error:
        return RawAnswer(where, why=f"no JSON: {printable(str(error))}")
