"""Replace the text of a document, and move its annotations along.

The new text becomes the seed. Annotations of the gold and of all passes move with their
words. A span in which words changed is placed where that is certain, and listed; a record
that has no certain place is listed with both texts and kept in annotation/unplaced.jsonl,
and its layer is open again. Sentences corrected by hand in unchanged text stay.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.output import say


def update(
    document: Annotated[str, typer.Argument(metavar="DOC", help="Id of the document.")],
    text: Annotated[Path, typer.Option("--text", metavar="FILE", help="The corrected text, in UTF-8.")],
    root: LocalRoot = None,
    dry_run: DryRun = False,
    format: Annotated[
        Literal["text", "json"], typer.Option(metavar="text|json", help="Format of the report.")
    ] = "text",
) -> None:
    """Update the document, and print what was placed and what was not."""
    from stancebank.commands.done import today
    from stancebank.corpus.corpus import read_corpus
    from stancebank.faults import counted, printable
    from stancebank.revisions.draft import Draft
    from stancebank.revisions.revision_report import next_step, update_json, update_lines
    from stancebank.revisions.text_update import plan_update, read_text

    draft = Draft(read_corpus(root_to_change(root)).sound())
    planned = plan_update(draft, document, read_text(text), printable(str(text)), today())
    files = sorted(draft.changes()) if dry_run else draft.write()
    if format == "json":
        say(update_json(planned, files, dry_run=dry_run))
        return
    for line in update_lines(planned):
        say(line)
    if not planned.same:
        say(f"would write {counted(len(files), 'file')}" if dry_run else f"wrote {counted(len(files), 'file')}")
    step = None if dry_run else next_step(planned)
    if step is not None:
        say(step)
