"""Rows to score against, made in a test: sentences of tags, spans, clusters, facts, attributions and stances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stancebank.agreement.score import Score
from stancebank.scores.gold_rows import GoldRows
from stancebank.scores.measure import scored
from stancebank.scores.predictions import Prediction
from stancebank.scores.scoring import Task
from strategies import SCHEME

Row = dict[str, Any]
LABELS = SCHEME.names("entity_types")[:3]
RELATIONS = SCHEME.names("relation_types")[:3]
STANCES = SCHEME.names("stance_labels")


def against(task: Task, rows: Sequence[Row], others: Sequence[Row] = ()) -> GoldRows:
    """Rows of the task's view; others: of other splits."""
    return GoldRows(SCHEME, {task.views[0]: rows}, {task.views[0]: others})


def scores_of(task: Task, gold: GoldRows, predictions: Sequence[Row]) -> Mapping[tuple[str, str | None], Score]:
    """The scores of predictions by name and label, without intervals."""
    rows = [Prediction(f"row {number}", value) for number, value in enumerate(predictions, 1)]
    found = task.measures(task.gold(gold), task.predicted(rows, gold), gold)
    return {(each.name, each.of): each for each in scored("task", [*found], intervals=False)}


def triple(score: Score) -> tuple[float, float, float]:
    """Precision, recall and F1 as scorers give them that have 0 for what is undefined."""
    return score.precision or 0, score.recall or 0, score.value or 0
