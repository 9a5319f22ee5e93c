"""Delete the tasks of documents on a Label Studio server.

For documents that were removed or renamed in the corpus: their tasks stay on the server,
and pull refuses them each time. An export of the project is kept in .studio/kept first;
stancebank studio import takes it. A document that the corpus has is sent again by the
next push.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say
from stancebank.commands.studio.studio_options import CaFile, Project, Url


def remove_tasks(
    document: Annotated[list[str], typer.Argument(metavar="DOC", help="Ids of documents, as their tasks say them.")],
    root: LocalRoot = None,
    url: Url = None,
    ca_file: CaFile = None,
    project: Project = None,
) -> None:
    """Keep a copy, delete the tasks, and say what was in them."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import counted, printable
    from stancebank.studio.server.local_server import connect_from
    from stancebank.studio.server.task_removal import remove_tasks

    corpus = read_corpus(find_root(root)).sound()
    server = connect_from(corpus.root, url, lambda text: say(text, err=True), ca_file)
    removed = remove_tasks(corpus, server, project, document)
    say(f"kept an export of the project as it was in {printable(str(removed.copy))}")
    for each in removed.worked:
        say(f"{printable(each)} has work in it that was never imported, or is in the corpus already; the copy has it")
    say(f"deleted {counted(removed.tasks, 'task')} of {printable(removed.project.title)}")
