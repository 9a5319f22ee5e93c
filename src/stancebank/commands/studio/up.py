"""Start a Label Studio server on this machine.

Only this machine can reach it. Its data, log and login are kept in .studio in the corpus
folder, readable only by you. It runs in an environment of its own, .venv-studio in the
corpus folder, which is created if missing. Stop it with stancebank studio down.
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
        int | None, typer.Option(min=1, max=65535, metavar="PORT", help="Port (default: the last one, or any).")
    ] = None,
    venv: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Environment with Label Studio (default: .venv-studio).")
    ] = None,
) -> None:
    """Start the server, wait until it answers, and print its address."""
    from stancebank.corpus.root_folder import find_root
    from stancebank.faults import printable
    from stancebank.studio.server.client import require_sdk
    from stancebank.studio.server.local_server import LOGIN_FILE, server_program, start
    from stancebank.studio.server.studio_folder import FOLDER

    place = find_root(root)
    require_sdk()
    login, ran_already = start(place, lambda: server_program(place, venv, say), port, say)
    say(f"Label Studio {'runs already' if ran_already else 'runs'} at {login.url}")
    say(f"  user      {login.user}")
    say(f"  password  in {printable(str(place / FOLDER / LOGIN_FILE))}")
    say("next: stancebank studio push, then open that address; stancebank studio down stops it")
