"""Values of own fields as tables have them: words, each read by the kind of its column."""

from __future__ import annotations

import re

from stancebank.faults import did_you_mean, excerpt, one_of
from stancebank.schema.column import Column, Vocabularies, plain_number

_TRUTHS = {"true": True, "false": False}
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,3})?")
_MOST_NAMED = 10  # labels that a fix names


def given_value(
    column: Column, words: str, vocabularies: Vocabularies
) -> tuple[str | float | bool | None, tuple[str, str] | None]:
    """The value that words are for a column, or what is wrong with them and how to correct it."""
    if column.vocabulary is not None:
        labels = vocabularies.names(column.vocabulary)
        if words in labels:
            return words, None
        what = f"{column.name} is {excerpt(words)}, which is not one of its labels{did_you_mean(words, labels)}"
        more = "; the scheme has them all" if len(labels) > _MOST_NAMED else ""
        return None, (what, f"use one of {one_of(labels[:_MOST_NAMED])}{more}")
    value, expected = _read(column, words)
    if value is not None and column.fits(value):
        return value, None
    return None, (
        f"{column.name} is {excerpt(words)}, expected {expected}",
        f"correct {column.name}, or leave it empty",
    )


def _read(column: Column, words: str) -> tuple[str | float | bool | None, str]:
    """What words are by the kind of a column, and what that kind is called."""
    if column.kind == "integer":
        # With more digits it would not be one of 64 bits.
        return int(words) if _WHOLE.fullmatch(words) else None, "a whole number"
    if column.kind == "number":
        return plain_number(float(words)) if _NUMBER.fullmatch(words) else None, "a number, such as -3 or 0.25"
    if column.kind == "boolean":
        return _TRUTHS.get(words.lower()), "true or false"
    return words.replace("\r\n", "\n"), "text without tabs and other control characters"
