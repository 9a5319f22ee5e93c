"""Make an empty corpus in a folder.

It gets settings, a seed register, StanceBank's label scheme, and from that the JSON
Schemas and the labelling config of Label Studio.

Exit codes: 0 made; 2 there is a corpus already, or nowhere to write; 3 an error
in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.addresses import local_folder
from stancebank.commands.output import say


def init(
    folder: Annotated[
        Path,
        typer.Argument(parser=local_folder, metavar="DIR", help="Folder for the corpus; made where it is missing."),
    ],
) -> None:
    """Make the corpus and say what comes next."""
    from stancebank.additions import make_corpus
    from stancebank.build.bundled import bundled_root
    from stancebank.faults import printable
    from stancebank.scheme import SCHEME_FILE

    make_corpus(folder, bundled_root() / SCHEME_FILE)
    name = printable(str(folder))
    say(f"made an empty corpus in {name}; next: stancebank add FILE... --root {name}")
