"""Single layers as tables, and the pandera models of what a column's values must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandera.polars as pandera
import polars as pl
from pandera.errors import SchemaErrors

from stancebank.frames import polars_type
from stancebank.json_places import JsonPath
from stancebank.layers import Column, Layer, ListOf, Record
from stancebank.scheme import Scheme


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
        own = self.rows.with_row_index("row").with_columns(item=pl.lit(None, pl.Int64))
        found = [_failures(table_model(self.layer, self.scheme), own, None)]
        for column in self.layer.columns:
            if items(column):
                index = pl.int_ranges(pl.col(column.name).list.len(), dtype=pl.Int64)
                inner = own.select("row", column.name, item=index).explode(column.name, "item", empty_as_null=False)
                model = pandera.DataFrameSchema(_columns(items(column), self.scheme), strict=True, ordered=True)
                found.append(_failures(model, inner.unnest(column.name), column.name))
        return pl.concat(found).sort("row", maintain_order=True)


def items(column: Column) -> tuple[Column, ...]:
    """The columns of the records in a list column; none for other columns."""
    kind = column.kind
    return kind.item.columns if isinstance(kind, ListOf) and isinstance(kind.item, Record) else ()


def _failures(model: pandera.DataFrameSchema, rows: pl.DataFrame, outer: str | None) -> pl.DataFrame:
    """What a model refuses: row, item, outer and inner column, check and value."""
    schema = {"failure_case": pl.String, "column": pl.String, "check": pl.String, "index": pl.Int32}
    failures = pl.DataFrame(schema=schema)
    try:
        model.validate(rows.drop("row", "item"), lazy=True)
    except SchemaErrors as errors:
        failures = errors.failure_cases.select(list(schema))
    places = rows.select("row", "item", index=pl.int_range(pl.len(), dtype=pl.Int32))
    column = pl.lit(outer) if outer else pl.col("column")
    return failures.join(places, on="index", maintain_order="left").with_columns(outer=column)


def table_model(layer: Layer, scheme: Scheme) -> pandera.DataFrameSchema:
    """The pandera model of a layer, derived from its columns and the scheme's labels.

    It checks names, order, types and nulls of the columns, and of each value its
    pattern, its least size, and that it is a label of its vocabulary.
    """
    return pandera.DataFrameSchema(_columns(layer.columns, scheme), name=layer.name, strict=True, ordered=True)


def _columns(columns: tuple[Column, ...], scheme: Scheme) -> dict[str, pandera.Column]:
    return {
        column.name: pandera.Column(polars_type(column.kind), _checks(column, scheme), nullable=column.nullable)
        for column in columns
    }


def _checks(column: Column, scheme: Scheme) -> list[pandera.Check]:
    checks = []
    if column.vocabulary is not None:
        checks.append(pandera.Check.isin(list(scheme.names(column.vocabulary)), error="label"))
    if column.pattern is not None:
        checks.append(pandera.Check.str_matches(f"^(?:{column.pattern})$", error="pattern"))
    if column.minimum is not None:
        checks.append(pandera.Check.ge(column.minimum, error="minimum"))
    if column.shortest and isinstance(column.kind, ListOf):
        long_enough = pl.col(column.name).list.len() >= column.shortest
        checks.append(pandera.Check(lambda data: data.lazyframe.select(long_enough), error="shortest"))
    elif column.shortest:
        checks.append(pandera.Check.str_length(min_value=column.shortest, error="shortest"))
    return checks
