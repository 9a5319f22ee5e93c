"""Records of a JSON Lines file, changed line by line: every byte that need not change stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import orjson

from stancebank.faults import StanceBankError, printable
from stancebank.migrations.step import Change, Record


class Changed(NamedTuple):
    """A file with its records changed. records: how many there are. changed: how many are not what they were."""

    data: bytes
    records: int
    changed: int


def changed_lines(data: bytes, changes: Sequence[Change], file: str) -> Changed:
    """The lines of a file with each change applied to each record in turn.

    Where a change adds keys alone, they are put behind the others and the rest of the
    line is left as it was written. Raises StanceBankError for a line that is no object.
    """
    lines = data.split(b"\n")
    records = changed = 0
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        before = _record(line, file, index + 1)
        after = before
        for change in changes:
            after = change(after)
        records += 1
        if after != before:
            lines[index] = _written(line, before, after)
            changed += 1
    return Changed(b"\n".join(lines), records, changed)


def _record(line: bytes, file: str, number: int) -> Record:
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        what = f"{printable(file)}:{number}: not valid JSON: {printable(error.msg)}"
        raise StanceBankError(what, "correct the line; nothing was changed") from None
    if not isinstance(record, dict):
        what = f"{printable(file)}:{number}: expected one object on the line"
        raise StanceBankError(what, "correct the line; nothing was changed")
    return record


def _written(line: bytes, before: Record, after: Record) -> bytes:
    if list(after.items())[: len(before)] != list(before.items()):
        return orjson.dumps(after)
    added = orjson.dumps(dict(list(after.items())[len(before) :]))
    end = line.rindex(b"}")
    return line[:end] + (b"," if before else b"") + added[1:-1] + line[end:]
