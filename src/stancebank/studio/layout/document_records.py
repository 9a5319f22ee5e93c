"""The records of one document as plain values, by layer and id."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from stancebank.schema.layers import KNOWN_ANNOTATED

Record = dict[str, Any]
Records = dict[str, dict[str, Record]]
"""The records of one document by layer and id; each has all columns of its layer, used or not, in order."""
Names = Mapping[tuple[str, str], str]
"""By layer and region id, the id of the record that the region is."""


def no_records() -> Records:
    """A document without annotations."""
    return {name: {} for name in KNOWN_ANNOTATED}
