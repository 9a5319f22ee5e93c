"""Scores of predictions as a table for people and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from stancebank.agreement.alpha import RESAMPLES, SEED
from stancebank.agreement.score import Score
from stancebank.faults import counted
from stancebank.pages.terminal_tables import new_table, printed
from stancebank.scores.scoring import TaskScores

_UNDEFINED = "-"
INTERVAL = f"95 % percentile interval, {RESAMPLES:,} draws of whole documents, seed {SEED}"


def report_text(found: TaskScores, *, width: int, color: bool) -> str:
    """A table, with what it is of above and how intervals are drawn below."""
    intervals = any(each.interval for each in found.scores)
    table = new_table(
        "score",
        "value",
        "precision",
        "recall",
        "right",
        "predicted",
        "gold",
        *(["95 %"] if intervals else []),
        *found.floor,
    )
    for each in found.scores:
        interval = _UNDEFINED if each.interval is None else f"{each.interval[0]:.3f}..{each.interval[1]:.3f}"
        floors = (_of_floor(each, scores) for scores in found.floor.values())
        counts = (_UNDEFINED if n is None else f"{n:,}" for n in (each.count, each.in_b, each.in_a))
        table.add_row(
            f"{each.name} {each.of}" if each.of else each.name,
            *map(_number, (each.value, each.precision, each.recall)),
            *counts,
            *([interval] if intervals else []),
            *floors,
        )
    return printed([table], width=width, color=color, title=_title(found), notes=[*_notes(found, intervals=intervals)])


def report_json(found: TaskScores) -> str:
    """One JSON object."""
    content = {
        "task": found.task,
        "split": found.split,
        "documents": found.documents,
        "empty": found.empty,
        "interval": {"percent": 95, "draws": RESAMPLES, "seed": SEED, "of": "documents"},
        "scores": [_object(each) for each in found.scores],
        "floor": {name: [_object(each) for each in scores] for name, scores in found.floor.items()},
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _object(each: Score) -> dict[str, object]:
    return {
        "name": each.name,
        "label": each.of,
        "value": each.value,
        "precision": each.precision,
        "recall": each.recall,
        "right": each.count,
        "predicted": each.in_b,
        "gold": each.in_a,
        "interval": each.interval,
        "undecided": each.undecided,
    }


def _title(found: TaskScores) -> str:
    split = f" of the split {found.split}" if found.split else ""
    return f"{found.task}: {counted(found.documents, 'document')}{split}"


def _notes(found: TaskScores, *, intervals: bool) -> Iterator[str]:
    yield INTERVAL if intervals else "no interval: that takes two documents or more"
    if found.empty:
        yield f"{counted(found.empty, 'document')} without an answer"
    undecided = max((each.undecided for each in found.scores), default=0)
    if undecided:
        yield f"{counted(undecided, 'row')} with an undecided label not scored"


def _of_floor(each: Score, scores: tuple[Score, ...]) -> str:
    """The value of the same figure of a baseline; none for a label that neither it nor the gold has."""
    return next(
        (_number(other.value) for other in scores if (other.name, other.of) == (each.name, each.of)), _UNDEFINED
    )


def _number(value: float | None) -> str:
    return _UNDEFINED if value is None else f"{value:.3f}"
