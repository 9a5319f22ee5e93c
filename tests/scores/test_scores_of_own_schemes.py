"""Under any scheme the gold is right about itself in the tasks that the scheme has, and others are refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from test_score import VIEW_OF, answers

import stancebank
from own_schemes import ALL, Own, new_corpus, put
from stancebank.faults import StanceBankError
from stancebank.formats.preannotation.model_pass import preannotate
from stancebank.scores.task_names import TASKS
from stancebank.views.registry import views_of

LAYER_OF = {"quotes": "attributions"}
DAY = "2031-05-02"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new_corpus(tmp_path_factory.mktemp("own"))


@pytest.mark.parametrize("own", ALL.values(), ids=ALL)
def test_the_gold_of_any_scheme_is_right_about_itself(empty: Path, tmp_path: Path, own: Own) -> None:
    corpus = put(Path(shutil.copytree(empty, tmp_path / "root")), own)
    scheme = corpus.scheme
    for task in TASKS:
        there = scheme.layers.uses("attributions") if task == "quotes" else VIEW_OF.get(task, task) in views_of(scheme)
        if not there or (task == "spans" and not scheme.names("entity_types")):
            with pytest.raises(StanceBankError, match="score another task"):
                stancebank.score([], task, against=corpus.root)
            continue
        found = stancebank.score(answers(task, corpus.root), task, against=corpus.root)
        assert {score.value for score in found.scores} <= {1.0, None}, task
    with pytest.raises(StanceBankError, match=r"finds nothing|no entities"):
        preannotate(corpus.root, "gazetteer", "names", day=DAY)
