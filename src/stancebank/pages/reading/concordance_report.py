"""Hits of a concordance in lines for people, as JSON and as CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from io import StringIO

import orjson
from rich.console import Console
from rich.text import Text

from stancebank.pages.reading.concordance import Hit
from stancebank.pages.reading.terminal_document import on_screen


def report_text(hits: Iterable[Hit], *, width: int, color: bool) -> Iterator[str]:
    """Two or three lines for each hit: its place and record, what that states, and the sentence with [the match].

    width: columns, to which the context is cut on both sides.
    """
    for hit in hits:
        place = "" if hit.start is None else f" {hit.start}..{hit.end}"
        record = f"  {hit.layer} {hit.record}" if hit.layer else ""
        yield on_screen(f"{hit.file}:{hit.line}  {hit.document}{place}{record}")
        if hit.states:
            yield on_screen(f"  {hit.states}")
        if hit.start is not None:
            yield _context(hit, width, color=color)


def report_json(hits: Iterable[Hit]) -> Iterator[str]:
    """A JSON list with an object for each hit, in pieces."""
    separator = "["
    for hit in hits:
        yield f"{separator}\n  {orjson.dumps(hit._asdict()).decode()}"
        separator = ","
    yield "[]\n" if separator == "[" else "\n]\n"


def report_csv(hits: Iterable[Hit]) -> Iterator[str]:
    """A line with the names of the columns, then one for each hit; line ends as RFC 4180 has them."""
    for row in (Hit._fields, *hits):
        line = StringIO()
        csv.writer(line).writerow("" if value is None else value for value in row)
        yield line.getvalue()


def _context(hit: Hit, width: int, *, color: bool) -> str:
    """The sentence in one line; of a long one what is next to the match."""
    match = on_screen(hit.match)
    around = max(20, (width - min(len(match), width // 2) - 4) // 2)
    before, after = on_screen(hit.before), on_screen(hit.after)
    before = before if len(before) <= around else f"...{before[3 - around :]}"
    after = after if len(after) <= around else f"{after[: around - 3]}..."
    line = Text(f"  {before}")
    line.append(f"[{match}]", "bold" if color else "")
    line.append(after)
    written = StringIO()
    Console(
        file=written,
        force_terminal=color,
        color_system="standard" if color else None,
        width=width,
        legacy_windows=False,
    ).print(line, soft_wrap=True)
    return written.getvalue().rstrip("\n")
