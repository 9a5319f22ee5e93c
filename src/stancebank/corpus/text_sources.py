"""Where new texts are: files, folders, patterns and tables, each text with its place."""

from __future__ import annotations

import glob
import os
import re
import stat
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from stancebank.corpus.text_columns import Columns, understood
from stancebank.corpus.text_tables import TABLES, Flaw, Value, read_table
from stancebank.faults import excerpt, printable
from stancebank.schema.layers import ID

_SUFFIX = ".txt"
_LARGEST = 1 << 30  # bytes of a file that are read
_NO_MARKS = str.maketrans({"\u00df": "ss", "\u00f8": "o", "\u00d8": "O", "\u0142": "l", "\u0141": "L", "\u0111": "d"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A text that may be added.

    place: the file, and in a table its line. data: the bytes. seed: the name of its seed. doc_id:
    its id. file: the name of its file, empty for a text in a table. fields: what the table has of it.
    notes: what people are told of it. is_annotated: whether annotations come with it, so that it is a text to annotate
    whatever it looks like.
    """

    place: str
    data: bytes
    doc_id: str
    seed: str
    file: str = ""
    fields: Mapping[str, Value] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    is_annotated: bool = False


@dataclass(frozen=True, slots=True)
class Gathered:
    """The texts of all sources in their order, what kept others out, and columns of tables that are not taken."""

    candidates: tuple[Candidate, ...]
    flaws: tuple[Flaw, ...]
    not_taken: tuple[str, ...]


def gather(sources: Sequence[Path | str], named: Mapping[str, str], own: Collection[str] = ()) -> Gathered:
    """The texts in files, folders, patterns and tables.

    A folder gives its files that end in .txt, at any depth; a pattern such as "news/**/*.txt" what it
    matches. named: columns of tables by field. own: fields that the scheme declares for documents.
    """
    found: list[Candidate | Flaw] = []
    flaws: list[Flaw] = []
    not_taken: dict[str, None] = {}
    for path in _paths(sources, flaws):
        name = printable(str(path))
        data = _read(path, name, flaws)
        if data is None:
            continue
        if path.suffix.lower() not in TABLES:
            found.append(_of_file(path.name, data, name))
            continue
        table = read_table(data, name)
        columns, wrong = understood(table, named, f"{name}:1", own)
        flaws += [*table.flaws, *wrong]
        if not (table.rows or table.flaws or wrong):
            flaws.append(Flaw(name, "the table has no texts", "give it a row for each text"))
        not_taken |= dict.fromkeys(columns.not_taken)
        if not wrong:
            found += [_of_row(row, columns, path.parent, f"{name}:{line}") for line, row in table.rows]
    candidates = tuple(each for each in found if isinstance(each, Candidate))
    return Gathered(candidates, (*flaws, *(each for each in found if isinstance(each, Flaw))), tuple(not_taken))


def _paths(sources: Sequence[Path | str], flaws: list[Flaw]) -> Iterator[Path]:
    """The files of the sources, each once."""
    seen: set[Path] = set()
    for source in sources:
        for path in _expanded(Path(source), flaws):
            if path not in seen:
                seen.add(path)
                yield path


def _expanded(source: Path, flaws: list[Flaw]) -> Iterator[Path]:
    name = printable(str(source))
    if source.is_dir():
        files = sorted(
            path
            for path in source.rglob("*")
            if path.suffix.lower() == _SUFFIX
            and not any(part.startswith(".") for part in path.relative_to(source).parts)
        )
        if not files:
            flaws.append(Flaw(name, f"the folder has no file that ends in {_SUFFIX}", "name the files, or a pattern"))
        yield from files
    elif not os.path.lexists(source) and glob.has_magic(str(source)):
        matches = map(Path, glob.glob(str(source), recursive=True))  # noqa: PTH207  a pattern may be absolute
        files = sorted(path for path in matches if not path.is_dir())
        if not files:
            flaws.append(Flaw(name, "no file matches the pattern", "correct it, and put it in quotes"))
        yield from files
    else:
        yield source


def _is_text(path: Path) -> bool:
    return path.suffix.lower() == _SUFFIX and not any(part.startswith(".") for part in path.parts)


def _read(path: Path, name: str, flaws: list[Flaw]) -> bytes | None:
    """The bytes of a regular file; a pipe or a device is not opened."""
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            flaws.append(Flaw(name, f"{name} is not a regular file, but {_kind(found.st_mode)}", "name a text file"))
        elif found.st_size > _LARGEST:
            flaws.append(Flaw(name, f"{name} has {found.st_size:,} bytes, too many to read", "divide it into several"))
        else:
            return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        flaws.append(Flaw(name, f"{name} cannot be read: {reason}", "name a text file, a folder or a table"))
    return None


def _kind(mode: int) -> str:
    kinds = {stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}
    return kinds.get(stat.S_IFMT(mode), "a device")


def _of_file(file: str, data: bytes, place: str, given_id: str | None = None) -> Candidate | Flaw:
    """A text in a file of its own, whose name gives the id where none is given."""
    stem = file.removesuffix(_SUFFIX)
    doc_id = given_id or _normalised(stem)
    if not doc_id:
        what = f"the name of {place} gives no id: {excerpt(stem)}"
        return Flaw(place, what, "rename the file, or add it by a table with the columns file and id")
    if given_id is None and doc_id == stem:
        return Candidate(place, data, doc_id, file, file)
    note = () if given_id else (f"its id is {doc_id}, since the name {excerpt(stem)} is none",)
    return Candidate(place, data, doc_id, f"{doc_id}{_SUFFIX}", file, notes=note)


def _normalised(name: str) -> str:
    """The id that a name gives: letters without accents, a dash for anything else that no id has; may be empty."""
    if re.fullmatch(ID, name):
        return name
    plain = "".join(c for c in unicodedata.normalize("NFKD", name.translate(_NO_MARKS)) if not unicodedata.combining(c))
    return re.sub(r"[^A-Za-z0-9._-]+", "-", plain).lstrip("-._")[:128].rstrip("-._")


def _of_row(row: Mapping[str, Value], columns: Columns, folder: Path, place: str) -> Candidate | Flaw:
    fields = {name: row[column] for name, column in columns.taken.items() if column in row}
    lists = [name for name, value in fields.items() if isinstance(value, tuple) and name != "authors"]
    if lists:
        return Flaw(place, f"{lists[0]} is a list", "give one text")
    words = {name: value for name, value in fields.items() if isinstance(value, str)}
    given_id = words.get("id")
    if given_id is not None and not re.fullmatch(ID, given_id):
        what = f"{excerpt(given_id)} is not a valid id"
        return Flaw(place, what, "use letters, digits, dot, dash and underscore, at most 128")
    if ("text" in words) == ("file" in words):
        what = "the row has both text and file" if "text" in words else "the row has no text"
        return Flaw(place, what, "give each row its text, or the name of its file")
    others = {name: value for name, value in fields.items() if name not in ("text", "file", "id")}
    if "text" in words:
        if given_id is None:
            return Flaw(place, "the row has no id", "add a column id, or name one: --column id=COLUMN")
        return Candidate(place, words["text"].encode(), given_id, f"{given_id}{_SUFFIX}", fields=others)
    path = folder / words["file"]
    own: list[Flaw] = []
    data = _read(path, printable(words["file"]), own)
    if data is None:
        return Flaw(place, own[0].what, own[0].fix)
    found = _of_file(path.name, data, place, given_id)
    return (
        found
        if isinstance(found, Flaw)
        else Candidate(place, data, found.doc_id, found.seed, found.file, others, found.notes)
    )
