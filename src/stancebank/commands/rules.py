"""List all rules.

Each with its id, severity and name; stancebank rule ID explains one.

Exit codes: 0 listed; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from stancebank.commands.output import say


def rules() -> None:
    """Print a line for each rule."""
    from stancebank.checks.catalogue import overview

    for line in overview():
        say(line)
