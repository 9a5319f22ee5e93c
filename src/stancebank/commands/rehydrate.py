"""Put the texts into an edition that came without them, and build the full one.

From copies of the original texts comes the original build, byte for byte, where the
software is the same. On other copies every sentence that is found again for certain is
placed, with what is annotated in it; what is not is listed. A text that belongs to no
document is refused.

Exit codes: 0 built; 1 not everything could be placed, and without --allow-partial
nothing is built; 2 no edition there, a text of no document, nowhere to write, or wrong
usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.addresses import local_folder
from stancebank.commands.options import Quiet
from stancebank.commands.output import say
from stancebank.commands.progress import shown


def rehydrate(
    edition: Annotated[
        Path, typer.Argument(parser=local_folder, metavar="EDITION", help="Folder of a stand-off or masked edition.")
    ],
    more: Annotated[list[Path] | None, typer.Argument(metavar="FILE...", help="Further texts, behind --text.")] = None,
    text: Annotated[
        list[Path] | None, typer.Option(metavar="FILE...", help="Copies of the texts, UTF-8, under any names.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=local_folder,
            metavar="DIR",
            help="Folder to build, replaced as a whole; without it NAME beside the edition.",
        ),
    ] = None,
    allow_partial: Annotated[
        bool, typer.Option("--allow-partial", help="Build what could be placed where that is not everything.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Build the full edition, and say what could not be placed."""
    from stancebank.faults import StanceBankError, counted, printable
    from stancebank.rehydration.edition_folder import read_edition
    from stancebank.rehydration.rehydrate import rehydrate as put_in

    if not text:
        raise StanceBankError("there is no text to put in", "name copies of the texts: --text FILE...")
    found = read_edition(edition)
    folder = out or edition.resolve().parent / found.name
    with shown("putting in texts", len(found.parts), quiet=quiet) as progress:
        done = put_in(found, [*text, *(more or ())], folder, allow_partial=allow_partial, advance=progress.advance)
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
    if not done.same_texts:
        say("The texts are not all the original ones: this is no copy of the original build.")
    elif done.same_software:
        say("The texts and the software are those of the original build, and so is every byte.")
    else:
        say(
            f"The texts are the original ones. The edition was built with {printable(found.software)} and libraries or"
            " code that differ from those here: the content is the same, bytes of files need not be."
        )
