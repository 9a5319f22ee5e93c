"""Explain a validation rule, or list all rules.

With an id: what the rule finds, why it matters, an example and how to fix it.
"""

from __future__ import annotations

from typing import Annotated

import typer

from stancebank.commands.output import say


def rule(
    id: Annotated[
        str | None, typer.Argument(metavar="RULE", help="Rule id, such as SB301 (default: list all).")
    ] = None,
) -> None:
    """Print the documentation of the rule, or a line for each rule."""
    from stancebank.checks.catalogue import explanation, find_rule, overview

    if id is not None:
        say(explanation(find_rule(id)))
        return
    for line in overview():
        say(line)


def rules() -> None:
    """List all rules. Use stancebank rule instead."""
    say("stancebank: rules will be removed in the next version\n  fix: use stancebank rule", err=True)
    rule()
