"""The blocks of docs/task-views.md: each turns rows of a built dataset into a model's input, and runs as it is."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import PROJECT, offline
from processes import QUIT

PAGE = (PROJECT / "docs/task-views.md").read_text("utf-8")
BLOCKS = re.findall(r"^## (.*?)$|^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PACKAGES = ("seqeval", "sklearn", "torch", "spacy")
"""Neither seqeval, which has no wheel, nor torch is in the lock: their blocks run where somebody has installed them."""


def blocks() -> list[object]:
    """The blocks with the section that each is in, where the packages that it needs are installed."""
    found, section = [], ""
    for heading, code in BLOCKS:
        section = heading or section
        if code:
            needs = [name for name in PACKAGES if re.search(rf"^(import|from) {name}\b", code, re.MULTILINE)]
            if all(find_spec(name) for name in needs):
                found.append(pytest.param(code, id=f"{section.partition(':')[0]} {' '.join(needs)}".strip()))
    return found


@pytest.mark.deep("packages")
@pytest.mark.parametrize("code", blocks())
def test_a_block_of_the_page_runs(editions: dict[str, Path], tmp_path: Path, code: str) -> None:
    shutil.copytree(editions["full"], tmp_path / "dist/stancebank")
    command = [sys.executable, "-c", code + QUIT]
    done = subprocess.run(
        command, cwd=tmp_path, env=offline(tmp_path), capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(code.splitlines()) <= 20


def test_every_task_view_has_a_section() -> None:
    from stancebank.views.names import TASK_VIEWS, TOKEN_VIEWS

    named = set(re.findall(r"`(\w+)`", " ".join(heading for heading, _ in BLOCKS)))
    assert named == {*TOKEN_VIEWS, *TASK_VIEWS} - {"document_labels", "quotes"}
    assert "`quotes`" in PAGE
