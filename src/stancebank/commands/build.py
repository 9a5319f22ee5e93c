"""Build a Hugging Face dataset from a corpus.

Each part is validated, and each of its views becomes a Parquet file. Builds are
incremental and resumable: parts that you built before from the same sources are kept.
The last line printed is the SHA-256 of manifest.json, which lists every file with its
digest: equal digests mean equal datasets.

Task views (ner to quotes) show the documents in which their layers are done, the
others all documents; the manifest and the card count both. A pass with errors is left
out of stance_votes and reported; an edition is not built with it.

If the texts may not be redistributed, build an edition without them: standoff has
offsets and labels, masked has texts with every letter masked. stancebank rehydrate
restores the texts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stancebank.commands.options import Cluster, Quiet, Root, Workers
from stancebank.commands.output import say, say_findings
from stancebank.commands.progress_bar import shown
from stancebank.storage.addresses import address
from stancebank.views.names import NAMES


def build(
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=address,
            metavar="DIR|ADDRESS",
            help="Folder or address to replace (default: dist/NAME[-EDITION]).",
        ),
    ] = None,
    view: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VIEW",
            autocompletion=lambda: list(NAMES),
            help=f"Build only this view; repeatable. Views: {', '.join(NAMES)}.",
        ),
    ] = None,
    edition: Annotated[
        Literal["full", "standoff", "masked"],
        typer.Option(metavar="full|standoff|masked", help="How much of the texts to include."),
    ] = "full",
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Include unfinished documents in task views.")
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Check and build every part, whatever earlier runs made.")
    ] = False,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Build the dataset and report its views."""
    from stancebank.checks.findings import UnsoundCorpusError
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.dataset.building import build as build_dataset
    from stancebank.dataset.building import chosen_views
    from stancebank.editions.preparing import READINGS, short_documents
    from stancebank.editions.sealing import SHORT_TEXT
    from stancebank.faults import counted, printable
    from stancebank.work.engines import engine, here, in_threads

    place = find_root(root)
    corpus = read_corpus(place)
    views = chosen_views(view, corpus.scheme)
    name = corpus.settings.name if corpus.settings else "dataset"
    folder = out or place / "dist" / (name if edition == "full" else f"{name}-{edition}")
    # Where tokens are made, one part takes as much memory as two without.
    alone = here if any(each.needs_tokens for each in views) else in_threads
    try:
        steps = len(corpus.part_names) * (1 if edition == "full" else 1 + READINGS)
        with engine(workers, cluster, alone) as run, shown("building", steps, quiet=quiet) as progress:
            manifest = build_dataset(
                corpus, folder, views, run, progress.advance, edition, unfinished=unfinished, fresh=fresh
            )
    except UnsoundCorpusError as error:
        say_findings(error)
        raise
    of = "" if manifest.edition == "full" else f", {manifest.edition} edition,"
    say(f"{manifest.name} {manifest.version}{of} in {printable(str(folder))}")
    for built in manifest.views:
        rows = sum(shard.rows for shard in manifest.of(built))
        say(f"  {built:<17}{rows:>9,} rows  sha256 {manifest.content_digest(built)[:16]}")
    say(printable(manifest.statistics.progress_line()))
    if manifest.unfinished:
        say("task views show documents that are not done too")
    for part in manifest.parts:
        for annotator, errors in part.left_out.items():
            passed = printable(f"the pass of {annotator} over {part.name}")
            say(f"{passed} has {counted(errors, 'error')} and is left out; stancebank validate lists them")
    if manifest.edition != "full" and (short := short_documents(corpus.sound())):
        what = f"{counted(short, 'document')} of fewer than {SHORT_TEXT} characters: whoever guesses such a text"
        say(f"{what} can confirm it by its digest\n  fix: leave them out, or see docs/editions.md", err=True)
    say(f"manifest sha256 {manifest.digest}")
