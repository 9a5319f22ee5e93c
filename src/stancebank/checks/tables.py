"""Single layers as tables, and the pandera models of what a column's values must be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import pandera.polars as pandera
import polars as pl
from pandera.errors import SchemaErrors

from stancebank.frames import polars_type
from stancebank.layers import Column, Layer
from stancebank.scheme import Scheme


@dataclass(frozen=True)
class Table:
    """One layer by itself: its definition, its rows and the scheme they are labelled by."""

    layer: Layer
    rows: pl.DataFrame
    scheme: Scheme

    def failures(self, check: str) -> Iterator[tuple[int, Column, str]]:
        """Row, column and value of each value that fails the named check of the table's model.

        check: label, pattern, minimum or shortest.
        """
        for row in self._failures.filter(pl.col("check") == check).iter_rows(named=True):
            yield row["index"], self.layer[row["column"]], row["failure_case"]

    @cached_property
    def _failures(self) -> pl.DataFrame:
        try:
            table_model(self.layer, self.scheme).validate(self.rows, lazy=True)
        except SchemaErrors as errors:
            failures: pl.DataFrame = errors.failure_cases
            return failures.sort("index")
        return pl.DataFrame(
            schema={"failure_case": pl.String, "column": pl.String, "check": pl.String, "index": pl.Int32}
        )


def table_model(layer: Layer, scheme: Scheme) -> pandera.DataFrameSchema:
    """The pandera model of a layer, derived from its columns and the scheme's labels.

    It checks names, order, types and nulls of the columns, and of each value its
    pattern, its least size, and that it is a label of its vocabulary.
    """
    columns = {
        column.name: pandera.Column(polars_type(column.kind), _checks(column, scheme), nullable=column.nullable)
        for column in layer.columns
    }
    return pandera.DataFrameSchema(columns, name=layer.name, strict=True, ordered=True)


def _checks(column: Column, scheme: Scheme) -> list[pandera.Check]:
    checks = []
    if column.vocabulary is not None:
        checks.append(pandera.Check.isin(list(scheme.names(column.vocabulary)), error="label"))
    if column.pattern is not None:
        checks.append(pandera.Check.str_matches(f"^(?:{column.pattern})$", error="pattern"))
    if column.minimum is not None:
        checks.append(pandera.Check.ge(column.minimum, error="minimum"))
    if column.shortest and column.kind == "string":
        checks.append(pandera.Check.str_length(min_value=column.shortest, error="shortest"))
    return checks
