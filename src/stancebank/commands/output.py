"""What commands print."""

from __future__ import annotations

import os
import sys

import typer

_SIGPIPE_STATUS = 141  # what a shell reports of a process whose reader has gone: 128 + SIGPIPE


def say(text: str, *, err: bool = False) -> None:
    """Print to standard output, with err to standard error.

    Where its reader has stopped reading, stop too, without a message. Raises
    SystemExit with 141 then, since the command did not say all it had to say.
    """
    try:
        typer.echo(text, err=err)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if err else sys.stdout).fileno())
        raise SystemExit(_SIGPIPE_STATUS) from None
