"""Bring annotations from an export of Label Studio into the corpus.

The export is JSON, with tasks in an array or one on each line. Where a task has
several annotations, each annotator of the export gets a pass under
annotation/passes; else the annotations become the corpus's own, merged with what
was changed there since the export. What cannot be taken as it is is left out, and
said; nothing else is lost with it.

Exit codes: 0 all was taken; 1 something was refused; 2 no corpus there, an export or
base that cannot be read, nowhere to write, or wrong usage; 3 an error in StanceBank
itself.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from stancebank.addresses import local_folder
from stancebank.commands.options import Cluster, LocalRoot, Quiet, Workers
from stancebank.commands.progress import shown
from stancebank.commands.studio.options import Annotators
from stancebank.commands.studio.outcome import end_with


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="The export; - for standard input.")],
    root: LocalRoot = None,
    base: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="What was sent: a corpus or a base; without it FILE.base, or the corpus as it is."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            parser=local_folder, metavar="DIR", help="Folder for corpus/ and annotation/passes/; without it the root."
        ),
    ] = None,
    annotator: Annotators = None,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Read the export and write what is sound."""
    import contextlib
    import sys

    from stancebank.corpus import find_root, read_corpus
    from stancebank.engines import engine
    from stancebank.faults import StanceBankError, printable
    from stancebank.studio.base import found_sidecar
    from stancebank.studio.importing import import_annotations
    from stancebank.studio.people import read_pairs

    corpus = read_corpus(find_root(root))
    names = read_pairs(annotator or [])
    if base is None and file != "-":
        base = found_sidecar(Path(file))
    if base is not None and not (base / "corpus").is_dir():
        what = f"{printable(str(base))} is neither a corpus nor a base: it has no folder corpus"
        raise StanceBankError(what, "name the folder that stancebank studio export wrote beside the export")
    with contextlib.ExitStack() as opened:
        try:
            stream: BinaryIO = sys.stdin.buffer if file == "-" else opened.enter_context(Path(file).open("rb"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise StanceBankError(f"{printable(file)} cannot be read: {reason}", "name an export") from None
        run = opened.enter_context(engine(workers, cluster))
        progress = opened.enter_context(shown("importing", quiet=quiet))
        tell = partial(progress.tell, unit="tasks")
        imported = import_annotations(corpus, stream, base=base, out=out, names=names, engine=run, progress=tell)
    end_with(corpus, imported)
