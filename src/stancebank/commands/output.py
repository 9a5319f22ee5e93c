"""What commands print."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from stancebank.checks.findings import UnsoundCorpusError

_COMMAND = re.compile(r"(?m)^\s*::|##\[")  # in both forms that the runner knows
SIGPIPE_STATUS = 141  # what a shell reports of a process whose reader has gone: 128 + SIGPIPE


def colors() -> bool:
    """Whether standard output shows colours: on a terminal, unless NO_COLOR says otherwise."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str, *, err: bool = False, end: str = "\n", commands: bool = False) -> None:
    """Print to standard output, with err to standard error.

    commands: it may be commands to the runner of a workflow; else no line of it is taken for one.
    Where its reader has stopped reading, stop too, without a message. Raises
    SystemExit with 141 then, since the command did not say all it had to say.
    """
    try:
        typer.echo((text if commands else inert(text)) + end, nl=False, err=err)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())
        raise SystemExit(SIGPIPE_STATUS) from None


def in_workflow() -> bool:
    """Whether a runner of GitHub reads what is printed, and obeys the lines that are commands."""
    return os.environ.get("GITHUB_ACTIONS") == "true"


def without_commands(lines: Iterable[str]) -> Iterator[str]:
    """The lines between two that only the runner's next commands end; nobody can foresee the word that does."""
    token = os.urandom(16).hex()
    yield f"::stop-commands::{token}"
    yield from lines
    yield f"::{token}::"


def inert(text: str) -> str:
    """The text so that a runner takes no line of it for a command."""
    return "\n".join(without_commands([text])) if in_workflow() and _COMMAND.search(text) else text


def say_findings(error: UnsoundCorpusError) -> None:
    """Print the findings for which a corpus is not worked on to standard error."""
    from stancebank.checks.findings import Tally
    from stancebank.checks.reporters.as_text import report_text

    for block in report_text(Tally(error.findings)):
        say(block, err=True)
