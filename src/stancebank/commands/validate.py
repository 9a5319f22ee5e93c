"""Check a corpus.

Every finding is reported with its file, line and column.

Exit codes: 0 no errors; 1 errors; 2 no corpus there, or wrong usage; 3 an
error in StanceBank itself. Warnings alone do not fail.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from stancebank.commands.options import Root
from stancebank.commands.output import say


class Format(StrEnum):
    """How findings are reported."""

    text = "text"
    json = "json"


def validate(
    root: Root = None,
    format: Annotated[Format, typer.Option(help="How findings are reported.")] = Format.text,
) -> None:
    """Check the corpus, report, and exit with 1 where there are errors."""
    from stancebank.checks.reporters import Tally, report_json, report_text
    from stancebank.checks.validation import check_corpus
    from stancebank.corpus import find_root, read_corpus

    findings = Tally(check_corpus(read_corpus(find_root(root))))
    report = {Format.text: report_text, Format.json: report_json}[format]
    for block in report(findings):
        say(block)
    raise typer.Exit(1 if findings.errors else 0)
