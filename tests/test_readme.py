"""Every command of the README, run in a fresh clone in a fresh environment, in the order of the page."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from checkout import commit_all, copy_checkout
from conftest import PROJECT, offline

needs_git = pytest.mark.skipif(shutil.which("git") is None, reason="needs git; install the package git of your system")


def commands(page: str) -> list[tuple[str, str]]:
    """Each command of the page's console blocks with the output that the page shows."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = entry.partition("\n")
            found.append((command, output))
    return found


def run(command: str, clone: Path) -> subprocess.CompletedProcess[str]:
    environment = {
        k: v
        for k, v in offline(clone.parent).items()
        if k not in ("VIRTUAL_ENV", "PYTHONPATH", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")
    }
    return subprocess.run(
        ["bash", "-c", command], cwd=clone, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The files of this checkout as a new clone would have them, under version control, but with Label Studio there."""
    if not (PROJECT / ".venv-studio/studio.installed").exists():
        pytest.skip("needs Label Studio in .venv-studio: run make studio")
    folder = tmp_path_factory.mktemp("fresh") / "stancebank"
    commit_all(copy_checkout(folder))
    (folder / "article.txt").write_text(
        "Ann Lee spoke on Monday. \u201cWe agree,\u201d she said. U.S. envoys left.", "utf-8"
    )
    (folder / ".venv-studio").symlink_to(PROJECT / ".venv-studio")
    yield folder
    run(".venv/bin/stancebank studio down", folder)


@pytest.mark.deep("packages")
@needs_git
def test_every_command_gives_what_the_page_shows(clone: Path) -> None:
    page = commands((PROJECT / "README.md").read_text("utf-8"))
    assert len(page) >= 10
    failing = {"validate": 1}
    for number, (command, expected) in enumerate(page):
        if command == "make test":
            done = run("make -n test", clone)  # this very test runs inside it
            assert "pytest" in done.stdout
            continue
        done = run(command, clone)
        after_breaking = any("sed" in earlier for earlier, _ in page[:number]) and command.endswith(
            "stancebank validate"
        )
        assert done.returncode == (failing["validate"] if after_breaking else 0), (
            f"{command}\n{done.stdout}{done.stderr}"
        )
        checker = doctest.OutputChecker()
        assert checker.check_output(expected, done.stdout, doctest.ELLIPSIS), f"{command}\n{done.stdout}"
    assert run("git status --porcelain corpus schemas seeds docs", clone).stdout == ""


def test_the_layout_that_the_page_shows_is_there() -> None:
    layout = (PROJECT / "README.md").read_text("utf-8").split("## Layout")[1].split("```")[1]
    for name in re.findall(r"^ {0,2}([a-z]\w*[/.]\S*)", layout, re.MULTILINE):
        assert (PROJECT / name).exists() or (PROJECT / "src/stancebank" / name).exists(), name


@needs_git
def test_no_file_names_this_machine_or_a_package_index() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, encoding="utf-8", check=True)
    hosts = re.compile(r"--(extra-)?index-url|pypi\.|/simple/?\s")
    place = str(PROJECT.parent) + os.sep
    for file in listed.stdout.splitlines():
        content = (PROJECT / file).read_text("utf-8", errors="replace") if (PROJECT / file).is_file() else ""
        if file != "tests/test_readme.py":
            assert not hosts.search(content), file
            assert place == os.sep or place not in content, file
