"""Views of parts as Parquet shards, named by their content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from stancebank.corpus.part import Part
from stancebank.dataset.content_digest import content_digest
from stancebank.dataset.label_codes import METADATA, coded, features_json, has_labels
from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.frames import arrow_schema
from stancebank.schema.scheme import Scheme
from stancebank.storage.addresses import answered
from stancebank.storage.files import sha256
from stancebank.views.registry import View
from stancebank.work.ordered_work import in_order

DATA_FOLDER = "data"
SHARD_PATH = rf"{DATA_FOLDER}/[a-z_]+/[^/\\]+\.parquet"
ROWS_PER_GROUP = 1000


@dataclass(frozen=True, slots=True)
class Shard:
    """One Parquet file of the dataset: the rows of a view of a part.

    part: None for what all parts share. path: from the dataset's folder. bytes: size of the file. sha256: of the file.
    content_sha256: of the rows, independent of how they are packed: of words, also where the file has their codes.
    """

    view: str
    split: str
    part: str | None
    path: str
    rows: int
    bytes: int
    sha256: str
    content_sha256: str


def write_shards(
    part: Part, split: str, views: Iterable[View], folder: Path, *, unfinished: bool = False
) -> Iterator[Shard]:
    """Write each view of a part below the folder and say what was written.

    A shard's name carries the digest of its bytes, so that a changed file never
    keeps its name. The same rows give the same bytes with one version of pyarrow.
    unfinished: task views show documents whose layers are not done too.
    """

    def begin(view: View) -> Future[Shard]:
        rows = view.rows_of(part, unfinished=unfinished).to_arrow()  # strings are laid out once for file and digest
        return writing.submit(_shard, rows, view, part, split, folder)

    # Parquet lets other threads run: one view is written while the rows of the next are made.
    with ThreadPoolExecutor(1) as writing:
        yield from in_order(begin, [*views], lambda: 1, Future.cancel)


def _shard(rows: pa.Table, view: View, part: Part, split: str, folder: Path) -> Shard:
    data = parquet_bytes(rows, view, part.scheme)
    digest = sha256(data)
    of = f"{split}-{part.name}" if view.by_part else split
    path = f"{DATA_FOLDER}/{view.name}/{of}-{digest[:16]}.parquet"
    write(folder / path, data)
    content = content_digest(rows)
    return Shard(view.name, split, part.name if view.by_part else None, path, rows.num_rows, len(data), digest, content)


def write(file: Path, data: bytes) -> None:
    """Write a file, and the folders above it where they are missing."""

    def put() -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)

    answered(file, put)


def parquet_bytes(rows: pl.DataFrame | pa.Table, view: View, scheme: Scheme) -> bytes:
    """The rows of a view as a Parquet file, zstd-compressed, in the types of the view's columns.

    Labels of a closed set become codes, whose names are in the schema as datasets writes them.
    Strings have dictionaries; integers, which are offsets and rise, are stored as their
    differences. Least and greatest values, by which readers skip row groups, stand for
    plain columns only: nobody looks for those of values inside lists.
    """
    table = rows if isinstance(rows, pa.Table) else rows.to_arrow()
    labelled = [column for column in view.columns if has_labels([column])]
    codes = coded(pl.DataFrame(table.select([column.name for column in labelled])), labelled, scheme).to_arrow()
    for name, column in zip(codes.column_names, codes.columns, strict=True):
        table = table.set_column(table.column_names.index(name), name, column)
    table = table.cast(arrow_schema(view.columns))
    if labelled:
        table = table.replace_schema_metadata({METADATA: features_json(view.columns, scheme)})
    leaves = dict(_leaves(view.columns))
    integers = [path for path, kind in leaves.items() if kind == "integer" or isinstance(kind, Category)]
    buffer = BytesIO()
    with pq.ParquetWriter(
        buffer,
        table.schema,
        compression="zstd",
        use_dictionary=[path for path in leaves if path not in integers],
        column_encoding=dict.fromkeys(integers, "DELTA_BINARY_PACKED"),
        write_statistics=[column.name for column in view.columns if column.name in leaves],
    ) as writer:
        # datasets cannot read a row group without rows, which an empty table would be written as.
        if table.num_rows:
            writer.write_table(table, row_group_size=ROWS_PER_GROUP)
    return buffer.getvalue()


def _leaves(columns: Iterable[Column], within: str = "") -> Iterator[tuple[str, Kind]]:
    """The columns of values that Parquet stores: their paths, as it names them, and kinds."""
    for column in columns:
        path, kind = within + column.name, column.kind
        while isinstance(kind, ListOf):
            path, kind = f"{path}.list.element", kind.item
        if isinstance(kind, Record):
            yield from _leaves(kind.columns, f"{path}.")
        else:
            yield path, kind
