"""Format 1.4: a scheme has a name and a version of its own; documents have an outlet, and sentences a kind."""

from __future__ import annotations

from stancebank.migrations.scheme_text import with_format_and_name
from stancebank.migrations.step import Record, Step


def _document(record: Record) -> Record:
    return {**record, **{key: value for key, value in _PUBLISHED.items() if key not in record}}


def _sentence(record: Record) -> Record:
    return record if "kind" in record else {**record, "kind": None}


def _scheme(text: str) -> str:
    """The version, which was the format, goes on as the scheme's own, since a version never goes back."""
    return with_format_and_name(text, "my-labels")


_PUBLISHED: Record = {"url": None, "outlet": None, "authors": []}

STEP = Step(
    "1.3",
    "1.4",
    "a scheme has a name and a version of its own beside the format; documents have an address, an outlet and authors; "
    "sentences are told from headings, bylines, datelines and items",
    _scheme,
    {"documents": _document, "sentences": _sentence},
)
