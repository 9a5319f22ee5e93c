"""A pipe, a device or a link to one in the place of a file is refused at once: nobody waits for it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from conftest import DOC, Root
from stancebank.dataset.manifest import earlier_parts, is_build
from stancebank.pages.site.page_names import MARKER
from stancebank.pages.site.site_building import is_site

COMMANDS = [
    ("diff", "SPECIAL", "."),
    ("import", "SPECIAL", "--format", "brat"),
    ("import", "SPECIAL", "--format", "quotes", "--as", "x"),
    ("import", ".", "--format", "brat", "--labels", "SPECIAL"),
    ("preannotate", "--model", "SPECIAL", "--as", "x"),
    ("rehydrate", ".", "SPECIAL"),
    ("score", "SPECIAL", "--task", "ner"),
    ("studio", "import", "SPECIAL"),
    ("update", DOC, "--text", "SPECIAL"),
]


@pytest.mark.timeout(20)
@pytest.mark.parametrize("kind", ["pipe", "link", "/dev/zero"])
@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_a_special_file_is_refused_at_once(root: Root, cli: Any, command: tuple[str, ...], kind: str) -> None:
    path = Path(kind)
    if not path.is_absolute():
        path = root.path / "special"
        os.mkfifo(root.path / "pipe")
        path.symlink_to("pipe") if kind == "link" else (root.path / "pipe").rename(path)
    done = cli(*(str(path) if word == "SPECIAL" else word for word in command))
    assert (done.returncode, done.stdout) == (2, "")
    said = f"stancebank: {path} is not a regular file, but a {'device' if path == Path(kind) else 'pipe'}\n  fix: "
    assert done.stderr.startswith(said)


@pytest.mark.timeout(20)
def test_a_report_is_written_to_a_device_which_stays_one(root: Root, cli: Any) -> None:
    assert cli("validate", "--root", root.path, "--output-file", os.devnull).returncode == 0
    assert Path(os.devnull).is_char_device()


@pytest.mark.timeout(20)
def test_a_report_takes_the_place_of_no_pipe(root: Root, cli: Any, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    done = cli("validate", "--root", root.path, "--output-file", tmp_path / "pipe")
    assert (done.returncode, done.stderr.partition(",")[0]) == (2, f"stancebank: {tmp_path}/pipe is not a regular file")
    assert (tmp_path / "pipe").is_fifo()


@pytest.mark.timeout(20)
def test_a_pipe_in_an_earlier_build_or_site_is_no_build_and_no_site(tmp_path: Path) -> None:
    for name in ("manifest.json", MARKER):
        os.mkfifo(tmp_path / name)
    assert not is_build(tmp_path)
    assert not is_site(tmp_path)
    assert earlier_parts(tmp_path) == ()


@pytest.mark.deep("processes")
def test_a_pipe_in_the_place_of_an_earlier_shard_is_built_again(tmp_path: Path, cli: Any, root: Root) -> None:
    folder = tmp_path / "built"
    command = ("build", "--root", root.path, "--out", folder, "--view", "stances", "--quiet")
    assert cli(*command).returncode == 0
    (shard,) = folder.glob("data/stances/*.parquet")
    data = shard.read_bytes()
    shard.unlink()
    os.mkfifo(shard)
    assert cli(*command).returncode == 0
    assert shard.read_bytes() == data
    shutil.rmtree(folder)
