"""What import and pull print in the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

from stancebank.commands.output import say

if TYPE_CHECKING:
    from stancebank.corpus.corpus import Corpus
    from stancebank.studio.importing.import_run import Imported


def end_with(corpus: Corpus, imported: Imported, *, elsewhere: bool) -> NoReturn:
    """Print what was refused, changed and written, and exit with 1 where something was refused.

    elsewhere: it was not written to the corpus.
    """
    from stancebank.studio.importing.import_report import (
        report_changes,
        report_findings,
        report_notices,
        report_remarks,
        report_written,
    )

    for line in report_notices(imported):
        say(line, err=True)
    for line in (*report_changes(imported), *report_remarks(imported), *report_written(corpus, imported)):
        say(line)
    for line in () if elsewhere else report_findings(corpus, imported):
        say(line)
    raise typer.Exit(1 if imported.refused else 0)
