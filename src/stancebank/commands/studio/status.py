"""Say what has become of each document in Label Studio.

A row has the document, its state, who did it, who has a draft that is not
submitted, how many predictions it has, and how many changes there are since the
push. Of more than 50 documents only those that are missing, skipped, changed or
have drafts or several tasks are listed.

Exit codes: 0 said; 2 no server, a refused token, no such project, no corpus
there, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say
from stancebank.commands.studio.options import Project, Url

_LISTED = 50  # documents that are all listed

_HEADER = ("document", "state", "by", "drafts", "predictions", "changes")


def status(
    root: LocalRoot = None,
    url: Url = None,
    project: Project = None,
    all: Annotated[bool, typer.Option("--all", help="List all documents, however many.")] = False,
) -> None:
    """Print a row for each document, and the totals."""
    from stancebank.corpus import find_root, read_corpus, require_readable
    from stancebank.faults import counted, printable
    from stancebank.studio.connection import connect_from
    from stancebank.studio.projects import find_project
    from stancebank.studio.status import project_status

    corpus = read_corpus(find_root(root))
    require_readable(corpus.faults)
    server = connect_from(corpus.root, url, lambda text: say(text, err=True))
    target = find_project(server, corpus, project)
    found = project_status(corpus, server, target)
    shown = found if all or len(found) <= _LISTED else [one for one in found if one.needs_attention or one.changes]
    rows = [
        (
            printable(one.document) or "(no document)",
            one.state,
            _names(name for task in one.tasks for name in (*task.done, *task.skipped)),
            _names(name for task in one.tasks for name in task.drafts),
            str(sum(task.predictions for task in one.tasks) or ""),
            str(one.changes or ""),
        )
        for one in shown
    ]
    if rows:
        _print_table(rows)
    if len(shown) < len(found):
        say(f"and {len(found) - len(shown):,} more; --all lists them")
    states = Counter(one.state for one in found)
    totals = [f"{number:,} {state}" for state, number in states.items()]
    totals += [f"{sum(any(task.drafts for task in one.tasks) for one in found):,} with drafts not submitted"]
    totals += [f"{sum(bool(one.changes) for one in found):,} changed since the push"]
    say(f"{counted(len(found), 'document')}: {', '.join(totals)}")
    say(f"{printable(target.title)}: {printable(server.url)}/projects/{target.id}/data")


def _names(names: Iterable[str]) -> str:
    from stancebank.faults import printable

    return ", ".join(sorted({printable(name) for name in names}))


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
