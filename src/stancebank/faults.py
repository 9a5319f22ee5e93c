"""What can be wrong with files, as data, and the one exception for users.

A fault is met while something is read; the checks turn faults into findings.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FaultKind = Literal[
    "corpus",
    "settings",
    "scheme",
    "scheme-version",
    "seeds-file",
    "annotators",
    "missing",
    "unexpected",
    "outside",
    "unreadable",
    "encoding",
    "byte-order-mark",
    "carriage-return",
    "empty-line",
    "final-newline",
    "json",
    "not-an-object",
    "duplicate-key",
    "unknown-key",
    "missing-key",
    "type",
]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one file.

    kind: what went wrong in reading; corpus for what a check found in a corpus as a whole.
    file: path from the corpus root, with forward slashes.
    line, column: 1-based, column in code points; None where the whole file is meant.
    path: JSON path of the value, such as ``$.content[1].text``; empty for a whole line.
    document, record: their ids, where they could be read.
    what: what is there and what was expected. fix: how to mend it.
    """

    kind: FaultKind
    file: str
    what: str
    fix: str
    line: int | None = None
    column: int | None = None
    path: str = ""
    document: str | None = None
    record: str | None = None


class StanceBankError(Exception):
    """A request that cannot be met: says what, where, what was expected and how to fix it.

    exit_code: what a command that it ends exits with.
    """

    exit_code = 2

    def __init__(self, what: str, fix: str = "") -> None:
        super().__init__(f"{what}\n  fix: {fix}" if fix else what)
        self.what = what
        self.fix = fix

    def __reduce__(self) -> tuple[type[StanceBankError], tuple[str, str]]:
        return StanceBankError, (self.what, self.fix)  # as it comes out of another process


class StoppedError(StanceBankError):
    """Work was stopped from outside; what was finished is kept, and the next run takes it up."""

    def __reduce__(self) -> tuple[type[StanceBankError], tuple[str, str]]:
        return StoppedError, (self.what, self.fix)


def counted(number: int, noun: str) -> str:
    """Such as "1 error" or "1,234 errors"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def excerpt(text: str, limit: int = 60) -> str:
    """A quotation of untrusted text: control characters escaped, clipped to limit code points."""
    clipped = text if len(text) <= limit else text[: limit - 3] + "..."
    return '"' + printable(clipped) + '"'


def printable(text: str) -> str:
    """Text that a terminal shows as it is: everything unprintable written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
