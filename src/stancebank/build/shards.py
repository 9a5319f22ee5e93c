"""Views of parts as Parquet shards, named by their content."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from stancebank.corpus import Part
from stancebank.frames import arrow_schema
from stancebank.views.registry import View

DATA_FOLDER = "data"
ROWS_PER_GROUP = 1000


@dataclass(frozen=True, slots=True)
class Shard:
    """One Parquet file of the dataset: the rows of a view of a part.

    path: from the dataset's folder. bytes: size of the file. sha256: of the file.
    content_sha256: of the rows, independent of how they are packed.
    """

    view: str
    split: str
    path: str
    rows: int
    bytes: int
    sha256: str
    content_sha256: str


def write_shards(part: Part, split: str, views: Iterable[View], folder: Path) -> Iterator[Shard]:
    """Write each view of a part below the folder and say what was written.

    A shard's name carries the digest of its bytes, so that a changed file never
    keeps its name. The same rows give the same bytes with one version of pyarrow.
    """
    for view in views:
        rows = view.rows(part)
        data = parquet_bytes(rows, view)
        digest = hashlib.sha256(data).hexdigest()
        of = f"{split}-{part.name}" if view.by_part else split
        path = f"{DATA_FOLDER}/{view.name}/{of}-{digest[:16]}.parquet"
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
        yield Shard(view.name, split, path, rows.height, len(data), digest, content_digest(rows))


def parquet_bytes(rows: pl.DataFrame, view: View) -> bytes:
    """The rows of a view as a Parquet file, zstd-compressed, in the types of the view's columns."""
    table = rows.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(arrow_schema(view.columns))
    buffer = BytesIO()
    with pq.ParquetWriter(buffer, table.schema, compression="zstd") as writer:
        # datasets cannot read a row group without rows, which an empty table would be written as.
        if table.num_rows:
            writer.write_table(table, row_group_size=ROWS_PER_GROUP)
    return buffer.getvalue()


def content_digest(rows: pl.DataFrame) -> str:
    """SHA-256 of the rows as JSON Lines, the same whatever the packaging."""
    return hashlib.sha256(rows.write_ndjson().encode()).hexdigest()
