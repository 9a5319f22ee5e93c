"""What is below some folders: each file with its digest, and what tells that nothing has been written since."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TICK = 20_000_000  # nanoseconds, within which a file system may give two writes one time
_AT_ONCE = 1 << 16  # bytes


@dataclass(frozen=True)
class FolderState:
    """The files and folders below some folders of a root at one moment.

    digests: SHA-256 of each file by its path from the root; empty for a folder.
    """

    root: Path
    folders: Sequence[str]
    digests: Mapping[str, str]
    _stamps: _Stamps = field(repr=False)
    _taken: int

    def still_holds(self) -> bool:
        """Whether nothing has been written there, removed or added since."""
        stamps = _Stamps()
        try:
            for name in _below(f"{self.root}/", self.folders):
                stamps.add(name, os.lstat(f"{self.root}/{name}"))
        except OSError:
            return False
        return stamps.equal(self._stamps) and stamps.newest < self._taken - _TICK


class _Stamps:
    """What a write changes of files and folders, as one digest: a million of them would take much memory."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.newest = 0

    def add(self, name: str, found: os.stat_result) -> None:
        """Take in the next file or folder."""
        said = (found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
        self._digest.update(f"{name!r} {said}".encode())
        self.newest = max(self.newest, found.st_ctime_ns)

    def equal(self, other: _Stamps) -> bool:
        """Whether the same was taken in."""
        return self._digest.digest() == other._digest.digest()


def folder_state(root: Path, folders: Sequence[str]) -> FolderState | None:
    """The state of folders of a root now; None where something there is neither file nor folder, or cannot be read."""
    taken = time.time_ns()
    digests: dict[str, str] = {}
    stamps = _Stamps()
    try:
        for name in _below(f"{root}/", folders):
            found, digests[name] = _read(f"{root}/{name}")
            stamps.add(name, found)
    except (OSError, ValueError):
        return None
    return FolderState(root, folders, digests, stamps, taken)


def _below(root: str, folders: Sequence[str]) -> Iterator[str]:
    """The paths, from the root, of the folders, as far as there are, and of all that is in them; in a fixed order."""
    for folder in folders:
        if os.path.lexists(root + folder):
            yield folder
            yield from _inside(root, folder)


def _inside(root: str, folder: str) -> Iterator[str]:
    with os.scandir(root + folder) as entries:
        found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    for name, is_folder in found:
        yield f"{folder}/{name}"
        if is_folder:
            yield from _inside(root, f"{folder}/{name}")


def _read(path: str) -> tuple[os.stat_result, str]:
    """What the system says of a file, or of a folder, and its digest; ValueError for anything else."""
    # Neither to follow a link nor to wait for the other end of a pipe.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            return found, ""
        if not stat.S_ISREG(found.st_mode):
            raise ValueError(path)
        if found.st_size < _AT_ONCE:
            return found, hashlib.sha256(os.read(handle, _AT_ONCE)).hexdigest()
        with open(handle, "rb", buffering=0, closefd=False) as file:
            return found, hashlib.file_digest(file, "sha256").hexdigest()
    finally:
        os.close(handle)
