"""Exit codes tell the truth where the fault is in the machine: never 1, never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from conftest import Root, offline
from stancebank.commands.registry import COMMANDS

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


@pytest.mark.deep("processes", quick=1)
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


def leaves(commands: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for name, inner in commands.items():
        yield from [(name,)] if isinstance(inner, str) else ((name, *rest) for rest in leaves(inner))


ARGUMENTS = {
    "add": ("text.txt",),
    "adjudicate": ("a", "b"),
    "agree": ("a", "b"),
    "diff": (".", "."),
    "done": ("d",),
    "export": ("--format", "csv", "--out", "x"),
    "find": ("word",),
    "import": ("x", "--format", "brat"),
    "init": ("x",),
    "move": ("d", "--part", "p"),
    "preannotate": ("--model", "x", "--as", "p"),
    "preview": ("x",),
    "prompt": ("d",),
    "publish": ("x/y",),
    "rehydrate": ("x", "y"),
    "remove": ("d",),
    "rename": ("d", "e"),
    "reopen": ("d",),
    "rule": ("SB301",),
    "scheme merge": ("A", "B"),
    "scheme rename": ("A", "B"),
    "score": ("x", "--task", "ner"),
    "sentences join": ("d", "s1", "s2"),
    "sentences split": ("d", "s1", "3"),
    "show": ("d",),
    "site": ("--out", "x"),
    "studio import": ("x",),
    "studio remove": ("d",),
    "studio up": ("--venv", "corpus"),
    "update": ("d", "--text", "x"),
    "verify": ("x",),
}
ALL = sorted(leaves({name: inner for section in COMMANDS.values() for name, inner in section.items()}))


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("command", ALL, ids=" ".join)
@pytest.mark.parametrize("limit", ["-v 300000", "-d 100000"])
def test_too_low_a_limit_of_memory_is_told_at_once(root: Root, command: tuple[str, ...], limit: str) -> None:
    whole = [sys.executable, "-m", "stancebank", *command, *ARGUMENTS.get(" ".join(command), ())]
    done = run(root, "sh", "-c", f'ulimit {limit}; exec "$@"', "sh", *whole)
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    assert done.stderr.startswith("stancebank: the ")
    assert " is limited to " in done.stderr


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("command", ["stats", "validate", "build", "diff . .", "generate", "site --out x"])
@pytest.mark.parametrize("limit", [2100000, 2300000, 2500000])
def test_memory_that_runs_out_is_told(root: Root, command: str, limit: int) -> None:
    whole = [sys.executable, "-m", "stancebank", *command.split()]
    done = run(root, "sh", "-c", f'ulimit -v {limit}; exec "$@"', "sh", *whole)
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert (done.returncode == 3) == ("stancebank: " in done.stderr)


AS_SOMEBODY = ["setpriv", "--reuid=54321", "--bounding-set=-sys_resource,-sys_admin"]
READING = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"]
"""Root has no limit of processes, so it runs this as somebody who may read what root may."""


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("command", ["stats", "validate", "build", "diff . .", "generate", "validate --workers 2"])
@pytest.mark.parametrize("limit", [1, 3, 6, 12])
def test_too_low_a_limit_of_threads_is_told_at_once(root: Root, command: str, limit: int) -> None:
    somebody = [] if os.geteuid() else [*AS_SOMEBODY, *READING]
    if somebody and subprocess.run([*somebody, "true"], capture_output=True, check=False).returncode:
        pytest.skip("needs setpriv of util-linux for root")
    whole = [sys.executable, "-m", "stancebank", *command.split()]
    done = run(root, *somebody, "bash", "-c", f'ulimit -u {limit}; exec "$@"', "bash", *whole)
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    said = f"stancebank: the processes and threads of this user are limited to {limit}, and "
    assert done.stderr.startswith(said)
    assert done.stderr.count("\n") == 2


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("command", ALL, ids=" ".join)
@pytest.mark.parametrize("output", [">&-", "> /dev/full", ">&- 2>&-", "2> /dev/full"])
def test_no_command_leaves_a_traceback_where_it_cannot_print(root: Root, command: tuple[str, ...], output: str) -> None:
    whole = [sys.executable, "-m", "stancebank", *command, *ARGUMENTS.get(" ".join(command), ())]
    done = run(root, *whole, redirected=f"{output} < /dev/null")
    assert done.returncode in ((3,) if output.startswith(">&-") else (0, 2, 3)), done.stderr
    assert not any(word in done.stderr for word in ("Traceback", "Exception ignored", "internal error")), done.stderr
    assert output != ">&-" or done.stderr.startswith("stancebank: standard output is closed")


def test_a_limit_of_memory_that_suffices_changes_nothing(root: Root) -> None:
    whole = [sys.executable, "-m", "stancebank", "validate", "--root", "nowhere"]
    done = run(root, "sh", "-c", 'ulimit -v 8000000; exec "$@"', "sh", *whole)
    assert done.returncode == 2
    assert "is not a corpus root" in done.stderr


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
