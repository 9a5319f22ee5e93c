"""Files as they enter and leave: inside the root, whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import posixpath
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from stancebank.faults import Fault, StanceBankError, StoppedError, printable, require_readable
from stancebank.storage.addresses import answered, is_remote, reason, remote, unreachable
from stancebank.storage.exchange import exchanged
from stancebank.storage.file_kinds import is_device, require_no_special_file
from stancebank.storage.journal import Journal, changing, umask
from stancebank.storage.temporary_folders import temporary_folder

_BESIDE = ".new-stancebank-"
"""Begins the names of folders beside a result, in which it is written."""

Read = tuple[bytes | None, Fault | None]
"""The bytes of a file, or what keeps it from being read."""


def read_inside(root: Path, file: str) -> Read:
    """The bytes of a file, or the fault that it is missing, unreadable or outside the root.

    file: path from the root. Symbolic links are followed only inside the root. Raises
    StanceBankError where the root is elsewhere and cannot be reached.
    """
    if is_remote(root):
        return _read_remote(root, [file])[0]
    path = root / file
    try:
        place = path.resolve(strict=True)
        if not place.is_relative_to(root.resolve()):
            what = "the file is a symbolic link that leads out of the corpus root"
            return None, Fault("outside", file, what, "put the file itself here")
        if not place.is_file():
            return None, _not_regular(file)
        return place.read_bytes(), None
    except FileNotFoundError:
        return None, _missing(file)
    except (OSError, RuntimeError, ValueError) as error:
        return None, _unreadable(file, error)


def read_page(root: Path, file: str) -> bytes | None:
    """The bytes of a file that a corpus may have; None where it has none. StanceBankError where it cannot be read."""
    data, fault = read_inside(root, file)
    if data is None:
        require_readable([fault] if fault and fault.kind != "missing" else [])
    return data


def read_plain(folder: Path, name: str) -> tuple[bytes, None] | None:
    """The bytes of a regular file in the folder itself; None for anything else, and where reading fails.

    Quicker than read_inside, which finds out where links lead and what is wrong.
    """
    if "/" in name:
        return None
    try:
        # Neither to follow a link nor to wait for the other end of a pipe.
        file = os.open(f"{folder}/{name}", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (OSError, ValueError):
        return None
    try:
        found = os.fstat(file)
        data = os.read(file, found.st_size) if stat.S_ISREG(found.st_mode) else None
        return (data, None) if data is not None and len(data) == found.st_size else None
    except OSError:
        return None
    finally:
        os.close(file)


def read_each(root: Path, files: Sequence[str]) -> Iterator[Read]:
    """The files as read_inside gives them, in their order; from elsewhere they are fetched together."""
    if is_remote(root):
        yield from _read_remote(root, files)
    else:
        for file in files:
            yield read_inside(root, file)


def _read_remote(root: Path, files: Sequence[str]) -> list[Read]:
    place = remote(root)
    names = {file: posixpath.normpath(file) for file in files}
    paths = {file: f"{place.path.rstrip('/')}/{name}" for file, name in names.items() if not _leads_out(name)}
    try:
        # Whole files as ranges, since cat would take a name with * for a pattern.
        fetch = place.fs.cat_ranges
        found = answered(root, lambda: fetch(list(paths.values()), None, None, on_error="return"))
    except StoppedError:
        raise
    except Exception as error:  # each file system has its own
        raise unreachable(root, error) from error
    fetched = dict(zip(paths, found, strict=True))
    return [_read_of(root, file, fetched.get(file)) for file in files]


def _leads_out(name: str) -> bool:
    return name.startswith("/") or name.split("/")[0] == ".."


def _read_of(root: Path, file: str, fetched: bytes | Exception | None) -> Read:
    match fetched:
        case bytes():
            return fetched, None
        case None:
            what = "the name leads out of the corpus root"
            return None, Fault("outside", file, what, "put the file itself here")
        case FileNotFoundError():  # so too where a folder has that name: S3 has files alone
            return None, _missing(file)
        case IsADirectoryError():
            return None, _not_regular(file)
        case PermissionError():
            return None, _unreadable(file, fetched)
        case _:
            raise unreachable(root, fetched) from fetched


def _missing(file: str) -> Fault:
    return Fault("missing", file, "the file is missing", f"restore {file}; it may be empty")


def _not_regular(file: str) -> Fault:
    return Fault("unreadable", file, "this is not a regular file", "put a regular file here")


def _unreadable(file: str, error: Exception) -> Fault:
    return Fault("unreadable", file, f"the file cannot be read: {reason(error)}", "make it a readable file")


class Entry(NamedTuple):
    """An entry of a folder: its name, and whether it is a folder itself."""

    name: str
    is_folder: bool


def entries(folder: Path) -> Iterator[Entry]:
    """The entries of a folder, by name, without hidden ones; none if there is no such folder.

    Raises StanceBankError where the folder is elsewhere and cannot be reached.
    """
    found = _entries_remote(folder) if is_remote(folder) else _entries_here(folder)
    yield from sorted(entry for entry in found if not entry.name.startswith("."))


def _entries_here(folder: Path) -> Iterator[Entry]:
    if folder.is_dir():
        with os.scandir(folder) as found:
            for entry in found:
                linked = entry.is_symlink()  # whose end may not be there, or be itself
                yield Entry(entry.name, Path(entry.path).is_dir() if linked else entry.is_dir())


def _entries_remote(folder: Path) -> Iterator[Entry]:
    place = remote(folder)
    try:
        place.fs.invalidate_cache(place.path)  # what others have written since must be seen
        list_folder = place.fs.ls
        for entry in answered(folder, lambda: list_folder(place.path, detail=True)):
            path = entry["name"].strip("/")
            if path != place.path.strip("/"):  # a folder that was made in a browser is an empty file in itself
                yield Entry(path.rpartition("/")[2], entry["type"] == "directory")
    except (FileNotFoundError, NotADirectoryError):
        return
    except StoppedError:
        raise
    except Exception as error:  # each file system has its own
        raise unreachable(folder, error) from error


Contents = Mapping[str, bytes | None] | Mapping[str, bytes] | Iterable[tuple[str, bytes | Iterable[bytes] | None]]
"""Bytes by path from a root, or pairs of the two, of which one at a time is held in memory, or a piece of one where it
comes in pieces; None removes the file."""


def write_files(root: Path, contents: Contents) -> None:
    """Write or remove all of the files or none: each is written beside its place, then all are renamed.

    Folders are made as needed, and removed with their last file. Raises StanceBankError,
    the files as they were, where writing fails.
    """
    with prepared_files(root, contents) as put:
        put()


@contextlib.contextmanager
def prepared_files(root: Path, contents: Contents, *, head: str | None = None) -> Iterator[Callable[[], None]]:
    """All of the files, written beside their places, and what to call to put them there.

    Where the block ends with an error, the files are as they were, even if they had
    been put; where the process is killed, the next command puts them back. The lock of
    the root is held. head: where it is killed after HEAD has moved from this commit, the
    files stay. Raises StanceBankError where writing fails.
    """
    made: list[Path] = []
    journal: Journal | None = None
    with contextlib.ExitStack() as held:
        try:
            place = root.resolve()
            for file, data in contents.items() if isinstance(contents, Mapping) else contents:
                if journal is None:
                    _make_folder(place, made)
                    held.enter_context(changing(place))
                    journal = Journal(place, head)
                journal.stage(_target(place, file, removed=data is None), data)
            yield journal.put if journal is not None else _nothing
            if journal is not None:
                journal.finish()
        except BaseException as error:
            if journal is not None:
                journal.take_back()
            _remove_folders(made)
            if isinstance(error, OSError | ValueError | RuntimeError):
                raise cannot_write(root, error) from error
            raise


def _nothing() -> None:
    """Put no files."""


def _target(root: Path, file: str, *, removed: bool) -> Path:
    """The path that a file is written to: what a link leads to, and the link stays; to remove it, its own."""
    path = root / file
    path = path.parent.resolve() / path.name if removed else path.resolve()
    if not path.is_relative_to(root):
        raise OSError(errno.EXDEV, "a symbolic link leads out of the corpus root")
    if path.exists() and not os.access(path, os.W_OK):
        raise OSError(errno.EACCES, f"{file} is read-only")
    return path


@contextlib.contextmanager
def new_file(target: Path) -> Iterator[BinaryIO]:
    """A file to fill, which takes the target's place when the block ends without an error.

    A device is written to as it is. Raises StanceBankError where writing fails, or the target is a pipe; it is
    then as it was.
    """
    if is_device(target):
        with target.open("wb") as stream:
            yield stream
        return
    require_no_special_file(target, "name a file")
    with contextlib.ExitStack() as held:
        try:
            place = target.resolve()
            beside = held.enter_context(temporary_folder(place.parent, _BESIDE)) / "file"
        except (OSError, ValueError, RuntimeError) as error:
            raise cannot_write(target, error) from error
        try:
            with beside.open("wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            beside.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~umask())
            beside.replace(place)
        except OSError as error:
            raise cannot_write(target, error) from error


@contextlib.contextmanager
def new_folder(target: Path, is_earlier_result: Callable[[Path], bool], *, resumable: bool = False) -> Iterator[Path]:
    """A folder to fill, which takes the target's place when the block ends without an error.

    The target is replaced only where it is empty or an earlier result. Raises
    StanceBankError where it is neither, or where writing fails; it is then as it was.
    resumable: where the process is killed, interrupted or stopped by a StoppedError, the
    next one is given the folder as far as it was filled; only one at a time has it.
    """
    made: list[Path] = []
    held = contextlib.ExitStack()
    try:
        place = target.resolve()
        if place.exists() and not place.is_dir():
            raise StanceBankError(f"{printable(str(target))} is not a folder", "name a folder for the result")
        if place.exists() and any(place.iterdir()) and not is_earlier_result(place):
            what = f"{printable(str(target))} holds other files than an earlier result; nothing was written"
            raise StanceBankError(what, "name an empty or a new folder")
        _make_folder(place.parent, made)
        beside = _claimed(place, held) if resumable else held.enter_context(temporary_folder(place.parent, _BESIDE))
    except (OSError, ValueError, RuntimeError) as error:
        _remove_folders(made)
        raise cannot_write(target, error) from error
    try:
        yield beside
        beside.chmod(0o777 & ~umask())
        _swap(beside, place)
    except BaseException as error:
        if resumable and isinstance(error, Exception) and not isinstance(error, StoppedError):
            shutil.rmtree(beside, ignore_errors=True)
        held.close()
        _remove_folders(made)
        if isinstance(error, OSError):
            raise cannot_write(target, error) from error
        raise
    finally:
        held.close()


def cannot_write(where: Path, error: Exception) -> StanceBankError:
    """What to tell the user when writing fails: a full disk, a read-only folder and the like."""
    what = f"cannot write to {printable(str(where))}: {reason(error)}; nothing was changed"
    return StanceBankError(what, "make room or choose a folder that you may write to, then run it again")


def file_beside(path: Path, suffix: str = "") -> Path:
    """A new, empty file in the folder of a path, which its owner alone may read."""
    handle, name = tempfile.mkstemp(prefix=".new-", suffix=suffix, dir=path.parent)
    os.close(handle)
    return Path(name)


def _claimed(place: Path, held: contextlib.ExitStack) -> Path:
    """The folder in which the result for a place grows, for this run alone as long as the stack is held."""
    folder = place.with_name(f".unfinished-{place.name}")
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder, os.O_RDONLY | os.O_NOFOLLOW | os.O_DIRECTORY | os.O_CLOEXEC)
    held.callback(os.close, handle)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        held.close()
        what = f"another run is writing to {printable(str(place))}"
        raise StanceBankError(what, "wait until it has ended, or name another folder") from None
    claimed = os.fstat(handle)
    if claimed.st_uid != os.getuid():
        what = f"{printable(str(folder))} belongs to another user, and so may what is in it"
        raise StanceBankError(what, "name a folder in a place of your own")
    if not folder.exists() or folder.stat().st_ino != claimed.st_ino:  # the run that had it has just ended
        held.close()
        return _claimed(place, held)
    os.fchmod(handle, 0o700)
    return folder


def _swap(beside: Path, target: Path) -> None:
    """Put a folder in the target's place, in one step where the system can do it; an interrupt leaves the target."""
    if not target.exists():
        beside.rename(target)
        return
    with temporary_folder(target.parent, _BESIDE) as aside:
        new = aside / "new"
        beside.rename(new)  # nobody takes it for a folder to fill while it holds the earlier result
        if not exchanged(new, target):
            _replace_in_two_steps(new, target)


def _replace_in_two_steps(new: Path, target: Path) -> None:
    aside = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))  # stays where this is killed in between
    try:
        target.rename(aside / "old")
        new.rename(target)
    except BaseException:  # an interrupt may come between the two
        if not target.exists():
            (aside / "old").rename(target)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _make_folder(folder: Path, made: list[Path]) -> None:
    """Make a folder and those above it; each one that was missing is added to made as soon as it is there."""
    for missing in [parent for parent in (folder, *folder.parents) if not parent.exists()][::-1]:
        missing.mkdir()
        made.append(missing)


def _remove_folders(made: list[Path]) -> None:
    for folder in reversed(made):
        with contextlib.suppress(OSError):
            folder.rmdir()


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest_of(read: Read) -> str:
    """What a file is: the SHA-256 of its bytes, or what keeps it from being read."""
    data, fault = read
    return str(fault) if data is None else sha256(data)
