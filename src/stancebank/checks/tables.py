"""Single layers as tables, and the pandera models of what a column's values must be.

What a value must be is one expression each. A table that meets them all, as most do, is
settled by one query; of others each expression names the rows that fail. The models are
made of the same expressions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from stancebank.schema.column import Column, ListOf
from stancebank.schema.frames import polars_type
from stancebank.schema.layers import Layer
from stancebank.schema.scheme import Scheme
from stancebank.storage.json_positions import JsonPath

if TYPE_CHECKING:
    import pandera.polars as pandera


class Failure(NamedTuple):
    """A value that a check refuses, with its row in the layer and its path in the record."""

    check: str
    row: int
    path: JsonPath
    column: Column
    value: str


@dataclass(frozen=True)
class Table:
    """One layer by itself: its definition, its rows and the scheme they are labelled by."""

    layer: Layer
    rows: pl.DataFrame
    scheme: Scheme

    def failures(self, check: str) -> Iterator[tuple[int, JsonPath, Column, str]]:
        """Row, path, column and value of each value that fails the named check, in the order of the rows.

        check: label, pattern, minimum or shortest.
        """
        return (failure[1:] for failure in self._failures if failure.check == check)

    @cached_property
    def _failures(self) -> list[Failure]:
        """The failures of the layer's own columns and of the records in its lists."""
        failures: list[Failure] = []
        own = self.rows.with_row_index("row")
        if not self._sound(self.rows, self.layer.columns):
            failures += self._refused(own.with_columns(item=pl.lit(None, pl.Int64)), self.layer.columns)
        for column in self.layer.columns:
            if column.items and not self._sound(self.rows[column.name].explode().struct.unnest(), column.items):
                index = pl.int_ranges(pl.col(column.name).list.len(), dtype=pl.Int64)
                inner = own.select("row", column.name, item=index).explode(column.name, "item", empty_as_null=False)
                failures += self._refused(inner.unnest(column.name), column.items, column.name)
        return sorted(failures, key=attrgetter("row"))

    def _sound(self, rows: pl.DataFrame, columns: tuple[Column, ...]) -> bool:
        """Whether all values meet what is required of them; of strings each that is distinct is looked at once."""
        met: list[pl.Expr] = []
        for column in columns:
            value = pl.col(column.name)
            value = value.unique() if column.pattern or column.vocabulary else value
            met += _conditions(column, self.scheme, value).values()
        return all(rows.select(each.all().alias(str(place)) for place, each in enumerate(met)).row(0)) if met else True

    def _refused(self, rows: pl.DataFrame, columns: tuple[Column, ...], outer: str = "") -> Iterator[Failure]:
        """The failures in columns of the layer, or of the records in its list outer; rows has row and item."""
        for column in columns:
            for check, condition in _conditions(column, self.scheme).items():
                for row, item, value in rows.filter(~condition).select("row", "item", column.name).iter_rows():
                    path: JsonPath = (outer, item, column.name) if outer else (column.name,)
                    yield Failure(check, row, path, column, str(value))


def table_model(layer: Layer, scheme: Scheme | None) -> pandera.DataFrameSchema:
    """The pandera model of a layer, derived from its columns and the scheme's labels; any labels without a scheme.

    It checks names, order, types and nulls of the columns, and of each value its
    pattern, its least size, and that it is a label of its vocabulary.
    """
    return _model(layer.columns, scheme, layer.name)


def _model(columns: tuple[Column, ...], scheme: Scheme | None, name: str | None = None) -> pandera.DataFrameSchema:
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


def _conditions(column: Column, scheme: Scheme | None, value: pl.Expr | None = None) -> dict[str, pl.Expr]:
    """What each value of a column must meet, by the name of the check; null where the value is null."""
    value = pl.col(column.name) if value is None else value
    conditions = {}
    if column.vocabulary is not None and scheme is not None:
        conditions["label"] = value.is_in(list(scheme.names(column.vocabulary)))
    if column.pattern is not None:
        conditions["pattern"] = value.str.contains(f"^(?:{column.pattern})$")
    if column.minimum is not None:
        conditions["minimum"] = value >= column.minimum
    if column.shortest:
        length = value.list.len() if isinstance(column.kind, ListOf) else value.str.len_chars()
        conditions["shortest"] = length >= column.shortest
    return conditions
