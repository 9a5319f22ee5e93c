"""ZIP archives as other tools export them: unpacked into a folder of their own, if nothing in them can do harm."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.formats.given_files import Given
from stancebank.storage.temporary_folders import temporary_folder

_ENDING, _START = ".zip", b"PK\x03\x04"
_MOST_FILES = 100_000
_LARGEST = 1 << 32  # bytes of all that one import unpacks
_HIGHEST_RATIO = 200  # of bytes to those that they are packed in; deflate reaches 1,032, exported texts below 100
_SMALL = 1 << 20  # bytes up to which no ratio matters
_DEEPEST = 2  # archives in archives: INCEpTION packs each annotator's file again
_EXTRA = ("__MACOSX", ".DS_Store", "Thumbs.db")  # what operating systems put in
_KINDS = (0, stat.S_IFREG, stat.S_IFDIR)


@dataclass(slots=True)
class _Budget:
    """What may still be unpacked."""

    bytes: int
    files: int


@contextmanager
def unpacked(given: Given) -> Iterator[tuple[Given, str]]:
    """The files with the contents of archives in their place, and what is in front of the names of these.

    Everything is removed at the end. Raises StanceBankError for an archive that cannot be read, that leads outside of
    its folder, has links or a password, or unpacks to more than is sensible.
    """
    budget = _Budget(_LARGEST, _MOST_FILES)
    with ExitStack() as held:
        folder: Path | None = None
        paths = []
        for path in (*given.paths, *([given.text] if given.text is not None else [])):
            if not _is_archive(path):
                paths.append(path)
                continue
            folder = folder or held.enter_context(temporary_folder())
            place = folder / path.name
            while place.exists():
                place = place.with_name(f"{place.name}_")
            _unpack(path, place, printable(str(path)), budget, 1)
            paths.append(place)
        text = None if given.text is None else paths.pop()
        yield replace(given, paths=tuple(paths), text=text), f"{folder}/" if folder else ""


def _is_archive(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return path.suffix.lower() == _ENDING or stream.read(len(_START)) == _START
    except OSError:
        return False


def _unpack(path: Path, folder: Path, name: str, budget: _Budget, depth: int) -> None:
    """Unpack an archive, and those in it, into a folder that is not there yet."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = [each for each in archive.infolist() if not set(PurePosixPath(each.filename).parts) & {*_EXTRA}]
            _require_harmless(entries, name, budget)
            for entry in entries:
                target = folder.joinpath(*PurePosixPath(entry.filename).parts)
                if entry.is_dir():
                    target.mkdir(parents=True, exist_ok=True)
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(entry) as packed, target.open("xb") as out:
                    shutil.copyfileobj(packed, out)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError) as error:
        raise _refused(name, f"is no ZIP that can be read: {printable(str(error))[:100]}") from None
    except (OSError, ValueError) as error:
        raise _refused(name, f"cannot be unpacked: {printable(str(error))[:100]}") from None
    for inner in sorted(each for each in folder.rglob(f"*{_ENDING}") if each.is_file()):
        if depth < _DEEPEST:
            place = inner.with_name(f"{inner.name}_")
            _unpack(inner, place, f"{name}/{printable(str(inner.relative_to(folder)))}", budget, depth + 1)
            inner.unlink()


def _require_harmless(entries: Sequence[zipfile.ZipInfo], name: str, budget: _Budget) -> None:
    """Raise StanceBankError unless all entries are plain files inside of the folder, and not too much."""
    budget.files -= len(entries)
    budget.bytes -= sum(entry.file_size for entry in entries)
    if budget.files < 0:
        raise _refused(name, f"has more than {_MOST_FILES:,} files")
    if budget.bytes < 0:
        raise _refused(name, f"unpacks to more than {_LARGEST:,} bytes")
    seen = set()
    for entry in entries:
        inner = excerpt(entry.filename)
        path = PurePosixPath(entry.filename)
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or PureWindowsPath(path).drive:
            raise _refused(name, f"has the file {inner}, which leads outside of it")
        if stat.S_IFMT(entry.external_attr >> 16) not in _KINDS:
            raise _refused(name, f"has {inner}, which is a link or no plain file")
        if entry.flag_bits & 1:
            raise _refused(name, f"has {inner}, which needs a password")
        if entry.file_size > _SMALL and entry.file_size > _HIGHEST_RATIO * entry.compress_size:
            ratio = entry.file_size // max(1, entry.compress_size)
            raise _refused(name, f"has {inner}, which unpacks to {ratio:,} times its size, as no export does")
        if path in seen:
            raise _refused(name, f"has {inner} {counted(2, 'time')}")
        seen.add(path)


def _refused(name: str, what: str) -> StanceBankError:
    return StanceBankError(f"{name} {what}", "unpack it yourself, and import the folder")
