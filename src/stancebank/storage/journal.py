"""The journal of a change to several files, from which the next command takes back what a killed one had begun.

It is a file in the folder that changes, one line for each step before the step is done. While it is there and has
no line "done", the files are put back as they were. Its name begins as those of all temporary files, .new-, which
git ignores.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import secrets
import shutil
import stat
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

import orjson

from stancebank.faults import StanceBankError, printable
from stancebank.storage.git import GitError, Repository
from stancebank.storage.root_lock import is_free, is_held, locked, tell

JOURNAL = ".new-journal"
_PREFIX = ".new-"
_SYNCED_AT_ONCE = 16  # files
_HEAD, _FOLDER, _TEMPORARY, _PUT, _DONE = "head", "folder", "temporary", "put", "done"
_Line = list[Any]


@contextlib.contextmanager
def changing(root: Path) -> Iterator[None]:
    """Hold the lock of a root, for all that reads its files in order to change them; others wait.

    What a killed command had begun is taken back first. Raises StanceBankError where
    another command keeps the lock for too long, or where the root cannot be written.
    """
    if is_held(root):
        yield
        return
    with locked(root):
        _recover(root)
        yield


def settle(root: Path) -> None:
    """Take back what a killed command had begun in a root; nothing where there is nothing, or the command still runs.

    A command that is just putting files into their places is waited for. Raises
    StanceBankError where the files cannot be put back.
    """
    if not os.path.lexists(root / JOURNAL) or is_held(root):
        return
    if is_free(root) or any(line[0] == _PUT for line in _read(root)):
        with changing(root):
            pass


class _Staged(NamedTuple):
    """A change to come. beside: the new file; None to remove the one at the path. sha256: of the new file."""

    path: Path
    beside: Path | None
    sha256: str | None


class Journal:
    """The journal of one change, open; the lock of its root is held.

    root: resolved. head: the commit that HEAD of the root's repository is at as long as
    the change is not complete, for a change that ends with a commit.
    """

    def __init__(self, root: Path, head: str | None = None) -> None:
        self._root = root
        self._staged: list[_Staged] = []
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        self._file: int | None = os.open(root / JOURNAL, flags, 0o600)
        if head is not None:
            self._log(_HEAD, head)

    def stage(self, path: Path, data: bytes | Iterable[bytes] | None) -> None:
        """Write the new bytes of a path beside it, piece by piece; None: it is to be removed. Raises OSError."""
        if data is None:
            if os.path.lexists(path):
                self._staged.append(_Staged(path, None, None))
            return
        self._make_folders(path.parent)
        beside = self._temporary(path)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        digest = hashlib.sha256()
        with os.fdopen(handle, "wb") as stream:
            for piece in (data,) if isinstance(data, bytes) else data:
                stream.write(piece)
                digest.update(piece)
        beside.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~umask())
        self._staged.append(_Staged(path, beside, digest.hexdigest()))

    def put(self) -> None:
        """Put all files into their places. Raises OSError."""
        with ThreadPoolExecutor(_SYNCED_AT_ONCE) as pool:  # many at once, since each waits for the disk
            deque(pool.map(_sync, (beside for _, beside, _ in self._staged if beside is not None)), maxlen=0)
        for path, _, sha256 in self._staged:
            kept = self._keep(path)
            self._log(_PUT, self._name(path), None if kept is None else self._name(kept), sha256)
        os.fsync(self._opened)
        _sync_folder(self._root)
        for path, beside, _ in self._staged:
            if beside is None:
                path.unlink()
            else:
                beside.replace(path)

    def finish(self) -> None:
        """Close the journal of a change that is complete."""
        self._log(_DONE)
        self._close()

    def take_back(self) -> None:
        """Put the files back as they were, and close the journal."""
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None
        with contextlib.suppress(OSError, StanceBankError):  # the next command tries again
            _clear(self._root, _read(self._root))

    @property
    def _opened(self) -> int:
        if self._file is None:
            raise OSError(errno.EBADF, "the journal is closed")
        return self._file

    def _log(self, kind: str, *values: str | None) -> None:
        os.write(self._opened, orjson.dumps([kind, *values], option=orjson.OPT_APPEND_NEWLINE))

    def _name(self, path: Path) -> str:
        return os.fsdecode(os.fsencode(path.relative_to(self._root).as_posix()))

    def _temporary(self, path: Path) -> Path:
        """A new name in the folder of a path."""
        beside = path.with_name(f"{_PREFIX}{secrets.token_hex(8)}")
        self._log(_TEMPORARY, self._name(beside))
        return beside

    def _make_folders(self, folder: Path) -> None:
        for missing in [parent for parent in (folder, *folder.parents) if not parent.exists()][::-1]:
            self._log(_FOLDER, self._name(missing))
            missing.mkdir()

    def _keep(self, path: Path) -> Path | None:
        """Another name for what is at the path, to put it back from; None where nothing is there."""
        if not os.path.lexists(path):
            return None
        kept = self._temporary(path)
        try:
            os.link(path, kept, follow_symlinks=False)
        except OSError:  # a file system without hard links
            shutil.copy2(path, kept, follow_symlinks=False)
        return kept


def _recover(root: Path) -> None:
    """Clear what the journal of a killed command lists, and say so. The lock is held."""
    if not os.path.lexists(root / JOURNAL):
        return
    place = root.resolve()
    lines = _read(place)
    try:
        undone = _clear(place, lines)
    except OSError as error:
        what = f"an interrupted command has left files half written in {printable(str(root))}"
        reason = printable(error.strerror or str(error))
        raise StanceBankError(
            f"{what}, and they cannot be put back: {reason}",
            "make the folder writable, then run any stancebank command there",
        ) from error
    did = "put back files" if undone else "removed what was left"
    tell(f"{did} of a stancebank command that was interrupted in {printable(str(root))}")


def _read(root: Path) -> list[_Line]:
    """The lines of a journal, up to the first that is not whole; none where there is no journal."""
    try:
        handle = os.open(root / JOURNAL, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise _no_journal(root) from error
    with os.fdopen(handle, "rb") as stream:
        opened = os.fstat(handle)
        if not stat.S_ISREG(opened.st_mode) or opened.st_uid != os.getuid():
            raise _no_journal(root)
        lines: list[_Line] = []
        for line in stream:
            try:
                lines.append(_checked(orjson.loads(line)))
            except (ValueError, TypeError):
                break
    return lines


def _no_journal(root: Path) -> StanceBankError:
    what = f"{printable(str(root / JOURNAL))} is not a journal of yours"
    return StanceBankError(what, "see who has put it there, and remove it")


def _checked(line: object) -> _Line:
    """A line of a journal. Raises ValueError where it is none that this program would write."""
    match line:
        case ["head", str()] | ["done"]:
            return [*line]
        case ["folder", str(name)] if _is_inside(name):
            return [*line]
        case ["temporary", str(name)] if _is_temporary(name):
            return [*line]
        case ["put", str(name), (str() | None) as kept, (str() | None)] if _is_inside(name):
            if kept is None or (_is_temporary(kept) and PurePosixPath(kept).parent == PurePosixPath(name).parent):
                return [*line]
    raise ValueError("no line of a journal")


def _is_inside(name: str) -> bool:
    steps = PurePosixPath(name)
    return not steps.is_absolute() and not {"..", ".git"} & {step.lower() for step in steps.parts} and "\0" not in name


def _is_temporary(name: str) -> bool:
    return _is_inside(name) and PurePosixPath(name).name.startswith(_PREFIX)


def _clear(root: Path, lines: list[_Line]) -> bool:
    """Put back what is not complete, else remove emptied folders, and what is temporary, the journal last.

    Gives whether something was put back.

    Can be interrupted and repeated. Raises OSError.
    """
    puts = [line for line in lines if line[0] == _PUT]
    heads = [line[1] for line in lines if line[0] == _HEAD]
    complete = ["done"] in lines or (bool(heads) and Repository(root).commit("HEAD") not in heads)
    undone = False
    for _, name, kept, sha256 in [] if complete else reversed(puts):
        undone |= _put_back(_inside(root, name), kept and _inside(root, kept), sha256)
    if heads and puts and not complete:
        with contextlib.suppress(GitError):
            names = [name for _, name, _, _ in puts]
            Repository(root).run("--literal-pathspecs", "reset", "--quiet", "--", *names)
    for kind, *values in lines:
        if kind == _TEMPORARY:
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                _inside(root, values[0]).unlink()
    for name in [name for _, name, _, sha256 in puts if sha256 is None] if complete else []:
        _remove_empty_folders(_inside(root, name).parent, root)
    for kind, *values in [] if complete else reversed(lines):
        if kind == _FOLDER:
            with contextlib.suppress(OSError):  # somebody else has put something there
                _inside(root, values[0]).rmdir()
    (root / JOURNAL).unlink(missing_ok=True)
    return undone


def _remove_empty_folders(folder: Path, root: Path) -> None:
    """Remove a folder and those above it, below the root, as long as they have no entry."""
    with contextlib.suppress(OSError):
        while folder != root:
            folder.rmdir()
            folder = folder.parent


def _put_back(path: Path, kept: Path | None, sha256: str | None) -> bool:
    """Put back what was at a path, unless the path was changed since, or not yet; whether it was done."""
    if _sha256(path) != sha256 or (kept is not None and not os.path.lexists(kept)):
        return False
    if kept is None:
        path.unlink(missing_ok=True)
    else:
        kept.replace(path)
    return True


def _sha256(path: Path) -> str | None:
    """The digest of a file; None where there is none, empty for what is no file."""
    try:
        with path.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def _inside(root: Path, name: str) -> Path:
    path = root / name
    if not path.parent.resolve().is_relative_to(root):
        raise OSError(errno.EXDEV, "a symbolic link leads out of the folder", name)
    return path


def _sync(file: Path) -> None:
    """Have a file on the disk. Raises OSError."""
    handle = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with contextlib.suppress(OSError):  # not every file system does it
            os.fsync(handle)
    finally:
        os.close(handle)


def umask() -> int:
    """The permissions that new files and folders do not get."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
