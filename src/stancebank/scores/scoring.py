"""Predictions of a task against a gold."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from stancebank.agreement.score import Score
from stancebank.faults import StanceBankError, did_you_mean, excerpt
from stancebank.scores.coref_task import CorefTask
from stancebank.scores.docred_task import DocredTask
from stancebank.scores.gold_rows import GoldRows, read_gold_rows
from stancebank.scores.measure import Measure, scored
from stancebank.scores.predictions import Prediction, Predictions, read_predictions
from stancebank.scores.quote_task import QuoteTask
from stancebank.scores.span_tasks import SpanTask, TagTask
from stancebank.scores.stance_tasks import pair_task, stance_task
from stancebank.scores.task_names import TASKS
from stancebank.storage.addresses import local_folder


class Task(Protocol):
    """A task: what is read of views, what predictions are, and what is measured. Answers are its own affair."""

    @property
    def views(self) -> tuple[str, ...]:
        """The views that the gold is read from."""
        ...

    def gold(self, rows: GoldRows) -> Any:  # noqa: ANN401
        """The right answers."""
        ...

    def predicted(self, predictions: Iterable[Prediction], rows: GoldRows) -> Any:  # noqa: ANN401
        """The answers that are predicted. Raises StanceBankError for rows that are none."""
        ...

    def measures(self, gold: Any, predicted: Any, rows: GoldRows) -> Iterator[Measure]:  # noqa: ANN401
        """The figures, each label's last."""
        ...

    def baselines(self, rows: GoldRows) -> Iterator[tuple[str, Any]]:
        """Answers that need no model, by name."""
        ...


@dataclass(frozen=True, slots=True)
class TaskScores:
    """The scores of predictions.

    documents: how many are scored. empty: how many of them have no answer, where answers are by document.
    scores: precision and recall are those of the predictions; in_a counts the gold, in_b what is predicted. floor: by
    name the scores of baselines.
    """

    task: str
    split: str | None
    documents: int
    empty: int
    scores: tuple[Score, ...]
    floor: Mapping[str, tuple[Score, ...]] = field(default_factory=dict)


def score(
    predictions: Predictions,
    task: str,
    *,
    against: str | os.PathLike[str] | None = None,
    split: str | None = None,
    floor: bool = False,
) -> TaskScores:
    """Score predictions as published scorers do.

    predictions: a file of JSON lines or a JSON list, or rows, in the shape of the task's view. task: ner, ner_names,
    spans, coref, docred, quotes, stance or stance_pairs. against: the folder of a built dataset or of a corpus;
    without it the corpus in the folder where this runs. split: the split to score; without it all documents. floor:
    whether baselines that learn from the other splits are scored too.
    Raises StanceBankError for predictions that are not as expected, with their place, and where there is nothing to
    score against.
    """
    measured = _task(task)
    folder = None if against is None else local_folder(str(against))
    rows = read_gold_rows(folder, measured.views, split)
    gold = measured.gold(rows)
    answers = measured.predicted(read_predictions(predictions), rows)
    found = [*measured.measures(gold, answers, rows)]
    empty = sum(not own for own in answers.values()) if isinstance(answers, dict) else 0
    baselines = _floor(measured, task, gold, rows) if floor else {}
    return TaskScores(task, split, len(rows.documents), empty, scored(task, found), baselines)


def _floor(measured: Task, task: str, gold: object, rows: GoldRows) -> dict[str, tuple[Score, ...]]:
    if not any(rows.others.values()):
        what = "a baseline learns from the other splits, and there is no document in any"
        raise StanceBankError(what, "name the split to score with --split, in a corpus that has several")
    return {
        name: scored(task, [*measured.measures(gold, answers, rows)], intervals=False)
        for name, answers in measured.baselines(rows)
    }


def _task(name: str) -> Task:
    known: Mapping[str, Task] = {
        "ner": TagTask("ner"),
        "ner_names": TagTask("ner_names"),
        "spans": SpanTask(),
        "coref": CorefTask(),
        "docred": DocredTask(),
        "quotes": QuoteTask(),
        "stance": stance_task(),
        "stance_pairs": pair_task(),
    }
    if name not in known:
        what = f"there is no task {excerpt(name)}{did_you_mean(name, TASKS)}"
        raise StanceBankError(what, f"use one of {', '.join(TASKS)}")
    return known[name]
