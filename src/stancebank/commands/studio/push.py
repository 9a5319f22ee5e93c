"""Send documents to a Label Studio server.

The corpus is validated first. The project is found by its title, or created, and gets
the documents that it lacks. Annotators correct the corpus there, or with --passes make a pass each,
starting from the texts; the first push of a project decides which. With --pass they begin with
what a pass says, such as that of a language model. With --replace
existing documents are sent again, after an export of the project is kept in
.studio/kept. Repeating the command is safe, and completes an interrupted push.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot, Quiet
from stancebank.commands.output import say
from stancebank.commands.progress_bar import shown
from stancebank.commands.studio.studio_options import MODES, As, CaFile, Project, Proposal, Url


def push(
    root: LocalRoot = None,
    url: Url = None,
    ca_file: CaFile = None,
    project: Project = None,
    passes: Annotated[int | None, typer.Option(min=1, metavar="N", help="Let N annotators make a pass each.")] = None,
    mode: Annotated[As | None, typer.Option("--as", metavar=MODES, help="What tasks contain besides the text.")] = None,
    of_pass: Proposal = None,
    doc: Annotated[list[str] | None, typer.Option(metavar="ID", help="Send only this document; repeatable.")] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Resend existing documents and discard their annotations.")
    ] = False,
    update_config: Annotated[
        bool, typer.Option("--update-config", help="Set the labelling config there if it has changed.")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Send the documents and report their number."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.remarks import read_remarks
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import counted, printable
    from stancebank.pages.instructions import guideline_instructions
    from stancebank.studio.layout.tasks import Mode, Way
    from stancebank.studio.server.local_server import connect_from
    from stancebank.studio.server.projects import Work
    from stancebank.studio.server.upload import push as push_documents

    corpus = read_corpus(find_root(root))
    server = connect_from(corpus.root, url, lambda text: say(text, err=True), ca_file)
    with shown("sending", quiet=quiet) as progress:
        pushed = push_documents(
            corpus,
            server,
            project,
            Mode(mode) if mode else None,
            doc,
            work=Work(Way.passes, passes) if passes else Work(),
            annotator=of_pass,
            replacing=replace,
            update_config=update_config,
            instructions=guideline_instructions(corpus.root),
            kept=_say_kept,
            progress=progress.tell,
        )
    if not pushed.sent and not pushed.replaced:
        say(f"nothing to send: all {pushed.left:,} documents are there")
    else:
        say(f"sent {pushed.sent:,}, left {pushed.left:,}, replaced {pushed.replaced:,}")
    beside = [each for each in read_remarks(corpus.root) if each.annotator == of_pass]
    if beside:
        still = sum(each.open for each in beside)
        about = counted(len({each.doc_id for each in beside}), "document")
        say(f"{counted(len(beside), 'remark')} on {about}, {still:,} unresolved; stancebank show DOC shows them")
    say(f"{printable(pushed.project.title)}: {printable(server.url)}/projects/{pushed.project.id}/data")


def _say_kept(copy: Path) -> None:
    from stancebank.faults import printable

    say(f"kept an export of the project as it was in {printable(str(copy))}; stancebank studio import takes it")
