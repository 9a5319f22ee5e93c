"""Give a document another id.

The id changes in the gold, in all passes, in decisions of adjudication and in exceptions of
corpus.yaml. A seed that is called after the document, as stancebank add calls it, is renamed
too. All change or nothing.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import DryRun, LocalRoot
from stancebank.commands.remove import carry_out, draft_of


def rename(
    document: Annotated[str, typer.Argument(metavar="DOC", help="Id of the document.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Its new id.")],
    root: LocalRoot = None,
    dry_run: DryRun = False,
) -> None:
    """Rename the document, and print what changes."""
    from stancebank.revisions.document_moves import plan_renaming

    draft = draft_of(root)
    carry_out(draft, plan_renaming(draft, document, new), "renamed", dry_run=dry_run)
