"""Tables for a terminal or a log."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import StringIO

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stancebank.faults import printable

# A line under the head, in characters that every terminal and every log has.
_BOX = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)


def printed(
    tables: Sequence[Table], *, width: int, color: bool = False, title: str = "", notes: Sequence[str] = ()
) -> str:
    """Tables below one another, of at most this width in columns; with color for a terminal that shows it.

    title: a line above them. notes: lines below them.
    """
    written = StringIO()
    console = Console(
        file=written,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        legacy_windows=False,
    )
    if title:
        console.print(text(title), soft_wrap=True)
        console.print()
    for table in tables:
        console.print(table)
    for note in notes:
        console.print(text(note), soft_wrap=True)
    lines = (line.rstrip() for line in written.getvalue().rstrip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines).lstrip("\n"))


def new_table(first: str, *numbers: str) -> Table:
    """A table with a column of names and columns of numbers."""
    table = Table(box=_BOX, pad_edge=False, header_style="bold")
    table.add_column(text(first), overflow="fold")
    for name in numbers:
        table.add_column(text(name), justify="right", overflow="fold")
    return table


def text(words: str) -> Text:
    """Words as a table shows them: no markup, and no character that a terminal obeys."""
    return Text(printable(words))
