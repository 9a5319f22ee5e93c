"""From a server to a file: all of a project, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from stancebank.studio.client import Server


def snapshot(server: Server, project: int, folder: Path) -> Path:
    """A new file in folder with all tasks of a project as JSON, which its owner alone may read; the caller removes it.

    Raises StanceBankError, with nothing left behind, where it does not arrive whole.
    """
    handle, name = tempfile.mkstemp(prefix=".new-", suffix=".json", dir=folder)
    os.close(handle)
    file = Path(name)
    try:
        server.snapshot(project, file)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    return file
