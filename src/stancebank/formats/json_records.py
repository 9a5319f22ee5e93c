"""What formats of JSON records with relations between entities share: their files, and the nearest mentions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson

from stancebank.faults import StanceBankError

NEAREST = "relation-at-nearest-mentions"
"""The notice of a relation between entities, which became one between two of their mentions."""


def json_records(content: str, file: str) -> list[Any]:
    """The records of a file: a list, one object, or one on each line. Raises StanceBankError for what is no JSON."""
    try:
        if content.lstrip().startswith("["):
            return list(orjson.loads(content))
        try:
            return [orjson.loads(content)]
        except orjson.JSONDecodeError:
            return [orjson.loads(line) for line in content.split("\n") if line.strip()]
    except orjson.JSONDecodeError as error:
        raise StanceBankError(
            f"{file} is not valid JSON: {error}", "write a list of records, or one on each line"
        ) from None


def nearest(heads: Sequence[tuple[str, int]], tails: Sequence[tuple[str, int]]) -> tuple[str, str]:
    """The mentions of two entities that are nearest to each other, of each an id and where it starts."""
    pairs = ((abs(at - to), head, tail) for head, at in heads for tail, to in tails)
    _, head, tail = min(pairs)
    return head, tail
