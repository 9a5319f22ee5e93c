"""Remove documents with everything that refers to them.

That is their seeds, their records in the gold and in all passes, decisions of adjudication,
and exceptions in corpus.yaml that name them; a part that loses its last document goes too.
All are removed or none, and git keeps them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from stancebank.commands.done import Documents
from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.output import say

if TYPE_CHECKING:
    from stancebank.revisions.document_moves import Moved
    from stancebank.revisions.draft import Draft


def remove(documents: Documents, root: LocalRoot = None, dry_run: DryRun = False) -> None:
    """Remove the documents, and print what goes."""
    from stancebank.revisions.document_moves import plan_removal

    draft = draft_of(root)
    carry_out(draft, plan_removal(draft, documents), "removed", dry_run=dry_run)


def draft_of(root: LocalRoot) -> Draft:
    """The corpus as a revision may change it."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.revisions.draft import Draft

    return Draft(read_corpus(root_to_change(root)).sound())


def carry_out(draft: Draft, moved: Moved, verb: str, *, dry_run: bool) -> None:
    """Write a revision unless it is a dry run, and print what it does."""
    from stancebank.faults import counted
    from stancebank.revisions.revision_report import moved_lines

    files = sorted(draft.changes()) if dry_run else draft.write()
    for line in moved_lines(moved, f"would be {verb}:" if dry_run else verb):
        say(line)
    if files:
        say(f"would change {counted(len(files), 'file')}" if dry_run else f"changed {counted(len(files), 'file')}")
