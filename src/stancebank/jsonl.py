"""Reading and writing one layer's file: strict JSON Lines.

A sound file is read at the speed of Arrow's JSON reader. That reader alone is
not strict enough (it skips empty lines, reads two objects on a line as two
rows, fills a missing key with null and takes bytes that are not UTF-8), so what
it leaves open is settled by counting; where anything does not add up, the file
is read again line by line, which finds every fault with its place.
"""

from __future__ import annotations

from io import BytesIO

import jsonlines
import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.json

from stancebank.faults import Fault
from stancebank.frames import arrow_schema, polars_schema
from stancebank.jsonl_faults import read_carefully
from stancebank.layers import Column, Layer, ListOf, Record

_BLOCK = 1 << 22  # bytes that one thread parses at a time


def read_records(data: bytes, layer: Layer, file: str) -> tuple[pl.DataFrame | None, list[Fault]]:
    """The rows of a layer's file, or None with every fault in it.

    data: the file's bytes. file: how faults name the file. The frame has the
    layer's columns, and its row i stands on line i + 1.
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
    buffer = BytesIO()
    with jsonlines.Writer(buffer, dumps=orjson.dumps) as writer:
        for record in rows.select(layer.names).iter_rows(named=True):
            writer.write(record)
    return buffer.getvalue()


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
        table.validate(full=True)
    except (pa.ArrowException, OverflowError):
        return None
    if table.num_rows != len(ends) or any(_lacks_a_value(table[column.name], column) for column in layer.columns):
        return None
    for column in layer.columns:
        # Where a key is missing Arrow puts null. A quote cannot stand unescaped inside a string, so '"name":' is a key.
        if table[column.name].null_count and data.count(f'"{column.name}":'.encode()) != len(ends):
            return None
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame


def _parse(data: bytes, layer: Layer) -> pa.Table:
    json = pyarrow.json
    options = json.ParseOptions(explicit_schema=arrow_schema(layer.columns), unexpected_field_behavior="error")
    try:
        threads = len(data) > _BLOCK
        return json.read_json(BytesIO(data), json.ReadOptions(use_threads=threads, block_size=_BLOCK), options)
    except pa.ArrowInvalid as error:
        if "straddling" not in str(error):
            raise
        return json.read_json(BytesIO(data), json.ReadOptions(block_size=len(data) + 1), options)


def _lacks_a_value(values: pa.ChunkedArray, column: Column) -> bool:
    if values.null_count and not column.nullable:
        return True
    if isinstance(column.kind, ListOf) and isinstance(column.kind.item, Record):
        items = pa.chunked_array([chunk.flatten() for chunk in values.chunks], values.type.value_type)
        return items.null_count > 0 or any(array.null_count for chunk in items.chunks for array in chunk.flatten())
    return False
