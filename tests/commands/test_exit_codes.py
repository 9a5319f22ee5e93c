"""Exit codes tell the truth where the fault is in the machine: never 1, never a traceback."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import Root, offline

BROKEN = """
import sys, tempfile
from stancebank import commands
from stancebank.corpus import corpus
kind, *sys.argv[1:] = sys.argv[1:]
def broken(*_):
    if kind == "panic":
        from polars.exceptions import PanicException
        raise PanicException("a thread could not be started")
    if kind == "memory":
        raise MemoryError
    if kind == "thread":
        raise RuntimeError("can't start new thread")
    raise FileNotFoundError(2, "No usable temporary directory found")
corpus.read_corpus = broken
commands.main()
"""


def run(root: Root, *command: str, redirected: str = "") -> subprocess.CompletedProcess[str]:
    line = f'exec "$@" {redirected}'
    return subprocess.run(
        ["sh", "-c", line, "sh", *command],
        cwd=root.path,
        env=offline(root.path.parent),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=120,
    )


@pytest.mark.deep("processes", quick=2)
@pytest.mark.parametrize("kind", ["panic", "memory", "thread", "folder"])
def test_a_fault_of_the_machine_ends_with_a_sentence(root: Root, kind: str) -> None:
    done = run(root, sys.executable, "-c", BROKEN, kind, "stats")
    assert done.returncode == (2 if kind == "folder" else 3)
    assert done.stderr.startswith("stancebank: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", [("rule", "SB301"), ("--version",), ("validate",)])
@pytest.mark.parametrize(("output", "status"), [(">&-", 3), ("> /dev/full", 2)])
def test_an_output_that_takes_nothing_is_told(root: Root, command: tuple[str, ...], output: str, status: int) -> None:
    done = run(root, sys.executable, "-m", "stancebank", *command, redirected=output)
    assert done.returncode in (status, 3), done.stderr
    assert done.stderr.startswith("stancebank: ")
    assert "Traceback" not in done.stderr
    assert "Exception ignored" not in done.stderr


def test_a_closed_error_output_is_no_fault(root: Root) -> None:
    done = run(root, sys.executable, "-m", "stancebank", "validate", redirected="2>&-")
    assert (done.returncode, done.stdout) == (0, "no findings\n")


def test_a_reader_that_has_gone_ends_it_without_a_message(root: Root, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "stancebank", "rule"]
    done = subprocess.run(
        ["bash", "-c", '"$@" | (exec true); echo ${PIPESTATUS[0]}', "sh", *command],
        env=offline(tmp_path) | {"PYTHONUNBUFFERED": "1"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.stdout.strip() in ("141", "0")
    assert done.stderr == ""
