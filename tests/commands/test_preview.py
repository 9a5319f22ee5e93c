"""stancebank preview: three rows of a built dataset on a terminal."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from conftest import Root

Run = Callable[..., CompletedProcess[str]]


def test_three_stances_are_shown_as_load_dataset_reads_them(process: Run, editions: dict[str, Path]) -> None:
    done = process("preview", editions["full"])
    assert (done.returncode, done.stderr) == (0, "")
    first, *lines = done.stdout.splitlines()
    assert first == f'load_dataset("{editions["full"]}", "stance_detection"): 23 rows, of which three:'
    assert len(lines) == 6
    assert all(line.startswith("  ") and ": " in line for line in lines[::2])
    assert all(line.startswith('    "') and line.endswith(")") for line in lines[1::2])


def test_a_masked_edition_is_shown_masked_and_a_standoff_one_has_no_such_rows(
    cli: Run, editions: dict[str, Path]
) -> None:
    masked = cli("preview", editions["masked"])
    assert (masked.returncode, len(masked.stdout.splitlines())) == (0, 7)
    assert re.search(r'^    "[xX-]+ ', masked.stdout, re.MULTILINE)
    standoff = cli("preview", editions["standoff"])
    assert (standoff.returncode, standoff.stdout) == (2, "")
    assert "has no view stance_detection" in standoff.stderr


def test_a_folder_without_a_dataset_or_the_view_is_refused(cli: Run, root: Root, tmp_path: Path) -> None:
    done = cli("preview", root.path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no manifest" in done.stderr
    assert cli("build", "--root", root.path, "--out", "out", "--view", "stances").returncode == 0
    done = cli("preview", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("stancebank: out has no view stance_detection\n  fix: build ")


@pytest.mark.parametrize("change", ["no card", "another card", "a lost shard", "a broken shard"])
def test_a_folder_that_was_changed_is_refused_with_the_way_to_see_how(
    cli: Run, editions: dict[str, Path], tmp_path: Path, change: str
) -> None:
    folder = shutil.copytree(editions["full"], tmp_path / "built")
    shard = next(folder.glob("data/stance_detection/*"))
    match change:
        case "no card":
            (folder / "README.md").unlink()
        case "another card":
            (folder / "README.md").write_text("---\nconfigs: 3\n---\n", "utf-8")
        case "a lost shard":
            shard.unlink()
        case "a broken shard":
            shard.write_bytes(b"PAR1")
    shown = cli("preview", folder)
    assert shown.returncode == 2
    assert "load_dataset does not read stance_detection of" in shown.stderr
    assert "stancebank verify" in shown.stderr
