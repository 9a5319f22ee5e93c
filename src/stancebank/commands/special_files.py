"""Pipes, devices and sockets that a command is given in the place of a file: refused before anything waits for them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from stancebank.storage.file_kinds import require_no_special_file

_NAMES = ("file", "a", "b", "model", "labels")
"""Parameters that are no paths, but may name a file."""
_WRITTEN = ("output_file",)


def refuse_special_files(parameters: Mapping[str, object]) -> None:
    """Raise StanceBankError where a parameter that is read from is a pipe, a device or a socket."""
    for name, value in parameters.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            if name not in _WRITTEN and (isinstance(each, Path) or (name in _NAMES and isinstance(each, str))):
                require_no_special_file(Path(each), "write what it gives to a file, and name that")
