"""The views that a build of the project's corpus has, by name."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from stancebank.dataset.label_codes import worded
from stancebank.views.registry import VIEWS as ALL_VIEWS

VIEWS = {name: view for name, view in ALL_VIEWS.items() if name != "actors"}  # which the corpus has none of


def words(files: Iterable[Path]) -> list[dict[str, Any]]:
    """The rows of shards, with words for the codes of labels."""
    return [row for file in sorted(files) for row in pl.DataFrame(worded(pq.read_table(file))).to_dicts()]
