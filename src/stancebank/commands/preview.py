"""Show three rows of a built dataset.

They are rows of the view stance_detection, read with load_dataset.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.output import say
from stancebank.storage.addresses import local_folder


def preview(
    folder: Annotated[Path, typer.Argument(parser=local_folder, metavar="DIR", help="Dataset folder.")],
) -> None:
    """Print the rows."""
    from stancebank.dataset.sample_rows import sample_rows

    for line in sample_rows(folder):
        say(line)
