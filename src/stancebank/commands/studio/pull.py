"""Import annotations from a Label Studio server.

The project is exported with drafts and predictions, and the export is imported as by
stancebank studio import: as corrections of the corpus or as passes, as the project was
pushed. The changes since the push are listed: check them, since a stray key can relabel
a span.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot, Quiet, root_to_change
from stancebank.commands.output import say
from stancebank.commands.progress_bar import shown
from stancebank.commands.studio.outcome import end_with
from stancebank.commands.studio.studio_options import Annotators, CaFile, Project, Url
from stancebank.storage.addresses import local_folder


def pull(
    root: LocalRoot = None,
    url: Url = None,
    ca_file: CaFile = None,
    project: Project = None,
    out: Annotated[
        Path | None,
        typer.Option(parser=local_folder, metavar="DIR", help="Folder to write to (default: the corpus folder)."),
    ] = None,
    annotator: Annotators = None,
    quiet: Quiet = False,
) -> None:
    """Export the project, import the export, and report the changes since the push."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.studio.importing.import_run import import_annotations
    from stancebank.studio.importing.people import read_pairs
    from stancebank.studio.server.local_server import connect_from
    from stancebank.studio.server.projects import find_project, merge_base_folder, snapshot
    from stancebank.studio.server.studio_folder import alone, studio_folder

    corpus = read_corpus(find_root(root)).sound()
    names = read_pairs(annotator or [])
    server = connect_from(corpus.root, url, lambda text: say(text, err=True), ca_file)
    target = find_project(server, corpus, project)
    base = merge_base_folder(corpus.root, server, target.id)
    folder = studio_folder(corpus.root)
    with alone(folder):
        export = snapshot(server, target.id, folder)
        try:
            with export.open("rb") as stream, shown("importing", quiet=quiet) as progress:
                tell = partial(progress.tell, unit="tasks")
                addresses = server.addresses()
                corpus = read_corpus(root_to_change(root)).sound()  # it may have changed during the download
                known = base if base.is_dir() else None
                imported = import_annotations(
                    corpus, stream, base=known, out=out, names=names, addresses=addresses, progress=tell
                )
        finally:
            export.unlink(missing_ok=True)
    end_with(corpus, imported, elsewhere=out is not None)
