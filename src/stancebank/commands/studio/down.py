"""Stop the local Label Studio server.

Its data stay in .studio in the corpus folder.
"""

from __future__ import annotations

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def down(root: LocalRoot = None) -> None:
    """Stop the server."""
    from stancebank.corpus.root_folder import find_root
    from stancebank.studio.server.local_server import stop

    say("Label Studio is stopped" if stop(find_root(root)) else "no local Label Studio was running")
