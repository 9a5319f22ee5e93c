"""Files that are given as an export: what they are, and tasks out of those that hold them in another shape.

A folder, a ZIP or gzip file, the files of a target storage and the payloads of webhooks hold whole annotations, and
are read. Others are refused by name, with the way to an export.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any, BinaryIO

import orjson

from stancebank.faults import StanceBankError, counted, excerpt, one_of, printable
from stancebank.storage.temporary_folders import temporary_folder
from stancebank.studio.importing.task_payloads import Payload, TaskJoin, payload, unlike_a_task
from stancebank.studio.importing.task_stream import located_tasks

MOST_BYTES = 4 << 30  # of what a packed file or a folder holds
MOST_FILES = 100_000
_BLOCK = 1 << 20
_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_EXPORT = "export the project as JSON: Export > JSON in Label Studio, or stancebank studio pull"
_OTHER_FORM = f"it does not have all that annotators did; {_EXPORT}"
_COLUMNS = frozenset(("annotation_id", "annotator", "lead_time", "doc_id", "text", "created_at", "updated_at"))
_MAGIC = {
    b"BZh": "a file packed with bzip2",
    b"\xfd7zXZ\x00": "a file packed with xz",
    b"7z\xbc\xaf\x27\x1c": "a 7z file",
    b"\x28\xb5\x2f\xfd": "a file packed with zstd",
    b"Rar!": "a RAR file",
    b"\xff\xfe": "a file in UTF-16",
    b"\xfe\xff": "a file in UTF-16",
}


@contextlib.contextmanager
def plain_export(given: Path) -> Iterator[Path]:
    """A file of tasks as an export has them: the given one, or one made of what it holds, for as long as the block.

    Raises StanceBankError for what is no export and holds none, with what it is.
    """
    with contextlib.ExitStack() as opened:
        if given.is_dir():
            found = _joined(_files(given), "the folder", opened)
        elif (head := _head(given)).startswith(b"\x1f\x8b"):
            found = _plain(_unpacked(given, opened), opened)
        elif head.startswith(b"PK"):
            found = _joined(_members(given, opened), "the ZIP file", opened)
        else:
            found = _plain(given, opened)
        yield found


def _plain(file: Path, opened: contextlib.ExitStack) -> Path:
    """A file that is not packed as a file of tasks."""
    _require_json(_head(file))
    first = _first_object(file)
    if first is None or payload(first) is None:
        if first is not None:
            _require_tasks(first)
        return file
    if payload(first) is Payload.task:
        return file
    return _joined([file], "the file", opened)


def _require_json(head: bytes) -> None:
    """Nothing where a file may be JSON; else StanceBankError with what it is."""
    for magic, what in _MAGIC.items():
        if head.startswith(magic):
            raise _no_export(what, "unpack it, or write it as UTF-8; then import it again")
    if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
        raise _no_export("a packed file in a packed file", "unpack it; then import it again")
    text = head.removeprefix(_BOM).lstrip(_BLANKS)
    if text.startswith(b"<"):
        what = "a page in HTML or XML, such as a server gives for an error or to log in"
        raise _no_export(what, f"check the address and the token that it came from, or {_EXPORT}")
    if text.startswith(b"-DOCSTART-"):
        raise _no_export("an export as CoNLL", _OTHER_FORM)
    line = text.partition(b"\n")[0].decode("utf-8", "replace").strip()
    for separator, name in ((",", "CSV"), ("\t", "TSV")):
        names = {each.strip('" ') for each in line.split(separator)}
        if len(names) > 1 and names & _COLUMNS and not line.startswith(("{", "[")):
            raise _no_export(f"an export as {name}", _OTHER_FORM)


def _require_tasks(first: dict[str, Any]) -> None:
    """Nothing where an object may be a task; else StanceBankError with what it is."""
    unlike = unlike_a_task(first)
    if unlike is not None:
        raise _no_export(unlike.what, unlike.fix or _EXPORT)


def _no_export(what: str, fix: str) -> StanceBankError:
    return StanceBankError(f"this is not an export as JSON but {what}", f"{fix}; nothing was imported")


def _head(file: Path) -> bytes:
    try:
        with file.open("rb") as stream:
            return stream.read(_BLOCK)
    except OSError as error:
        raise StanceBankError(f"{printable(str(file))} cannot be read: {error.strerror}", "name an export") from None


def _first_object(file: Path) -> dict[str, Any] | None:
    """The first object of a file of JSON; None where there is none that can be read."""
    with file.open("rb") as stream:
        for task in located_tasks(stream):
            try:
                found = orjson.loads(task.raw)
            except orjson.JSONDecodeError:
                return None
            return found if isinstance(found, dict) else None
    return None


def _joined(files: Sequence[tuple[str, Path]] | Sequence[Path], where: str, opened: contextlib.ExitStack) -> Path:
    """The tasks of several files, or of payloads, as one file.

    where: what holds them, for people.
    """
    named = [each if isinstance(each, tuple) else (each.name, each) for each in files]
    tasks = TaskJoin()
    others: list[str] = []
    exports: list[Path] = []
    for name, file in named:
        try:
            _require_json(_head(file))
            first = _first_object(file)
        except StanceBankError:
            first = None
        if first is None or payload(first) is None:
            others.append(name)
            continue
        if payload(first) is Payload.task:
            exports.append(file)
        tasks.add_file(file, name)
    if len(exports) == 1 and len(tasks.files) == 1:
        return exports[0]
    if not tasks:
        if len(named) == 1 and not others:
            raise _no_export("the payload of a webhook without an annotation", _EXPORT)
        listed = one_of([printable(name) for name in others], 5) or "nothing"
        what = f"this is not an export: {where} holds no JSON export, but {counted(len(named), 'file')}: {listed}"
        raise StanceBankError(what, f"{_EXPORT}; nothing was imported")
    result = opened.enter_context(temporary_folder()) / "tasks.json"
    with result.open("wb") as stream:
        tasks.write(stream)
    return result


def _files(folder: Path) -> list[tuple[str, Path]]:
    """The files of a folder that may be those of a target storage: no links, none that is hidden."""
    found = sorted(each for each in folder.iterdir() if not each.name.startswith("."))
    files = [each for each in found if each.is_file() and not each.is_symlink()]
    _require_bounded(len(files), sum(each.stat().st_size for each in files), "the folder")
    return [(each.name, each) for each in files]


def _members(given: Path, opened: contextlib.ExitStack) -> list[tuple[str, Path]]:
    """The files of a ZIP file, unpacked under names of our own."""
    folder = opened.enter_context(temporary_folder())
    files: list[tuple[str, Path]] = []
    with _unpacking("ZIP file"), zipfile.ZipFile(given) as packed:
        members = [each for each in packed.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX")]
        _require_bounded(len(members), sum(each.file_size for each in members), "the ZIP file")
        left = MOST_BYTES
        for number, member in enumerate(members):
            target = folder / str(number)
            with packed.open(member) as source, target.open("wb") as stream:
                left -= _copied(source, stream, left, "the ZIP file")
            files.append((member.filename, target))
    return files


def _unpacked(given: Path, opened: contextlib.ExitStack) -> Path:
    """What a gzip file holds."""
    target = opened.enter_context(temporary_folder()) / "export.json"
    with _unpacking("gzip file"), gzip.open(given) as source, target.open("wb") as stream:
        _copied(source, stream, MOST_BYTES, "the gzip file")
    return target


@contextlib.contextmanager
def _unpacking(what: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise StanceBankError(
            f"this is not an export: the {what} cannot be unpacked: {printable(str(error))}",
            "unpack it by hand, or get it again; nothing was imported",
        ) from None


def _copied(source: io.BufferedIOBase | IO[bytes], stream: BinaryIO, most: int, where: str) -> int:
    """How many bytes were copied; StanceBankError where there are more than that."""
    length = 0
    while block := source.read(_BLOCK):
        length += len(block)
        if length > most:
            raise _too_large(where)
        stream.write(block)
    return length


def _require_bounded(files: int, length: int, where: str) -> None:
    if files > MOST_FILES or length > MOST_BYTES:
        raise _too_large(where)


def _too_large(where: str) -> StanceBankError:
    most = f"{MOST_FILES:,} files and {MOST_BYTES >> 30} GiB"
    return StanceBankError(
        f"{where} holds more than {most}",
        f"is that what it is taken for? {excerpt('result.json')} alone can be imported",
    )
