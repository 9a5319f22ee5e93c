"""What checking a part of a corpus, or a pass over it, gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from stancebank.checks.findings import Finding


class PartId(NamedTuple):
    """A part of a corpus, or an annotator's pass over it."""

    part: str
    annotator: str | None = None

    def __str__(self) -> str:
        return f"part {self.part}" if self.annotator is None else f"{self.annotator}'s pass over part {self.part}"


@dataclass(frozen=True)
class PartResult:
    """What checking a part gave.

    documents: their DOCUMENT_KEY, in order, None where they could not be read.
    readable: whether all its files could be read, and its ids joined by. sketches: those of the texts, in order,
    where they are compared. untried: the exceptions, by their place in corpus.yaml, for documents on which their
    rule was not tried.
    """

    findings: tuple[Finding, ...]
    documents: pl.DataFrame | None
    readable: bool
    sketches: pl.DataFrame | None = None
    untried: frozenset[int] = frozenset()
