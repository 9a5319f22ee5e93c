"""The source's own words in tables: taken out of columns, masked or replaced in them, by what each column declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import polars as pl

from stancebank.schema.column import Column, Kind, ListOf, Record
from stancebank.schema.frames import lists
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.views.registry import DEFAULT, View

Change = Callable[[str], str]


def without_text(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns but for those whose values are always the source's words or digests of them, nested ones too."""
    kept = (column for column in columns if column.source != "text" and not column.derived)
    return tuple(replace(column, kind=_kind_without_text(column.kind)) for column in kept)


def without_digests(columns: Iterable[Column]) -> tuple[Column, ...]:
    """The columns but for those whose values are digests of the source's words."""
    return tuple(column for column in columns if not column.derived)


def makes_sense_without_text(view: View) -> bool:
    """Whether a view without the source's words is of use: a layer is, a task whose input they are is not."""
    return view.name in (*KNOWN_LAYERS, DEFAULT) or without_text(view.columns) == view.columns


def changed(rows: pl.DataFrame, columns: Iterable[Column], text: Change | None, copied: Change) -> pl.DataFrame:
    """The rows with the source's words changed, nested ones too.

    text: what is done to columns that are always the source's words, which are left out where it is None.
    copied: what is done to those into which annotators may have copied some.
    """
    return pl.DataFrame(
        [
            _changed(rows[column.name], column, text, copied)
            for column in without_digests(columns)
            if text is not None or column.source != "text"
        ]
    )


def written(rows: pl.DataFrame, columns: Iterable[Column]) -> set[str]:
    """What annotators have written in the columns that may copy the source, nested ones too."""
    found: list[str] = []

    def keep(value: str) -> str:
        found.append(value)
        return value

    changed(rows, columns, None, keep)
    return set(found)


def _changed(values: pl.Series, column: Column, text: Change | None, copied: Change) -> pl.Series:
    change = text if column.source == "text" else copied if column.may_copy else None
    if change is not None:
        return _strings(values, column.kind, change)
    return _nested(values, column.kind, text, copied)


def _strings(values: pl.Series, kind: Kind, change: Change) -> pl.Series:
    if isinstance(kind, ListOf):
        return _items(values, lambda items: _strings(items, kind.item, change))
    found = [None if value is None else change(value) for value in values]
    return pl.Series(values.name, found, pl.String)


def _nested(values: pl.Series, kind: Kind, text: Change | None, copied: Change) -> pl.Series:
    if isinstance(kind, Record):
        return changed(values.struct.unnest(), kind.columns, text, copied).to_struct(values.name)
    if isinstance(kind, ListOf) and not isinstance(kind.item, str):
        return _items(values, lambda items: _nested(items, kind.item, text, copied))
    return values


def _items(values: pl.Series, change: Callable[[pl.Series], pl.Series]) -> pl.Series:
    """The lists with what the change makes of their items, all taken together."""
    lengths = values.list.len().fill_null(0).to_numpy()
    items = values.drop_nulls().explode(empty_as_null=False)
    made = lists(change(items), np.repeat(np.arange(len(values)), lengths), len(values))
    return pl.select(pl.when(values.is_not_null()).then(made).alias(values.name)).to_series()


def _kind_without_text(kind: Kind) -> Kind:
    if isinstance(kind, ListOf):
        return ListOf(_kind_without_text(kind.item))
    return Record(without_text(kind.columns)) if isinstance(kind, Record) else kind
