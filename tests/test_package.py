"""The wheel: made by the standard tool, installed alone in a new environment, offline in use."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from checkout import commit_all, copy_checkout, run
from conftest import offline
from processes import QUIT
from stancebank.corpus.part import Part
from stancebank.views.registry import VIEWS

pytestmark = pytest.mark.deep("packages")


UNTRACKED = (".env", "corpus/.new-1-x", "seeds/draft.txt", "src/stancebank/notes.py", "annotation/passes/mine/m.jsonl")


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout with files that git does not track, and in dist an sdist and the wheel built from that."""
    folder = copy_checkout(tmp_path_factory.mktemp("source"))
    commit_all(folder)
    for file in UNTRACKED:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text("token = 1\n")
    run(sys.executable, "-m", "build", "--outdir", folder / "dist", folder, cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def wheel(packages: Path) -> Path:
    (built,) = (packages / "dist").glob("*.whl")
    return built


def test_the_sdist_holds_what_git_tracks_and_nothing_else(packages: Path) -> None:
    (sdist,) = (packages / "dist").glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        packed = {name.partition("/")[2] for name in archive.getnames()}
    tracked = run("git", "ls-files", cwd=packages, check=True).stdout.splitlines()
    assert packed == {file for file in tracked if not file.startswith((".github/", ".ci/"))} | {"PKG-INFO"}


def test_a_wheel_is_the_same_from_the_sdist_and_from_the_checkout(packages: Path, wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "build", "--wheel", "--outdir", tmp_path, packages, cwd=packages, check=True)
    (straight,) = tmp_path.glob("*.whl")
    assert straight.read_bytes() == wheel.read_bytes()
    names = zipfile.ZipFile(wheel).namelist()
    assert not [name for name in names if any(name.endswith(file.rpartition("/")[2]) for file in UNTRACKED)]


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment that has the wheel, what it needs, and what adding texts needs, alone."""
    folder = tmp_path_factory.mktemp("alone")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    command = [folder / "bin" / "python", "-m", "pip", "install", "--quiet", f"{wheel}[texts]"]
    subprocess.run(command, check=True, timeout=600)
    return folder / "bin" / "python"


def result(python: Path, home: Path, code: str) -> object:
    command = [str(python), "-c", f"import json, stancebank, stancebank.faults; {code}{QUIT}"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=offline(home), cwd=home, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_the_wheel_carries_corpus_schemas_seeds_and_licences(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("corpus/2025-02/stances.jsonl", "schemas/scheme.yaml", "seeds/seeds.yaml"):
        assert f"stancebank/_corpus_root/{needed}" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.startswith(("tests", "benchmarks", "docs"))]


def test_installed_alone_it_gives_its_documents(installed: Path, gold: Part, tmp_path: Path) -> None:
    rows = result(installed, tmp_path, "print(json.dumps(stancebank.load('documents').to_list()))")
    assert rows == VIEWS["documents"].rows(gold).to_dicts()
    assert result(installed, tmp_path, "print(json.dumps(stancebank.load('stances').num_rows))") == 23


def test_installed_without_the_extra_it_says_what_token_views_need(installed: Path, tmp_path: Path) -> None:
    failing = "try: stancebank.load('ner')\nexcept stancebank.faults.StanceBankError as error:"
    code = f"\n{failing} print(json.dumps(str(error)))"
    message = result(installed, tmp_path, code)
    assert "spaCy is needed for ner, and is not installed" in str(message)
    assert "pip install 'stancebank[tokens]'" in str(message)


def test_its_command_validates_and_starts_a_corpus(installed: Path, tmp_path: Path) -> None:
    command = installed.parent / "stancebank"
    subprocess.run([command, "init", tmp_path / "mine"], env=offline(tmp_path), check=True, capture_output=True)
    (tmp_path / "text.txt").write_text("Ann Lee spoke.")
    added = [command, "add", tmp_path / "text.txt", "--date", "2025-03-01", "--root", tmp_path / "mine"]
    subprocess.run(added, env=offline(tmp_path), check=True, capture_output=True)
    done = subprocess.run(
        [command, "validate", "--root", tmp_path / "mine"], env=offline(tmp_path), capture_output=True, check=True
    )
    assert done.stdout == b"no findings\n"
