"""This checkout as others get it, and commands run beside it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT

BIN = Path(sys.executable).parent
IDENTITY = ("-c", "user.name=Test", "-c", "user.email=test@example.org")


def needs(command: str, package: str) -> pytest.MarkDecorator:
    """Skip without a command, which is looked for beside the running Python first."""
    missing = shutil.which(command, path=f"{BIN}{os.pathsep}{os.environ['PATH']}") is None
    return pytest.mark.skipif(missing, reason=f"needs {command}; install {package}")


def run(*command: object, cwd: Path, check: bool = False, **more: Any) -> subprocess.CompletedProcess[str]:
    """Run a command with this environment's programs first, and no word of the repository or CI that we are in."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "GITHUB_", "RUNNER_"))}
    own |= {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}
    env = own | more.pop("env", {})
    words = list(map(str, command))
    done = subprocess.run(words, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False, **more)
    assert not check or done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done


def commit_all(folder: Path) -> str:
    """Put a folder under version control as it is; gives the commit."""
    for words in (("init", "-q"), ("add", "-A"), (*IDENTITY, "commit", "-qm", "all")):
        run("git", *words, cwd=folder, check=True)
    return run("git", "rev-parse", "HEAD", cwd=folder, check=True).stdout.strip()


def copy_checkout(folder: Path) -> Path:
    """Copy the files of this checkout that are or could be under version control; gives the folder."""
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", cwd=PROJECT, check=True)
    for file in filter(lambda name: (PROJECT / name).is_file(), listed.stdout.splitlines()):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / file, folder / file)
    return folder


def copy_corpus(folder: Path) -> Path:
    """Copy the project's corpus, with what is generated from it; gives the folder."""
    for name in ("corpus", "schemas", "seeds", "annotation/label_studio"):
        shutil.copytree(PROJECT / name, folder / name)
    (folder / "docs").mkdir()
    for picture in ("stances", "relations", "entities"):
        shutil.copy2(PROJECT / f"docs/{picture}.svg", folder / "docs")
    return folder


BROKEN_AT = "corpus/2025-02/mentions.jsonl:41:99"


def break_corpus(folder: Path) -> None:
    """Misspell one mention, at BROKEN_AT, so that SB301 finds it."""
    mentions = folder / "corpus/2025-02/mentions.jsonl"
    content = mentions.read_bytes()
    assert content.count(b'"Kyiv"') == 1
    mentions.write_bytes(content.replace(b'"Kyiv"', b'"Kiev"'))
