"""Measure agreement between annotations of the same texts.

An annotation is the gold, an annotator's pass, or the corpus at another root. Each layer
is measured on the documents for which every annotation has that layer done.
"""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from stancebank.commands.options import LocalRoot, root_if_any
from stancebank.commands.output import say
from stancebank.schema.layers import KNOWN_ANNOTATED

_LAYERS = ", ".join(KNOWN_ANNOTATED)


def agree(
    names: Annotated[
        list[str], typer.Argument(metavar="ANNOTATION", help="gold, an annotator's id, or a corpus folder.")
    ],
    root: LocalRoot = None,
    layer: Annotated[
        list[str] | None,
        typer.Option(metavar="LAYER", help=f"Measure this layer only; repeatable. Layers: {_LAYERS}."),
    ] = None,
    by: Annotated[
        Literal["label", "document", "language"] | None,
        typer.Option(metavar="label|document|language", help="Measure each label, document or language."),
    ] = None,
    format: Annotated[
        Literal["text", "json", "csv"], typer.Option(metavar="text|json|csv", help="Format of the scores.")
    ] = "text",
    pairs: Annotated[bool, typer.Option("--pairs", help="Print each pair of three or more annotations.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="List each disagreement with its sentence.")] = False,
) -> None:
    """Print the scores of two annotations, or of more in one table."""
    from stancebank.agreement.annotation_comparison import compare
    from stancebank.agreement.comparison_report import report_csv, report_json, report_text
    from stancebank.corpus.corpus import read_corpus

    place = root_if_any(root)
    comparison = compare(read_corpus(place).sound() if place else None, names, layer, by)
    match format:
        case "text":
            lines = report_text(comparison, pairs=pairs, explain=explain)
        case "json":
            lines = report_json(comparison)
        case "csv":
            lines = report_csv(comparison)
    for line in lines:
        say(line)
