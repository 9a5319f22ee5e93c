"""Changes written to a corpus: all files or none, and only onto what was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from stancebank.faults import StanceBankError, printable
from stancebank.storage.files import read_inside, write_files


def save_files(root: Path, files: Mapping[str, bytes], basis: Iterable[tuple[str, bytes | None]]) -> None:
    """Write the files, all or none. The lock of the root is held.

    basis: the files that the changes build on, as they were read; None for one that was missing. Raises
    StanceBankError where one of them is another now, and where writing fails.
    """
    for file, read in basis:
        if read_inside(root, file)[0] != read:
            what = f"{printable(file)} was changed since it was read; nothing was written"
            raise StanceBankError(what, "open the corpus again, and make the changes again")
    write_files(root, files)
