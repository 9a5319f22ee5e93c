"""The files that an import is given: found in folders, read once, told apart by annotator."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from stancebank.faults import StanceBankError, excerpt, printable

LARGEST = 1 << 28
"""Bytes of what is read at once: a file, or a line of one that is read line by line."""
_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Given:
    """What an import is given.

    paths: files and folders. text: where the texts are, a folder, or a file for one document; None for beside the
    annotations. annotator: a pattern whose two groups, in the name of a file without its ending, are document and
    annotator. dialect: of formats that have several, by name; None where the file tells. target: of stances that name
    none; None where there is none. blank_lines: how many part the texts of a file that does not say where they begin;
    None where it is one.
    """

    paths: tuple[Path, ...]
    text: Path | None = None
    annotator: re.Pattern[str] | None = None
    dialect: str | None = None
    target: str | None = None
    blank_lines: int | None = None

    def files(self, endings: Sequence[str]) -> Iterator[Path]:
        """The files with these endings in folders, at any depth, and those that were named, in order.

        Raises StanceBankError for a path that is not there.
        """
        for path in self.paths:
            if path.is_dir():
                yield from sorted(each for each in path.rglob("*") if each.suffix in endings and each.is_file())
            elif path.is_file():
                yield path
            else:
                raise StanceBankError(f"there is no file or folder {printable(str(path))}", "name files or folders")

    def document(self, path: Path) -> tuple[str, str | None]:
        """The document that a file is of, by name, and its annotator.

        Raises StanceBankError where the pattern does not match the name.
        """
        if self.annotator is None:
            return path.stem, None
        match = self.annotator.fullmatch(path.stem)
        if match is None:
            what = f"the pattern {excerpt(self.annotator.pattern)} does not match the name {excerpt(path.stem)}"
            raise StanceBankError(
                what, "give a pattern that matches whole names, with a group each for document and annotator"
            )
        return match[1], match[2]

    def text_file(self, path: Path, document: str) -> Path:
        """Where the text of a document is. Raises StanceBankError where it is nowhere."""
        if self.text is not None and self.text.is_file():
            return self.text
        folders = [path.parent] if self.text is None else [self.text]
        names = dict.fromkeys((f"{document}.txt", f"{path.stem}.txt"))
        for folder in folders:
            for name in names:
                if (folder / name).is_file():
                    return folder / name
        there = sorted(each.stem for each in folders[0].glob("*.txt"))
        what = f"there is no text {excerpt(f'{document}.txt')} in {printable(str(folders[0]))}"
        fix = "give the folder with the texts, or the one file: --text PATH"
        if len(there) == 1:
            what += f", which has {excerpt(f'{there[0]}.txt')} alone"
        elif any(document.startswith(f"{each}_") for each in there):
            fix = "say which part of a name is the document and which the annotator: --annotator '(.+)_(.+)'"
        raise StanceBankError(what, fix)


def blank_lines_between(documents: str) -> int:
    """How many blank lines part the documents of a file, of words such as blank-lines or blank-lines 2.

    Raises StanceBankError for anything else.
    """
    match = re.fullmatch(r"blank-lines(?:[ =]([1-9][0-9]?))?", documents)
    if match is None:
        raise StanceBankError(f"{excerpt(documents)} parts no documents", 'write blank-lines, or "blank-lines 2"')
    return int(match[1] or 1)


def annotator_pattern(pattern: str) -> re.Pattern[str]:
    """A pattern with two groups, document and annotator. Raises StanceBankError for what is none."""
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise StanceBankError(f"{excerpt(pattern)} is no regular expression: {error}", "correct it") from None
    if compiled.groups != 2:
        what = f"{excerpt(pattern)} has {compiled.groups} groups"
        raise StanceBankError(
            what, 'write one group for the document and one for the annotator, such as "(.+)_([a-z]+)"'
        )
    return compiled


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises StanceBankError where it cannot be read, or is larger than what is read at once."""
    name = printable(str(path))
    try:
        if path.stat().st_size > LARGEST:
            raise StanceBankError(f"{name} is larger than {LARGEST:,} bytes, which are read at once", "split it")
        return path.read_bytes()
    except OSError as error:
        raise StanceBankError(f"{name} cannot be read: {error.strerror}", "make it readable") from None


def read_text(path: Path) -> str:
    """The text of a file in UTF-8, to the byte. Raises StanceBankError where it cannot be read."""
    return _decoded(read_bytes(path), printable(str(path)))


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file in UTF-8 with their numbers, without LF, one at a time, however many there are.

    Raises StanceBankError for a line that cannot be read, or is larger than what is read at once.
    """
    name = printable(str(path))
    try:
        with path.open("rb") as stream:
            number = 0
            while line := stream.readline(LARGEST + 1):
                number += 1
                if len(line) > LARGEST:
                    what = f"{name}:{number}: the line is larger than {LARGEST:,} bytes, which are read at once"
                    raise StanceBankError(what, "split it")
                yield number, _decoded(line.removesuffix(b"\n"), f"{name}:{number}")
    except OSError as error:
        raise StanceBankError(f"{name} cannot be read: {error.strerror}", "make it readable") from None


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        what = f"{name}: byte {error.start} is not UTF-8"
        raise StanceBankError(what, "convert the file to UTF-8; StanceBank never guesses an encoding") from None


def without_mark(text: str) -> tuple[str, bool]:
    """A file without a byte-order mark at its start, and whether it had one."""
    return text.removeprefix(_BOM), text.startswith(_BOM)
