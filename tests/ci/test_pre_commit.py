"""The hooks, run by pre-commit from a clone of this checkout, in the repository of a corpus."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from checkout import BROKEN_AT, break_corpus, commit_all, copy_checkout, copy_corpus, needs, run
from conftest import PROJECT

HOOKS = {hook["id"]: hook for hook in YAML(typ="safe", pure=True).load(PROJECT / ".pre-commit-hooks.yaml")}
pytestmark = [needs("git", "the package git of your system"), needs("pre-commit", "pre-commit")]

PreCommit = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def pre_commit(tmp_path_factory: pytest.TempPathFactory) -> PreCommit:
    """Run the hooks on all files of a repository; they are installed once, where nothing was installed before."""
    clone = copy_checkout(tmp_path_factory.mktemp("clone") / "stancebank")
    revision = commit_all(clone)
    home = {"PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit-home"))}

    def run_hooks(repository: Path, **settings: Any) -> subprocess.CompletedProcess[str]:
        hooks = [{"id": id, **settings} for id in HOOKS]
        config = {"repos": [{"repo": str(clone), "rev": revision, "hooks": hooks}]}
        with (repository / ".pre-commit-config.yaml").open("w", encoding="utf-8") as file:
            YAML().dump(config, file)
        run("git", "add", "-A", cwd=repository, check=True)
        return run("pre-commit", "run", "--all-files", "--color=never", cwd=repository, env=home, timeout=900)

    return run_hooks


def outcomes(done: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"\.(Passed|Failed|\(no files to check\)Skipped)$", done.stdout, re.MULTILINE)


def test_the_manifest_is_valid() -> None:
    done = run("pre-commit", "validate-manifest", ".pre-commit-hooks.yaml", cwd=PROJECT)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    "file",
    [
        "corpus/corpus.yaml",
        "my/corpus/corpus/2025-02/mentions.jsonl",
        "schemas/scheme.yaml",
        "annotation/annotators.yaml",
    ],
)
@pytest.mark.parametrize("hook", HOOKS)
def test_a_hook_runs_where_the_corpus_has_changed(hook: str, file: str) -> None:
    assert re.search(HOOKS[hook]["files"], file)


@pytest.mark.parametrize("file", ["DATASHEET.md", "docs/relations.svg", "annotation/annotators.yaml"])
def test_drift_is_looked_for_where_a_generated_file_has_changed(file: str) -> None:
    assert re.search(HOOKS["stancebank-generate"]["files"], file)


@pytest.mark.parametrize("hook", HOOKS)
def test_no_hook_runs_where_something_else_has_changed(hook: str) -> None:
    assert not re.search(HOOKS[hook]["files"], "notes/about-the-corpus.md")


@pytest.mark.deep("packages")
@pytest.mark.parametrize("folder", [".", "my/corpus"])
def test_the_hooks_pass_a_sound_corpus_and_stop_a_broken_one(
    pre_commit: PreCommit, tmp_path: Path, folder: str
) -> None:
    settings = {} if folder == "." else {"args": ["--root", folder]}
    copy_corpus(tmp_path / folder)
    commit_all(tmp_path)
    sound = pre_commit(tmp_path, **settings)
    assert outcomes(sound) == ["Passed", "Passed"], sound.stdout + sound.stderr
    break_corpus(tmp_path / folder)
    broken = pre_commit(tmp_path, **settings)
    assert broken.returncode == 1
    assert outcomes(broken)[0] == "Failed"
    assert f"{BROKEN_AT}  SB301 span-text-mismatch" in broken.stdout


@pytest.mark.deep("packages")
def test_the_hooks_stop_drift(pre_commit: PreCommit, tmp_path: Path) -> None:
    copy_corpus(tmp_path)
    (tmp_path / "docs/stances.svg").write_text("<svg/>", "utf-8")
    commit_all(tmp_path)
    drifted = pre_commit(tmp_path)
    assert outcomes(drifted) == ["Passed", "Failed"], drifted.stdout
    assert "docs/stances.svg is not what" in drifted.stdout
