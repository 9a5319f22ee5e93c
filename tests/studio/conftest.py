"""A real Label Studio server, one for each process of the tests, started as users start it."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT, Root, offline

Run = Callable[..., "subprocess.CompletedProcess[str]"]

_titles = itertools.count(1)


@dataclass(frozen=True)
class Studio:
    """A running server. home: the corpus root that it belongs to. said: what stancebank studio up printed."""

    home: Path
    venv: Path
    said: str

    @property
    def login(self) -> dict[str, Any]:
        return json.loads((self.home / ".studio/server.json").read_bytes())

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.login['port']}"

    @property
    def token(self) -> str:
        return self.login["token"]

    def run(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        """stancebank studio as a command, with the token of this server in the environment."""
        command = [sys.executable, "-m", "stancebank", "studio", *map(str, arguments)]
        environment = {"LABEL_STUDIO_API_KEY": self.token, **more}
        return run_command(command, self.home.parent, **environment)

    def server(self, url: str | None = None, attempts: int = 6) -> Any:
        """The server as the commands see it; url: of a proxy before it."""
        from stancebank.studio.client import Server

        return Server(url or self.url, self.token, attempts=attempts)

    def sdk(self) -> Any:
        """The SDK's own client, to do what annotators do."""
        from label_studio_sdk import LabelStudio

        return LabelStudio(base_url=self.url, api_key=self.token)


def run_command(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {key: value for key, value in offline(folder).items() if not key.startswith("LABEL_STUDIO")} | more
    options = {"cwd": folder, "env": environment, "timeout": 900, "capture_output": True, "encoding": "utf-8"}
    return subprocess.run(command, check=False, **options)


@pytest.fixture(scope="session")
def studio_venv() -> Path:
    """An environment with Label Studio: what STANCEBANK_STUDIO_VENV names, or .venv-studio, which make test makes."""
    venv = Path(os.environ.get("STANCEBANK_STUDIO_VENV") or PROJECT / ".venv-studio")
    if not (venv / "bin/label-studio").exists():
        pytest.skip(f"no Label Studio in {venv}: make .venv-studio/studio.installed, or set STANCEBANK_STUDIO_VENV")
    return venv


@pytest.fixture(scope="session")
def studio(studio_venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server, shared by the tests of a process."""
    pytest.importorskip("label_studio_sdk")
    home = tmp_path_factory.mktemp("studio") / "root"
    for folder in ("corpus", "schemas", "seeds"):
        shutil.copytree(PROJECT / folder, home / folder)
    command = [sys.executable, "-m", "stancebank", "studio"]
    up = run_command([*command, "up", "--root", str(home), "--venv", str(studio_venv)], home.parent)
    try:
        assert up.returncode == 0, up.stderr
        yield Studio(home, studio_venv, up.stdout + up.stderr)
    finally:
        down = run_command([*command, "down", "--root", str(home)], home.parent)
        assert down.returncode == 0, down.stderr


@pytest.fixture
def title() -> str:
    """The title of a project that no other test uses."""
    return f"test {next(_titles)} of {os.getpid()}"


@pytest.fixture
def many(root: Root) -> Root:
    """A corpus with 60 more documents, short and without annotations."""
    return with_documents(root, 60)


def with_documents(root: Root, number: int) -> Root:
    from stancebank.additions import add_texts

    folder = root.path.parent / "texts"
    folder.mkdir()
    files = []
    for index in range(number):
        files.append(folder / f"short-{index:03}.txt")
        files[-1].write_text(f" date 2025-03-{index % 28 + 1:02} Text {index} begins. It ends with 😀.", "utf-8")
    add_texts(root.path, files)
    return root
