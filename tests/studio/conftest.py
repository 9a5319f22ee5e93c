"""A real Label Studio server, one for all tests of a run, started as users start it."""

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
from filelock import FileLock

from conftest import PROJECT, SHARED_STUDIO, Root, offline, run_here, stop_studio

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
        """stancebank studio, with the token of this server in the environment."""
        return run_studio(self.home.parent, *arguments, **{"LABEL_STUDIO_API_KEY": self.token, **more})

    def server(self, url: str | None = None, attempts: int = 6) -> Any:
        """The server as the commands see it; url: of a proxy before it."""
        from stancebank.studio.server.client import Server

        return Server(url or self.url, self.token, attempts=attempts)

    def sdk(self) -> Any:
        """The SDK's own client, to do what annotators do."""
        from label_studio_sdk import LabelStudio

        return LabelStudio(base_url=self.url, api_key=self.token)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """That of a new user who has set nothing for Label Studio."""
    return {key: value for key, value in offline(folder).items() if not key.startswith("LABEL_STUDIO")} | more


def run_studio(folder: Path, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
    """stancebank studio in this process."""
    return run_here(folder, "studio", *arguments, env=environment(folder, **more))


def run_command(command: list[str], folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    options = {"cwd": folder, "env": environment(folder, **more), "timeout": 600, "capture_output": True}
    return subprocess.run(command, check=False, encoding="utf-8", **options)


@pytest.fixture(scope="session")
def studio_venv() -> Path:
    """An environment with Label Studio: what STANCEBANK_STUDIO_VENV names, or .venv-studio, which make test makes."""
    venv = Path(os.environ.get("STANCEBANK_STUDIO_VENV") or PROJECT / ".venv-studio")
    if not (venv / "bin/label-studio").exists():
        pytest.skip(f"no Label Studio in {venv}: make .venv-studio/studio.installed, or set STANCEBANK_STUDIO_VENV")
    return venv


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of a run share."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def studio(studio_venv: Path, shared: Path) -> Studio:
    """The server that all tests share; pytest_sessionfinish stops it. Its tests leave it as it was."""
    pytest.importorskip("label_studio_sdk")
    said = shared / SHARED_STUDIO / "said.txt"
    with FileLock(shared / "studio.lock", timeout=280):
        if not said.exists():
            said.write_text(start(said.parent / "root", studio_venv).said, "utf-8")
    return Studio(said.parent / "root", studio_venv, said.read_text("utf-8"))


@pytest.fixture(autouse=True)
def one_at_a_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let no two tests use the shared server at once: Label Studio on SQLite may lose what two send to it together."""
    if "studio_venv" in request.fixturenames:
        with FileLock(request.getfixturevalue("shared") / "turn.lock", timeout=280):
            yield
    else:
        yield


@pytest.fixture(scope="module")
def own_studio(studio_venv: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A server that the tests of a module may stop and kill."""
    pytest.importorskip("label_studio_sdk")
    started = start(tmp_path_factory.mktemp("studio") / "root", studio_venv)
    yield started
    stop_studio(started.home)


def start(home: Path, venv: Path) -> Studio:
    """A server for a copy of the project's corpus."""
    for folder in ("corpus", "schemas", "seeds"):
        shutil.copytree(PROJECT / folder, home / folder)
    up = run_command(
        [sys.executable, "-m", "stancebank", "studio", "up", "--root", str(home), "--venv", str(venv)], home.parent
    )
    assert up.returncode == 0, up.stderr
    return Studio(home, venv, up.stdout + up.stderr)


@pytest.fixture
def title() -> str:
    """The title of a project that no other test uses."""
    return f"test {next(_titles)} of {os.getpid()}"


@pytest.fixture
def many(root: Root) -> Root:
    """A corpus with 60 more documents, short and without annotations."""
    return with_documents(root, 60)


def with_documents(root: Root, number: int) -> Root:
    from stancebank.corpus.additions import add_texts

    folder = root.path.parent / "texts"
    folder.mkdir()
    files = []
    for index in range(number):
        files.append(folder / f"short-{index:03}.txt")
        files[-1].write_text(f" date 2025-03-{index % 28 + 1:02} Text {index} begins. It ends with 😀.", "utf-8")
    add_texts(root.path, files)
    return root
