"""Layers as frames: columns as Polars and Arrow types, and rows: their order, at given positions, repeated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

from stancebank.schema.column import Category, Column, Kind, ListOf, Record
from stancebank.schema.layers import Layer
from stancebank.text.code_points import series


def polars_type(kind: Kind) -> pl.DataType:
    """The Polars type of a kind."""
    if isinstance(kind, ListOf):
        return pl.List(polars_type(kind.item))
    if isinstance(kind, Record):
        return pl.Struct([pl.Field(column.name, polars_type(column.kind)) for column in kind.columns])
    scalars = {"integer": pl.Int64(), "number": pl.Float64(), "boolean": pl.Boolean()}
    return scalars.get(str(kind), pl.String())


def polars_schema(columns: Iterable[Column]) -> pl.Schema:
    """The Polars schema of a table with these columns."""
    return pl.Schema({column.name: polars_type(column.kind) for column in columns})


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a kind in files, where a label of a closed set is its index among its names."""
    if isinstance(kind, ListOf):
        return pa.list_(arrow_type(kind.item))
    if isinstance(kind, Record):
        return pa.struct([pa.field(column.name, arrow_type(column.kind)) for column in kind.columns])
    if isinstance(kind, Category):
        return pa.int64()
    scalars = {"integer": pa.int64(), "number": pa.float64(), "boolean": pa.bool_()}
    return scalars.get(str(kind), pa.string())


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """The Arrow schema of a table with these columns."""
    return pa.schema([pa.field(column.name, arrow_type(column.kind)) for column in columns])


def completed(rows: pl.DataFrame, layer: Layer) -> pl.DataFrame:
    """The rows with all columns of a layer, in their order; those that the rows do not have are null."""
    if len(rows.columns) == len(layer.columns):
        return rows
    missing = [column for column in layer.columns if column.name not in rows.columns]
    null = (pl.lit(None, polars_type(column.kind)).alias(column.name) for column in missing)
    return rows.with_columns(null).select(layer.names)


def row_order(layer: Layer) -> list[pl.Expr]:
    """What a layer's rows are sorted by: document, start and end where it has them, id in natural order."""
    keys = [pl.col(name) for name in ("doc_id", "start", "end") if name in layer.names]
    return keys if layer.id_column == "doc_id" else [*keys, *natural_order(layer.id_column)]


def natural_order(column: str) -> list[pl.Expr]:
    """Sort keys under which m2 comes before m10: what precedes the final digits, their value, then their zeros."""
    stem = pl.col(column).str.strip_chars_end("0123456789")
    digits = pl.col(column).str.strip_prefix(stem)
    value = digits.str.strip_chars_start("0")
    return [stem, value.str.len_bytes(), value, digits.str.len_bytes()]


def nest(parents: pl.DataFrame, rows: pl.DataFrame, on: Sequence[str], name: str) -> pl.DataFrame:
    """The parents with one more column: the list of their rows, as structs without the shared columns.

    Rows keep their order; a parent without rows gets an empty list, and a row without a parent is left out.
    """
    items = rows.drop(on).to_struct()
    return parents.with_columns(lists(items, parent_index(rows, parents, on), parents.height).alias(name))


def parent_index(rows: pl.DataFrame, parents: pl.DataFrame, on: Sequence[str]) -> npt.NDArray[np.int64]:
    """For each row the index of its parent, the one with the same values in these columns; -1 where there is none."""
    if not rows.height:
        return np.empty(0, np.int64)
    # The rows of one parent mostly stand together; one of each run is looked up.
    first = changes(rows.select(on)).arg_true().to_numpy()
    heads = rows.select(on)[first]
    place = pl.int_range(pl.len(), dtype=pl.Int64).alias("_place")
    found = heads.join(parents.select(*on, place), on=list(on), how="left", maintain_order="left")["_place"]
    return np.repeat(found.fill_null(-1).to_numpy(), np.diff(first, append=rows.height))


def first_equal(rows: pl.DataFrame) -> pl.Series:
    """For each row the index of the first one that equals it; equal rows mostly stand together."""
    first = changes(rows).arg_true()
    heads = rows[first].with_columns(index=first)
    firsts = heads.unique(rows.columns, keep="first", maintain_order=True)
    found = heads.join(firsts, on=rows.columns, how="left", maintain_order="left")["index_right"]
    return pl.Series(np.repeat(found.to_numpy(), np.diff(first.to_numpy(), append=rows.height)))


def changes(rows: pl.DataFrame) -> pl.Series:
    """For each row whether it is another than the row before, as the first one is."""
    same = pl.all_horizontal(pl.all().eq_missing(pl.all().shift()))
    return rows.select(~same | (pl.int_range(pl.len()) == 0)).to_series()


def lists(items: pl.Series, places: npt.NDArray[np.int64], count: int) -> pl.Series:
    """The items as lists: each goes to the list of its place, or to none where that is -1.

    The lists are cut out of the items where the place changes, which copies no values if the places ascend.
    """
    if places.size and (places[0] < 0 or np.any(places[1:] < places[:-1])):
        order = np.argsort(places, kind="stable")
        order = order[places[order] >= 0]
        items, places = items[order], places[order]
    offsets = np.searchsorted(places, np.arange(count + 1))
    values = items.to_arrow(compat_level=pl.CompatLevel.newest())
    # pa.array would load pandas, to see whether the offsets are its own.
    return series(pa.LargeListArray.from_arrays(pl.Series(offsets).to_arrow(), values))


def rows_at(rows: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """The rows at the places, which are counted from 0; a row of nulls where a place is null."""
    return rows.select(pl.all().gather(places))


def last_before(rows: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """For each row the place among the others of the last that starts in its document where it does or before.

    Both tables have document and start; the others are in their order. Null where there is none.
    """
    documents = [frame["document"].cast(pl.Int64).to_numpy() for frame in (rows, others)]
    starts = [frame["start"].to_numpy() for frame in (rows, others)]
    every = np.unique(np.concatenate(starts))
    low, high = (int(every[0]), int(every[-1])) if every.size else (0, 0)
    if (high - low + 1) * (1 + max(int(of.max(initial=0)) for of in documents)) >= 2**63:  # far outside of any text
        starts = [np.searchsorted(every, start) for start in starts]
        low, high = 0, len(every)
    # Document and start as one number, in their order.
    keys, other_keys = (of * (high - low + 1) + (start - low) for of, start in zip(documents, starts, strict=True))
    places = np.searchsorted(other_keys, keys, "right") - 1
    found = pl.Series(places).set(pl.Series(places < 0), None)
    return found.set(others["document"].gather(found) != rows["document"], None)


def record_key(layer: Layer) -> list[str]:
    """The columns that tell the records of a layer apart: its id, inside a document."""
    return [name for name in dict.fromkeys(("doc_id", layer.id_column)) if name in layer.names]


def repeats_keys(rows: pl.DataFrame, layer: Layer) -> bool:
    """Whether two rows of a layer have one key."""
    key = record_key(layer)
    return not repeated_rows(rows, key).is_empty() and bool(rows.select(key).is_duplicated().any())


def equal_rows(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Where the rows are in another table of the same columns: row, and other, null where it is in none.

    A row occurs once for each that equals it; one with a null equals none. Hashes are joined, which takes a
    third of what the values do; the values where a row has several others, or two values one hash.
    """
    on = rows.columns
    key = pl.when(pl.all_horizontal(pl.all().is_not_null())).then(pl.struct(on).hash()).alias("key")
    hashes, other_hashes = rows.select(key).with_row_index("row"), others.select(key).with_row_index("other")
    joined = hashes.join(other_hashes, on="key", how="left", maintain_order="left_right")
    if joined.height == rows.height:
        found = rows_at(others, joined["other"])
        if not any((rows[name] != found[name]).any() for name in on):
            return joined.select("row", "other")
    rows, others = rows.with_row_index("row"), others.with_row_index("other")
    return rows.join(others, on=on, how="left", maintain_order="left_right").select("row", "other")


def repeated_rows(rows: pl.DataFrame, key: Iterable[str | pl.Expr]) -> pl.DataFrame:
    """The rows, with their index as row, among which are all whose key occurs more than once.

    Most tables have none, and sorted hashes tell so at a fraction of the cost of grouping. They
    may let others through, for two keys can have one hash: compare the keys themselves.
    """
    hashes = rows.select(pl.struct(key).hash()).to_series()
    ordered, rows = np.sort(hashes.to_numpy()), rows.with_row_index("row")
    repeats = bool(np.any(ordered[1:] == ordered[:-1]))
    return rows.filter(hashes.is_duplicated()) if repeats else rows.clear()


def comes_before(values: Sequence[pl.Expr], others: Sequence[pl.Expr]) -> pl.Expr:
    """Whether values come before others, the first that differ deciding."""
    before, equal = pl.lit(value=False), pl.lit(value=True)
    for value, other in zip(values, others, strict=True):
        before |= equal & (value < other)
        equal &= value == other
    return before
