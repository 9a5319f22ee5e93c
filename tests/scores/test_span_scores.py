"""Scores of tags and spans are those of nervaluate and, of tags, of seqeval in its strict mode."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from gold_of import LABELS, Row, against, scores_of, triple
from hypothesis import given
from hypothesis import strategies as st
from nervaluate.evaluator import Evaluator

from stancebank.scores.span_modes import MODES
from stancebank.scores.span_tasks import SpanTask, TagTask

TAGS = ["O", *(f"{prefix}-{label}" for label in LABELS for prefix in "BI")]
THEIR_NAMES = {"type": "ent_type"}


@st.composite
def tagged(draw: st.DrawFn) -> list[tuple[list[str], list[str]]]:
    """Sentences with two sequences of tags of the same length; any order of tags, as models give them."""
    lengths = draw(st.lists(st.integers(0, 8), min_size=1, max_size=6))
    tags = st.sampled_from(TAGS)
    return [tuple(draw(st.lists(tags, min_size=n, max_size=n)) for _ in range(2)) for n in lengths]  # type: ignore[misc]


def rows_of(sequences: list[list[str]]) -> list[Row]:
    return [
        {"doc_id": f"d{at // 2}", "sentence_id": f"n{at}", "ner_tags": tags, "starts": [*range(len(tags))]}
        for at, tags in enumerate(sequences)
    ]


@given(tagged())
def test_scores_of_tags_are_those_of_nervaluate(sentences: list[tuple[list[str], list[str]]]) -> None:
    gold, predicted = ([*side] for side in zip(*sentences, strict=True))
    task = TagTask("ner")
    ours = scores_of(task, against(task, rows_of(gold)), rows_of(predicted))
    theirs = Evaluator(gold, predicted, tags=[*LABELS], loader="list").evaluate()["overall"]
    for mode in MODES:
        reference = theirs[THEIR_NAMES.get(mode, mode)]
        expected = (reference.precision, reference.recall, reference.f1)
        assert triple(ours[mode, None]) == pytest.approx(expected), mode


@st.composite
def nested(draw: st.DrawFn) -> list[tuple[set[tuple[int, int, str]], set[tuple[int, int, str]]]]:
    """Sentences with two sets of spans, which may nest and cross."""
    span = st.tuples(st.integers(0, 5), st.integers(1, 4), st.sampled_from(LABELS))
    return draw(st.lists(st.tuples(st.sets(span, max_size=5), st.sets(span, max_size=5)), min_size=1, max_size=4))


@given(nested())
def test_scores_of_spans_are_those_of_nervaluate(sentences: list[Any]) -> None:
    sides = [
        [sorted((start, start + length, label) for start, length, label in spans) for spans in side]
        for side in zip(*sentences, strict=True)
    ]
    task = SpanTask()
    gold, predicted = (
        [
            {"doc_id": "d", "sentence_id": f"n{at}", "starts": [0] * 10}
            | {"spans": [{"start": s, "end": e, "label": label} for s, e, label in spans]}
            for at, spans in enumerate(side)
        ]
        for side in sides
    )
    ours = scores_of(task, against(task, gold), predicted)
    given_spans = [
        [[{"label": label, "start": s, "end": e - 1} for s, e, label in spans] for spans in side] for side in sides
    ]
    theirs = Evaluator(*given_spans, tags=[*LABELS], loader="dict").evaluate()["overall"]
    for mode in MODES:
        reference = theirs[THEIR_NAMES.get(mode, mode)]
        assert triple(ours[mode, None]) == pytest.approx((reference.precision, reference.recall, reference.f1)), mode
    common = sum(len({*one} & {*other}) for one, other in zip(*sides, strict=True))
    assert ours["F1", None].count == common
    assert (ours["F1", None].in_a, ours["F1", None].in_b) == tuple(sum(map(len, side)) for side in sides)


def test_a_sentence_with_a_span_of_undecided_label_is_not_scored() -> None:
    task = SpanTask()
    span = {"start": 0, "end": 1, "label": LABELS[0]}
    gold = [
        {"doc_id": "d", "sentence_id": "n1", "starts": [0], "spans": [span]},
        {"doc_id": "d", "sentence_id": "n2", "starts": [0], "spans": [span | {"label": None}]},
    ]
    given_too = scores_of(task, against(task, gold), [gold[0], gold[1] | {"spans": [span]}])
    left_out = scores_of(task, against(task, gold), [gold[0]])
    assert given_too == left_out
    assert (left_out["F1", None].value, left_out["F1", None].in_b, left_out["F1", None].undecided) == (1, 1, 1)


def test_one_token_of_more_than_a_hundred_is_no_overlap() -> None:
    gold = [{"start": 0, "end": 101, "label": LABELS[0]}]
    predicted = [{"start": 0, "end": 1, "label": LABELS[0]}]
    task = SpanTask()
    row = {"doc_id": "d", "sentence_id": "n1", "starts": [0] * 101}
    ours = scores_of(task, against(task, [row | {"spans": gold}]), [row | {"spans": predicted}])
    inclusive = ([[span | {"end": span["end"] - 1} for span in spans]] for spans in (gold, predicted))
    theirs = Evaluator(*inclusive, tags=[*LABELS], loader="dict").evaluate()["overall"]
    assert ours["type", None].value == theirs["ent_type"].f1 == 0


def test_inside_behind_nothing_begins_a_span_for_nervaluate_and_none_for_seqeval() -> None:
    task = TagTask("ner")
    gold = rows_of([[f"B-{LABELS[0]}", f"I-{LABELS[0]}", "O"]])
    found = scores_of(task, against(task, gold), rows_of([[f"I-{LABELS[0]}", f"I-{LABELS[0]}", "O"]]))
    assert (found["IOB2", None].value, found["strict", None].value) == (0, 1)


SEQEVAL = """
import json, sys
from seqeval.metrics.v1 import precision_recall_fscore_support as scores
from seqeval.scheme import IOB2
for gold, predicted in map(json.loads, sys.stdin):
    p, r, f, _ = scores(gold, predicted, scheme=IOB2, average="micro", zero_division=0)
    print(json.dumps([float(p), float(r), float(f)]))
"""


@pytest.fixture(scope="module")
def seqeval(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has seqeval, which has no wheel, so that no lock names it; skipped where no index has it."""
    folder = tmp_path_factory.mktemp("seqeval")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True, timeout=120)
    python = folder / "bin/python"
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, "pip", "install", "--quiet", "--python", python, "seqeval==1.2.2", "setuptools<81"]
    ended = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, timeout=600)
    if ended.returncode != 0:
        pytest.skip(f"seqeval cannot be installed here: {ended.stderr[-200:]}")
    return python


@pytest.mark.deep("packages")
def test_scores_of_tags_are_those_of_seqeval_in_its_strict_mode(seqeval: Path, seed: int) -> None:
    import random

    random_tags, cases = random.Random(seed), []
    for _ in range(300):
        lengths = [random_tags.randint(1, 8) for _ in range(random_tags.randint(1, 6))]
        cases.append([[random_tags.choices(TAGS, k=n) for n in lengths] for _ in range(2)])
    told = "\n".join(json.dumps(case) for case in cases)
    ended = subprocess.run(
        [seqeval, "-W", "ignore", "-c", SEQEVAL], input=told, capture_output=True, encoding="utf-8", timeout=300
    )
    assert ended.returncode == 0, ended.stderr
    theirs = [json.loads(line) for line in ended.stdout.splitlines()]
    task = TagTask("ner")
    for (gold, predicted), expected in zip(cases, theirs, strict=True):
        ours = scores_of(task, against(task, rows_of(gold)), rows_of(predicted))
        assert triple(ours["IOB2", None]) == pytest.approx(tuple(expected))
