"""Import annotations from a Label Studio export.

The export is JSON: an array of tasks, or one task per line. ZIP and gzip files of it, a
folder or ZIP file of what a target storage has, and payloads of webhooks are read too;
exports in other forms leave something out, and are refused. Each task says where its
annotations go: to a pass of each annotator under annotation/passes, or merged into the
corpus, with the changes made there since the export. Progress is recorded: what is
submitted is done. Invalid items are skipped and reported.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, BinaryIO, Literal

import typer

from stancebank.commands.options import Cluster, LocalRoot, Quiet, Workers, root_to_change
from stancebank.commands.progress_bar import shown
from stancebank.commands.studio.outcome import end_with
from stancebank.commands.studio.studio_options import Annotators
from stancebank.schema.paths import CORPUS
from stancebank.storage.addresses import local_folder


def import_(
    file: Annotated[str, typer.Argument(metavar="FILE|-", help="The export, or - for standard input.")],
    root: LocalRoot = None,
    base: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="What was exported (default: FILE.base, else the corpus)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=local_folder, metavar="DIR", help="Folder to write to (default: the corpus folder)."),
    ] = None,
    annotator: Annotators = None,
    way: Annotated[
        Literal["gold", "passes"] | None,
        typer.Option(
            "--as", metavar="gold|passes", help="Where annotations go if tasks do not say it (default: gold)."
        ),
    ] = None,
    workers: Workers = None,
    cluster: Cluster = None,
    quiet: Quiet = False,
) -> None:
    """Read the export and write its valid items."""
    import contextlib
    import sys

    from stancebank.corpus.corpus import read_corpus
    from stancebank.faults import StanceBankError, printable
    from stancebank.studio.importing.import_run import import_annotations
    from stancebank.studio.importing.people import read_pairs
    from stancebank.studio.layout.merge_base import found_sidecar
    from stancebank.studio.layout.tasks import Way
    from stancebank.work.engines import engine

    corpus = read_corpus(root_to_change(root)).sound()
    names = read_pairs(annotator or [])
    if base is None and file != "-":
        base = found_sidecar(Path(file))
    if base is not None and not (base / CORPUS).is_dir():
        what = f"{printable(str(base))} is neither a corpus nor a base: it has no folder corpus"
        raise StanceBankError(what, "name the folder that stancebank studio export wrote beside the export")
    with contextlib.ExitStack() as opened:
        try:
            stream: BinaryIO | Path = sys.stdin.buffer
            if file != "-":
                stream = Path(file) if Path(file).is_dir() else opened.enter_context(Path(file).open("rb"))
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else error
            raise StanceBankError(f"{printable(file)} cannot be read: {reason}", "name an export") from None
        run = opened.enter_context(engine(workers, cluster))
        progress = opened.enter_context(shown("importing", quiet=quiet))
        tell = partial(progress.tell, unit="tasks")
        chosen = Way(way) if way else None
        imported = import_annotations(
            corpus, stream, base=base, out=out, names=names, way=chosen, engine=run, progress=tell
        )
    end_with(corpus, imported, elsewhere=out is not None)
