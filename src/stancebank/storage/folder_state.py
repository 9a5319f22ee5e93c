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

_Stamp = tuple[int, ...]
"""What a write changes: device, inode, kind, size, times of content and entry, in nanoseconds."""


@dataclass(frozen=True)
class FolderState:
    """The files and folders below some folders of a root at one moment.

    digests: SHA-256 of each file by its path from the root; empty for a folder.
    """

    root: Path
    folders: Sequence[str]
    digests: Mapping[str, str]
    _stamps: Mapping[str, _Stamp] = field(repr=False)
    _taken: int

    def still_holds(self) -> bool:
        """Whether nothing has been written there, removed or added since."""
        try:
            stamps = {name: _stamp(os.lstat(f"{self.root}/{name}")) for name in _below(f"{self.root}/", self.folders)}
        except OSError:
            return False
        return stamps == self._stamps and all(changed < self._taken - _TICK for *_, changed in stamps.values())


def folder_state(root: Path, folders: Sequence[str]) -> FolderState | None:
    """The state of folders of a root now; None where something there is neither file nor folder, or cannot be read."""
    taken = time.time_ns()
    digests: dict[str, str] = {}
    stamps: dict[str, _Stamp] = {}
    try:
        for name in _below(f"{root}/", folders):
            stamps[name], digests[name] = _read(f"{root}/{name}")
    except (OSError, ValueError):
        return None
    return FolderState(root, folders, digests, stamps, taken)


def _below(root: str, folders: Sequence[str]) -> Iterator[str]:
    """The paths, from the root, of the folders, as far as there are, and of all that is in them."""
    left = [name for name in reversed(folders) if os.path.lexists(root + name)]
    yield from left
    while left:
        folder = left.pop()
        with os.scandir(root + folder) as found:
            for entry in found:
                name = f"{folder}/{entry.name}"
                yield name
                if entry.is_dir(follow_symlinks=False):
                    left.append(name)


def _read(path: str) -> tuple[_Stamp, str]:
    """Stamp and digest of a file, or of a folder; ValueError for anything else."""
    # Neither to follow a link nor to wait for the other end of a pipe.
    handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    try:
        found = os.fstat(handle)
        if stat.S_ISDIR(found.st_mode):
            return _stamp(found), ""
        if not stat.S_ISREG(found.st_mode):
            raise ValueError(path)
        if found.st_size < _AT_ONCE:
            return _stamp(found), hashlib.sha256(os.read(handle, _AT_ONCE)).hexdigest()
        with open(handle, "rb", buffering=0, closefd=False) as file:
            return _stamp(found), hashlib.file_digest(file, "sha256").hexdigest()
    finally:
        os.close(handle)


def _stamp(found: os.stat_result) -> _Stamp:
    return found.st_dev, found.st_ino, found.st_mode, found.st_size, found.st_mtime_ns, found.st_ctime_ns
