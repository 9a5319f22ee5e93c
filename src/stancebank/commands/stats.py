"""Count what is in a corpus.

Records by layer, mentions by entity type and level, relations by type and
modality, attributions and stances by label. With --format json it is one
object: name, version, scheme, records (by layer), characters, languages, dates
(first and last, or null), labels (by layer, field and label), mentions (by
entity type and level), relations (by type and modality).

Exit codes: 0 counted; 2 no corpus there, or one that cannot be read, or wrong
usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

import os
import shutil
import sys
from enum import StrEnum
from typing import Annotated

import typer

from stancebank.commands.options import Cluster, Quiet, Root, Workers
from stancebank.commands.output import say
from stancebank.commands.progress import shown


class Format(StrEnum):
    """How counts are printed."""

    text = "text"
    json = "json"


def stats(
    root: Root = None,
    format: Annotated[Format, typer.Option(help="How counts are printed.")] = Format.text,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Print the counts."""
    from stancebank.corpus import find_root, read_corpus
    from stancebank.engines import engine
    from stancebank.statistics import corpus_statistics
    from stancebank.statistics_report import report_json, report_text

    corpus = read_corpus(find_root(root))
    with engine(workers, cluster) as run, shown("counting", len(corpus.part_names), quiet=quiet) as progress:
        counted = corpus_statistics(corpus, run, progress.advance)
    if format is Format.json:
        say(report_json(corpus, counted))
        return
    color = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    say(report_text(corpus, counted, width=shutil.get_terminal_size((100, 24)).columns, color=color))
