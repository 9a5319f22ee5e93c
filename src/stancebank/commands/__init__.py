"""From raw news text to an annotated, checked corpus and a Hugging Face dataset.

Exit codes of all commands: 0 all is well; 1 the corpus has errors; 2 the
command cannot be carried out as given (wrong usage, no corpus, nowhere to
write); 3 an error in StanceBank itself.
"""

from __future__ import annotations

import io
import os
import signal
import sys
from types import ModuleType
from typing import NoReturn

import typer

from stancebank.commands import (
    add,
    adjudicate,
    agree,
    build,
    diff,
    generate,
    init,
    migrate,
    publish,
    rehydrate,
    release,
    rule,
    rules,
    stats,
    studio,
    validate,
    verify,
)
from stancebank.faults import StanceBankError, printable

app = typer.Typer(
    help=__doc__,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _register(name: str, module: ModuleType) -> None:
    app.command(name, help=module.__doc__)(getattr(module, name))


for _module in (
    validate,
    rule,
    rules,
    diff,
    migrate,
    build,
    verify,
    rehydrate,
    publish,
    release,
    add,
    init,
    generate,
    agree,
    adjudicate,
    stats,
):
    _register(_module.__name__.rpartition(".")[2], _module)
app.add_typer(studio.app, name="studio")


@app.callback(invoke_without_command=True)
def _options(
    context: typer.Context,
    show_version: bool = typer.Option(False, "--version", help="Show the version and stop.", is_eager=True),
) -> None:
    if show_version:
        from importlib.metadata import version

        typer.echo(f"stancebank {version('stancebank')}")
        raise typer.Exit
    del context


def main() -> NoReturn:
    """Run the command line; every error ends in one message and an exit code, never in a traceback.

    A request to stop ends it like an error, so that what was half written goes.
    """
    for request in (signal.SIGTERM, signal.SIGINT):
        signal.signal(request, lambda number, _: sys.exit(128 + number))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(prog_name="stancebank")
    except StanceBankError as error:
        typer.echo(f"stancebank: {error}", err=True)
        sys.exit(error.exit_code)
    except OSError as error:
        typer.echo(f"stancebank: the system refused: {error.strerror or error}", err=True)
        sys.exit(2)
    except Exception as error:
        if os.environ.get("STANCEBANK_TRACEBACK"):
            raise
        what = printable(f"stancebank: internal error: {type(error).__name__}: {error}")
        typer.echo(f"{what}\n  fix: run it with STANCEBANK_TRACEBACK=1 and report what it prints", err=True)
        sys.exit(3)
    sys.exit(0)
