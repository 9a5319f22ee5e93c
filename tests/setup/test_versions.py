"""The versions that pyproject.toml promises: the lowest and the newest of everything, on each Python that is here."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from locks import interpreters
from smoke import smoke

from conftest import PROJECT, Root, offline

PYPROJECT: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text("utf-8"))["project"]
PROMISED = re.findall(r":: Python :: (3\.\d+)", "\n".join(PYPROJECT["classifiers"]))
PYTHONS = {version: path for version, path in interpreters().items() if version in PROMISED}
UV = Path(sys.executable).parent / "uv"

pytestmark = pytest.mark.deep("packages")


def uv(*arguments: object) -> None:
    done = subprocess.run(
        [UV, "--no-python-downloads", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        cwd=PROJECT,
        check=False,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    uv("build", "--quiet", "--wheel", "--out-dir", folder)
    (built,) = folder.glob("*.whl")
    return built


def environment(folder: Path, python: Path, wheel: Path, resolution: str, *extras: str) -> Path:
    """The Python of a new environment with StanceBank and the lowest or the newest versions of what it needs."""
    executable, chosen = folder / "bin/python", folder.with_suffix(".txt")
    uv("venv", "--quiet", "--python", python, folder)
    to_chosen = ("--python", executable, "--no-header", "--quiet", "--output-file", chosen)
    uv("pip", "compile", "pyproject.toml", *extras, "--resolution", resolution, *to_chosen)
    uv("pip", "sync", "--quiet", "--python", executable, chosen)
    uv("pip", "install", "--quiet", "--no-deps", "--python", executable, wheel)
    uv("pip", "check", "--python", executable)
    return executable


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
@pytest.mark.parametrize("version", PYTHONS)
def test_every_kind_of_work_with_these_versions(version: str, resolution: str, wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path / "environment", PYTHONS[version], wheel, resolution, "--all-extras")
    smoke(python, tmp_path / "smoke")


@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("agreement", "agree gold gold --root corpus"),
        ("texts", "add text.txt --date 2025-03-01 --root corpus"),
        ("tokens", "build --root corpus --view ner"),
        ("cluster", "validate --root corpus --cluster local"),
        ("addresses", "build --root corpus --view stances --out memory://built"),
    ],
)
def test_an_extra_alone_is_enough(extra: str, command: str, wheel: Path, root: Root, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Ann Lee spoke. Envoys left.", "utf-8")
    root.path.rename(tmp_path / "corpus")
    python = environment(tmp_path / "environment", Path(sys.executable), wheel, "highest", "--extra", extra)
    done = subprocess.run(
        [python, "-I", "-m", "stancebank", *command.split()],
        cwd=tmp_path,
        env=offline(tmp_path),
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture(scope="module")
def plain(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment without any extra."""
    return environment(tmp_path_factory.mktemp("plain") / "environment", Path(sys.executable), wheel, "highest")


def test_a_plain_install_does_all_that_needs_no_extra(plain: Path, tmp_path: Path) -> None:
    smoke(plain, tmp_path / "smoke", extras=False)


@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("texts", "add text.txt --date 2025-03-01 --root mine"),
        ("addresses", "validate --root memory://corpus"),
        ("s3", "validate --root s3://bucket/corpus"),
        ("tokens", "build --root mine --view ner"),
        ("agreement", "agree gold gold --root gold"),
        ("cluster", "validate --cluster local --root mine"),
        ("studio", "studio push --url http://127.0.0.1:1 --root mine"),
    ],
)
def test_a_plain_install_names_the_extra_for_the_rest(
    plain: Path, root: Root, tmp_path: Path, extra: str, command: str
) -> None:
    assert extra in PYPROJECT["optional-dependencies"]
    root.path.rename(tmp_path / "gold")
    (tmp_path / "text.txt").write_text("Ann Lee spoke. Envoys left.", "utf-8")
    env = offline(tmp_path, LABEL_STUDIO_API_KEY="f" * 40)
    program = [plain, "-I", "-m", "stancebank"]
    subprocess.run([*program, "init", "mine"], cwd=tmp_path, env=env, check=True, capture_output=True)
    done = subprocess.run(
        [*program, *command.split()], cwd=tmp_path, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 2, done.stderr
    assert f"pip install 'stancebank[{extra}]'" in done.stderr
    assert "Traceback" not in done.stderr
