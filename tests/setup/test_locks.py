"""The locks: complete, of one mind, and installed to the letter by the oldest pip and by the newest."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from locks import ALONE, LOCKS, REQUIREMENTS, installed_in, pins, versions_of

from conftest import PROJECT
from stancebank.storage.locked_environment import Contents, set_up

STANCEBANK = {"stancebank": "0.1.0"}


@pytest.mark.parametrize("lock", LOCKS)
def test_each_pin_has_its_hashes_and_no_file_but_the_lock_is_asked(lock: str) -> None:
    text = (REQUIREMENTS / f"{lock}.txt").read_text("utf-8")
    entries = re.findall(r"^\S+==(?:.*\\\n)*.*", text, re.MULTILINE)
    assert len(entries) == len(pins(lock)) > 40
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", entry) for entry in entries)
    assert not re.search(r"^\s*-", re.sub(r"^ +--hash=.*", "", text, flags=re.MULTILINE), re.MULTILINE)


@pytest.mark.parametrize("lock", ["dataset", "extras", "hooks"])
def test_what_a_smaller_lock_names_the_largest_names_too(lock: str) -> None:
    assert {pin.name + str(pin.specifier) for pin in pins(lock)} <= {
        pin.name + str(pin.specifier) for pin in pins("dev")
    }


@pytest.mark.deep("packages")
def test_the_locks_are_what_the_project_asks_for(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(PROJECT / name, tmp_path)
    shutil.copytree(REQUIREMENTS, tmp_path / "requirements")
    (tmp_path / "requirements/install.py").write_text("")  # uv is there already
    bin = f"BIN={Path(sys.executable).parent}"
    done = subprocess.run(["make", "lock", bin], cwd=tmp_path, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    for lock in REQUIREMENTS.glob("*.txt"):
        assert (tmp_path / "requirements" / lock.name).read_text("utf-8") == lock.read_text("utf-8"), lock.name


@pytest.mark.deep("packages")
@pytest.mark.parametrize("pip", ["as it comes", "newest"])
@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_installed_alone_equals_itself(lock: str, pip: str, tmp_path: Path) -> None:
    folder = tmp_path / "environment"
    if pip == "newest":
        _with_newest_pip(folder)
    alone = lock in ALONE
    done = set_up(folder, Contents(REQUIREMENTS / f"{lock}.txt", None if alone else PROJECT), lambda _: None)
    assert f"{len(versions_of(lock))} packages" in done
    expected = versions_of(lock) | ({} if alone else STANCEBANK)
    assert installed_in(folder, expected) == expected


@pytest.mark.deep("packages")
def test_locks_installed_over_each_other_are_their_union(tmp_path: Path) -> None:
    expected = dict(STANCEBANK)
    for lock in ("dataset", "extras", "dev"):
        set_up(tmp_path / "environment", Contents(REQUIREMENTS / f"{lock}.txt", PROJECT), lambda _: None)
        expected |= versions_of(lock)
        assert installed_in(tmp_path / "environment", expected) == expected


def _with_newest_pip(folder: Path) -> None:
    subprocess.run([sys.executable, "-I", "-m", "venv", folder], check=True, timeout=300)
    command = [folder / "bin/python", "-I", "-m", "pip", "--quiet", "install", "--upgrade", "pip"]
    before = _pip_version(folder)
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    assert _pip_version(folder) > before


def _pip_version(folder: Path) -> tuple[int, ...]:
    code = "import pip; print(pip.__version__)"
    done = subprocess.run([folder / "bin/python", "-I", "-c", code], capture_output=True, check=True, encoding="utf-8")
    return tuple(map(int, done.stdout.split(".")[:2]))
