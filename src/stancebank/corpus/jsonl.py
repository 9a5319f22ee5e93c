"""Reading and writing one layer's file: strict JSON Lines.

A sound file is read at the speed of Arrow's JSON reader. That reader alone is
not strict enough (it skips empty lines, reads two objects on a line as two
rows, fills a missing key with null and takes bytes that are not UTF-8), so what
it leaves open is settled by counting; where anything does not add up, the file
is read again line by line, which finds every fault with its place.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import accumulate
from typing import Any, NoReturn

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.json

from stancebank.faults import Fault, FaultKind, excerpt, printable
from stancebank.schema.column import EXACT, Column, Kind, ListOf, Record, is_numeric, plain_number
from stancebank.schema.frames import arrow_schema, polars_schema, row_order
from stancebank.schema.layers import Layer
from stancebank.storage.json_positions import JsonPath, json_path, repeated_keys, value_positions

_BLOCK = 1 << 22  # bytes that one thread parses at a time


def read_records(data: bytes, layer: Layer, file: str) -> tuple[pl.DataFrame | None, list[Fault]]:
    """The rows of a layer's file, or None with every fault in it.

    data: the file's bytes. file: how faults name the file. The frame has the
    layer's columns, and its row i is on line i + 1.
    """
    frame = _read_fast(data, layer)
    if frame is not None:
        return frame, []
    rows, faults = read_carefully(data, layer, file)
    if faults:
        return None, faults
    return pl.DataFrame(rows, schema=polars_schema(layer.columns), orient="row"), []


def write_records(rows: pl.DataFrame, layer: Layer) -> bytes:
    """Rows as the layer's file: one object per line, keys in the layer's order, UTF-8."""
    records = rows.select(layer.names).iter_rows(named=True)
    if layer.decimal:
        records = (as_written(record, layer) for record in records)
    buffer = BytesIO()  # what orjson returns has 1 kB each as long as it is kept
    buffer.writelines(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)
    return buffer.getvalue()


def as_written(record: dict[str, Any], layer: Layer) -> dict[str, Any]:
    """A record of a frame as it is in the file: a whole number without a decimal point, whatever its column holds."""
    for name in layer.decimal:
        if record[name] is not None:
            record[name] = plain_number(record[name])
    return record


def with_rows(data: bytes, rows: pl.DataFrame, new: pl.DataFrame, layer: Layer) -> bytes:
    """A layer's file with new rows in their places, each instead of the row of its document and id, if there is one.

    data: the file; rows: what it holds. The lines of all other rows stay as they were written.
    """
    key = [name for name in dict.fromkeys(("doc_id", layer.id_column)) if name in layer.names]
    lines = pl.Series("_line", data.split(b"\n")[: rows.height], pl.Binary)
    kept = rows.with_columns(lines).join(new, on=key, how="anti", maintain_order="left")
    added = pl.Series("_line", write_records(new, layer).split(b"\n")[: new.height], pl.Binary)
    merged = pl.concat([kept, new.select(rows.columns).with_columns(added)])
    return b"".join(line + b"\n" for line in merged.sort(row_order(layer), maintain_order=True)["_line"])


def with_documents(data: bytes, rows: pl.DataFrame, put: Mapping[str, bytes]) -> bytes:
    """The file with other lines for these documents; all other lines stay to the byte.

    rows: of the file. put: the lines of a document, by its id. What a document had is
    replaced where it began; one that had nothing goes in front of those that follow it.
    """
    blocks: list[tuple[str, bytes]] = []
    left = dict(put)
    for doc_id, line in zip(rows["doc_id"], data.split(b"\n"), strict=False):
        if doc_id in left:
            blocks.append((doc_id, left.pop(doc_id)))
        elif doc_id not in put:
            blocks.append((doc_id, line + b"\n"))
    for doc_id in sorted(left):
        blocks.insert(bisect_right(blocks, doc_id, key=lambda block: block[0]), (doc_id, left[doc_id]))
    return b"".join(lines for _, lines in blocks)


def _read_fast(data: bytes, layer: Layer) -> pl.DataFrame | None:
    """The rows, or None where a second, careful look is needed."""
    if not data:
        return polars_schema(layer.columns).to_frame()
    # Between two objects on one line, or inside one over two lines, no "}" and "{" could stand around each
    # newline; and Arrow's reader may end the process where a line starts with something else than "{".
    characters = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(characters == ord("\n"))
    if not (data.startswith(b"{") and data.endswith(b"}\n")):
        return None
    if np.any(characters[ends - 1] != ord("}")) or np.any(characters[ends[:-1] + 1] != ord("{")):
        return None
    try:
        table = _parse(data, layer)
        if not data.isascii():
            table.validate(full=True)
    except (pa.ArrowException, OverflowError):
        return None
    if table.num_rows != len(ends) or any(_lacks_a_value(table[column.name], column) for column in layer.columns):
        return None
    if any(_is_beyond(table[name]) for name in layer.decimal):
        return None
    # Where a key is missing Arrow puts null; one that it does not expect, or finds twice, it refuses.
    if any(column.null_count for column in table.columns) and _keys(data) != _expected_keys(table, layer):
        return None
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _parse(data: bytes, layer: Layer) -> pa.Table:
    json = pyarrow.json
    options = json.ParseOptions(explicit_schema=arrow_schema(layer.columns), unexpected_field_behavior="error")
    try:
        threads = len(data) > _BLOCK
        return json.read_json(pa.BufferReader(data), json.ReadOptions(use_threads=threads, block_size=_BLOCK), options)
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise
        return json.read_json(pa.BufferReader(data), json.ReadOptions(block_size=len(data) + 1), options)


def _keys(data: bytes) -> int:
    """The number of keys in all objects: only a key ends with a quote that is not escaped and has a colon behind it."""
    characters = np.frombuffer(data, np.uint8)
    ends = np.count_nonzero((characters[:-1] == ord('"')) & (characters[1:] == ord(":")))
    return ends - (data.count(b'\\":') if b"\\" in data else 0)


def _expected_keys(table: pa.Table, layer: Layer) -> int:
    """The number of keys in the file of a table, where each object has all."""
    lists = ((column, chunk) for column in layer.columns if column.items for chunk in table[column.name].chunks)
    nested = sum(len(chunk.values) * len(column.items) for column, chunk in lists)
    return int(table.num_rows * len(layer.columns) + nested)


def _lacks_a_value(values: pa.ChunkedArray, column: Column) -> bool:
    if values.null_count and not column.nullable:
        return True
    if not isinstance(column.kind, ListOf):
        return False
    items = [chunk.values for chunk in values.chunks]  # of a whole file; flatten would load pyarrow.compute
    nested = [array for item in items for array in item.flatten()] if column.items else []
    return any(array.null_count for array in (*items, *nested))


def _is_beyond(numbers: pa.ChunkedArray) -> bool:
    """Whether one is so large that its column may not hold it as it is written."""
    return any(np.any(~(np.abs(chunk.drop_null().to_numpy()) < EXACT)) for chunk in numbers.chunks)


_BOM = b"\xef\xbb\xbf"
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
        ("duplicate-key", f"the key {excerpt(key)} occurs twice", "keep one of them", position, ())
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
    if kind == "boolean":
        return isinstance(value, bool)
    return is_numeric(kind, value)


def _kind_name(kind: Kind) -> str:
    if isinstance(kind, ListOf):
        return "a list"
    if isinstance(kind, Record):
        return "an object"
    names = {"integer": "an integer", "number": "a number", "boolean": "true or false"}
    return names.get(str(kind), "a string")


def _describe(value: object) -> str:
    if isinstance(value, str):
        return f"the string {excerpt(value)}" if _is_scalar(value, "string") else "a string with half a surrogate pair"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"the integer {value}" if is_numeric("integer", value) else "an integer beyond 64 bits"
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
