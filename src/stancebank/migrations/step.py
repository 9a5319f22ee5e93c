"""What a migration is made of: pure functions from one version of the scheme to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
Change = Callable[[Record], Record]
"""From a record to the same record in the next version; one that is so already stays as it is."""


def unchanged(record: Record) -> Record:
    """The record."""
    return record


@dataclass(frozen=True, slots=True)
class Step:
    """The way from one version of the scheme to the next.

    before, after: the two versions. meaning: what is new, in a line for people.
    records: by layer, what becomes of a record, in the corpus and in passes; other
    layers stay. decision: what becomes of a line of adjudication.jsonl. scheme: what
    becomes of the text of scheme.yaml, its version apart.

    Every function gives back what is so already: a migration that was killed is
    finished by the next one.
    """

    before: str
    after: str
    meaning: str
    scheme: Callable[[str], str]
    records: Mapping[str, Change] = field(default_factory=dict)
    decision: Change = unchanged
