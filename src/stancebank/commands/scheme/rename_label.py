"""Rename a label in the scheme, all records, passes and decisions.

All files change or none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.output import say

if TYPE_CHECKING:
    from pathlib import Path

    from stancebank.migrations.label_changes import LabelChange

Vocabulary = Annotated[str | None, typer.Option(metavar="NAME", help="Vocabulary that has the label.")]


def rename_label(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="Label to rename.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new name.")],
    root: LocalRoot = None,
    vocabulary: Vocabulary = None,
    dry_run: DryRun = False,
) -> None:
    """Print the changes, and write them."""
    from stancebank.migrations.label_changes import renamed

    place = root_to_change(root)
    carry_out(place, renamed(place, label, new, vocabulary), dry_run=dry_run)


def carry_out(root: Path, change: LabelChange, *, dry_run: bool) -> None:
    """Print a change, and write it unless it is a dry run."""
    from stancebank.faults import printable
    from stancebank.migrations.label_changes import write_change

    for line in change.lines():
        say(printable(line))
    if dry_run:
        say("nothing was changed: leave --dry-run out to do it")
        return
    write_change(root, change)
    say("next: stancebank generate, then stancebank validate")
