"""Files as they enter and leave: inside the root, whole or not at all."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from stancebank.faults import Fault, StanceBankError, printable


def read_inside(root: Path, file: str) -> tuple[bytes | None, Fault | None]:
    """The bytes of a file, or the fault that it is missing, unreadable or outside the root.

    file: path from the root. Symbolic links are followed only inside the root.
    """
    path = root / file
    try:
        if not path.resolve(strict=True).is_relative_to(root.resolve()):
            what = "the file is a symbolic link that leads out of the corpus root"
            return None, Fault("outside", file, what, "put the file itself here")
        return path.read_bytes(), None
    except FileNotFoundError:
        return None, Fault("missing", file, "the file is missing", f"restore {file}; it may be empty")
    except (OSError, RuntimeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return None, Fault(
            "unreadable", file, f"the file cannot be read: {printable(reason)}", "make it a readable file"
        )


def write_files(root: Path, contents: Mapping[str, bytes]) -> None:
    """Write all of the files or none: each is written beside its place, then all are renamed.

    contents: bytes by path from the root; folders are made as needed. Raises
    StanceBankError, the files as they were, where writing fails.
    """
    staged: list[tuple[Path, Path]] = []
    kept: list[tuple[Path, bytes | None]] = []
    made: list[Path] = []
    try:
        for file, data in contents.items():
            path = root / file
            made += _make_folder(path.parent)
            handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
            staged.append((Path(name), path))
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            staged[-1][0].chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        for beside, path in staged:
            kept.append((path, path.read_bytes() if path.exists() else None))
            beside.replace(path)
    except OSError as error:
        for path, before in reversed(kept):
            with contextlib.suppress(OSError):
                path.unlink() if before is None else path.write_bytes(before)
        for beside, _ in staged:
            beside.unlink(missing_ok=True)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        raise cannot_write(root, error) from error


@contextlib.contextmanager
def new_folder(target: Path, marker: str) -> Iterator[Path]:
    """A folder to fill, which takes the target's place when the block ends without an error.

    The target is replaced only where it is empty or holds the marker file, so that
    nothing but an earlier result is ever removed. Raises StanceBankError where that
    is not so or where writing fails; the target is then as it was.
    """
    if target.exists() and not target.is_dir():
        raise StanceBankError(f"{printable(str(target))} is not a folder", "name a folder for the result")
    try:
        if target.is_dir() and any(target.iterdir()) and not (target / marker).is_file():
            what = f"{printable(str(target))} holds other files than an earlier result; nothing was written"
            raise StanceBankError(what, "name an empty or a new folder")
        made = _make_folder(target.parent)
        beside = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    except OSError as error:
        raise cannot_write(target, error) from error
    try:
        yield beside
        beside.chmod(0o777 & ~_umask())
        _swap(beside, target)
    except BaseException as error:
        shutil.rmtree(beside, ignore_errors=True)
        for folder in reversed(made):
            with contextlib.suppress(OSError):
                folder.rmdir()
        if isinstance(error, OSError):
            raise cannot_write(target, error) from error
        raise


def cannot_write(where: Path, error: OSError) -> StanceBankError:
    """What to tell the user when writing fails: a full disk, a read-only folder and the like."""
    reason = error.strerror or str(error)
    what = f"cannot write to {printable(str(where))}: {printable(reason)}; nothing was changed"
    return StanceBankError(what, "make room or choose a folder that you may write to, then run it again")


def _swap(beside: Path, target: Path) -> None:
    if not target.exists():
        beside.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{target.name}.old.", dir=target.parent))
    target.rename(old / "old")
    try:
        beside.rename(target)
    except OSError:
        (old / "old").rename(target)
        raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def _make_folder(folder: Path) -> list[Path]:
    missing = [parent for parent in (folder, *folder.parents) if not parent.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    return missing[::-1]


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
