"""Write the documents as Label Studio tasks.

The tasks are one JSON array. Beside the file, in FILE.base, a copy of what was exported
is kept: stancebank studio import compares with it. A corpus with errors is not exported.
With --passes the work that is done on the tasks will be imported as passes. With --pass
the tasks carry what a pass says, as predictions.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import Cluster, LocalRoot, Quiet, Workers
from stancebank.commands.output import say
from stancebank.commands.progress_bar import shown
from stancebank.commands.studio.studio_options import MODES, As, Proposal


def export(
    root: LocalRoot = None,
    out: Annotated[str, typer.Option(metavar="FILE|-", help="File to write, or - for standard output.")] = "-",
    passes: Annotated[bool, typer.Option("--passes", help="Let each annotator make a pass.")] = False,
    mode: Annotated[As | None, typer.Option("--as", metavar=MODES, help="What tasks contain besides the text.")] = None,
    of_pass: Proposal = None,
    doc: Annotated[list[str] | None, typer.Option(metavar="ID", help="Export only this document; repeatable.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Write the tasks if the corpus is sound."""
    import sys

    from stancebank.checks.validation import part_ids
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import counted, printable
    from stancebank.studio.layout.proposals import proposal_mode
    from stancebank.studio.layout.task_files import export_file, export_stream, require_sound
    from stancebank.studio.layout.tasks import Mode, Way
    from stancebank.work.engines import engine

    read = read_corpus(find_root(root))
    documents = set(doc) if doc else None
    way = Way.passes if passes else Way.gold
    content = proposal_mode(Mode(mode) if mode else None, way, of_pass)
    with engine(workers, cluster) as run:
        with shown("checking", len(part_ids(read)), quiet=quiet) as progress:
            corpus = require_sound(read, content, run, progress.advance, of_pass)
        with shown("exporting", len(corpus.part_names), quiet=quiet) as progress:
            if out == "-":
                stream = sys.stdout.buffer
                export_stream(
                    corpus, stream, content, documents, way=way, annotator=of_pass, engine=run, advance=progress.advance
                )
                return
            number = export_file(
                corpus, Path(out), content, documents, way=way, annotator=of_pass, engine=run, advance=progress.advance
            )
    say(f"wrote {counted(number, 'task')} to {printable(out)}")
