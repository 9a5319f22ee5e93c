"""One row of a view as an example for the card."""

from __future__ import annotations

from pathlib import Path

import orjson
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from stancebank.dataset.label_codes import worded
from stancebank.dataset.shards import Shard
from stancebank.storage.addresses import answered

_LONGEST = 120  # characters of a string that are shown
_MOST = 8  # items of a list that are shown
_MORE = "..."


def example_row(folder: Path, shards: tuple[Shard, ...]) -> str | None:
    """The first row of a view as JSON, with words for codes, long values cut short; None where it has no rows.

    folder: of the build, in which the shards are.
    """
    first = next((shard for shard in shards if shard.rows), None)
    if first is None:
        return None
    file = folder / first.path
    table = pq.ParquetFile(pa.BufferReader(answered(file, file.read_bytes))).read_row_group(0, use_threads=False)
    row = pl.DataFrame(worded(table)).row(0, named=True)
    lines = (f'  "{name}": {_shown(value)}' for name, value in row.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def _shown(value: object) -> str:
    # Without a backtick the block that it is in cannot end early.
    return orjson.dumps(_short(value)).decode().replace("`", "\\u0060")


def _short(value: object) -> object:
    if isinstance(value, str) and len(value) > _LONGEST:
        return value[: _LONGEST - len(_MORE)] + _MORE
    if isinstance(value, list):
        return [*map(_short, value[:_MOST]), *([_MORE] if len(value) > _MOST else [])]
    return {name: _short(inner) for name, inner in value.items()} if isinstance(value, dict) else value
