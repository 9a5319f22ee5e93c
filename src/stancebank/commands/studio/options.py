"""Options that several of the commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class As(StrEnum):
    """What a task carries besides the text; stancebank.studio.tasks.Mode, which takes long to load."""

    annotations = "annotations"
    predictions = "predictions"
    texts = "texts"


Url = Annotated[
    str | None,
    typer.Option(
        metavar="URL",
        help="Address of the server, whose token is read from LABEL_STUDIO_API_KEY; without it the local one.",
    ),
]
Project = Annotated[
    str | None, typer.Option(metavar="PROJECT", help="The project's number or title; without it the corpus's title.")
]
Annotators = Annotated[
    list[str] | None,
    typer.Option(
        "--annotator",
        metavar="WHO=ID",
        help="Whose pass the work of an account is, by e-mail address or number; gold is the corpus itself.",
    ),
]
