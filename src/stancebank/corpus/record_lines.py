"""Records as lines of a layer's file: read, written, in the layer's order, and where those of a document are."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import orjson
import polars as pl

from stancebank.schema.layers import Layer

RECORD: msgspec.json.Decoder[dict[str, Any]] = msgspec.json.Decoder(dict)
"""Reads lines of a sound file."""

_DIGITS = re.compile(r"[0-9]*\Z")
_LINE_END = ord("\n")


def record_line(record: Mapping[str, Any]) -> bytes:
    """A record, its keys in the layer's order, as a line of the layer's file."""
    return orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE)


def record_order(layer: Layer) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The sort key of a document's records in a layer: start and end where they have them, then the id."""
    if layer.spans:
        return lambda record: (record["start"], record["end"], _natural(record[layer.id_column]))
    return lambda record: _natural(record[layer.id_column])


def document_places(documents: pl.Series, data: bytes) -> dict[str, slice]:
    """Where in a layer's file the lines of each document are; documents: the doc_id of each line."""
    runs = documents.rle().struct
    ends = runs.field("len").cum_sum().to_numpy()
    behind = np.flatnonzero(np.frombuffer(data, np.uint8) == _LINE_END) + 1  # the first byte behind each line
    bounds = pairwise((0, *behind[ends - 1].tolist()))
    return {doc_id: slice(*bound) for doc_id, bound in zip(runs.field("value"), bounds, strict=True)}


@lru_cache(1 << 16)
def _natural(id: str) -> tuple[str, int, str, int]:
    """Sort key under which m2 comes before m10, as frames.natural_order has it."""
    digits = _DIGITS.search(id)
    assert digits is not None
    value = digits[0].lstrip("0")
    return id[: digits.start()], len(value), value, len(digits[0])
