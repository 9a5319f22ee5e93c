"""Ids for what is new in a document: the next free number of each layer."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import chain


class FreshIds:
    """The next free id of each layer, such as m12; beyond all that are or were in use.

    used: ids that are.
    """

    def __init__(self, used: Iterable[Iterable[str]]) -> None:
        self._used = tuple(chain.from_iterable(used))
        self._last: dict[str, int] = {}

    def next(self, layer: str) -> str:
        """The next id of a layer."""
        prefix = layer[0]
        if prefix not in self._last:
            self._last[prefix] = max(_numbers(prefix, self._used), default=0)
        self._last[prefix] += 1
        return f"{prefix}{self._last[prefix]}"


def _numbers(prefix: str, ids: Iterable[str]) -> Iterable[int]:
    return (int(id[1:]) for id in ids if id.startswith(prefix) and re.fullmatch(r"[0-9]{1,9}", id[1:]))
