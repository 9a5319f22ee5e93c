"""The first commands that anyone types: with make, without it, and where they cannot work."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkout import copy_checkout
from conftest import PROJECT, offline

INSTALL = PROJECT / "requirements/install.py"
NEEDS_PYTHON = "StanceBank needs Python 3.11 or newer"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of this checkout as a new clone would have them."""
    return copy_checkout(tmp_path_factory.mktemp("fresh") / "stancebank")


def programs(folder: Path, **named: str) -> Iterator[tuple[str, str]]:
    """An environment whose PATH holds the programs of a shell and these, and no other."""
    folder.mkdir()
    common = ("sh", "bash", "make", "git", "uname", "sed", "rm", "env")
    for name in common:
        named.setdefault(name, shutil.which(name) or "")
    for name, path in named.items():
        if path:
            (folder / name).symlink_to(path)
    yield from {"PATH": str(folder)}.items()


def run(command: str, folder: Path, path: Path, **named: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in offline(path.parent).items() if not name.startswith(("MAKE", "MFLAGS"))}
    env = kept | dict(programs(path, **named))
    shell = shutil.which("bash") or "bash"
    return subprocess.run(
        [shell, "-ec", command], cwd=folder, env=env, capture_output=True, encoding="utf-8", check=False, timeout=900
    )


def test_an_old_python_is_told_what_is_needed() -> None:
    older = f"import sys, runpy; sys.version_info = (3, 10, 9); runpy.run_path({str(INSTALL)!r}, run_name='__main__')"
    done = subprocess.run([sys.executable, "-c", older], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(NEEDS_PYTHON)
    assert done.stderr.count("\n") == 1


def test_an_old_python_can_read_as_far_as_that() -> None:
    ast.parse(INSTALL.read_text("utf-8"), feature_version=(3, 6))


def test_set_up_needs_nothing_but_the_standard_library() -> None:
    command = [sys.executable, "-I", "-S", INSTALL, "--help"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    assert "LOCK" in done.stdout


@pytest.mark.parametrize("target", ["dataset", "test", "lint", "studio"])
def test_make_without_a_python_says_what_is_needed(clone: Path, tmp_path: Path, target: str) -> None:
    done = run(f"make {target}", clone, tmp_path / "bin")
    assert done.returncode == 2
    assert f"{NEEDS_PYTHON}: make PYTHON=/path/to/python3.11" in done.stderr
    assert not (clone / ".venv").exists()


def test_make_takes_the_first_python_that_is_new_enough(clone: Path, tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    done = run("make -n dataset", clone, tmp_path / "bin", **{"python3.11": str(old), "python3": sys.executable})
    assert f"{tmp_path}/bin/python3 requirements/install.py dataset" in done.stdout


def test_an_environment_that_nobody_knows_is_refused(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, INSTALL, "datset"], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert "dataset" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.deep("packages")
def test_without_make_the_commands_of_the_readme_do(clone: Path, tmp_path: Path) -> None:
    (block,) = re.findall(r"^```sh\n(.*?)^```$", (PROJECT / "README.md").read_text("utf-8"), re.DOTALL | re.MULTILINE)
    done = run(block, clone, tmp_path / "bin", make="", **{"python3.11": sys.executable})
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"\.venv: \d+ packages from requirements/dataset\.txt in \d+ s", lines[0])
    assert lines[1] == "no findings"
    assert (clone / "dist/stancebank/manifest.json").is_file()


@pytest.mark.deep("packages")
def test_any_job_can_follow_the_lock(clone: Path, tmp_path: Path) -> None:
    page = (PROJECT / "docs/ci.md").read_text("utf-8")
    ((install, *others),) = [
        block.splitlines()
        for block in re.findall(r"^```sh\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
        if "git clone" in block
    ]
    assert install.startswith("git clone ")
    shutil.copytree(clone, tmp_path / "job", ignore=shutil.ignore_patterns(".venv*", "dist"))
    shutil.copytree(tmp_path / "job", tmp_path / "job/.stancebank")
    done = run("\n".join(others), tmp_path / "job", tmp_path / "bin", python3=sys.executable)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no findings" in done.stdout
