"""The folder .studio under the root: what belongs to one person's work with Label Studio, and to nobody else."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from stancebank.faults import StanceBankError, printable
from stancebank.storage.files import cannot_write, file_beside

FOLDER = ".studio"
MERGE_BASES = PurePosixPath(FOLDER, "base")
"""Where what was sent to each project is kept, from the root."""


def studio_folder(root: Path) -> Path:
    """The folder .studio under the root, made where it is missing, for its owner alone.

    Raises StanceBankError where it is a symbolic link or cannot be made.
    """
    folder = root.resolve() / FOLDER
    if folder.is_symlink():
        raise StanceBankError(f"{printable(str(folder))} is a symbolic link", "put a folder here, or nothing")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
    except OSError as error:
        raise cannot_write(folder, error) from None
    return folder


def write_private(path: Path, data: bytes) -> None:
    """Write a file that its owner alone may read, whole or not at all; its folder is made too."""
    with private_file(path) as beside:
        beside.write_bytes(data)


@contextlib.contextmanager
def private_file(path: Path) -> Iterator[Path]:
    """A file to fill, which takes its place when the block ends without an error; its owner alone may read it.

    Raises StanceBankError where writing fails; nothing is left then.
    """
    new = None
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = file_beside(path)
        yield new
        new.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if new is not None:
            new.unlink(missing_ok=True)


def take_lock(file: Path) -> int | None:
    """An open file that holds the lock, for this process and those it is passed to; None where another one holds it.

    The lock ends with the last process that has the file open, however it ends.
    """
    handle = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    except BaseException:
        os.close(handle)
        raise
    return handle


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the lock of what only one push or pull may do at a time; StanceBankError where another one is at it."""
    handle = take_lock(folder / "work.lock")
    if handle is None:
        what = "another stancebank studio push or pull is running here"
        raise StanceBankError(what, "wait until it has ended")
    try:
        yield
    finally:
        os.close(handle)
