"""Pipes, devices and sockets that are named in the place of a file."""

from __future__ import annotations

import stat
from pathlib import Path

from stancebank.faults import StanceBankError, printable

_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def is_device(path: Path) -> bool:
    """Whether a path is a device that takes characters, such as /dev/null or a terminal."""
    try:
        return path.is_char_device()
    except ValueError:
        return False


def require_no_special_file(path: Path, fix: str) -> None:
    """Raise StanceBankError where a path is a pipe, a device or a socket."""
    try:
        kind = _KINDS.get(stat.S_IFMT(path.stat().st_mode))
    except (OSError, ValueError):  # what is not there, or an address
        return
    if kind is not None:
        raise StanceBankError(f"{printable(str(path))} is not a regular file, but {kind}", fix)
