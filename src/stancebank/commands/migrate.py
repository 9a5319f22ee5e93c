"""Migrate a corpus to another format.

Corpus, passes, decisions and scheme change together, all or nothing; the changes are
printed first. Comments, your own labels and all other values are kept.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.options import DryRun, LocalRoot, root_to_change
from stancebank.commands.output import say


def migrate(
    root: LocalRoot = None,
    to: Annotated[str | None, typer.Option(metavar="VERSION", help="Target format (default: the newest).")] = None,
    dry_run: DryRun = False,
) -> None:
    """Print the changes, write them, and print the next step."""
    from stancebank.migrations.migration import Summary, plan, report
    from stancebank.migrations.migration import migrate as migrate_corpus
    from stancebank.schema.scheme_reading import FORMAT_VERSION

    migration = plan(root_to_change(root), FORMAT_VERSION if to is None else to)
    if not migration.steps:
        say(f"this corpus has format {migration.before} already; there is nothing to migrate")
        return

    def tell(summary: Summary) -> None:
        for line in report(migration, summary):
            say(line)

    migrate_corpus(migration, tell, write=not dry_run)
    if dry_run:
        say("nothing was changed: leave --dry-run out to do it")
    else:
        say(f"this corpus has format {migration.after} now; next: stancebank generate, then stancebank validate")
