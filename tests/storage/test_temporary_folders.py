"""What a run keeps for a while goes with it, and what a killed run has left goes with the next."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from stancebank.faults import StanceBankError
from stancebank.storage.files import new_file, new_folder
from stancebank.storage.temporary_folders import remove_abandoned, temporary_folder

WAITS = """
import sys
from pathlib import Path
from stancebank.storage.files import new_file, new_folder
from stancebank.storage.temporary_folders import temporary_folder
place = Path(sys.argv[1])
built = new_folder(place / "built", bool)
with temporary_folder(place) as folder, new_file(place / "export.json") as file, built as to:
    (folder / "text").write_text("a whole text")
    (to / "text").write_text("a whole text")
    file.write(b"a whole text")
    file.flush()
    print("here", flush=True)
    sys.stdin.read()
"""


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_folder_and_all_in_it_last_as_long_as_the_block(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as folder:
        (folder / "text").write_text("a whole text")
        assert folder.stat().st_mode & 0o077 == 0
        assert names(tmp_path) == [folder.parent.name]
    assert names(tmp_path) == []


def test_what_a_killed_run_left_goes_with_the_next_one_and_nothing_else_does(tmp_path: Path) -> None:
    mine = ["stancebank-run-notes.txt", "stancebank", "new", ".new-draft"]
    for name in mine:
        (tmp_path / name).mkdir() if "." not in name[1:] else (tmp_path / name).write_text("mine")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "stancebank-run-link").symlink_to(tmp_path / "elsewhere")
    before = names(tmp_path)
    command = [sys.executable, "-c", WAITS, tmp_path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == b"here\n"
        under_way = names(tmp_path)
        assert len(under_way) == len(before) + 3
        for prefix in ("stancebank-run-", ".new-stancebank-"):
            remove_abandoned(tmp_path, prefix)
        assert names(tmp_path) == under_way, "a run is still at work there"
        run.kill()
    assert names(tmp_path) == under_way
    with temporary_folder(tmp_path), new_file(tmp_path / "export.json") as file:
        file.write(b"1")
    assert names(tmp_path) == sorted([*before, "export.json"])
    assert (tmp_path / "export.json").read_bytes() == b"1"


def test_a_failure_leaves_nothing_beside_the_result(tmp_path: Path) -> None:
    with pytest.raises(StanceBankError), new_file(tmp_path / "export.json"):
        raise OSError(28, "no space left")
    with pytest.raises(StanceBankError), new_folder(tmp_path / "built", bool):
        raise OSError(28, "no space left")
    assert names(tmp_path) == []
