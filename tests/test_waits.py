"""No wait without an end: what blocks is given a limit, or has a reason why it ends."""

from __future__ import annotations

import ast
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from repositories import commit_all, git, own_settings
from stancebank.faults import StanceBankError, StoppedError
from stancebank.release import publishing
from stancebank.release.commit import publish
from stancebank.storage.addresses import address
from stancebank.storage.files import entries, read_inside
from stancebank.storage.git import GitError, Repository
from stancebank.storage.waiting import OverdueError, within
from stancebank.studio.server.client import Server
from stancebank.studio.server.local_server import server_program

SOURCES = Path(__file__).parents[1] / "src/stancebank"

LIMITED = {"result", "join", "wait", "communicate", "acquire", "run", "call", "check_call", "check_output"}
"""Methods and functions that block, and take a timeout by name or place."""

PROGRAMS = {"run", "call", "check_call", "check_output"}
"""Of these only those of subprocess."""

LOCKING = {"flock", "lockf"}
"""Locks of files, which block unless they are told not to."""

ALLOWED = {
    (
        "work/worker_processes.py",
        "future.result()",
    ): "loky ends each item: with its result, or because its process is gone",
    (
        "work/worker_processes.py",
        "under_way.result()",
    ): "loky ends each item: with its result, or because its process is gone",
    ("release/commit.py", "process.wait()"): "the process has just been sent SIGKILL",
}


def blocking(tree: ast.AST) -> Iterator[str]:
    """The calls that may block for ever, as they are written."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        named = {keyword.arg for keyword in node.keywords}
        match node.func:
            case ast.Attribute(ast.Name("subprocess"), name) if name in PROGRAMS:
                if "timeout" not in named:
                    yield ast.unparse(node)
            case ast.Attribute(_, name) if name in LOCKING:
                if "LOCK_NB" not in ast.unparse(node):
                    yield ast.unparse(node)
            case ast.Attribute(_, name) if name in LIMITED - PROGRAMS:
                if not node.args and "timeout" not in named:
                    yield ast.unparse(node)
            case ast.Attribute(_, "get"):
                if not node.args and not node.keywords:  # of a queue: that of a mapping has an argument
                    yield ast.unparse(node)


def test_whatever_waits_has_an_end() -> None:
    found = {
        (path.relative_to(SOURCES).as_posix(), call)
        for path in SOURCES.rglob("*.py")
        for call in blocking(ast.parse(path.read_text("utf-8")))
    }
    assert found == {*ALLOWED}


def test_waits_without_an_end_are_found() -> None:
    waits = ["future.result()", "thread.join()", "event.wait()", "queue.get()", "process.communicate()"]
    programs = ["subprocess.run(['git'], check=True)", "lock.acquire()", "fcntl.flock(handle, fcntl.LOCK_EX)"]
    assert [*blocking(ast.parse("\n".join([*waits, *programs])))] == [*waits, *programs]
    limited = ["future.result(timeout=0)", "thread.join(3)", "subprocess.run(['git'], timeout=3)", "known.get(key)"]
    others = ["', '.join(words)", "fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)", "repository.run('add')"]
    assert [*blocking(ast.parse("\n".join([*limited, *others])))] == []


def asleep(*_: object, **__: object) -> None:
    time.sleep(60)


def test_an_answer_that_does_not_come_is_overdue_and_others_pass() -> None:
    assert within(60, lambda: 3) == 3
    with pytest.raises(KeyError, match="no such"):
        within(60, lambda: {}["no such"])
    with pytest.raises(OverdueError, match="no answer within 0 seconds"):
        within(0.1, asleep)


def test_a_git_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "git").chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setattr("stancebank.storage.git.LIMIT", 1)
    with pytest.raises(GitError, match="git status has not ended for 1 seconds, and was stopped"):
        Repository(tmp_path).run("status")


def test_a_release_whose_hook_does_not_end_is_undone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own_settings(tmp_path, monkeypatch)
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / "notes.txt").write_bytes(b"before\n")
    head = commit_all(folder, "Begin")
    hook = folder / ".git/hooks/reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nsleep 60\n")
    hook.chmod(0o700)
    monkeypatch.setattr("stancebank.release.commit.LIMIT", 2)
    with pytest.raises(GitError, match="git update-ref has not ended"):
        publish(
            Repository(folder), {"notes.txt": b"after\n"}, "1.0.0", "Corpus", git(folder, "rev-parse", "HEAD").strip()
        )
    hook.unlink()
    assert (folder / "notes.txt").read_bytes() == b"before\n"
    assert git(folder, "rev-parse", "HEAD").strip() == head
    assert git(folder, "tag") == ""
    assert git(folder, "status", "--porcelain") == ""


def test_a_file_system_that_does_not_answer_stops_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancebank.storage.addresses._ANSWER", 0.1)
    monkeypatch.setattr(MemoryFileSystem, "ls", asleep)
    monkeypatch.setattr(MemoryFileSystem, "cat_ranges", asleep)
    folder = address("memory://corpus")
    with pytest.raises(StoppedError, match=r"memory://.*corpus cannot be reached: no answer within"):
        list(entries(folder))
    with pytest.raises(StoppedError, match=r"memory://.*corpus cannot be reached: no answer within"):
        read_inside(folder, "corpus/corpus.yaml")


def test_a_hub_that_does_not_answer_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancebank.release.publishing._ANSWER", 0.1)
    monkeypatch.setattr("huggingface_hub.HfApi.whoami", asleep)
    monkeypatch.setenv("HF_TOKEN", "hf_example")
    manifest: Any = None  # nothing is asked of it before the answer
    with pytest.raises(StanceBankError, match="cannot be reached or broke off: no answer within"):
        publishing.publish(publishing.Publication(tmp_path, manifest, b""), "group/corpus")


def test_an_installation_that_does_not_end_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancebank.storage.locked_environment._LIMIT", 0.01)
    with pytest.raises(StanceBankError, match=r"could not be set up within 0 minutes"):
        server_program(tmp_path, None, lambda _: None)


def test_a_server_that_gives_one_page_for_ever_is_read_once() -> None:
    server = Server.__new__(Server)  # without asking whose token it is
    page = SimpleNamespace(items=[SimpleNamespace(id=7, title="news")])
    server.url, server._attempts = "http://127.0.0.1:9", 1
    server._sdk = SimpleNamespace(projects=SimpleNamespace(list=lambda **_: page))
    assert server.projects("news") == [7]
