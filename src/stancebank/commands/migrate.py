"""Bring a corpus to another version of the label scheme.

The corpus, the passes, the decisions and the scheme are changed together, all or
nothing, after what changes was printed. Comments, labels of your own and every
value that is there stay.

Exit codes: 0 done, or the corpus has that version already; 2 no way leads from
its version to the other, a line that is no record, no corpus there, nowhere to
write, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def migrate(
    root: LocalRoot = None,
    to: Annotated[
        str | None, typer.Option(metavar="VERSION", help="Version to bring it to; without it, the newest.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and change nothing.")] = False,
) -> None:
    """Say what changes, change it, and say what comes next."""
    from stancebank.corpus import find_root
    from stancebank.migrations.migration import Summary, plan, report
    from stancebank.migrations.migration import migrate as migrate_corpus
    from stancebank.scheme import SCHEME_VERSION

    migration = plan(find_root(root), SCHEME_VERSION if to is None else to)
    if not migration.steps:
        say(f"this corpus has scheme {migration.before} already; there is nothing to migrate")
        return

    def tell(summary: Summary) -> None:
        for line in report(migration, summary):
            say(line)

    migrate_corpus(migration, tell, write=not dry_run)
    if dry_run:
        say("nothing was changed: leave --dry-run out to do it")
    else:
        say(f"this corpus has scheme {migration.after} now; next: stancebank generate, then stancebank validate")
