"""Annotated political news, from raw text to a validated Hugging Face dataset.

Run stancebank COMMAND --help to see its options and exit codes.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from stancebank.commands.command_loading import Commands, group_of
from stancebank.commands.options import LOCKS
from stancebank.commands.output import SIGPIPE_STATUS, inert
from stancebank.commands.registry import COMMANDS, OLD_NAMES
from stancebank.faults import StanceBankError, printable
from stancebank.text.docstrings import docstring

INTERNAL = 3
"""The exit code where the fault is not in what the command was given."""

app = group_of(Commands(__name__, COMMANDS, OLD_NAMES), docstring(sys.modules[__name__]))


@app.callback(invoke_without_command=True)
def _options(
    show_version: Annotated[
        bool, typer.Option("--version", "-V", help="Show the version and exit.", is_eager=True)
    ] = False,
) -> None:
    if show_version:
        from importlib.metadata import version

        typer.echo(f"stancebank {version('stancebank')}")
        raise typer.Exit


def main() -> NoReturn:
    """Run the command line; every error ends in one message and an exit code, never in a traceback.

    A request to stop ends it like an error, so that what was half written goes.
    """
    for request in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if request != signal.SIGHUP or signal.getsignal(request) != signal.SIG_IGN:  # nohup has it ignored
            signal.signal(request, lambda number, _: sys.exit(128 + number))
    if sys.stderr is None:  # closed, so that the next file that is opened would take its place
        sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  (as long as the process)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    sys.exit(_flushed(_status()))


def _status() -> int:
    """Run the command; gives its exit code once its error, if there is one, has been told."""
    if sys.stdout is None:
        _tell("standard output is closed", "open it, or send it to a file or to /dev/null")
        return INTERNAL
    try:
        with LOCKS:
            app(prog_name="stancebank")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except StanceBankError as error:
        _say(inert(f"stancebank: {error}"))
        return error.exit_code
    except OSError as error:
        _say(f"stancebank: the system refused: {error.strerror or error}")
        return 2
    except ImportError as error:  # of one that is there, which memory does not suffice for, or that is broken
        _tell(printable(f"a library cannot be loaded: {error}"), "raise the limit of memory, or install it again")
        return INTERNAL
    except MemoryError:
        _tell("memory ran out", "free some, raise the limit that is set, or use fewer --workers")
        return INTERNAL
    except BaseException as error:  # the panic of a native library is no Exception
        if os.environ.get("STANCEBANK_TRACEBACK"):
            raise
        _tell(
            printable(f"internal error: {type(error).__name__}: {error}"),
            "run it with STANCEBANK_TRACEBACK=1 and report what it prints",
        )
        return INTERNAL
    return 0


def _flushed(status: int) -> int:
    """The exit code once all output is written; INTERNAL where the output could not be."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        status = SIGPIPE_STATUS
    except (OSError, ValueError) as error:
        if not status:
            reason = error.strerror if isinstance(error, OSError) else error
            _tell(f"standard output cannot be written: {reason}", "make room, or send it elsewhere")
            status = INTERNAL
    else:
        return status
    with contextlib.suppress(OSError, ValueError):  # Python would try again, and say so
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return status


def _tell(what: str, fix: str) -> None:
    _say(f"stancebank: {what}\n  fix: {fix}")


def _say(message: str) -> None:
    with contextlib.suppress(OSError, ValueError):  # the exit code says it too
        typer.echo(message, err=True)
