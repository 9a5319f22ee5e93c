"""Bring raw texts into a corpus.

The files become seeds, and get documents and sentences.

A text starts with the header " date YYYY-MM-DD ", or --date gives the day. Its
file name without .txt becomes its id. Either all files are added or none.

Exit codes: 0 added; 2 a text that is there already or cannot be taken, no
corpus there, nowhere to write, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def add(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Text files, UTF-8.")],
    root: LocalRoot = None,
    part: Annotated[str | None, typer.Option(help="Part to add to; without it year and month of the date.")] = None,
    date: Annotated[str | None, typer.Option(help="Day of publication, YYYY-MM-DD, of texts without header.")] = None,
    language: Annotated[str | None, typer.Option(help="Language, BCP 47; without it en.")] = None,
) -> None:
    """Add the texts and say where they went."""
    from stancebank.additions import add_texts
    from stancebank.corpus import find_root

    for addition in add_texts(find_root(root), files, part, date, language):
        say(f"added {addition.doc_id} to corpus/{addition.part}, {addition.sentences} sentences")
    say("Say in seeds/seeds.yaml where each text is from and who holds the rights in it.")
