"""Records without a place in their text, after an update or from a model: annotation/unplaced.jsonl, one a line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import orjson

from stancebank.schema.paths import UNPLACED_FILE
from stancebank.storage.files import read_inside

AROUND = 60
"""Code points of its line that are shown on either side of a passage."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A record that is in no layer any more, until a person annotates it again.

    annotator: whose pass it is from; None for the gold. why: what took its place. date: of the
    update. before, after: where its span was in the text and where it would be, in [brackets]
    with some words around; None for a record without a span. record: all of its fields, as
    they were.
    """

    doc_id: str
    annotator: str | None
    layer: str
    id: str
    why: str
    date: str
    before: str | None
    after: str | None
    record: dict[str, Any]

    def line(self) -> bytes:
        """The record as a line of the file."""
        return orjson.dumps(asdict(self)) + b"\n"


def unplaced_documents(root: Path) -> Iterator[tuple[int, str | None]]:
    """The lines of the file, numbered from 1, each with the document that it names; None where it names none."""
    data, _ = read_inside(root, UNPLACED_FILE)
    for number, line in enumerate((data or b"").splitlines(), 1):
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError:
            record = None
        doc_id = record.get("doc_id") if isinstance(record, dict) else None
        yield number, doc_id if isinstance(doc_id, str) else None


def passage(text: str, start: int, end: int) -> str:
    """A passage of a text in [brackets], with some of its line around."""
    first = max(text.rfind("\n", 0, start) + 1, start - AROUND)
    line_end = text.find("\n", end)
    last = min(len(text) if line_end < 0 else line_end, end + AROUND)
    lead = "..." if first > 0 and text[first - 1] != "\n" else ""
    trail = "..." if last < len(text) and text[last] != "\n" else ""
    return f"{lead}{text[first:start]}[{text[start:end]}]{text[end:last]}{trail}"
