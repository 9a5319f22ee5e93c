"""Compare two states of a corpus, record by record.

A state is the root of a corpus, an annotator's folder in annotation/passes, a built
dataset, a file of corpus/releases, or a git revision such as v1.0.0 or HEAD~1. A path
that exists takes precedence over a revision. Order and packaging are ignored.

The last line gives the required version bump: patch for other metadata, minor for
additions only, major if a record changed, went or moved to another split. Remarks of
annotators are listed, and make no difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stancebank.commands.options import LocalRoot, root_if_any
from stancebank.commands.output import say


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="State before: a path or a revision.")],
    b: Annotated[str, typer.Argument(metavar="B", help="State after: a path or a revision.")],
    root: LocalRoot = None,
    format: Annotated[
        Literal["text", "json", "markdown"], typer.Option(metavar="text|json|markdown", help="Format of the report.")
    ] = "text",
) -> None:
    """Print the differences, and exit with 1 if there are any."""
    from stancebank.compare.difference_report import report
    from stancebank.compare.release_digests import compare_states
    from stancebank.compare.sides import read_side

    place = root_if_any(root) or Path.cwd()  # two paths need no root, and a repository may be here all the same
    found = compare_states(read_side(a, place), read_side(b, place))
    for line in report(found, format):
        say(line)
    raise typer.Exit(0 if found.same else 1)
