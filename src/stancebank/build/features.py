"""Columns as Hugging Face features."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from stancebank.layers import Category, Column, Kind, ListOf, Record
from stancebank.scheme import Scheme

if TYPE_CHECKING:
    import datasets


def features(columns: Iterable[Column], scheme: Scheme) -> datasets.Features:
    """The features of a table with these columns; categories become ClassLabels of the scheme's names."""
    import datasets

    return datasets.Features({column.name: _feature(column.kind, scheme) for column in columns})


def _feature(kind: Kind, scheme: Scheme) -> object:
    import datasets

    if isinstance(kind, ListOf):
        return datasets.List(_feature(kind.item, scheme))
    if isinstance(kind, Record):
        return {column.name: _feature(column.kind, scheme) for column in kind.columns}
    if isinstance(kind, Category):
        return datasets.ClassLabel(names=list(kind.names(scheme)))
    return datasets.Value("int64" if kind == "integer" else "string")
