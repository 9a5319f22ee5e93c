"""docs/scores.md: its examples are rows of their tasks, its block makes predictions, and its commands run."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import msgspec
import pytest
from test_score import EXAMPLES, answers

from conftest import PROJECT, offline
from processes import QUIT
from stancebank.scores.coref_task import CorefRow
from stancebank.scores.docred_task import DocredRow
from stancebank.scores.quote_task import QuoteRow
from stancebank.scores.span_tasks import SpanRow, TagRow
from stancebank.scores.stance_tasks import PairRow, StanceRow
from stancebank.scores.task_names import TASKS

PAGE = (PROJECT / "docs/scores.md").read_text("utf-8")
ROWS = (TagRow, SpanRow, CorefRow, DocredRow, QuoteRow, StanceRow, PairRow)


def test_each_task_has_a_section_with_an_example_that_is_a_row_of_it() -> None:
    headings = re.findall(r"^### (.*)$", PAGE, re.MULTILINE)
    assert [name for heading in headings for name in re.findall(r"`(\w+)`", heading)] == [*TASKS]
    examples = [line for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
    assert len(examples) == len(ROWS)
    for example, kind in zip(examples, ROWS, strict=True):
        msgspec.convert(json.loads(example), kind)
        assert json.loads(example).keys() <= {*kind.__struct_fields__}


@pytest.mark.deep("packages")
def test_the_commands_of_the_page_run(cli: Callable[..., CompletedProcess[str]], tmp_path: Path) -> None:
    (tmp_path / "examples").symlink_to(EXAMPLES)
    assert cli("build", "--root", EXAMPLES, "--out", tmp_path / "dist/examples").returncode == 0
    (block,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    command = [sys.executable, "-c", block + QUIT]
    done = subprocess.run(
        command, cwd=tmp_path, env=offline(tmp_path), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    (commands,) = re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL)
    for line in commands.splitlines():
        _, *arguments = shlex.split(line.removeprefix("$ "))
        task, file = arguments[arguments.index("--task") + 1], tmp_path / arguments[1]
        if not file.exists():
            rows = answers(task, EXAMPLES, "test" if "--split" in arguments else None)
            text = json.dumps(rows, default=str) if file.suffix == ".json" else _lines(rows)
            file.write_text(text, "utf-8")
        scored = cli(*arguments)
        assert scored.returncode == 0, line + scored.stderr
        assert "1.0" in scored.stdout


def _lines(rows: list[dict[str, object]]) -> str:
    return "".join(json.dumps(row, default=str) + "\n" for row in rows)
