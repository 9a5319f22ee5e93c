"""What builds of this user made: the only parts that a later build takes over.

A folder of a built dataset, and its manifest, can be changed by whoever may write there. So a build keeps a list of
the digests of its parts in the user's own folder for state, and a later build into the same place takes over only
what that list names.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable
from pathlib import Path

import msgspec
import orjson

from stancebank.faults import StanceBankError
from stancebank.storage.addresses import is_remote
from stancebank.storage.files import new_file, sha256

_FOLDER = "builds"


class BuiltBefore:
    """The parts, each a BuiltPart, that builds of this user into one place have made.

    Nothing is remembered where the folder for state cannot be written: every part is then built each time.
    """

    def __init__(self, target: Path) -> None:
        import platformdirs  # which only a build needs

        place = str(target) if is_remote(target) else str(target.resolve())
        self._file = platformdirs.user_state_path("stancebank") / _FOLDER / sha256(place.encode())
        self._known: frozenset[str] = frozenset()
        with contextlib.suppress(OSError, UnicodeDecodeError):
            self._known = frozenset(self._file.read_text("ascii").split())

    def made(self, part: object) -> bool:
        """Whether a build of this user made a part, with these files."""
        return _digest(part) in self._known

    def add(self, part: object) -> None:
        """Remember a part as soon as it is made, for the build after one that is stopped."""
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self._file, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                os.write(handle, f"{_digest(part)}\n".encode())
            finally:
                os.close(handle)

    def keep(self, parts: Iterable[object]) -> None:
        """Remember these parts alone."""
        with contextlib.suppress(OSError, StanceBankError), new_file(self._file) as stream:
            stream.write("".join(f"{_digest(part)}\n" for part in parts).encode())


def _digest(part: object) -> str:
    """The digest of all that is recorded of a part; decisions are counted in each build."""
    said = {**msgspec.to_builtins(part), "decisions": 0}
    return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS))
