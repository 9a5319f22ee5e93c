"""Bring annotations back from Label Studio.

The project is found by its title. It is exported with all that it holds, drafts and
predictions too, and the export is imported as by stancebank studio import. What
was changed since the push is listed: a stray key can relabel a span, so look.

Exit codes: 0 all was taken; 1 something was refused; 2 no server, a refused token,
no such project, an export that does not arrive whole, no corpus there, nowhere to
write, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say
from stancebank.commands.studio.options import Annotators, Project, Url
from stancebank.commands.studio.outcome import end_with


def pull(
    root: LocalRoot = None,
    url: Url = None,
    project: Project = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for corpus/ and annotation/passes/; without it the root.")
    ] = None,
    annotator: Annotators = None,
) -> None:
    """Take an export of the project, import it, and say what changed since the push."""
    from stancebank.corpus import find_root, read_corpus, require_readable
    from stancebank.studio.connection import connect_from
    from stancebank.studio.folder import alone, studio_folder
    from stancebank.studio.importing import import_annotations
    from stancebank.studio.people import read_pairs
    from stancebank.studio.projects import base_folder, find_project
    from stancebank.studio.pull import snapshot

    corpus = read_corpus(find_root(root))
    require_readable(corpus.faults)
    names = read_pairs(annotator or [])
    server = connect_from(corpus.root, url, lambda text: say(text, err=True))
    target = find_project(server, corpus, project)
    base = base_folder(corpus.root, server, target.id)
    folder = studio_folder(corpus.root)
    with alone(folder):
        export = snapshot(server, target.id, folder)
        try:
            with export.open("rb") as stream:
                known = base if base.is_dir() else None
                imported = import_annotations(corpus, stream, base=known, out=out, names=names)
        finally:
            export.unlink(missing_ok=True)
    end_with(corpus, imported)
