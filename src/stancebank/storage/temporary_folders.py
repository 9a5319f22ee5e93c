"""Folders for as long as a run lasts; those of runs that were killed go with the next run.

They may hold whole texts. A run has a lock on each of its folders, which the system
releases with the process, however that ends.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

PREFIX = "stancebank-run-"


@contextlib.contextmanager
def temporary_folder(parent: Path | None = None, prefix: str = PREFIX) -> Iterator[Path]:
    """A new folder that its owner alone may read, removed at the end of the block with all that is in it.

    parent: where, by default where the system has temporary files. prefix: of its name;
    abandoned folders with it are removed first. Raises OSError where the folder cannot be made.
    """
    place = Path(tempfile.gettempdir()) if parent is None else parent
    remove_abandoned(place, prefix)
    outer, handle = _new_locked(place, prefix)
    try:
        folder = outer / "content"  # may be a corpus, whose root is locked in its turn
        folder.mkdir(mode=0o700)
        yield folder
    finally:
        shutil.rmtree(outer, ignore_errors=True)
        os.close(handle)


def remove_abandoned(parent: Path, prefix: str = PREFIX) -> None:
    """Remove the folders with a prefix that are this user's and that no process has a lock on, as far as possible."""
    with contextlib.suppress(OSError):
        for entry in list(os.scandir(parent)):
            if entry.name.startswith(prefix) and entry.is_dir(follow_symlinks=False):
                _remove_if_abandoned(Path(entry.path))


def _remove_if_abandoned(folder: Path) -> None:
    with contextlib.suppress(OSError):
        handle = _open(folder)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(handle).st_uid == os.getuid():
                shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(handle)


def _new_locked(place: Path, prefix: str) -> tuple[Path, int]:
    while True:
        folder = Path(tempfile.mkdtemp(prefix=prefix, dir=place))
        handle = _open(folder)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:  # another run takes it for abandoned, and removes it
            os.close(handle)
            continue
        except OSError:  # a file system without locks: then nobody else gets one either
            return folder, handle
        if folder.exists():
            return folder, handle
        os.close(handle)


def _open(folder: Path) -> int:
    return os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
