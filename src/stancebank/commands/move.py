"""Move documents to another part.

Their records in the gold and in all passes move along, with what is recorded of their
progress. A part that does not exist is created, and one that loses its last document is
removed. The part must belong to one split of corpus.yaml. All move or none.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.done import Documents
from stancebank.commands.options import DryRun, LocalRoot
from stancebank.commands.remove import carry_out, draft_of


def move(
    documents: Documents,
    part: Annotated[str, typer.Option("--part", metavar="PART", help="Part to move to.")],
    root: LocalRoot = None,
    dry_run: DryRun = False,
) -> None:
    """Move the documents, and print what moves."""
    from stancebank.revisions.document_moves import plan_move

    draft = draft_of(root)
    carry_out(draft, plan_move(draft, documents, part), "moved", dry_run=dry_run)
