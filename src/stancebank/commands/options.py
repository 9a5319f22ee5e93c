"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.addresses import address, local_folder

Root = Annotated[
    Path | None,
    typer.Option(
        parser=address,
        metavar="DIR|ADDRESS",
        help="Folder of the corpus, or its address, such as s3://bucket/corpus; "
        "without it, the nearest folder upwards with corpus/corpus.yaml.",
    ),
]
LocalRoot = Annotated[
    Path | None,
    typer.Option(
        parser=local_folder,
        metavar="DIR",
        help="Folder of the corpus; without it, the nearest folder upwards with corpus/corpus.yaml.",
    ),
]

Workers = Annotated[
    int | None,
    typer.Option(min=1, metavar="N", help="Work in so many processes on this machine; without it, in this one."),
]

Cluster = Annotated[
    str | None,
    typer.Option(
        metavar="ADDRESS|local",
        help="Work on a Dask cluster: the address of its scheduler, or local for one on this machine.",
    ),
]

Quiet = Annotated[bool, typer.Option("--quiet", help="Do not show how far the work has come.")]
