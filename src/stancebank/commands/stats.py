"""Count the records and labels of a corpus.

Records by layer, how far documents are by annotated layer and split, and by label:
mentions by entity type and level, relations by type and modality, attributions and
stances. Labels are counted in the documents in which their layers are done. With
--format json it is one object: name, version, scheme, records (by layer), characters,
languages, dates (first and last, or null), undated (documents without a date),
progress (documents by layer: done, open, skipped, not begun), progress_by_split,
labels (by layer, field and label), mentions (by entity type and level), relations (by
type and modality).
"""

from __future__ import annotations

import shutil
from typing import Annotated, Literal

import typer

from stancebank.commands.options import Cluster, Quiet, Root, Workers
from stancebank.commands.output import colors, say
from stancebank.commands.progress_bar import shown


def stats(
    root: Root = None,
    format: Annotated[
        Literal["text", "json"], typer.Option(metavar="text|json", help="Format of the counts.")
    ] = "text",
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Print the counts."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.corpus.statistics import corpus_statistics
    from stancebank.pages.statistics_report import report_json, report_text
    from stancebank.work.engines import engine

    corpus = read_corpus(find_root(root)).sound()
    with engine(workers, cluster) as run, shown("counting", len(corpus.part_names), quiet=quiet) as progress:
        counted = corpus_statistics(corpus, run, progress.advance)
    if format == "json":
        say(report_json(corpus, counted))
        return
    say(report_text(corpus, counted, width=shutil.get_terminal_size((100, 24)).columns, color=colors()))
