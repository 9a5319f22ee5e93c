"""Show the status of each document in Label Studio.

Each document has a row for each annotator who has begun it: done, open or skipped, as
pull records it, the number of unsubmitted drafts, and for the document the numbers of
predictions and of changes since the push. In a project of corrections the annotator is
who made the last change. Of more than 50 documents only those are listed that are
missing, skipped, changed, or have drafts or several tasks.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from stancebank.commands.options import LocalRoot, Quiet
from stancebank.commands.output import say
from stancebank.commands.progress_bar import shown
from stancebank.commands.studio.studio_options import CaFile, Project, Url

if TYPE_CHECKING:
    from stancebank.studio.server.document_states import DocumentStatus

_LISTED = 50  # documents that are all listed

_HEADER = ("document", "state", "by", "drafts", "predictions", "changes")


def status(
    root: LocalRoot = None,
    url: Url = None,
    ca_file: CaFile = None,
    project: Project = None,
    all: Annotated[bool, typer.Option("--all", help="List all documents.")] = False,
    quiet: Quiet = False,
) -> None:
    """Print a row for each document, and the totals."""
    from stancebank.corpus.corpus import read_corpus
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import counted, printable
    from stancebank.studio.server.document_states import project_status
    from stancebank.studio.server.local_server import connect_from
    from stancebank.studio.server.projects import find_project

    corpus = read_corpus(find_root(root)).sound()
    server = connect_from(corpus.root, url, lambda text: say(text, err=True), ca_file)
    target = find_project(server, corpus, project)
    with shown("reading", quiet=quiet) as progress:
        found = project_status(corpus, server, target, partial(progress.tell, unit="tasks"))
    listed = found if all or len(found) <= _LISTED else [one for one in found if one.needs_attention or one.changes]
    rows = [row for one in listed for row in _rows(one)]
    if rows:
        _print_table(rows)
    if len(listed) < len(found):
        say(f"and {len(found) - len(listed):,} more; --all lists them")
    states = Counter(one.state for one in found)
    totals = [f"{number:,} {state}" for state, number in states.items()]
    drafts = sum(any(work.drafts for task in one.tasks for work in task.work) for one in found)
    totals += [f"{drafts:,} with drafts not submitted"]
    totals += [f"{sum(bool(one.changes) for one in found):,} changed since the push"]
    say(f"{counted(len(found), 'document')}: {', '.join(totals)}")
    say(f"{printable(target.title)}: {printable(server.url)}/projects/{target.id}/data")


def _rows(one: DocumentStatus) -> Iterator[tuple[str, ...]]:
    """The rows of a document: its annotators, or one without any."""
    from stancebank.faults import printable

    name = printable(one.document) or "(no document)"
    numbers = (str(sum(task.predictions for task in one.tasks) or ""), str(one.changes or ""))
    work = [] if one.state == "several tasks" else [each for task in one.tasks for each in task.work]
    for each in work:
        yield name, each.state, printable(each.who), str(each.drafts or ""), *numbers
    if not work:
        yield name, one.state, "", "", *numbers


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table(*_HEADER, box=None, pad_edge=False)
        for row in rows:
            table.add_row(*map(Text, row))
        Console().print(table)
        return
    widths = [max(map(len, column)) for column in zip(_HEADER, *rows, strict=True)]
    for row in (_HEADER, *rows):
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
