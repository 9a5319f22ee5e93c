"""Folders of files in an object store, filled aside and put in their place when they are whole."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from stancebank.faults import StanceBankError, StoppedError, printable
from stancebank.storage.addresses import answered, remote, unreachable

if TYPE_CHECKING:
    from upath import UPath


@contextlib.contextmanager
def new_remote_folder(
    target: Path, is_earlier_result: Callable[[Path], bool], last: Sequence[str] = ()
) -> Iterator[Path]:
    """A folder to fill, whose files take the target's place when the block ends without an error.

    An object store puts single files in their place whole, but not folders: the files
    that are named in last come behind all others, in that order, and files that are not
    in the new folder are removed at the very end. So a reader who begins with those
    finds what they name. Where the process is killed, stopped by a StoppedError, or fails
    while the files are put in their place, the next one is given the folder as it is.
    An object store has no locks: each run leaves a claim beside the folder, and one that
    no longer finds its own, before it puts the files in their place or after, has failed.

    Raises StanceBankError where the target holds something else than an earlier result,
    where another run has begun to write there, and where it cannot be reached.
    """
    place = remote(target)
    if not place.name:
        raise StanceBankError(f"{printable(str(target))} is no folder", "name a folder inside of it")
    beside = place.parent / f".unfinished-{place.name}"
    whole = False
    claim = _Claim(place)
    try:
        there = _files(place)
        # Files that stand in both are those of a run that was stopped while it put them in their place.
        if there and not is_earlier_result(target) and not there <= _files(beside):
            what = f"{printable(str(target))} holds other files than an earlier result; nothing was written"
            raise StanceBankError(what, "name an empty or a new folder")
        claim.make()
        yield cast("Path", beside)
        whole = True
        claim.require()
        _put(beside, place, last)
        claim.require()
        answered(target, lambda: beside.fs.rm(beside.path, recursive=True))
    except BaseException as error:
        if isinstance(error, Exception) and not isinstance(error, StoppedError) and not whole:
            with contextlib.suppress(Exception):  # the first error is the one to tell
                answered(target, lambda: beside.fs.rm(beside.path, recursive=True))
        if isinstance(error, Exception) and not isinstance(error, StanceBankError):  # each file system has its own
            raise unreachable(target, error) from error
        raise
    finally:
        claim.take_back()


class _Claim:
    """A file beside a folder with a number that one run alone has."""

    def __init__(self, place: UPath) -> None:
        self._place = place
        self._path = f"{place.parent.path}/.claim-{place.name}"
        self._number = secrets.token_hex(16).encode()

    def make(self) -> None:
        answered(cast("Path", self._place), lambda: self._place.fs.pipe_file(self._path, self._number))

    def require(self) -> None:
        """Nothing where the claim is still there, else StanceBankError."""
        if self._found() != self._number:
            what = f"another run writes to {printable(str(self._place))} at the same time; what is there may be a mix"
            raise StanceBankError(what, "wait until it has ended, then run this again")

    def take_back(self) -> None:
        """Remove the claim, as far as possible; not another run's."""
        with contextlib.suppress(Exception):
            if self._found() == self._number:
                answered(cast("Path", self._place), lambda: self._place.fs.rm(self._path))

    def _found(self) -> bytes:
        self._place.fs.invalidate_cache()
        try:
            found: bytes = answered(cast("Path", self._place), lambda: self._place.fs.cat_file(self._path))
        except FileNotFoundError:
            return b""
        return found


def _put(beside: UPath, place: UPath, last: Sequence[str]) -> None:
    fs, files, target = place.fs, _files(beside), cast("Path", place)
    for names in (sorted(files - {*last}), *([name] for name in last if name in files)):
        new, put = [f"{beside.path}/{name}" for name in names], [f"{place.path}/{name}" for name in names]
        answered(target, partial(fs.copy, new, put))
    stale = sorted(_files(place) - files)
    if stale:
        answered(target, lambda: fs.rm([f"{place.path}/{name}" for name in stale]))


def _files(folder: UPath) -> set[str]:
    """The files below a folder, by their path from it."""
    folder.fs.invalidate_cache()  # other processes write here too
    fs, path = folder.fs, folder.path.rstrip("/")
    found_files = answered(cast("Path", folder), lambda: fs.find(path))
    return {found.removeprefix(path).lstrip("/") for found in found_files}
