"""What rows hold, as a digest that does not depend on how they are packed."""

from __future__ import annotations

import hashlib

import numpy as np
import orjson
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc


def content_digest(rows: pl.DataFrame | pa.Table) -> str:
    """SHA-256 of the rows: the same for any chunks, slices and sizes of offsets, and with any version of any library.

    These bytes are digested; integers and numbers (IEEE 754) have 64 bits and are little-endian. A line of
    compact JSON: a list of name and type of each column, where a type is "string", "integer", "number",
    ["list", type] or ["record", [[name, type], ...]]. The number of rows.
    Then column by column: one bit for each value, 1 where it is not null, from the
    least significant bit of a byte on, the last byte filled up with 0; and the values:
    - integers and numbers: each, 0 for null;
    - strings: the length of each in bytes, 0 for null, then the UTF-8 of all;
    - lists: the length of each, 0 for null, then the items of all as one column;
    - records: each field as a column, null where the record is null.
    """
    # pa.table would load pandas, to see whether the rows are its own.
    table = rows.to_arrow(compat_level=pl.CompatLevel.newest()) if isinstance(rows, pl.DataFrame) else rows
    kinds = [[field.name, _kind(field.type)] for field in table.schema]
    digest = hashlib.sha256(orjson.dumps(kinds) + b"\n" + table.num_rows.to_bytes(8, "little"))
    for column in table.columns:
        # combine_chunks copies a single one too.
        _add(digest, column.chunk(0) if column.num_chunks == 1 else column.combine_chunks())
    return digest.hexdigest()


def _kind(of: pa.DataType) -> object:
    if pa.types.is_struct(of):
        return ["record", [[field.name, _kind(field.type)] for field in of]]
    if _is_list(of):
        return ["list", _kind(of.value_type)]
    if pa.types.is_floating(of):
        return "number"
    return "integer" if pa.types.is_integer(of) else "string"


def _is_list(of: pa.DataType) -> bool:
    return bool(pa.types.is_list(of) or pa.types.is_large_list(of))


def _add(digest: hashlib._Hash, values: pa.Array) -> None:
    digest.update(np.packbits(values.is_valid().cast(pa.uint8()).to_numpy(), bitorder="little").data)
    if pa.types.is_struct(values.type):
        for field in values.flatten():
            _add(digest, field)
    elif _is_list(values.type):
        _add_integers(digest, pc.list_value_length(values))
        _add(digest, values.flatten())
    elif pa.types.is_integer(values.type):
        _add_integers(digest, values)
    elif pa.types.is_floating(values.type):
        digest.update(values.fill_null(0.0).to_numpy().astype("<f8", copy=False).data)
    elif len(values):
        texts = values.cast(pa.large_string())  # no copy where they are that
        texts = texts.fill_null("") if texts.null_count else texts  # what lies under a null may be anything
        _, offsets, data = texts.buffers()
        ends = np.frombuffer(offsets, "<i8")[texts.offset : texts.offset + len(texts) + 1]
        digest.update(np.diff(ends).astype("<i8", copy=False).data)
        digest.update(memoryview(data or b"")[ends[0] : ends[-1]])


def _add_integers(digest: hashlib._Hash, values: pa.Array) -> None:
    whole = values.fill_null(0) if values.null_count else values
    digest.update(whole.cast(pa.int64()).to_numpy().astype("<i8", copy=False).data)
