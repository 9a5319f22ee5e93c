"""Measure how far annotations of the same texts agree.

An annotation is the gold, an annotator's pass, or the corpus at another root.

Exit codes: 0 measured; 2 an annotation is not there, cannot be read or is of
other texts, or wrong usage; 3 an error in StanceBank itself.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from stancebank.commands.options import LocalRoot
from stancebank.commands.output import say


class Format(StrEnum):
    """How figures are printed."""

    text = "text"
    json = "json"


def agree(
    names: Annotated[
        list[str], typer.Argument(metavar="A B...", help="gold, an annotator's id, or the root of another corpus.")
    ],
    root: LocalRoot = None,
    layer: Annotated[list[str] | None, typer.Option(help="This layer alone; may be given several times.")] = None,
    format: Annotated[Format, typer.Option(help="How figures are printed.")] = Format.text,
    explain: Annotated[bool, typer.Option("--explain", help="List every disagreement, with its sentence.")] = False,
) -> None:
    """Print the figures of each pair and, of more than two annotations, those of all together."""
    from stancebank.agreement.comparison import compare, report_json, report_text
    from stancebank.corpus import find_root, read_corpus

    comparison = compare(read_corpus(find_root(root)), names, layer)
    for line in report_json(comparison) if format is Format.json else report_text(comparison, explain=explain):
        say(line)
