"""What checks have found, as files of the user's cache: for a part, and for a corpus as a whole.

They lie outside the corpus, since a corpus may come from others. Where one cannot be read or written, or is damaged,
it is as if it were not there.
"""

from __future__ import annotations

import contextlib
import datetime
import os
import sys
import time
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import msgspec

from stancebank.faults import StanceBankError
from stancebank.schema.own_code import code_digest
from stancebank.storage.files import new_file, sha256

T = TypeVar("T")

_FOLDER = "findings"
_DAYS = 30
"""After which an entry that no check has used goes."""


def kept_file(*asked: object) -> Path:
    """Where a result is kept: one file for each thing that was asked."""
    import platformdirs  # which a check without a cache does not need

    return platformdirs.user_cache_path("stancebank") / _FOLDER / sha256(repr(asked).encode())


def circumstances() -> tuple[str, ...]:
    """What every result follows from besides the corpus: the software, and the day."""
    day = datetime.datetime.now(datetime.UTC).date().isoformat()
    return code_digest(), version("polars"), sys.version, day


def read_kept(file: Path, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
    """An entry whose digest is in front of it; None for anything else."""
    try:
        digest, _, content = file.read_bytes().partition(b"\n")
        if digest != sha256(content).encode():
            return None
        entry = decoder.decode(content)
        os.utime(file)
    except (OSError, msgspec.MsgspecError):
        return None
    return entry


def write_kept(file: Path, entry: msgspec.Struct) -> None:
    """Keep an entry, where that is possible."""
    content = msgspec.msgpack.encode(entry)
    with contextlib.suppress(OSError, StanceBankError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(file.parent)
        with new_file(file) as stream:
            stream.write(sha256(content).encode() + b"\n" + content)


@lru_cache(maxsize=1)
def _sweep(folder: Path) -> None:
    """Remove the entries that no check has used of late."""
    oldest = time.time() - _DAYS * 24 * 60 * 60
    for each in folder.iterdir():
        if each.is_file() and each.stat().st_mtime < oldest:
            each.unlink(missing_ok=True)
