"""Score predictions of a model as published scorers do.

PREDICTIONS is a file of JSON lines, or one JSON list, in the shape of the task's view;
docs/scores.md has an example of each. Ids that are unknown, missing or given twice are
errors. --against is the folder of a built dataset or of a corpus. Intervals are drawn
over documents. --floor adds two baselines that learn from the other splits: the most
common label, and a gazetteer.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated, Literal

import typer

from stancebank.commands.options import one_of
from stancebank.commands.output import colors, say
from stancebank.scores.task_names import TASKS
from stancebank.storage.addresses import local_folder


def score_predictions(
    predictions: Annotated[Path, typer.Argument(parser=local_folder, metavar="PREDICTIONS", help="File to score.")],
    task: Annotated[str, typer.Option(parser=one_of(TASKS), metavar="TASK", help=f"One of {', '.join(TASKS)}.")],
    against: Annotated[
        Path | None,
        typer.Option(
            parser=local_folder, metavar="DIR", help="Built dataset or corpus (default: the enclosing corpus)."
        ),
    ] = None,
    split: Annotated[str | None, typer.Option(metavar="SPLIT", help="Score this split (default: all).")] = None,
    floor: Annotated[bool, typer.Option("--floor", help="Add baselines that learn from the other splits.")] = False,
    format: Annotated[
        Literal["text", "json"], typer.Option(metavar="text|json", help="Format of the scores.")
    ] = "text",
) -> None:
    """Print the scores."""
    from stancebank.scores.score_report import report_json, report_text
    from stancebank.scores.scoring import score

    found = score(predictions, task, against=against, split=split, floor=floor)
    if format == "json":
        say(report_json(found))
        return
    say(report_text(found, width=shutil.get_terminal_size((120, 24)).columns, color=colors()))
