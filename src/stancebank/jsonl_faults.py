"""Reading a layer's file line by line, to say of each fault where it stands and how to mend it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import accumulate
from typing import Any, NoReturn

from stancebank.faults import Fault, FaultKind, excerpt, printable
from stancebank.json_places import JsonPath, json_path, repeated_keys, value_positions
from stancebank.layers import Column, Kind, Layer, ListOf, Record

_BOM = b"\xef\xbb\xbf"
_INT64 = range(-(2**63), 2**63)
_DEEPEST = 16  # levels; a layer nests three, Python's parser gives up near a thousand
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)')
_STEPS = {ord("["): 1, ord("{"): 1, ord("]"): -1, ord("}"): -1}
_NO_BRACKETS = bytes(set(range(128)) - _STEPS.keys())

# A fault before its file and line are known: kind, what, fix, index in the line or way to the value there, path.
_Flaw = tuple[FaultKind, str, str, int | JsonPath | None, JsonPath]


def read_carefully(data: bytes, layer: Layer, file: str) -> tuple[list[tuple[Any, ...]], list[Fault]]:
    """The sound rows, values in the layer's order, and every fault of the file."""
    rows: list[tuple[Any, ...]] = []
    faults: list[Fault] = []
    if data.startswith(_BOM):
        what = "the file starts with a byte-order mark"
        faults.append(Fault("byte-order-mark", file, what, "save it as UTF-8 without one", 1, 1))
        data = data[len(_BOM) :]
    lines = data.split(b"\n")
    encoding = _encoding_fault(lines, file)
    if encoding is not None:
        return rows, [*faults, encoding]
    unended = lines.pop()
    for number, line in enumerate([*lines, unended] if unended else lines, 1):
        record, flaws = _read_line(line, layer)
        if number > len(lines) and not flaws:
            what = "the last line has no newline at its end; more may be missing"
            flaws = [("final-newline", what, "restore the rest, or end the line", None, ())]
        document, name = (_id(record, key) for key in ("doc_id", layer.id_column))
        positions = value_positions(line.decode()) if any(isinstance(flaw[3], tuple) for flaw in flaws) else {}
        for kind, what, fix, place, path in flaws:
            position = positions[place] if isinstance(place, tuple) else place
            column = None if position is None else position + 1
            way = printable(json_path(path)) if path else ""
            faults.append(Fault(kind, file, what, fix, number, column, way, document, name))
        if not flaws:
            rows.append(tuple(record[name] for name in layer.names))
    return rows, faults


def _id(record: object, key: str) -> str | None:
    """An id of what may be a record; half a surrogate pair, which no reporter could write, as an escape."""
    value = record.get(key) if isinstance(record, dict) else None
    return printable(value) if isinstance(value, str) else None


def _read_line(line: bytes, layer: Layer) -> tuple[Any, list[_Flaw]]:
    """The value on a line, None where there is none, and what is wrong with it."""
    text = line.decode()
    if text.endswith("\r"):
        what = "the line ends with CR LF"
        return None, [("carriage-return", what, "save the file with LF line ends", len(text) - 1, ())]
    if not text.strip(" \t"):
        return None, [("empty-line", "the line is empty", "remove the line", 0, ())]
    if _depth(text) > _DEEPEST:
        return None, [("json", f"brackets nest deeper than {_DEEPEST} levels", "write one flat record per line", 0, ())]
    try:
        record = json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return None, [("json", f"not valid JSON: {error.msg}", _json_fix(text, error.pos), error.pos, ())]
    except ValueError as error:
        reason = "a number has more digits than can be read" if "digits" in str(error) else str(error)
        return None, [("json", f"not valid JSON: {reason}", "write plain JSON values", 0, ())]
    if not isinstance(record, dict):
        what = f"expected one object on the line, found {_describe(record)}"
        return None, [("not-an-object", what, "write the record as {...}", 0, ())]
    flaws: list[_Flaw] = [
        ("duplicate-key", f"the key {excerpt(key)} stands twice", "keep one of them", position, ())
        for key, position in repeated_keys(text)
    ]
    return record, flaws + list(_object_flaws((), record, layer.columns))


def _encoding_fault(lines: list[bytes], file: str) -> Fault | None:
    """The first byte of the file that is not UTF-8; what else is wrong with such a file follows from it."""
    for number, line in enumerate(lines, 1):
        try:
            line.decode()
        except UnicodeDecodeError as error:
            what = f"byte 0x{line[error.start]:02x} is not UTF-8"
            column = len(line[: error.start].decode()) + 1
            return Fault("encoding", file, what, "save the whole file as UTF-8", number, column)
    return None


def _object_flaws(path: JsonPath, record: dict[str, Any], columns: tuple[Column, ...]) -> Iterator[_Flaw]:
    names = [column.name for column in columns]
    for key in record:
        if key not in names:
            here = (*path, key)
            what = f"unknown key {excerpt(key)}; expected {', '.join(names)}"
            yield "unknown-key", what, "remove the key, or correct its name", here, here
    for column in columns:
        here = (*path, column.name)
        if column.name not in record:
            fix = f'add "{column.name}"' + (", null where there is none" if column.nullable else "")
            yield "missing-key", f'the key "{column.name}" is missing', fix, path, here
        elif record[column.name] is not None or not column.nullable:
            yield from _value_flaws(here, record[column.name], column.kind, column.nullable)


def _value_flaws(path: JsonPath, value: object, kind: Kind, nullable: bool) -> Iterator[_Flaw]:
    if isinstance(kind, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _value_flaws((*path, index), item, kind.item, nullable=False)
    elif isinstance(kind, Record) and isinstance(value, dict):
        yield from _object_flaws(path, value, kind.columns)
    elif not _is_scalar(value, kind):
        expected = _kind_name(kind) + (" or null" if nullable else "")
        what = f"{json_path(path)} is {_describe(value)}, expected {expected}"
        yield "type", what, f"write {expected}", path, path


def _is_scalar(value: object, kind: Kind) -> bool:
    if kind == "string":
        return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)
    return kind == "integer" and type(value) is int and value in _INT64


def _kind_name(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return "a list"
    if isinstance(kind, Record):
        return "an object"
    return "an integer" if kind == "integer" else "a string"


def _describe(value: object) -> str:
    if isinstance(value, str):
        return f"the string {excerpt(value)}" if _is_scalar(value, "string") else "a string with half a surrogate pair"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"the integer {value}" if value in _INT64 else "an integer beyond 64 bits"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _json_fix(line: str, position: int) -> str:
    if position >= len(line.rstrip()):
        return "the line looks cut; restore its end"
    return f"correct the line at {excerpt(line[position : position + 20])}"


def _depth(line: str) -> int:
    """How deep brackets nest; those inside strings do not count."""
    if line.count("[") + line.count("{") <= _DEEPEST:
        return 0
    brackets = _STRING.sub("", line).encode("ascii", "ignore").translate(None, _NO_BRACKETS)
    return max(accumulate(map(_STEPS.__getitem__, brackets)), default=0)
