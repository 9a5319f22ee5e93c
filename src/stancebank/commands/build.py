"""Build a corpus as a Hugging Face dataset.

Each part is checked, and each view of it becomes a Parquet file. Parts that were
built before from the same files are not built again; a build that was stopped goes
on where it was when it is run again. The last line is the SHA-256 of manifest.json,
which lists every file with its own: the same digest is the same dataset.

An edition that may be passed on, where the texts may not, shows offsets and labels
alone (standoff) or texts of which every letter is masked (masked); stancebank
rehydrate puts the texts in again.

Exit codes: 0 built; 1 the corpus has errors, which are reported, and nothing is
built; 2 no corpus there, nowhere to write, or wrong usage; 3 an error in
StanceBank itself.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from stancebank.addresses import address
from stancebank.commands.options import Cluster, Quiet, Root, Workers
from stancebank.commands.output import say
from stancebank.commands.progress import shown


class EditionOption(StrEnum):
    """What a build shows of the texts."""

    full = "full"
    standoff = "standoff"
    masked = "masked"


def build(
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=address,
            metavar="DIR|ADDRESS",
            help="Folder to build, or its address, replaced as a whole; without it dist/NAME under the root, "
            "or dist/NAME-EDITION.",
        ),
    ] = None,
    view: Annotated[list[str] | None, typer.Option(help="Build this view alone; may be given several times.")] = None,
    edition: Annotated[EditionOption, typer.Option(help="What is shown of the texts.")] = EditionOption.full,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Build the dataset and say what was built."""
    from stancebank.build.dataset import InvalidCorpusError, chosen_views
    from stancebank.build.dataset import build as build_dataset
    from stancebank.checks.reporters import Tally, report_text
    from stancebank.corpus import find_root, read_corpus
    from stancebank.editions.preparing import READINGS
    from stancebank.engines import engine, here, in_threads
    from stancebank.faults import printable

    place = find_root(root)
    corpus = read_corpus(place)
    views = chosen_views(view)
    name = corpus.settings.name if corpus.settings else "dataset"
    folder = out or place / "dist" / (name if edition is EditionOption.full else f"{name}-{edition.value}")
    # Where tokens are made, one part takes as much memory as two without.
    alone = here if any(each.needs_tokens for each in views) else in_threads
    try:
        steps = len(corpus.part_names) * (1 if edition is EditionOption.full else 1 + READINGS)
        with engine(workers, cluster, alone) as run, shown("building", steps, quiet=quiet) as progress:
            manifest = build_dataset(corpus, folder, views, run, progress.advance, edition.value)
    except InvalidCorpusError as error:
        for block in report_text(Tally(error.findings)):
            typer.echo(block, err=True)
        typer.echo(f"stancebank: {error}", err=True)
        raise typer.Exit(1) from None
    of = "" if manifest.edition == "full" else f", {manifest.edition} edition,"
    say(f"{manifest.name} {manifest.version}{of} in {printable(str(folder))}")
    for built in manifest.views:
        rows = sum(shard.rows for shard in manifest.of(built))
        say(f"  {built:<17}{rows:>9,} rows  sha256 {manifest.content_digest(built)[:16]}")
    say(f"manifest sha256 {manifest.digest}")
