"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Root = Annotated[
    Path | None,
    typer.Option(help="Folder of the corpus; without it, the nearest folder upwards with corpus/corpus.yaml."),
]
