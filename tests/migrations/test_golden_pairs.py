"""schemas/migrations/VERSION: a small corpus, whole, in each version; those of a step's two ends are a pair."""

from __future__ import annotations

import shutil
from pathlib import Path

import orjson
import pytest

from conftest import PROJECT
from overlays import composed_version
from stancebank.agreement.adjudication import adjudicate
from stancebank.agreement.decisions import read_decisions
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.migrations.migration import STEPS, migrate, plan
from stancebank.migrations.step import Step
from stancebank.schema.paths import ADJUDICATION_FILE
from stancebank.schema.scheme_layers import ALL_LAYERS
from stancebank.schema.scheme_reading import FORMAT_VERSION

PAIRS = PROJECT / "schemas/migrations"
each_step = pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step.before}-{step.after}")


def pair(step: Step, side: str) -> Path:
    return composed_version(step.before if side == "before" else step.after)


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def records(step: Step, side: str) -> list[tuple[str, dict[str, object]]]:
    """Layer and record of every line of a pair."""
    found = pair(step, side).rglob("*.jsonl")
    return [(path.stem, orjson.loads(line)) for path in found for line in path.read_bytes().splitlines()]


def test_the_steps_lead_one_to_the_next_and_to_the_version_of_this_software() -> None:
    assert [step.after for step in STEPS[:-1]] == [step.before for step in STEPS[1:]]
    assert STEPS[-1].after == FORMAT_VERSION
    assert sorted(path.name for path in PAIRS.iterdir()) == [STEPS[0].before, *(step.after for step in STEPS)]


@each_step
def test_a_corpus_becomes_the_golden_one_byte_for_byte(step: Step, tmp_path: Path) -> None:
    shutil.copytree(pair(step, "before"), tmp_path / "root")
    migrate(plan(tmp_path / "root", step.after), lambda _: None)
    assert files(tmp_path / "root") == files(pair(step, "after"))


@each_step
def test_a_pair_differs_and_has_a_corpus_passes_and_decisions(step: Step) -> None:
    before, after = files(pair(step, "before")), files(pair(step, "after"))
    assert before.keys() <= after.keys()
    changed = {file for file in after if before.get(file) != after[file]}
    assert "schemas/scheme.yaml" in changed
    layers = {*step.records, *step.additions}
    for folder, own in (("corpus/2026-03/", layers), ("annotation/passes/", layers & {*ALL_LAYERS.passes})):
        assert any(file.startswith(folder) for file in changed) == bool(own)
        assert any(file.startswith(folder) for file in before)
    assert ADJUDICATION_FILE in before


@each_step
def test_the_functions_of_a_step_leave_alone_what_is_so_already(step: Step) -> None:
    """A migration that was killed is finished by the next one."""
    scheme = (pair(step, "after") / "schemas/scheme.yaml").read_text("utf-8")
    assert step.scheme(scheme) == scheme
    for layer, record in records(step, "after"):
        change = step.decision if layer == "adjudication" else step.records.get(layer, step.decision)
        assert change(record) == record


@each_step
def test_the_functions_of_a_step_are_pure(step: Step) -> None:
    for layer, record in records(step, "before"):
        if layer in step.records:
            kept = orjson.dumps(record)
            assert step.records[layer](record) == step.records[layer](record)
            assert orjson.dumps(record) == kept


def test_the_newest_pair_is_sound_and_its_gold_follows_from_its_passes() -> None:
    pytest.importorskip("scipy", reason="pip install 'stancebank[agreement]'")
    corpus = read_corpus(pair(STEPS[-1], "after"))
    assert list(check_corpus(corpus)) == []
    (result,) = adjudicate(corpus, ("ann", "ben"), read_decisions(corpus.root))
    part = corpus.read_part("2026-03")
    assert result.open == ()
    assert all(result.frames[layer].equals(part[layer]) for layer in result.frames)
