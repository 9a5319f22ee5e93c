"""Layers as frames: columns as Polars and Arrow types, and the order of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl
import pyarrow as pa

from stancebank.layers import Column, Kind, Layer, ListOf, Record


def polars_type(kind: Kind) -> pl.DataType:
    """The Polars type of a kind."""
    if isinstance(kind, ListOf):
        return pl.List(polars_type(kind.item))
    if isinstance(kind, Record):
        return pl.Struct([pl.Field(column.name, polars_type(column.kind)) for column in kind.columns])
    return pl.Int64() if kind == "integer" else pl.String()


def polars_schema(columns: Iterable[Column]) -> pl.Schema:
    """The Polars schema of a table with these columns."""
    return pl.Schema({column.name: polars_type(column.kind) for column in columns})


def arrow_type(kind: Kind) -> pa.DataType:
    """The Arrow type of a kind."""
    if isinstance(kind, ListOf):
        return pa.list_(arrow_type(kind.item))
    if isinstance(kind, Record):
        return pa.struct([pa.field(column.name, arrow_type(column.kind)) for column in kind.columns])
    return pa.int64() if kind == "integer" else pa.string()


def arrow_schema(columns: Iterable[Column]) -> pa.Schema:
    """The Arrow schema of a table with these columns."""
    return pa.schema([pa.field(column.name, arrow_type(column.kind)) for column in columns])


def row_order(layer: Layer) -> list[pl.Expr]:
    """What a layer's rows are sorted by: document, start and end where it has them, id in natural order."""
    keys = [pl.col(name) for name in ("doc_id", "start", "end") if name in layer.names]
    return keys if layer.id_column == "doc_id" else [*keys, *natural_order(layer.id_column)]


def natural_order(column: str) -> list[pl.Expr]:
    """Sort keys under which m2 comes before m10: what precedes the final digits, their value, then their zeros."""
    text, digits = pl.col(column), pl.col(column).str.extract(r"([0-9]+)$").fill_null("")
    value = digits.str.strip_chars_start("0")
    return [text.str.strip_suffix(digits), value.str.len_bytes(), value, digits.str.len_bytes()]


def nest(parents: pl.DataFrame, rows: pl.DataFrame, on: Sequence[str], name: str) -> pl.DataFrame:
    """The parents with one more column: the list of their rows, as structs without the shared columns.

    Rows keep their order; a parent without rows gets an empty list. The list is
    cut at run boundaries of the sorted rows, which groups without copying values.
    """
    place = parents.select(*on).with_row_index("_parent")
    placed = rows.join(place, on=list(on), maintain_order="left").sort("_parent", maintain_order=True)
    counts = place.join(placed.group_by("_parent").len("_count"), on="_parent", how="left", maintain_order="left")
    ends = counts["_count"].fill_null(0).cum_sum().cast(pl.Int64)
    offsets = pa.array([0, *ends.to_list()], pa.int64())
    items = placed.drop("_parent", *on).to_struct().to_arrow(compat_level=pl.CompatLevel.oldest())
    column = pl.from_arrow(pa.LargeListArray.from_arrays(offsets, items))
    assert isinstance(column, pl.Series)
    return parents.with_columns(column.alias(name))
