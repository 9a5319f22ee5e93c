"""Where a corpus is."""

from __future__ import annotations

from pathlib import Path

from stancebank.faults import StanceBankError, printable
from stancebank.schema.paths import (
    CORPUS_FILE,
)
from stancebank.storage.addresses import is_remote
from stancebank.storage.files import read_inside
from stancebank.storage.journal import settle


def find_root(start: Path | None) -> Path:
    """The corpus root: start itself, or without it the nearest folder upwards with a corpus.

    What a killed command had begun there is taken back first. Raises StanceBankError
    where there is none, where files cannot be put back, or an address cannot be reached.
    """
    if start is not None:
        if _has_corpus(start):
            return start
        what = f"{printable(str(start))} is not a corpus root: {CORPUS_FILE} is missing"
        raise StanceBankError(what, "name the folder above corpus/, or make a corpus with: stancebank init DIR")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _has_corpus(folder):
            return folder
    what = f"there is no corpus here: no folder upwards of {printable(str(here))} has {CORPUS_FILE}"
    raise StanceBankError(what, "name the root with --root DIR, or make a corpus with: stancebank init DIR")


def _has_corpus(folder: Path) -> bool:
    if not is_remote(folder):
        settle(folder)
        return (folder / CORPUS_FILE).is_file()
    _, fault = read_inside(folder, CORPUS_FILE)
    if fault is not None and fault.kind == "unreadable":  # mostly all of the place, for want of credentials
        raise StanceBankError(f"{printable(str(folder))}: {CORPUS_FILE}: {fault.what}", "check your rights to read it")
    return fault is None
