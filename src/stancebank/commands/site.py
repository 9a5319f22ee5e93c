"""Write static pages of a corpus, to look at in a browser.

A page for each document, actor and target, with labels, guidelines and a search. The pages
need no server and load nothing from elsewhere. If the corpus has errors, the pages say so and show
what is sound. The full edition shows the texts: if you may not pass these on, write the
standoff or the masked edition, which have no words of theirs and no guidelines.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from stancebank.commands.options import Quiet, Root, Workers
from stancebank.commands.output import say
from stancebank.commands.progress_bar import shown
from stancebank.storage.addresses import local_folder


def site(
    out: Annotated[
        Path, typer.Option(parser=local_folder, metavar="DIR", help="Folder to write, or an earlier site to replace.")
    ],
    root: Root = None,
    edition: Annotated[
        Literal["full", "standoff", "masked"],
        typer.Option(metavar="full|standoff|masked", help="How much of the texts to show."),
    ] = "full",
    workers: Workers = None,
    quiet: Quiet = False,
) -> None:
    """Write the site and report its size."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import counted, printable
    from stancebank.pages.site.page_names import START
    from stancebank.pages.site.site_building import build_site
    from stancebank.work.engines import engine

    corpus = read_corpus(find_root(root))
    with engine(workers) as run, shown("writing", len(corpus.part_names), quiet=quiet) as progress:
        built = build_site(corpus, out, edition, run, progress.advance)
    for line in built.problems:
        say(printable(line), err=True)
    if edition == "full" and not built.cleared:
        what = "the pages show texts that are not cleared for redistribution"
        say(f"{what}\n  fix: keep them to yourself, or write them with --edition standoff", err=True)
    size = f"{built.size / 1_000_000:,.1f} MB"
    say(f"{counted(built.documents, 'document')}, {counted(built.pages, 'page')}, {size}")
    say(f"open {printable(str(out / START))}")
