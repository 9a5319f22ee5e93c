"""From the bytes of a seed to a document's text and sentences, and back to the bytes.

The recipe is reversible: header + text, with the recorded line end, encoded in
UTF-8, are the seed's bytes. Nothing is normalised, since that cannot be undone.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field

from stancebank.faults import Fault, StanceBankError, excerpt
from stancebank.schema import layers
from stancebank.schema.paths import SEEDS_FILE
from stancebank.storage.files import read_inside
from stancebank.storage.yaml_files import Location, YamlModel, parse_yaml
from stancebank.text.control_characters import byte_in_windows_1252, forbidden_character

NO_DATE = "null"
"""What the register says where the day is undecided."""
RECIPE = "plain-news/1"
TOKENS = "tokens/1"
"""The same, of a seed that was made from tokens joined by single blanks: its text is nobody's own."""
RECIPES = (RECIPE, TOKENS)
NEWLINES = {"lf": "\n", "crlf": "\r\n"}

_HEADER = re.compile(r"\ufeff?(?: date ([0-9]{4}-[0-9]{2}-[0-9]{2}) )?")


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


def read_seed(data: bytes, name: str) -> SeedText:
    """The document in a seed's bytes, by the recipe plain-news/1.

    name: how the error names the file. Raises StanceBankError, with the place,
    for bytes that are not UTF-8, control characters that a text may not hold, a mix
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
        lone = next(re.finditer(r"(?<!\r)\n", raw))
        raise StanceBankError(
            f"{name}:{_line_and_column(raw, lone.start())}: LF here, CRLF elsewhere in the file",
            "use one line end throughout the file",
        )
    forbidden = forbidden_character(text)
    if forbidden:
        what = f"control character U+{ord(forbidden[0]):04X}; only LF and TAB are allowed"
        if forbidden[0] > "\x7f":
            what += f"; {byte_in_windows_1252(forbidden[0])}"
        where = f"{name}:{_line_and_column(text, forbidden.start())}"
        raise StanceBankError(f"{where}: {what}", "remove the character, or replace it by what it was meant to be")
    header = _HEADER.match(text)
    assert header is not None
    if header[1] is not None and not is_day(header[1]):
        raise StanceBankError(f"{name}:1: the header's date {header[1]} is no day", "correct the date in the file")
    if not text[header.end() :].strip():
        raise StanceBankError(f"{name}: there is no text in the file", "add the article's text")
    return SeedText(header[0], header[1], text[header.end() :], newline)


def seed_bytes(header: str, text: str, newline: str) -> bytes:
    """The bytes of the seed that a document was made from: the inverse of read_seed."""
    return with_newlines((header + text).encode(), newline)


def with_newlines(data: bytes, newline: str) -> bytes:
    """UTF-8 with the line ends of a seed in place of LF."""
    return data.replace(b"\n", NEWLINES[newline].encode())


def _line_and_column(text: str, position: int) -> str:
    return f"{text.count(chr(10), 0, position) + 1}:{position - text.rfind(chr(10), 0, position)}"


@lru_cache(maxsize=1 << 14)
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
        raise ValueError(f"{date} is not a calendar date")
    return date


_Day = Annotated[str, Field(pattern=f"^{layers.DATE}$"), AfterValidator(_day)]
_NULLS = ("~", NO_DATE)
"""YAML is read as plain strings, so a null is a word; an empty date is none of them, but forgotten."""


class Rights(YamlModel):
    """What is known of the rights in a text, and whether that lets it be passed on."""

    statement: str = Field(min_length=1, pattern=f"^{layers.PARAGRAPHS}$")
    redistribution: bool


class EarlierSeed(YamlModel):
    """What a raw file was before an update: the digest of its bytes, and the day on which they were replaced."""

    sha256: Annotated[str, Field(pattern=f"^{layers.SHA256}$")]
    until: _Day


class Seed(YamlModel):
    """One raw file: what is known of its origin and rights.

    date: null where nobody knows it. earlier: what the file was before, the oldest first.
    """

    file: Annotated[str, Field(pattern=f"^{layers.FILE_NAME}$")]
    sha256: Annotated[str, Field(pattern=f"^{layers.SHA256}$")]
    date: Annotated[_Day | None, BeforeValidator(lambda value: None if value in _NULLS else value)]
    language: Annotated[str, Field(pattern=f"^{layers.LANGUAGE}$")]
    origin: str = Field(min_length=1, pattern=f"^{layers.PARAGRAPHS}$")
    rights: Annotated[str, Field(pattern=f"^{layers.KEY}$")]
    earlier: tuple[EarlierSeed, ...] = ()


class SeedList(YamlModel):
    """What seeds.yaml says: the raw files, with the table of rights that their keys point into."""

    rights: dict[Annotated[str, Field(pattern=f"^{layers.KEY}$")], Rights]
    seeds: tuple[Seed, ...]


@dataclass(frozen=True, slots=True)
class Seeds:
    """The register of raw files.

    rights: the table that their keys point into. table: a row for each seed, in the
    order of the file; columns file, sha256, date (null where it is undecided), language,
    origin and rights, all strings. earlier: by file, what it was before, of those that were replaced.
    """

    rights: Mapping[str, Rights]
    table: pl.DataFrame
    earlier: Mapping[str, tuple[EarlierSeed, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, register: SeedList) -> Self:
        """The seeds of a register."""
        columns = {name: [getattr(seed, name) for seed in register.seeds] for name in _TABLE}
        earlier = {seed.file: seed.earlier for seed in register.seeds if seed.earlier}
        return cls(register.rights, pl.DataFrame(columns, schema=_TABLE), earlier)


SEED_COLUMNS = tuple(name for name in Seed.model_fields if name != "earlier")
"""What is known of each seed as it is now; a built dataset carries this."""
_TABLE = dict.fromkeys(SEED_COLUMNS, pl.String)
NO_SEEDS = Seeds.of(SeedList(rights={}, seeds=()))


def read_seeds(root: Path) -> tuple[Seeds | None, list[Fault]]:
    """The register of a corpus root, or None with every fault in it, each with its line."""
    data, fault = read_inside(root, SEEDS_FILE)
    if data is None:
        return None, [replace(fault, kind="seeds-file")] if fault else []
    return parse_seeds(data)


def parse_seeds(data: bytes) -> tuple[Seeds | None, list[Fault]]:
    """As read_seeds, of a file's bytes."""
    seeds = _read_plain(data)
    if seeds is not None:
        return seeds, []
    register, faults = parse_yaml(data, SEEDS_FILE, SeedList, "seeds-file", _contradictions)
    return Seeds.of(register) if register else None, faults


# An entry as stancebank add and update write it. YAML has many ways to write one, and reading them all takes a
# millisecond an entry: too long for a register of a million. What is written in no other way is read as it stands.
_PLAIN_VALUES = {
    "file": r"[A-Za-z0-9][A-Za-z0-9._+-]*",
    "sha256": layers.SHA256,
    "date": f"{layers.DATE}|{NO_DATE}",
    "language": layers.LANGUAGE,
    "origin": r"[^\W_](?:(?:[\w ,;./()?=&%@+«»„“”—-]|:(?! ))*[\w.)/»“”])?",
    "rights": layers.KEY,
}
_PLAIN_SEED = re.compile(
    r"(?P<indent> *)- "
    + r"\n(?P=indent)  ".join(
        f"{key}: (?P<quote_{key}>'?)(?P<{key}>{value})(?P=quote_{key})" for key, value in _PLAIN_VALUES.items()
    )
    + rf"\n(?P<earlier>(?P=indent)  earlier:\n(?:(?P=indent)    - sha256: {layers.SHA256}\n"
    + rf"(?P=indent)      until: {layers.DATE}\n)+)?"
)
_PLAIN_EARLIER = re.compile(rf"sha256: ({layers.SHA256})\n +until: ((?:{layers.DATE}))\n")


def _read_plain(data: bytes) -> Seeds | None:
    """The register where it ends in a list of plain entries that contradict nothing; None where it does not."""
    head, _, entries = data.partition(b"\nseeds:\n")
    try:
        text = entries.decode()
    except UnicodeDecodeError:
        return None
    register, faults = parse_yaml(head + b"\nseeds: []\n", SEEDS_FILE, SeedList, "seeds-file")
    if not text or register is None or faults:
        return None
    indent = len(text) - len(text.lstrip(" "))
    columns: dict[str, list[Any]] = {name: [] for name in _TABLE}
    once: dict[str, str] = {}
    earlier: dict[str, tuple[EarlierSeed, ...]] = {}
    end = 0
    while end < len(text):
        entry = _PLAIN_SEED.match(text, end)
        if entry is None or len(entry["indent"]) != indent:
            return None
        for name, values in columns.items():
            values.append(once.setdefault(entry[name], entry[name]) if name != "sha256" else entry[name])
        if entry["earlier"]:
            before = (match.groups() for match in _PLAIN_EARLIER.finditer(entry["earlier"]))
            earlier[entry["file"]] = tuple(EarlierSeed.model_construct(sha256=d, until=day) for d, day, *_ in before)
        end = entry.end()
    files = columns["file"]
    columns["date"] = [None if date == NO_DATE else date for date in columns["date"]]
    contradicted = len(set(files)) < len(files) or not set(columns["rights"]) <= register.rights.keys()
    days = {*columns["date"], *(each.until for states in earlier.values() for each in states)} - {None}
    if contradicted or not all(map(is_day, days)):
        return None
    return Seeds(register.rights, pl.DataFrame(columns, schema=_TABLE), earlier)


def _contradictions(register: SeedList) -> Iterator[tuple[Location, str]]:
    files: set[str] = set()
    for index, seed in enumerate(register.seeds):
        if seed.file in files:
            yield ("seeds", index, "file"), f"the file {excerpt(seed.file)} is registered twice"
        if seed.rights not in register.rights:
            known = ", ".join(register.rights)
            yield ("seeds", index, "rights"), f"the rights table has no key {seed.rights}; it has {known}"
        files.add(seed.file)
