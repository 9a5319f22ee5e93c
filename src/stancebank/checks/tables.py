"""Single layers as tables, and the pandera models of what a column's values must be.

What a value must be is one expression each. A table that meets them all, as most
do, is settled by one query; for the others the pandera models, made of the same
expressions, say which values fail. So a sound corpus does not wait for pandera.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from stancebank.frames import polars_schema, polars_type
from stancebank.json_places import JsonPath
from stancebank.layers import Column, Layer, ListOf, Record
from stancebank.scheme import Scheme

if TYPE_CHECKING:
    import pandera.polars as pandera


_PANDERA = threading.Lock()  # it is loaded by one thread alone, and while it validates its settings are the process's
_NOTHING = pl.DataFrame(schema={"failure_case": pl.String, "column": pl.String, "check": pl.String, "index": pl.Int32})


@dataclass(frozen=True)
class Table:
    """One layer by itself: its definition, its rows and the scheme they are labelled by."""

    layer: Layer
    rows: pl.DataFrame
    scheme: Scheme

    def failures(self, check: str) -> Iterator[tuple[int, JsonPath, Column, str]]:
        """Row, path, column and value of each value that fails the named check of the table's models.

        check: label, pattern, minimum or shortest.
        """
        if self._failures is _NOTHING:
            return
        for row in self._failures.filter(pl.col("check") == check).iter_rows(named=True):
            column = self.layer[row["outer"]]
            path: JsonPath = (row["outer"],)
            if row["item"] is not None:
                column = next(inner for inner in items(column) if inner.name == row["column"])
                path = (row["outer"], row["item"], row["column"])
            yield row["row"], path, column, row["failure_case"]

    @cached_property
    def _failures(self) -> pl.DataFrame:
        """The failures of the layer's own columns and of the records in its lists, in the order of the rows."""
        columns, own = self.layer.columns, self.rows.with_row_index("row")
        found = [] if _meets_all(self.rows, columns, self.scheme) else [self._refused(columns, own, None)]
        for column in columns:
            if items(column):
                index = pl.int_ranges(pl.col(column.name).list.len(), dtype=pl.Int64)
                inner = own.select("row", column.name, item=index).explode(column.name, "item", empty_as_null=False)
                inner = inner.unnest(column.name)
                if not _meets_all(inner.drop("row", "item"), items(column), self.scheme):
                    found.append(self._refused(items(column), inner, column.name))
        return pl.concat(found).sort("row", maintain_order=True) if found else _NOTHING

    def _refused(self, columns: tuple[Column, ...], rows: pl.DataFrame, outer: str | None) -> pl.DataFrame:
        """What the model of the columns refuses: row, item, outer and inner column, check and value."""
        failures = _NOTHING
        with _PANDERA:
            from pandera.errors import SchemaErrors

            try:
                _model(columns, self.scheme).validate(rows.drop("row", "item", strict=False), lazy=True)
            except SchemaErrors as errors:
                failures = errors.failure_cases.select(_NOTHING.columns)
        item = pl.col("item") if "item" in rows.columns else pl.lit(None, pl.Int64).alias("item")
        places = rows.select("row", item, index=pl.int_range(pl.len(), dtype=pl.Int32))
        column = pl.lit(outer) if outer else pl.col("column")
        return failures.join(places, on="index", maintain_order="left").with_columns(outer=column)


def items(column: Column) -> tuple[Column, ...]:
    """The columns of the records in a list column; none for other columns."""
    kind = column.kind
    return kind.item.columns if isinstance(kind, ListOf) and isinstance(kind.item, Record) else ()


def _meets_all(table: pl.DataFrame, columns: tuple[Column, ...], scheme: Scheme) -> bool:
    """Whether names, order, types and nulls are as the columns say, and every value meets its conditions."""
    if table.schema != polars_schema(columns):
        return False
    filled = [pl.col(column.name).is_not_null() for column in columns if not column.nullable]
    met = [condition for column in columns for condition in _conditions(column, scheme).values()]
    return bool(
        table.select(pl.all_horizontal(*filled, *(condition.fill_null(value=True) for condition in met)).all()).item()
    )


def table_model(layer: Layer, scheme: Scheme) -> pandera.DataFrameSchema:
    """The pandera model of a layer, derived from its columns and the scheme's labels.

    It checks names, order, types and nulls of the columns, and of each value its
    pattern, its least size, and that it is a label of its vocabulary.
    """
    return _model(layer.columns, scheme, layer.name)


def _model(columns: tuple[Column, ...], scheme: Scheme, name: str | None = None) -> pandera.DataFrameSchema:
    import pandera.polars as pandera

    checked = {
        column.name: pandera.Column(
            polars_type(column.kind),
            [
                pandera.Check(lambda data, condition=condition: data.lazyframe.select(condition), error=check)
                for check, condition in _conditions(column, scheme).items()
            ],
            nullable=column.nullable,
        )
        for column in columns
    }
    return pandera.DataFrameSchema(checked, name=name, strict=True, ordered=True)


def _conditions(column: Column, scheme: Scheme) -> dict[str, pl.Expr]:
    """What each value of a column must meet, by the name of the check; null where the value is null."""
    value = pl.col(column.name)
    conditions = {}
    if column.vocabulary is not None:
        conditions["label"] = value.is_in(list(scheme.names(column.vocabulary)))
    if column.pattern is not None:
        conditions["pattern"] = value.str.contains(f"^(?:{column.pattern})$")
    if column.minimum is not None:
        conditions["minimum"] = value >= column.minimum
    if column.shortest:
        length = value.list.len() if isinstance(column.kind, ListOf) else value.str.len_chars()
        conditions["shortest"] = length >= column.shortest
    return conditions
