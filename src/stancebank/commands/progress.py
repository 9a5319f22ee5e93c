"""Show how far the documents of a corpus are.

For each annotated layer, how many documents are done, open (begun), skipped or not begun, in
the gold and in each pass. --by part, split or annotator counts the layers done in each;
--by document lists the state of each layer of each document. --work lists how the
annotations that were pulled from Label Studio came about.
"""

from __future__ import annotations

import shutil
from typing import Annotated, Literal

import typer

from stancebank.commands.options import Root
from stancebank.commands.output import colors, say


def progress(
    root: Root = None,
    by: Annotated[
        Literal["layer", "part", "split", "annotator", "document"],
        typer.Option(metavar="part|split|annotator|layer|document", help="What to count by (default: layer)."),
    ] = "layer",
    work: Annotated[
        bool, typer.Option("--work", help="List times, who changed it, and the prediction copied.")
    ] = False,
    format: Annotated[
        Literal["text", "json"], typer.Option(metavar="text|json", help="Format of the counts.")
    ] = "text",
) -> None:
    """Print the states."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.remarks import read_work
    from stancebank.corpus.root_folder import find_root
    from stancebank.corpus.states import corpus_states
    from stancebank.pages.progress_report import report_json, report_text, work_json, work_text

    corpus = read_corpus(find_root(root)).sound()
    width = shutil.get_terminal_size((100, 24)).columns
    if work:
        listed = read_work(corpus.root)
        say(work_json(listed) if format == "json" else work_text(listed, width=width, color=colors()))
        return
    states = corpus_states(corpus)
    if format == "json":
        say(report_json(states, by))
        return
    say(report_text(states, by, width=width, color=colors()))
