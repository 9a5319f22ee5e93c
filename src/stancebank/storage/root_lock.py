"""The lock of a folder: one command at a time reads its files and then writes them.

The folder itself is locked, so there is no lock file, and the lock ends with the process, however that ends. Where
folders cannot be locked (NFS), a file .new-lock in it is, which stays and which git ignores.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from stancebank.faults import StanceBankError, printable

LIMIT = 60.0
"""Seconds after which a command no longer waits for another one."""

_STEP = 0.05  # seconds between two attempts
_FILE = ".new-lock"
_UNLOCKABLE = {errno.EBADF, errno.ENOLCK, errno.EOPNOTSUPP, errno.EINVAL}

_Key = tuple[int, int, int]
_held: set[_Key] = set()
"""What the threads of this process hold: thread, device and inode."""


def is_held(folder: Path) -> bool:
    """Whether this thread holds the lock of a folder."""
    return _key(folder) in _held


def is_free(folder: Path) -> bool:
    """Whether nobody, this thread included, holds the lock of a folder."""
    handle = _opened(folder)
    try:
        return _taken(handle, folder)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the lock of a folder; at once where this thread holds it already.

    Waiting is reported in one line. Raises StanceBankError after LIMIT seconds, and
    OSError where the folder cannot be opened.
    """
    key = _key(folder)
    if key in _held:
        yield
        return
    handle = _opened(folder)
    try:
        _wait(handle, folder)
        _held.add(key)
        yield
    finally:
        _held.discard(key)
        os.close(handle)


def tell(line: str) -> None:
    """Print a line about the work itself to standard error; nothing where that is closed."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stderr.write(f"stancebank: {line}\n")
        sys.stderr.flush()


def _key(folder: Path) -> _Key:
    found = folder.stat()
    return threading.get_ident(), found.st_dev, found.st_ino


def _opened(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _wait(handle: int, folder: Path) -> None:
    end = time.monotonic() + LIMIT
    waiting = False
    while not _taken(handle, folder):
        if not waiting:
            tell(f"waiting for another stancebank command that is changing {printable(str(folder))} ...")
            waiting = True
        if time.monotonic() > end:
            what = f"another stancebank command has been changing {printable(str(folder))} for {LIMIT:.0f} seconds"
            raise StanceBankError(f"{what}; nothing was changed", "wait until it has ended, then run this again")
        time.sleep(_STEP)


def _taken(handle: int, folder: Path) -> bool:
    """Whether the lock could be taken."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _UNLOCKABLE or not stat.S_ISDIR(os.fstat(handle).st_mode):
            raise
        file = os.open(folder / _FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        os.dup2(file, handle, inheritable=False)
        os.close(file)
        return _taken(handle, folder)
    return True
