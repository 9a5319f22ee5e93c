"""From the bytes of a seed to a document's text and sentences, and back to the bytes.

The recipe is reversible: header + text, with the recorded line end, encoded in
UTF-8, are the seed's bytes. Nothing is normalised, since that cannot be undone.
"""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, Self

import polars as pl
from pydantic import AfterValidator, Field

from stancebank import layers
from stancebank.faults import Fault, StanceBankError, excerpt
from stancebank.files import read_inside
from stancebank.yaml_files import Location, Settings, parse_yaml

SEEDS_FILE = "seeds/seeds.yaml"
RECIPE = "plain-news/1"
NEWLINES = {"lf": "\n", "crlf": "\r\n"}

_HEADER = re.compile(r"\ufeff?(?: date ([0-9]{4}-[0-9]{2}-[0-9]{2}) )?")
_FORBIDDEN = r"\x00-\x08\x0b-\x1f\x7f-\x9f"
TEXT = f"[^{_FORBIDDEN}]*"  # no control character but LF and TAB
_CONTROL = re.compile(f"[{_FORBIDDEN}]")
_WIDE_BLANK = re.compile(r"[^\S\x00-\x7f]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class SeedText:
    """What the recipe plain-news/1 makes of a seed.

    header: what was cut from the front: a byte-order mark, " date YYYY-MM-DD ", both or nothing.
    date: the header's date, None where it has none.
    text: the rest, with LF line ends. newline: the seed's own line end.
    """

    header: str
    date: str | None
    text: str
    newline: Literal["lf", "crlf"]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence: code points [start, end) of the text, and its paragraph's index from 0."""

    start: int
    end: int
    paragraph: int


def read_seed(data: bytes, name: str) -> SeedText:
    """The document in a seed's bytes, by the recipe plain-news/1.

    name: how the error names the file. Raises StanceBankError, with the place,
    for bytes that are not UTF-8, control characters other than LF and TAB, a mix
    of line ends, a date that is no day, and a seed without text.
    """
    try:
        raw = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise StanceBankError(
            f"{name}:{line}: byte {error.start} (0x{data[error.start]:02x}) is not UTF-8",
            "convert the file to UTF-8; StanceBank never guesses an encoding",
        ) from None
    newline: Literal["lf", "crlf"] = "crlf" if "\r\n" in raw else "lf"
    text = raw.replace("\r\n", "\n") if newline == "crlf" else raw
    if newline == "crlf" and raw.count("\n") != raw.count("\r\n"):
        lone = re.search(r"(?<!\r)\n", raw)
        assert lone is not None
        raise StanceBankError(
            f"{name}:{_line_and_column(raw, lone.start())}: LF here, CRLF elsewhere in the file",
            "use one line end throughout the file",
        )
    forbidden = control_character(text)
    if forbidden:
        raise StanceBankError(
            f"{name}:{_line_and_column(text, forbidden.start())}: "
            f"control character U+{ord(forbidden[0]):04X}; only LF and TAB are allowed",
            "remove the character, or replace it by what it stands for",
        )
    header = _HEADER.match(text)
    assert header is not None
    if header[1] is not None and not is_day(header[1]):
        raise StanceBankError(f"{name}:1: the header's date {header[1]} is no day", "correct the date in the file")
    if not text[header.end() :].strip():
        raise StanceBankError(f"{name}: there is no text in the file", "add the article's text")
    return SeedText(header[0], header[1], text[header.end() :], newline)


def seed_bytes(header: str, text: str, newline: str) -> bytes:
    """The bytes of the seed that a document was made from: the inverse of read_seed."""
    return (header + text).replace("\n", NEWLINES[newline]).encode()


def sentences(text: str, language: str) -> list[Sentence]:
    """The sentences of a text, in order, without the blanks around them.

    Paragraphs end at blank lines; inside one the boundaries are those of
    sentencex (Wikimedia's segmenter), which knows the language's abbreviations
    and keeps a quotation in one sentence also where it runs over a full stop. A
    paragraph on which it fails is one sentence.
    """
    plain = _WIDE_BLANK.sub(" ", text)  # sentencex 1.0 fails on "T", such a blank, and a full stop
    found = []
    for paragraph, (start, end) in enumerate(paragraphs(text)):
        position = start
        for segment in _segments(plain[start:end], language):
            piece = text[position : position + len(segment)]
            if not plain.startswith(segment, position):
                raise AssertionError(f"sentencex changed the text at code point {position}")
            if piece.strip():
                first = position + len(piece) - len(piece.lstrip())
                found.append(Sentence(first, first + len(piece.strip()), paragraph))
            position += len(piece)
    return found


def _segments(paragraph: str, language: str) -> list[str]:
    import sentencex

    try:
        return list(sentencex.segment(language, paragraph))
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # what Rust raises in Python has no class to import
            raise
        return [paragraph]


def sha256(data: bytes) -> str:
    """SHA-256 in lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def control_character(text: str) -> re.Match[str] | None:
    """The first character that a text may not hold: a control character (C0, DEL, C1) other than LF and TAB."""
    return _CONTROL.search(text)


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The paragraphs of a text, as half-open spans of code points: what lies between blank lines and is not blank."""
    start = 0
    for gap in [*_BLANK_LINE.finditer(text), None]:
        end = gap.start() if gap else len(text)
        if text[start:end].strip():
            yield start, end
        start = gap.end() if gap else end


def _line_and_column(text: str, position: int) -> str:
    return f"{text.count(chr(10), 0, position) + 1}:{position - text.rfind(chr(10), 0, position)}"


def is_day(date: str) -> bool:
    """Whether a string is a day of the calendar as YYYY-MM-DD."""
    if not re.fullmatch(layers.DATE, date):
        return False
    try:
        datetime.date.fromisoformat(date)
    except ValueError:
        return False
    return True


def _day(date: str) -> str:
    if not is_day(date):
        raise ValueError(f"{date} is no day of the calendar")
    return date


class Rights(Settings):
    """What is known of the rights in a text, and whether that lets it be passed on."""

    statement: str = Field(min_length=1, pattern=f"^{layers.PARAGRAPHS}$")
    redistribution: bool


class Seed(Settings):
    """One raw file: what is known of its origin and rights."""

    file: Annotated[str, Field(pattern=f"^{layers.FILE_NAME}$")]
    sha256: Annotated[str, Field(pattern=f"^{layers.SHA256}$")]
    date: Annotated[str, Field(pattern=f"^{layers.DATE}$"), AfterValidator(_day)]
    language: Annotated[str, Field(pattern=f"^{layers.LANGUAGE}$")]
    origin: str = Field(min_length=1, pattern=f"^{layers.PARAGRAPHS}$")
    rights: Annotated[str, Field(pattern=f"^{layers.KEY}$")]


class Register(Settings):
    """What seeds.yaml says: the raw files, with the table of rights that their keys point into."""

    rights: dict[Annotated[str, Field(pattern=f"^{layers.KEY}$")], Rights]
    seeds: tuple[Seed, ...]


@dataclass(frozen=True, slots=True)
class Seeds:
    """The register of raw files.

    rights: the table that their keys point into. table: a row for each seed, in the
    order of the file; columns file, sha256, date, language, origin and rights, all strings.
    """

    rights: Mapping[str, Rights]
    table: pl.DataFrame

    @classmethod
    def of(cls, register: Register) -> Self:
        """The seeds of a register."""
        columns = {name: [getattr(seed, name) for seed in register.seeds] for name in _TABLE}
        return cls(register.rights, pl.DataFrame(columns, schema=_TABLE))


_TABLE = dict.fromkeys(Seed.model_fields, pl.String)


def read_seeds(root: Path) -> tuple[Seeds | None, list[Fault]]:
    """The register of a corpus root, or None with every fault in it, each with its line."""
    data, fault = read_inside(root, SEEDS_FILE)
    if data is None:
        return None, [replace(fault, kind="seeds-file")] if fault else []
    seeds = _read_plain(data)
    if seeds is not None:
        return seeds, []
    register, faults = parse_yaml(data, SEEDS_FILE, Register, "seeds-file", _contradictions)
    return Seeds.of(register) if register else None, faults


# An entry as stancebank add writes it. YAML has many ways to write one, and reading them all takes a millisecond
# an entry: too long for a register of a million. What is written in no other way is read as it stands.
_PLAIN_VALUES = {
    "file": r"[A-Za-z0-9][A-Za-z0-9._+-]*",
    "sha256": layers.SHA256,
    "date": layers.DATE,
    "language": layers.LANGUAGE,
    "origin": r"[^\W_](?:(?:[\w ,;./()?=&%@+«»„“”—-]|:(?! ))*[\w.)/»“”])?",
    "rights": layers.KEY,
}
_PLAIN_SEED = re.compile(
    r"(?P<indent> *)- "
    + r"\n(?P=indent)  ".join(
        f"{key}: (?P<quote_{key}>'?)(?P<{key}>{value})(?P=quote_{key})" for key, value in _PLAIN_VALUES.items()
    )
    + r"\n"
)


def _read_plain(data: bytes) -> Seeds | None:
    """The register where it ends in a list of plain entries that contradict nothing; None where it does not."""
    head, _, entries = data.partition(b"\nseeds:\n")
    try:
        text = entries.decode()
    except UnicodeDecodeError:
        return None
    register, faults = parse_yaml(head + b"\nseeds: []\n", SEEDS_FILE, Register, "seeds-file")
    if not text or register is None or faults:
        return None
    indent = len(text) - len(text.lstrip(" "))
    columns: dict[str, list[str]] = {name: [] for name in _TABLE}
    once: dict[str, str] = {}
    end = 0
    while end < len(text):
        entry = _PLAIN_SEED.match(text, end)
        if entry is None or len(entry["indent"]) != indent:
            return None
        for name, values in columns.items():
            values.append(once.setdefault(entry[name], entry[name]) if name != "sha256" else entry[name])
        end = entry.end()
    files = columns["file"]
    contradicted = len(set(files)) < len(files) or not set(columns["rights"]) <= register.rights.keys()
    if contradicted or not all(map(is_day, set(columns["date"]))):
        return None
    return Seeds(register.rights, pl.DataFrame(columns, schema=_TABLE))


def _contradictions(register: Register) -> Iterator[tuple[Location, str]]:
    files: set[str] = set()
    for index, seed in enumerate(register.seeds):
        if seed.file in files:
            yield ("seeds", index, "file"), f"the file {excerpt(seed.file)} is registered twice"
        if seed.rights not in register.rights:
            known = ", ".join(register.rights)
            yield ("seeds", index, "rights"), f"the rights table has no key {seed.rights}; it has {known}"
        files.add(seed.file)
