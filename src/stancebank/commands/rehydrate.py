"""Restore the texts of a stand-off or masked edition.

With copies of the original texts the result is the full edition, byte for byte if the
software is the same. Token views need the extra tokens; without it they are skipped and
reported. With other copies only unambiguous passages are restored; the rest is listed. A
text that belongs to no document is refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import Quiet
from stancebank.commands.output import say
from stancebank.commands.progress_bar import shown
from stancebank.storage.addresses import local_folder


def rehydrate(
    edition: Annotated[Path, typer.Argument(parser=local_folder, metavar="EDITION", help="Folder of the edition.")],
    texts: Annotated[list[Path], typer.Argument(metavar="TEXT", help="Copies of the texts, under any names.")],
    text: Annotated[bool, typer.Option("--text", hidden=True)] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=local_folder,
            metavar="DIR",
            help="Folder to replace (default: NAME beside the edition).",
        ),
    ] = None,
    allow_partial: Annotated[bool, typer.Option("--allow-partial", help="Build even if passages are missing.")] = False,
    quiet: Quiet = False,
) -> None:
    """Build the full edition, and list what could not be restored."""
    from stancebank.faults import counted, printable
    from stancebank.rehydration.edition_folder import read_edition
    from stancebank.rehydration.restored_edition import rehydrate as put_in
    from stancebank.text.tokens import INSTALL_TOKENS

    if text:
        say("stancebank: --text will be removed in the next version\n  fix: leave it out", err=True)
    found = read_edition(edition)
    folder = out or edition.resolve().parent / found.name
    with shown("restoring texts", len(found.parts), quiet=quiet) as progress:
        done = put_in(found, texts, folder, allow_partial=allow_partial, advance=progress.advance)
    for each in done.lost:
        say(f"not placed: {printable(str(each))}")
    if done.manifest is None:
        what = f"{counted(len(done.lost), 'thing')} could not be placed; nothing was built"
        say(
            f"stancebank: {what}\n  fix: name copies of the original texts, or build the rest with --allow-partial",
            err=True,
        )
        raise typer.Exit(1)
    say(f"{done.manifest.name} {done.manifest.version} in {printable(str(folder))}")
    if done.left_out:
        left_out = ", ".join(done.left_out)
        say(f"Left out, since they need spaCy: {left_out}.\n  fix: {INSTALL_TOKENS}, then run this again")
    if not done.same_texts:
        say("The texts are not all the original ones: this is no copy of the original build.")
    elif done.same_software:
        say("The texts and the software are those of the original build, and so is every byte.")
    else:
        say(
            f"The texts are the original ones. The edition was built with {printable(found.software)} and libraries or"
            " code that differ from those here: the content is the same, bytes of files need not be."
        )
