"""Each layer as a table in CSV, with all of its columns; lists are JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import orjson
import polars as pl

from stancebank.corpus.part import Part
from stancebank.formats.ledger import DOCUMENTS, Ledger


def write_csv(parts: Iterable[Part], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    """A file LAYER.csv for each layer of the scheme, with the records of all parts in order."""
    tables: dict[str, list[pl.DataFrame]] = {}
    shared: dict[str, pl.DataFrame] = {}
    for part in parts:
        for name in part.layers.parts:
            tables.setdefault(name, []).append(part.frames[name])
        shared = {name: part.corpus.shared[name] for name in part.layers.shared}
    for name, frames in {**tables, **{name: [frame] for name, frame in shared.items()}}.items():
        table = pl.concat(frames)
        if name != DOCUMENTS:  # counted for all formats alike
            ledger.hold(name, table.height)
        yield f"{name}.csv", table.with_columns(_lists(table)).write_csv().encode()


def _lists(table: pl.DataFrame) -> list[pl.Series]:
    return [
        pl.Series(column.name, [orjson.dumps(value).decode() for value in column.to_list()], pl.String)
        for column in table
        if column.dtype.base_type() is pl.List
    ]
