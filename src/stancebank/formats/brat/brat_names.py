"""What StanceBank calls its own in brat's notes, where brat has no record for it."""

from __future__ import annotations

import re

FIELDS = "Fields"
"""A note whose text is a JSON object: values of a span, link or event that are no single word, its id and label."""
CLUSTER = "Cluster"
"""A note on the first mention of an entity, whose text is a JSON object: its id, and values."""
ID, LABEL = "@id", "@label"
REFERENCE, WIKIDATA = "Reference", "wikidata"

_WORD = re.compile(r"[^\s:;|]+")
_NOT_IN_WORDS = re.compile(r"[\s:;|]+")


def is_word(value: object) -> bool:
    """Whether a value can be written as brat's value of an attribute and comes back as it was."""
    return isinstance(value, str) and _WORD.fullmatch(value) is not None


def as_word(label: str) -> str:
    """A label as brat can have it."""
    return _NOT_IN_WORDS.sub("_", label)
