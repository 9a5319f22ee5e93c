"""The page on labels of one's own, followed as it stands: from an empty folder to a loaded dataset, and to a server."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PROJECT, offline

BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
PAGE = (PROJECT / "docs/own-labels.md").read_text("utf-8")


def server_commands() -> list[list[str]]:
    """What the page does with a Label Studio server, each as the words behind stancebank studio."""
    blocks = [block for language, block in BLOCK.findall(PAGE) if language == "sh"]
    return [line.split()[2:] for block in blocks for line in block.splitlines()]


def follow(folder: Path) -> Path:
    """Do what the page says, but what needs a server, and compare what it shows; gives the corpus that is made."""
    program = folder / "bin/stancebank"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m stancebank "$@"\n', "utf-8")
    program.chmod(0o755)
    place = folder
    environment = {**offline(folder), "PATH": f"{program.parent}{os.pathsep}{os.environ['PATH']}"}

    def run(command: list[str]) -> str:
        done = subprocess.run(command, cwd=place, env=environment, capture_output=True, encoding="utf-8", check=False)
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    checker = doctest.OutputChecker()
    for language, block in BLOCK.findall(PAGE):
        if language == "yaml":
            file = re.match(r"# (\S+)\n", block)
            assert file
            (place / file[1]).write_text(block, "utf-8")
        elif language == "python":
            shown = re.search(r"  # (.*)", block)
            assert shown
            assert run([sys.executable, "-c", block]).strip() == shown[1]
        elif language == "console":
            for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, expected = entry.partition("\n")
                if command.startswith("cd "):
                    place /= command.removeprefix("cd ")
                    continue
                output = run(["bash", "-c", command])
                assert checker.check_output(expected, output, doctest.ELLIPSIS), f"{command}\n{output}"
    return place


@pytest.mark.deep("processes")
def test_the_page_leads_from_an_empty_folder_to_a_loaded_dataset(tmp_path: Path) -> None:
    root = follow(tmp_path)
    assert (root / "dist/harbour/manifest.json").exists()
