"""What changes several files is all or nothing, also where the process is killed; and one process at a time does it."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import subprocess
import sys
import time
from itertools import count
from pathlib import Path

import orjson
import pytest

from kill_points import COUNTED, ended
from processes import wait_for
from stancebank.faults import StanceBankError
from stancebank.storage import root_lock
from stancebank.storage.files import prepared_files, write_files
from stancebank.storage.journal import JOURNAL, changing, settle
from storage.test_files import tree

BEFORE = {"kept": b"kept", "a/changed": b"before", "a/gone": b"gone", "link": b""}
CHANGE = {"a/changed": b"after", "a/gone": None, "new/folder/file": b"new", "b": b""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "root"
    (path / "a").mkdir(parents=True)
    for name, data in BEFORE.items():
        (path / name).write_bytes(data)
    (path / "link").unlink()
    (path / "link").symlink_to("a/changed")
    return path


@pytest.fixture
def after(folder: Path, tmp_path: Path) -> dict[str, object]:
    """What the change makes of the folder."""
    other = tmp_path / "other"
    subprocess.run(["cp", "-a", str(folder), str(other)], check=True)
    write_files(other, CHANGE)
    return tree(other)


def test_a_file_can_be_removed_with_others_written(folder):
    write_files(folder, {"a/gone": None, "kept": b"after", "never there": None})
    assert tree(folder) == {"kept": b"after", "a": None, "a/changed": b"before", "link": Path("a/changed")}


def test_a_link_is_removed_itself(folder):
    write_files(folder, {"link": None})
    assert tree(folder) == {"kept": b"kept", "a": None, "a/changed": b"before", "a/gone": b"gone"}


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_change_is_there_or_not_wherever_it_is_ended(folder, after, number, capsys):
    before = tree(folder)
    for point in count(1):
        how = ended(lambda: write_files(folder, CHANGE), folder, point, number)
        if how == COUNTED:
            break
        assert how == (-number if number == signal.SIGKILL else 128 + number)
        settle(folder)
        assert tree(folder) in (before, after), point
        if tree(folder) == after:
            write_files(folder, {"a/changed": b"before", "a/gone": b"gone", "new/folder/file": None, "b": None})
    assert point > 15
    assert tree(folder) == after


def test_taking_back_can_itself_be_ended_anywhere(folder, after):
    before = tree(folder)
    for at in count(1):
        if ended(lambda: write_files(folder, CHANGE), folder, at) == COUNTED:
            break
        for point in count(1):
            if ended(lambda: settle(folder), folder, point) == COUNTED:
                break
        assert tree(folder) in (before, after)
        if tree(folder) == after:
            break


def end_half_way(folder: Path) -> None:
    """Kill the change as soon as one file is in its place."""
    for point in count(1):
        assert ended(lambda: write_files(folder, CHANGE), folder, point) == -signal.SIGKILL
        if (folder / "a/changed").read_bytes() == b"after":
            return


def test_what_was_taken_back_is_said_in_one_line(folder, capsys):
    end_half_way(folder)
    settle(folder)
    settle(folder)
    said = capsys.readouterr().err.splitlines(keepends=True)[-1]
    assert said == f"stancebank: put back files of a stancebank command that was interrupted in {folder}\n"


def test_a_file_that_was_edited_since_stays_as_it_was_edited(folder):
    end_half_way(folder)
    (folder / "a/changed").write_bytes(b"by hand")
    settle(folder)
    assert (folder / "a/changed").read_bytes() == b"by hand"
    assert not list(folder.rglob(".new-*"))


def test_an_error_after_the_files_were_put_puts_them_back(folder):
    before = tree(folder)

    def put_and_fail() -> None:
        with prepared_files(folder, CHANGE) as put:
            put()
            raise KeyError

    with pytest.raises(KeyError):
        put_and_fail()
    assert tree(folder) == before


@pytest.mark.parametrize(
    "line",
    [
        ["put", "../outside", None, None],
        ["temporary", "../.new-outside"],
        ["temporary", "kept"],
        ["put", "kept", "a/.new-x", None],
        ["put", ".git/config", ".git/.new-x", None],
        ["folder", "/"],
        ["put", "out/kept", "out/.new-x", None],
        ["unknown"],
        7,
    ],
)
def test_a_journal_from_elsewhere_leads_nowhere(folder, tmp_path, line):
    (tmp_path / "outside").write_bytes(b"safe")
    (folder / ".git").mkdir()
    (folder / ".git/config").write_bytes(b"safe")
    (folder / "out").symlink_to(tmp_path)
    before = tree(folder), (tmp_path / "outside").read_bytes()
    (folder / JOURNAL).write_bytes(orjson.dumps(line) + b"\n")
    with contextlib.suppress(StanceBankError):  # refused, or read over
        settle(folder)
    (folder / JOURNAL).unlink(missing_ok=True)
    assert (tree(folder), (tmp_path / "outside").read_bytes()) == before


@pytest.mark.timeout(20)
def test_a_journal_that_is_no_file_is_refused(folder):
    os.mkfifo(folder / JOURNAL)
    with pytest.raises(StanceBankError, match="is not a journal of yours"):
        settle(folder)


HOLD = """
import sys, time
from pathlib import Path
from stancebank.storage.journal import changing
with changing(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(float(sys.argv[2]))
"""


def hold(folder: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", HOLD, str(folder), str(seconds)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def test_another_one_is_waited_for_and_that_is_said_in_one_line(folder, capsys):
    with hold(folder, 0.5) as process:
        write_files(folder, CHANGE)
        assert process.wait(10) == 0
    said = capsys.readouterr().err
    assert said == f"stancebank: waiting for another stancebank command that is changing {folder} ...\n"


def test_waiting_ends(folder, monkeypatch):
    monkeypatch.setattr(root_lock, "LIMIT", 0.2)
    before = tree(folder)
    with hold(folder, 60) as process:
        with pytest.raises(StanceBankError, match=r"nothing was changed\n  fix: wait until it has ended"):
            write_files(folder, CHANGE)
        assert tree(folder) == before
        process.kill()
        process.wait(10)
        write_files(folder, CHANGE)  # the lock of a dead process blocks nobody


def test_readers_do_not_wait_and_leave_a_journal_that_is_in_use(folder):
    with prepared_files(folder, CHANGE):
        journal = (folder / JOURNAL).read_bytes()
        start = time.monotonic()
        subprocess.run([sys.executable, "-c", READ, str(folder)], check=True)
        assert time.monotonic() - start < 10
        assert (folder / JOURNAL).read_bytes() == journal


READ = "import sys; from pathlib import Path; from stancebank.storage.journal import settle; settle(Path(sys.argv[1]))"


def test_one_who_holds_the_lock_can_take_it_again(folder):
    with changing(folder), changing(folder):
        write_files(folder, CHANGE)
    assert root_lock.is_free(folder)


def test_a_folder_that_cannot_be_locked_has_a_lock_file(folder, monkeypatch):
    flock = fcntl.flock

    def refusing(handle: int, how: int) -> None:
        if Path(f"/proc/self/fd/{handle}").is_dir():
            raise OSError(errno.EBADF, "as NFS answers")
        flock(handle, how)

    monkeypatch.setattr(fcntl, "flock", refusing)
    with changing(folder):
        assert not root_lock.is_free(folder)
    assert root_lock.is_free(folder)


ADD = """
import sys
from pathlib import Path
from stancebank.storage.journal import changing
from stancebank.storage.files import write_files
root, name, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
for number in range(rounds):
    with changing(root):
        kept = (root / "kept").read_bytes() + f"{name}{number}\\n".encode()
        write_files(root, {"kept": kept, f"{name}{number}": b""})
"""


@pytest.mark.parametrize(("writers", "rounds"), [(2, 15), pytest.param(8, 200, marks=pytest.mark.deep("processes"))])
def test_writers_at_once_lose_nothing(folder, writers, rounds):
    (folder / "kept").write_bytes(b"")
    commands = [[sys.executable, "-c", ADD, str(folder), chr(ord("a") + n), str(rounds)] for n in range(writers)]
    processes = [subprocess.Popen(command, stderr=subprocess.DEVNULL) for command in commands]
    wait_for(lambda: all(process.poll() is not None for process in processes), 900)
    assert [process.returncode for process in processes] == [0] * writers
    lines = (folder / "kept").read_text().split()
    assert sorted(lines) == sorted(f"{chr(ord('a') + n)}{m}" for n in range(writers) for m in range(rounds))
    assert all((folder / line).exists() for line in lines)
    assert not list(folder.rglob(".new-*"))
