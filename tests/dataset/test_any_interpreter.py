"""The same bytes whatever the locale, the time zone, the hash seed and the optimisation of Python."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PROJECT, offline

VARIATIONS: dict[str, tuple[list[str], dict[str, str]]] = {
    "as usual": ([], {}),
    "without docstrings and assertions": (["-OO"], {}),
    "a locale without UTF-8": ([], {"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}),
    "a far time zone": ([], {"TZ": "Pacific/Kiritimati"}),
    "another hash seed": ([], {"PYTHONHASHSEED": "4711"}),
}
COMMANDS = [
    ["--help"],
    ["rule", "SB301"],
    ["validate", "--root", PROJECT / "examples"],
    ["stats", "--root", PROJECT / "examples"],
    ["agree", "pass-a", "pass-b", "--root", PROJECT / "examples"],
    ["generate", "--check", "--root", PROJECT],
    ["build", "--quiet", "--root", PROJECT / "examples", "--out", "built"],
]


def output(variation: str, folder: Path) -> dict[str, bytes]:
    """Each file that the commands write, and what they print."""
    flags, environment = VARIATIONS[variation]
    folder.mkdir()
    env = offline(folder, **environment)
    given = {}
    for command in COMMANDS:
        words = [sys.executable, *flags, "-m", "stancebank", *map(str, command)]
        done = subprocess.run(words, cwd=folder, env=env, capture_output=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        given[" ".join(map(str, command))] = done.stdout
    built = folder / "built"
    return given | {str(file.relative_to(built)): file.read_bytes() for file in built.rglob("*") if file.is_file()}


@pytest.mark.deep("processes")
def test_all_output_is_the_same_in_any_interpreter(tmp_path: Path) -> None:
    usual, *others = VARIATIONS
    expected = output(usual, tmp_path / "usual")
    assert len(expected) > 40
    for number, variation in enumerate(others):
        given = output(variation, tmp_path / str(number))
        assert [name for name in expected | given if expected.get(name) != given.get(name)] == [], variation
