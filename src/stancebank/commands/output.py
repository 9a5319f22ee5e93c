"""What commands print."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from stancebank.checks.findings import UnsoundCorpusError

SIGPIPE_STATUS = 141  # what a shell reports of a process whose reader has gone: 128 + SIGPIPE


def colors() -> bool:
    """Whether standard output shows colours: on a terminal, unless NO_COLOR says otherwise."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str, *, err: bool = False, end: str = "\n") -> None:
    """Print to standard output, with err to standard error.

    Where its reader has stopped reading, stop too, without a message. Raises
    SystemExit with 141 then, since the command did not say all it had to say.
    """
    try:
        typer.echo(text + end, nl=False, err=err)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())
        raise SystemExit(SIGPIPE_STATUS) from None


def say_findings(error: UnsoundCorpusError) -> None:
    """Print the findings for which a corpus is not worked on to standard error."""
    from stancebank.checks.reporters import Tally, report_text

    for block in report_text(Tally(error.findings)):
        say(block, err=True)
