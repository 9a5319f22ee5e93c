"""Merge a label into another one of its vocabulary.

Records that have the first get the second, and the first goes from the scheme. All files change or none.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.scheme.rename_label import Vocabulary, carry_out


def merge_labels(
    label: Annotated[str, typer.Argument(metavar="LABEL", help="Label that goes.")],
    into: Annotated[str, typer.Argument(metavar="INTO", help="Label that stays.")],
    root: LocalRoot = None,
    vocabulary: Vocabulary = None,
    dry_run: DryRun = False,
) -> None:
    """Print the changes, and write them."""
    from stancebank.migrations.label_changes import merged

    place = root_to_change(root)
    carry_out(place, merged(place, label, into, vocabulary), dry_run=dry_run)
