"""Start a Label Studio server on this machine.

It listens to this machine alone. Its data, its log and the login made for it are
kept in .studio under the root, where only you can read them. It runs in an
environment of its own, .venv-studio under the root, which is made where it is
missing. It goes on running until stancebank studio down.

Exit codes: 0 it runs, or did so already; 2 it does not start, no corpus there,
nowhere to write, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def up(
    root: LocalRoot = None,
    port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to listen to; without it the last one, or any.")
    ] = None,
    venv: Annotated[
        Path | None, typer.Option(help="Environment with Label Studio; without it .venv-studio under the root.")
    ] = None,
) -> None:
    """Start the server, wait until it answers, and say where it is."""
    from stancebank.corpus import find_root
    from stancebank.faults import printable
    from stancebank.studio.client import require_sdk
    from stancebank.studio.folder import FOLDER
    from stancebank.studio.local_server import LOGIN_FILE, start
    from stancebank.studio.server_environment import server_program

    place = find_root(root)
    require_sdk()
    login, ran_already = start(place, lambda: server_program(place, venv, say), port, say)
    say(f"Label Studio {'runs already' if ran_already else 'runs'} at {login.url}")
    say(f"  user      {login.user}")
    say(f"  password  in {printable(str(place / FOLDER / LOGIN_FILE))}")
    say("next: stancebank studio push, then open that address; stancebank studio down stops it")
