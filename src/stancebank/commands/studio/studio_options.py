"""Options that several of the commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

As = Literal["annotations", "predictions", "texts"]
"""What a task contains besides the text; stancebank.studio.layout.tasks.Mode, which takes long to load."""
MODES = "annotations|predictions|texts"

Proposal = Annotated[
    str | None, typer.Option("--pass", metavar="ID", help="Send this pass as predictions, in place of the gold.")
]
Url = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Server address (default: the local server).",
    ),
]
CaFile = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Certificates to trust as well, for a server with its own.")
]
Project = Annotated[
    str | None, typer.Option(metavar="PROJECT", help="Project number or title (default: the corpus title).")
]
Annotators = Annotated[
    list[str] | None,
    typer.Option(
        "--annotator",
        metavar="ACCOUNT=ID",
        help="Annotator id for an account, given as e-mail address or number.",
    ),
]
