"""Create an empty corpus in a folder.

It gets settings, registers of seeds and annotators, a label scheme, a skeleton of guidelines,
and the JSON Schemas and Label Studio config generated from the scheme. The scheme is StanceBank's own,
or a small one to begin with: --template.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import one_of
from stancebank.commands.output import say
from stancebank.schema.paths import TEMPLATES
from stancebank.storage.addresses import local_folder


def init(
    folder: Annotated[
        Path,
        typer.Argument(parser=local_folder, metavar="DIR", help="Folder to create the corpus in."),
    ],
    template: Annotated[
        str,
        typer.Option(parser=one_of(TEMPLATES), metavar="NAME", help=f"Scheme to begin with: {', '.join(TEMPLATES)}."),
    ] = TEMPLATES[0],
) -> None:
    """Create the corpus and print the next step."""
    from stancebank.dataset.bundled import bundled_root
    from stancebank.faults import printable
    from stancebank.pages.new_corpus import make_corpus, template_file

    make_corpus(folder, template_file(bundled_root(), template))
    name = printable(str(folder))
    say(f"created an empty corpus in {name}; next: stancebank add FILE... --root {name}")
