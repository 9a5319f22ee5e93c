"""What a set-up has to do before its versions are promised: every kind of work once, each in a process."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

from conftest import DOC, PROJECT, offline
from processes import QUIT
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.building import available_views, build
from stancebank.views.names import TOKEN_VIEWS

VIEWS_WITHOUT_TOKENS = ("documents", "stances", "stance_detection", "stance_votes", "quotes")


def smoke(python: Path, folder: Path, *, extras: bool = True) -> None:
    """Validate, build, load, export to Label Studio and import again, and measure agreement, with a Python of its own.

    python: has StanceBank installed. folder: an empty one. extras: whether token views,
    new texts and agreement, which need extras, are tried too. AssertionError with the
    output of the command that failed.
    """
    root, home = folder / "root", folder / "home"
    home.mkdir(parents=True)
    for name in ("corpus", "schemas", "seeds", "annotation"):
        shutil.copytree(PROJECT / name, root / name)

    def run(*arguments: object) -> str:
        return _run(python, home, "-m", "stancebank", *arguments)

    assert run("validate", "--root", root, "--workers", 2) == "no findings\n"
    views = () if extras else [word for view in VIEWS_WITHOUT_TOKENS for word in ("--view", view)]
    run("build", "--root", root, "--out", folder / "built", *views)
    assert "as recorded" in run("verify", folder / "built")
    code = "import sys, datasets; print(len(datasets.load_dataset(sys.argv[1], 'stances', split='train')))"
    assert _run(python, home, "-c", code + QUIT, folder / "built").splitlines()[-1] == "23"
    assert (
        _run(python, home, "-c", f"import stancebank; print(stancebank.load('stances').num_rows){QUIT}")[-3:] == "23\n"
    )
    run("studio", "export", "--root", root, "--out", folder / "tasks.json")
    before = _contents(root)
    run("studio", "import", folder / "tasks.json", "--root", root)
    assert _contents(root) == before, "what nobody has touched comes back byte for byte"
    if extras:
        (folder / "text.txt").write_text("Ann Lee spoke. Envoys left.", "utf-8")
        run("init", folder / "mine")
        added = run("add", folder / "text.txt", "--date", "2025-03-01", "--root", folder / "mine")
        assert "2 sentences" in added
        (pair,) = json.loads(run("agree", "pass-a", "pass-b", "--root", root, "--format", "json"))["pairs"]
        assert pair["figures"]
    else:
        # An edition of somebody who has spaCy, with which these tests run.
        build(read_corpus(root), folder / "edition", available_views(), edition="standoff")
        told = run("rehydrate", folder / "edition", root / f"seeds/{DOC}.txt", "--out", folder / "whole")
        assert f"Left out, since they need spaCy: {', '.join(TOKEN_VIEWS)}." in told
        assert "as recorded" in run("verify", folder / "whole")


def _contents(root: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted((root / "corpus").rglob("*")) if path.is_file()}


def _run(python: Path, home: Path, *arguments: object) -> str:
    env = {name: value for name, value in offline(home).items() if not re.match("PYTHON|VIRTUAL_ENV", name)}
    command = [str(python), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=env, cwd=home, check=False, timeout=600)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout
