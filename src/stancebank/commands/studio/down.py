"""Stop the Label Studio server that stancebank studio up has started.

Its data stay in .studio under the root.

Exit codes: 0 stopped, or none was running; 2 it cannot be stopped, no corpus
there, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


def down(root: LocalRoot = None) -> None:
    """Stop the server and say so."""
    from stancebank.corpus import find_root
    from stancebank.studio.local_server import stop

    say("Label Studio is stopped" if stop(find_root(root)) else "no local Label Studio was running")
