"""Two folders that change places in one step, where the system can do it."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def exchanged(one: Path, other: Path) -> bool:
    """Whether the two have changed places; nothing has happened where the system or the file system cannot do it."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2  # Linux 3.15 and glibc 2.28
    except (OSError, AttributeError):
        return False
    return not rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE)
