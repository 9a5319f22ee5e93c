"""What can be wrong with files, as data, and the one exception for users.

A fault is met while something is read; the checks turn faults into findings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

T = TypeVar("T")
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
    what: what is there and what was expected. fix: how to correct it.
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


def require_readable(faults: Sequence[Fault]) -> None:
    """Nothing where there are no faults; else StanceBankError, which names the first of them.

    Another format comes before all others, since they may follow from it.
    """
    if faults:
        first = next((fault for fault in faults if fault.kind == "scheme-version"), faults[0])
        where = first.file if first.line is None else f"{first.file}:{first.line}"
        what = f"the corpus cannot be read: {printable(where)}: {first.what}"
        fix = "run stancebank validate and correct what it reports"
        raise StanceBankError(what, first.fix if first.kind == "scheme-version" else fix)


def readable(value: T | None, faults: Sequence[Fault]) -> T:
    """The value where nothing kept it from being read; else StanceBankError, as require_readable raises it."""
    require_readable(faults)
    if value is None:
        raise AssertionError("what has no faults could be read")
    return value


def counted(number: int, noun: str) -> str:
    """Such as "1 error" or "1,234 errors"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def one_of(known: Sequence[str], limit: int = 30) -> str:
    """Names for people, of very many the first ones."""
    shown = ", ".join(known[:limit])
    return shown if len(known) <= limit else f"{shown} and {len(known) - limit:,} others"


def did_you_mean(name: str, known: Sequence[str]) -> str:
    """The question whether the nearest of the known names was meant, to be put behind a message; empty for none."""
    from difflib import get_close_matches

    folded = {each.casefold(): each for each in known}
    near = get_close_matches(name.casefold()[:100], folded, 1)
    return f"; did you mean {excerpt(folded[near[0]])}?" if near else ""


def excerpt(text: str, limit: int = 60) -> str:
    """A quotation of untrusted text: control characters escaped, clipped to limit code points."""
    clipped = text if len(text) <= limit else text[: limit - 3] + "..."
    return '"' + printable(clipped) + '"'


def printable(text: str) -> str:
    """Text that a terminal shows as it is: everything unprintable written as an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
