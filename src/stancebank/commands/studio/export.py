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

from stancebank.commands.options import Root
from stancebank.commands.output import say
from stancebank.commands.studio.options import As


def export(
    root: Root = None,
    out: Annotated[str, typer.Option(metavar="FILE|-", help="File to write; - for standard output.")] = "-",
    mode: Annotated[As, typer.Option("--as", help="What the tasks carry besides the text.")] = As.annotations,
    doc: Annotated[list[str] | None, typer.Option(metavar="ID", help="This document alone; may be repeated.")] = None,
) -> None:
    """Write the tasks, where the corpus is sound."""
    import sys

    from stancebank.corpus import find_root, read_corpus
    from stancebank.faults import counted, printable
    from stancebank.studio.export import export_file, export_stream
    from stancebank.studio.sound import require_sound
    from stancebank.studio.tasks import Mode

    corpus = read_corpus(find_root(root))
    require_sound(corpus)
    documents = set(doc) if doc else None
    if out == "-":
        export_stream(corpus, sys.stdout.buffer, Mode(mode), documents)
        return
    number = export_file(corpus, Path(out), Mode(mode), documents)
    say(f"wrote {counted(number, 'task')} to {printable(out)}")
