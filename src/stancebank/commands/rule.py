"""Explain a rule.

What it finds, why that matters, an example, and how to mend it.

Exit codes: 0 explained; 2 there is no such rule; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.output import say


def rule(id: Annotated[str, typer.Argument(metavar="ID", help="Id of the rule, such as SB301.")]) -> None:
    """Print the documentation of the rule."""
    from stancebank.checks.catalogue import explanation, find_rule

    say(explanation(find_rule(id)))
