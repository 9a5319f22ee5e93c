"""A composite action's shell steps, run as they stand and in order, as GitHub's runner does.

https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax#runs-for-composite-actions
Of expressions it knows inputs, outputs of steps, literals, == and ||, and refuses all others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from checkout import run

Outputs = dict[str, str]


def read_action(path: Path) -> dict[str, Any]:
    return dict(YAML(typ="safe", pure=True).load(path.read_text("utf-8")))


@dataclass
class Job:
    """What a job that used the action leaves behind."""

    code: int = 0
    log: str = ""
    summary: str = ""
    outputs: Outputs = field(default_factory=dict)
    steps: dict[str, Outputs] = field(default_factory=dict)


@dataclass(frozen=True)
class Composite:
    """An action in a folder, run in jobs whose temporary files are in another.

    given: outputs of steps that are taken as they are, so that these steps do not run again.
    """

    folder: Path
    temporary: Path
    given: Mapping[str, Outputs] = field(default_factory=dict)

    def use(self, workspace: Path, **inputs: str) -> Job:
        action = read_action(self.folder / "action.yml")
        assert inputs.keys() <= action["inputs"].keys()
        known = {name: each["default"] for name, each in action["inputs"].items()} | inputs
        job = Job()
        summary = self._file("summary")
        for step in action["runs"]["steps"]:
            self._take(step, workspace, known, job, summary)
            if job.code:
                break
        job.outputs = {name: _text(each["value"], known, job.steps) for name, each in action["outputs"].items()}
        job.summary = summary.read_text("utf-8")
        return job

    def _take(self, step: dict[str, Any], workspace: Path, inputs: Outputs, job: Job, summary: Path) -> None:
        assert step.keys() <= {"id", "name", "if", "shell", "env", "run"}
        assert step["shell"] == "bash"
        id = step.get("id", "")
        if not _holds(step.get("if", "'' == ''"), inputs, job.steps):
            return
        if id in self.given:
            job.steps[id] = self.given[id]
            return
        script, output = self._file("script"), self._file("output")
        script.write_text(step["run"], "utf-8")
        env = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(self.folder),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_WORKSPACE": str(workspace),
            "RUNNER_TEMP": str(self.temporary),
            **{name: _text(value, inputs, job.steps) for name, value in step.get("env", {}).items()},
        }
        done = run("bash", "--noprofile", "--norc", "-eo", "pipefail", script, cwd=workspace, env=env, timeout=600)
        job.code = done.returncode
        job.log += done.stdout + done.stderr
        lines = output.read_text("utf-8").splitlines()
        job.steps[id] = dict(line.split("=", 1) for line in lines)

    def _file(self, name: str) -> Path:
        """An empty file that no earlier step has seen."""
        path = self.temporary / f"{name}-{len(list(self.temporary.iterdir()))}"
        path.touch(exist_ok=False)
        return path


def _text(template: str, inputs: Outputs, steps: dict[str, Outputs]) -> str:
    return re.sub(r"\$\{\{ (.*?) \}\}", lambda found: _value(found[1], inputs, steps), template)


def _holds(condition: str, inputs: Outputs, steps: dict[str, Outputs]) -> bool:
    sides = [each.split(" == ") for each in condition.split(" || ")]
    return any(_value(left, inputs, steps) == _value(right, inputs, steps) for left, right in sides)


def _value(expression: str, inputs: Outputs, steps: dict[str, Outputs]) -> str:
    if found := re.fullmatch(r"'([^']*)'", expression):
        return found[1]
    if found := re.fullmatch(r"inputs\.([\w-]+)", expression):
        return inputs[found[1]]
    if found := re.fullmatch(r"steps\.([\w-]+)\.outputs\.([\w-]+)", expression):
        return steps.get(found[1], {}).get(found[2], "")
    raise AssertionError(f"the tests do not know the expression {expression}")
