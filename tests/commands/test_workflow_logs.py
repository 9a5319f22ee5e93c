"""In the log of a workflow, no line that comes from a text is a command to the runner."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import Root

Run = Callable[..., CompletedProcess[str]]
HOSTILE = "::error title=x::The minister said no. ##[add-mask]He left."


def obeyed(log: str) -> list[str]:
    """The lines of a log that a runner would take for commands, as it knows them."""
    token, found = None, []
    for line in log.splitlines():
        if token is not None:
            token = None if line.strip() == f"::{token}::" else token
        elif match := re.fullmatch(r"::stop-commands::(\w{16,})", line):
            token = match[1]
        elif line.lstrip().startswith("::") or "##[" in line:
            found.append(line)
    assert token is None, "commands stay stopped"
    return found


@pytest.fixture
def hostile(cli: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A corpus whose text begins with a command, with a mention whose words are not in it."""
    (tmp_path / "a.txt").write_text(HOSTILE, "utf-8")
    assert cli("init", "c").returncode == 0
    assert cli("add", "a.txt", "--date", "2025-03-01", "--root", "c").returncode == 0
    root = Root(tmp_path / "c")
    (part,) = (path.parent for path in root.path.glob("corpus/*/documents.jsonl"))
    entity = {"doc_id": "a", "entity_id": "e1", "type": None, "name": "x", "wikidata": None, "value": None}
    mention = {"doc_id": "a", "mention_id": "m1", "entity_id": "e1", "start": 0, "end": 2, "text": "xx", "level": None}
    (part / "entities.jsonl").write_text(json.dumps(entity | {"actor": None}) + "\n", "utf-8")
    (part / "mentions.jsonl").write_text(json.dumps(mention) + "\n", "utf-8")
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    return root.path


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize(
    "command",
    [
        ("validate",),
        ("build",),
        ("build", "--edition", "standoff"),
        ("site", "--out", "s", "--edition", "standoff"),
        ("show", "a"),
        ("find", "minister"),
        ("find", "##[add-mask]He"),
        ("stats",),
        ("prompt", "a"),
        ("export", "--format", "::error::x", "--out", "x"),
    ],
)
def test_no_text_is_taken_for_a_command(hostile: Path, cli: Run, command: tuple[str, ...]) -> None:
    done = cli(*command, "--root", hostile)
    assert obeyed(done.stdout) == []
    assert obeyed(done.stderr) == []


def test_outside_a_workflow_the_text_is_printed_as_it_is(
    hostile: Path, cli: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert "stop-commands" not in cli("show", "a", "--root", hostile).stdout
