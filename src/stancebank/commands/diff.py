"""Compare two states of a corpus: what was added, removed and changed, record by record and field by field.

A and B are each the root of a corpus, an annotator's folder in annotation/passes, a
built dataset, a file of corpus/releases, or a revision of the repository such as
v1.0.0 or HEAD~1; a path that exists wins over a revision. Order and packaging are
ignored. The last line says which version step the difference asks for: patch for
other metadata, minor for nothing but additions, major for anything that was there
and has changed, has gone or is in another split.

Exit codes: 0 nothing differs; 1 something does; 2 a state is not there or cannot be
read, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


class Format(StrEnum):
    """How a difference is printed."""

    text = "text"
    json = "json"
    markdown = "markdown"


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="The state before: a path or a revision.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The state after: a path or a revision.")],
    root: LocalRoot = None,
    format: Annotated[Format, typer.Option(help="How the difference is printed.")] = Format.text,
) -> None:
    """Print what differs, and exit with 1 where anything does."""
    from pathlib import Path

    from stancebank.corpus import find_root
    from stancebank.diff.releases import compare_states
    from stancebank.diff.reports import report
    from stancebank.diff.sources import read_side
    from stancebank.faults import StanceBankError

    try:
        place = find_root(root)
    except StanceBankError:
        if root is not None:
            raise
        place = Path.cwd()  # two paths need no root, and a repository may be here all the same
    found = compare_states(read_side(a, place), read_side(b, place))
    for line in report(found, format.value):
        say(line)
    raise typer.Exit(0 if found.same else 1)
