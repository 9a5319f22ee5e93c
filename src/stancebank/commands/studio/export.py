"""Write the documents as tasks that Label Studio imports.

The tasks are one JSON array. Beside a file its base is kept, in a folder with .base
at the end of its name: what was sent, which stancebank studio import needs to say
what has changed. A corpus with errors is not exported.

Exit codes: 0 written; 1 the corpus has errors; 2 no corpus there, no such
document, nowhere to write, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import Cluster, LocalRoot, Quiet, Workers
from stancebank.commands.output import say
from stancebank.commands.progress import shown
from stancebank.commands.studio.options import As


def export(
    root: LocalRoot = None,
    out: Annotated[str, typer.Option(metavar="FILE|-", help="File to write; - for standard output.")] = "-",
    mode: Annotated[As, typer.Option("--as", help="What the tasks carry besides the text.")] = As.annotations,
    doc: Annotated[list[str] | None, typer.Option(metavar="ID", help="This document alone; may be repeated.")] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Write the tasks, where the corpus is sound."""
    import sys

    from stancebank.checks.validation import part_ids
    from stancebank.corpus import find_root, read_corpus
    from stancebank.engines import engine
    from stancebank.faults import counted, printable
    from stancebank.studio.export import export_file, export_stream
    from stancebank.studio.sound import require_sound
    from stancebank.studio.tasks import Mode

    corpus = read_corpus(find_root(root))
    documents = set(doc) if doc else None
    with engine(workers, cluster) as run:
        with shown("checking", len(part_ids(corpus)), quiet=quiet) as progress:
            require_sound(corpus, run, progress.advance)
        with shown("exporting", len(corpus.part_names), quiet=quiet) as progress:
            if out == "-":
                export_stream(corpus, sys.stdout.buffer, Mode(mode), documents, engine=run, advance=progress.advance)
                return
            number = export_file(corpus, Path(out), Mode(mode), documents, engine=run, advance=progress.advance)
    say(f"wrote {counted(number, 'task')} to {printable(out)}")
