"""Have a model annotate the documents, as a pass of its own.

MODEL is an installed pipeline of spaCy, by the name of its package or its folder, or gazetteer: the names of actors and
of entities in the gold. Labels are the scheme's own; others need a map, which --labels propose writes to
labels.yaml, or --labels add.
The pass is registered as a program's. Documents that it has stay as they are. Send it to Label Studio with:
stancebank studio push --as predictions --pass ID.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.output import say

_LISTED = 50


def preannotate(
    model: Annotated[str, typer.Option(metavar="MODEL", help="Package or folder of spaCy, or gazetteer.")],
    annotator: Annotated[str, typer.Option("--as", metavar="ID", help="Id of the pass.")],
    root: LocalRoot = None,
    labels: Annotated[
        str | None, typer.Option(metavar="MAP", help="Map of the labels; or add, or propose to write one.")
    ] = None,
    dry_run: DryRun = False,
) -> None:
    """Annotate the documents that the pass has not, and report what became of the spans."""
    from stancebank.commands.done import today
    from stancebank.commands.import_ import write_proposal
    from stancebank.faults import counted, printable
    from stancebank.formats.preannotation.model_pass import preannotate as annotate
    from stancebank.pages.generated import scheme_files

    place = root_to_change(root)
    found = annotate(place, model, annotator, day=today(), labels=labels, follow=scheme_files, dry_run=dry_run)
    if found.proposal is not None:
        write_proposal(found.proposal)
        return
    for line in found.listed[:_LISTED]:
        say(printable(f"left out: {line}"))
    if len(found.listed) > _LISTED:
        say(f"and {len(found.listed) - _LISTED:,} others")
    if found.there:
        say(f"{counted(found.there, 'document')} skipped: the pass has them")
    if found.other_language:
        say(f"{counted(found.other_language, 'document')} skipped: in another language")
    if not found.files:
        say("nothing to annotate")
        return
    for line in found.ledger.lines():
        say(printable(line))
    files = counted(len(found.files), "file")
    say(f"{'would write' if dry_run else 'wrote'} {files} of the pass {printable(annotator)}")
    if found.listed:
        raise typer.Exit(1)
