"""Pipes, devices and sockets that a command is given in the place of a file: refused before anything waits for them."""

from __future__ import annotations

import stat
from collections.abc import Mapping
from pathlib import Path

from stancebank.faults import StanceBankError, printable

_NAMES = ("file", "a", "b", "model", "labels")
"""Parameters that are no paths, but may name a file."""
_WRITTEN = ("output_file",)
_KINDS = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}


def refuse_special_files(parameters: Mapping[str, object]) -> None:
    """Raise StanceBankError where a parameter that is read from is a pipe, a device or a socket."""
    for name, value in parameters.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            if name not in _WRITTEN and (isinstance(each, Path) or (name in _NAMES and isinstance(each, str))):
                kind = _kind(Path(each))
                if kind is not None:
                    what = f"{printable(str(each))} is not a regular file, but {kind}"
                    raise StanceBankError(what, "write what it gives to a file, and name that")


def _kind(path: Path) -> str | None:
    try:
        return _KINDS.get(stat.S_IFMT(path.stat().st_mode))
    except (OSError, ValueError):  # what is not there, or an address
        return None
