"""Send documents to Label Studio.

The corpus is checked first. The project is found by its title, or made; it gets
the documents that it does not have. With --replace those that it has are sent
again, after an export of the project was kept in .studio/kept. It is safe to
repeat, and completes what an interrupted run has begun.

Exit codes: 0 all documents are there; 1 the corpus has errors, and nothing was
sent; 2 no server, a refused token, a project with another labelling config, no
corpus there, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say
from stancebank.commands.progress import shown
from stancebank.commands.studio.options import As, Project, Url


def push(
    root: LocalRoot = None,
    url: Url = None,
    project: Project = None,
    mode: Annotated[
        As, typer.Option("--as", help="Annotations to correct, predictions to accept or not, or the texts alone.")
    ] = As.annotations,
    doc: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Send this document alone; may be given several times.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Send documents again that are there, and lose what was done with them.")
    ] = False,
) -> None:
    """Send the documents and say how many went."""
    from stancebank.corpus import find_root, read_corpus
    from stancebank.faults import printable
    from stancebank.studio.connection import connect_from
    from stancebank.studio.push import push as push_documents
    from stancebank.studio.tasks import Mode

    corpus = read_corpus(find_root(root))
    server = connect_from(corpus.root, url, lambda text: say(text, err=True))
    with shown("sending") as progress:
        pushed = push_documents(
            corpus, server, project, Mode(mode), doc, replacing=replace, kept=_say_kept, progress=progress.tell
        )
    if not pushed.sent and not pushed.replaced:
        say(f"nothing to send: all {pushed.left:,} documents are there")
    else:
        say(f"sent {pushed.sent:,}, left {pushed.left:,}, replaced {pushed.replaced:,}")
    say(f"{printable(pushed.project.title)}: {printable(server.url)}/projects/{pushed.project.id}/data")


def _say_kept(copy: Path) -> None:
    from stancebank.faults import printable

    say(f"kept an export of the project as it was in {printable(str(copy))}; stancebank studio import takes it")
