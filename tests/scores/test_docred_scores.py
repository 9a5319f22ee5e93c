"""Scores of facts are those of DocRED's evaluation (Yao et al. 2019), written again from its definition."""

from __future__ import annotations

from typing import Any

import pytest
from gold_of import RELATIONS, Row, against, scores_of
from hypothesis import given
from hypothesis import strategies as st

from stancebank.scores.docred_task import DocredTask

TASK = DocredTask()
NAMES = ("Ada", "Birk", "Strelsau")


@st.composite
def documents(draw: st.DrawFn, prefix: str, least: int = 1) -> list[Row]:
    """Documents of the view docred with up to four entities of few names, so that facts repeat."""
    found = []
    for number in range(draw(st.integers(least, 3))):
        vertices = draw(st.lists(st.lists(st.sampled_from(NAMES), max_size=2), min_size=1, max_size=4))
        labels = draw(facts(len(vertices)))
        found.append(
            {"title": f"{prefix}{number}", "vertexSet": [[{"name": name} for name in own] for own in vertices]}
            | {"starts": [[0]] * 3, "labels": [{"h": h, "t": t, "r": r, "evidence": e} for h, t, r, e in labels]}
        )
    return found


def facts(entities: int) -> st.SearchStrategy[list[tuple[int, int, str, list[int]]]]:
    index = st.integers(0, entities - 1)
    evidence = st.lists(st.integers(0, 2), unique=True, max_size=3)
    fact = st.tuples(index, index, st.sampled_from(RELATIONS), evidence)
    return st.lists(fact, unique_by=lambda each: each[:3], max_size=5)


@st.composite
def cases(draw: st.DrawFn) -> tuple[list[Row], list[Row], list[Row]]:
    """A gold, other documents, and predictions."""
    gold, others = draw(documents("d")), draw(documents("o", least=0))
    predicted = [
        {"title": row["title"], "h_idx": h, "t_idx": t, "r": r, "evidence": evidence}
        for row in gold
        for h, t, r, evidence in draw(facts(len(row["vertexSet"])))
    ]
    return gold, others, predicted


def reference(gold: list[Row], train: list[Row], answers: list[Row]) -> dict[str, tuple[float, float, float]]:
    """Precision, recall and F1 of relations, of relations whose names no training fact has, and of evidence.

    Precision that ignores training facts leaves the right ones among them out of both sums; its F1 is with the
    recall of all. What would be divided by zero is 0.
    """
    seen = {
        (a["name"], b["name"], fact["r"])
        for row in train
        for fact in row["labels"]
        for a in row["vertexSet"][fact["h"]]
        for b in row["vertexSet"][fact["t"]]
    }
    true = {(row["title"], f["h"], f["t"], f["r"]): {*f["evidence"]} for row in gold for f in row["labels"]}
    vertices = {row["title"]: row["vertexSet"] for row in gold}
    right = [each for each in answers if key(each) in true]
    ignored = [
        each
        for each in right
        if any(
            (a["name"], b["name"], each["r"]) in seen
            for a in vertices[each["title"]][each["h_idx"]]
            for b in vertices[each["title"]][each["t_idx"]]
        )
    ]
    recall = divided(len(right), len(true))
    common = sum(len(true[key(each)] & {*each["evidence"]}) for each in right)
    told, expected = sum(len(each["evidence"]) for each in answers), sum(map(len, true.values()))
    precisions = {
        "F1": (divided(len(right), len(answers)), recall),
        "Ign F1": (divided(len(right) - len(ignored), len(answers) - len(ignored)), recall),
        "evidence F1": (divided(common, told), divided(common, expected)),
    }
    return {name: (p, r, divided(2 * p * r, p + r)) for name, (p, r) in precisions.items()}


def key(answer: Row) -> tuple[Any, ...]:
    return tuple(answer[name] for name in ("title", "h_idx", "t_idx", "r"))


def divided(a: float, b: float) -> float:
    return a / b if b else 0.0


@given(cases())
def test_scores_of_facts_are_those_of_docred(case: tuple[list[Row], list[Row], list[Row]]) -> None:
    gold, others, predicted = case
    found = scores_of(TASK, against(TASK, gold, others), predicted)
    for name, expected in reference(gold, others, predicted).items():
        ours = found[name, None]
        assert (ours.precision or 0, ours.recall or 0, ours.value or 0) == pytest.approx(expected), name


@given(documents("d"))
def test_a_perfect_answer_is_1_and_an_empty_one_0(gold: list[Row]) -> None:
    perfect = [
        {"title": row["title"], "h_idx": f["h"], "t_idx": f["t"], "r": f["r"], "evidence": f["evidence"]}
        for row in gold
        for f in row["labels"]
    ]
    rows = against(TASK, gold)
    for score in scores_of(TASK, rows, perfect).values():
        assert score.value == (1 if score.in_a else None)
    for score in scores_of(TASK, rows, []).values():
        assert score.value == (0 if score.in_a else None)


def test_a_right_fact_between_names_of_a_training_fact_is_ignored_in_precision_alone() -> None:
    fact, other = ({"h": 0, "t": tail, "r": RELATIONS[0], "evidence": [0]} for tail in (1, 2))
    row = {"title": "d", "vertexSet": [[{"name": name}] for name in NAMES], "starts": [[0]], "labels": [fact, other]}
    rows = against(TASK, [row], [row | {"title": "o", "labels": [fact]}])
    answers = [{"title": "d", "h_idx": h, "t_idx": t, "r": RELATIONS[0]} for h, t in ((0, 1), (0, 2), (1, 2))]
    ours = scores_of(TASK, rows, answers)["Ign F1", None]
    assert (ours.precision, ours.recall, ours.value) == (1 / 2, 1, pytest.approx(2 / 3))


def test_facts_that_were_seen_before_are_the_gazetteer() -> None:
    row = {"title": "d", "vertexSet": [[{"name": "Ada"}], [{"name": "Birk"}]], "starts": [[0]]}
    fact = {"h": 0, "t": 1, "r": RELATIONS[0], "evidence": [0]}
    rows = against(TASK, [row | {"labels": []}], [row | {"title": "o", "labels": [fact]}])
    assert dict(TASK.baselines(rows)) == {
        "majority": {"d": {}},
        "gazetteer": {"d": {(0, 1, RELATIONS[0]): frozenset()}},
    }
