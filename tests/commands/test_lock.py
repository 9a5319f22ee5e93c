"""A command that changes a corpus holds its lock before it reads what decides about the change."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from commands.test_killed_commands import COMMANDS
from conftest import Root
from stancebank.storage import files
from stancebank.storage.root_lock import is_held

NOT_WATCHED = ("import_", "import_files", "release", "init")
"""Those whose writing is watched in other ways."""


@pytest.mark.deep("processes", quick=8)
@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in NOT_WATCHED])
def test_the_lock_is_held_before_anything_is_written(
    root: Root, cli: Callable[..., CompletedProcess[str]], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    held, changing = [], files.changing

    @contextlib.contextmanager
    def watched(place: Path) -> Iterator[None]:
        if place == root.path.resolve():
            held.append(is_held(place))
        with changing(place):
            yield

    monkeypatch.setattr(files, "changing", watched)
    command = COMMANDS[name](root)
    ended = cli(*command, *([] if "--root" in command else ["--root", root.path]))
    assert ended.returncode == 0, ended.stderr
    assert set(held) == {True}
