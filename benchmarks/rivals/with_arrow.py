"""Reading all layers with pyarrow.json alone, and writing them as Parquet with pyarrow alone.

``python -m rivals.with_arrow ROOT`` reads; with a second folder it also writes.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from stancebank.schema.column import Column, Kind, ListOf, Record
from stancebank.schema.layers import LAYERS

_BLOCK = 4 << 20  # bytes that a thread parses at a time


def schema(columns: tuple[Column, ...]) -> pa.Schema:
    """The Arrow schema of a layer (frames.arrow_schema says the same, but loads Polars)."""
    return pa.schema([pa.field(column.name, _type(column.kind)) for column in columns])


def _type(kind: Kind) -> pa.DataType:
    if isinstance(kind, ListOf):
        return pa.list_(_type(kind.item))
    if isinstance(kind, Record):
        return pa.struct([pa.field(column.name, _type(column.kind)) for column in kind.columns])
    return pa.int64() if kind == "integer" else pa.string()


def main(root: Path, out: Path | None = None) -> None:
    """Read every layer of every part; with a folder, write each as a Parquet file of its own."""
    rows = 0
    for file in sorted((root / "corpus").rglob("*.jsonl")):
        options = pyarrow.json.ParseOptions(
            explicit_schema=schema(LAYERS[file.stem].columns), unexpected_field_behavior="error"
        )
        table = pyarrow.json.read_json(file, pyarrow.json.ReadOptions(block_size=_BLOCK), options)
        rows += table.num_rows
        if out is not None:
            folder = out / file.stem
            folder.mkdir(parents=True, exist_ok=True)
            pq.write_table(table, folder / f"{file.parent.name}.parquet", compression="zstd")
    print(f"{rows:,} rows")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
