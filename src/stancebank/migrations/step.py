"""What a migration is made of: pure functions from one format to the next."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Record = dict[str, Any]
Change = Callable[[Record], Record]
"""From a record to the same record in the next format; one that is so already stays as it is."""

Addition = Callable[[Mapping[str, Sequence[Record]], str | None], Sequence[Record]]
"""From the annotated layers of a part or pass, and whose pass it is, to the records of a layer that is new."""


def unchanged(record: Record) -> Record:
    """The record."""
    return record


@dataclass(frozen=True, slots=True)
class Step:
    """The way from one format to the next.

    before, after: the two formats. meaning: what is new, in a line for people.
    records: by layer, what becomes of a record, in the corpus and in passes; other
    layers stay. decision: what becomes of a line of adjudication.jsonl. scheme: what
    becomes of the text of scheme.yaml, its format apart. additions: by new layer its records,
    for the corpus and each pass, where the file is not there yet.

    Every function gives back what is so already: a migration that was killed is
    finished by the next one.
    """

    before: str
    after: str
    meaning: str
    scheme: Callable[[str], str]
    records: Mapping[str, Change] = field(default_factory=dict)
    decision: Change = unchanged
    additions: Mapping[str, Addition] = field(default_factory=dict)
