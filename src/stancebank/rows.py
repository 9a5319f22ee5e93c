"""Rows of frames: those at given places, those that repeat, and what comes first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl


def rows_at(rows: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
    """The rows at the places, which are counted from 0; a row of nulls where a place is null."""
    return rows.select(pl.all().gather(places))


def repeated_rows(rows: pl.DataFrame, key: Iterable[str | pl.Expr]) -> pl.DataFrame:
    """The rows, with their index as row, among which are all whose key stands more than once.

    Most tables have none, and a hash tells so at a fraction of the cost of grouping. It
    may let others through, for two keys can have one hash: compare the keys themselves.
    """
    repeated = rows.select(pl.struct(key).hash().is_duplicated()).to_series()
    return rows.with_row_index("row").filter(repeated)


def comes_before(values: Sequence[pl.Expr], others: Sequence[pl.Expr]) -> pl.Expr:
    """Whether values come before others, the first that differ deciding."""
    before, equal = pl.lit(value=False), pl.lit(value=True)
    for value, other in zip(values, others, strict=True):
        before |= equal & (value < other)
        equal &= value == other
    return before
