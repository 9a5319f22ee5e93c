"""Git repositories for a test, with an identity of their own and nobody's settings."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest


def git(folder: Path, *arguments: str) -> str:
    """What git prints; the test fails where git does."""
    done = subprocess.run(["git", "-C", str(folder), *arguments], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def own_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep git from the settings of the machine and of its user."""
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("HOME", str(home))


def commit_all(folder: Path, message: str) -> str:
    """Commit all there is, in a repository that is made where there is none; gives the commit's id."""
    if subprocess.run(["git", "-C", str(folder), "rev-parse"], capture_output=True, check=False).returncode:
        git(folder, "init", "--quiet", "--initial-branch", "main")
        git(folder, "config", "user.name", "A Test")
        git(folder, "config", "user.email", "test@example.org")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD").strip()
