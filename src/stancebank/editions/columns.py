"""The source's own words in tables: taken out of columns, or masked in them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from stancebank.frames import lists
from stancebank.layers import LAYERS, Column, Kind, ListOf, Record
from stancebank.views.registry import DEFAULT, View

Change = Callable[[str], str]


def without_text(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns but for those whose values are always the source's words, nested ones too."""
    return tuple(replace(column, kind=_kind_without_text(column.kind)) for column in columns if column.source != "text")


def makes_sense_without_text(view: View) -> bool:
    """Whether a view without the source's words is of use: a layer is, a task whose input they are is not."""
    return view.name in (*LAYERS, DEFAULT) or without_text(view.columns) == view.columns


def changed(rows: pl.DataFrame, columns: Iterable[Column], change: Change | None) -> pl.DataFrame:
    """The rows with each value of the source's words changed, without those columns where change is None."""
    return pl.DataFrame(
        [
            _changed(rows[column.name], column, change)
            for column in columns
            if change is not None or column.source != "text"
        ]
    )


def _changed(values: pl.Series, column: Column, change: Change | None) -> pl.Series:
    if column.source == "text" and change is not None:
        return _strings(values, column.kind, change)
    return _nested(values, column.kind, change)


def _strings(values: pl.Series, kind: Kind, change: Change) -> pl.Series:
    if isinstance(kind, ListOf):
        return _items(values, lambda items: _strings(items, kind.item, change))
    found = [None if value is None else change(value) for value in values]
    return pl.Series(values.name, found, pl.String)


def _nested(values: pl.Series, kind: Kind, change: Change | None) -> pl.Series:
    if isinstance(kind, Record):
        return changed(values.struct.unnest(), kind.columns, change).to_struct(values.name)
    if isinstance(kind, ListOf) and _kind_without_text(kind) != kind:
        return _items(values, lambda items: _nested(items, kind.item, change))
    return values


def _items(values: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The lists with what the change makes of their items, all taken together."""
    lengths = values.list.len().to_numpy()
    items = values.explode(empty_as_null=False)
    return lists(change(items), np.repeat(np.arange(len(values)), lengths), len(values)).alias(values.name)


def _kind_without_text(kind: Kind) -> Kind:
    if isinstance(kind, ListOf):
        return ListOf(_kind_without_text(kind.item))
    return Record(without_text(kind.columns)) if isinstance(kind, Record) else kind
