"""A full-text search without a server: terms and items in small files of JavaScript, read as they are needed.

The page's script cuts a question into terms by the same rules as terms() here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import orjson

from stancebank.pages.site.collected import Collected
from stancebank.pages.site.templating import visible, write_file

FOLDER = "search"
_FILE = 200_000  # bytes of a file of terms, about
_POSTINGS = 40_000  # items of a term in one entry; more go on in another
ITEMS = 500  # items in a file

# Thai to Burmese, Khmer, kana, Han: written without blanks, so that each two letters are a term.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_RUN = re.compile(rf"[{_UNSPACED}]+|[^\W_{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")


def terms(text: str) -> Iterator[str]:
    """The terms of a text: words in small letters without accents; two letters each where there are no blanks."""
    plain = text.lower()
    if not plain.isascii():
        plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.category(c).startswith("M"))
    for run in _RUN.findall(plain):
        if _IS_UNSPACED.match(run) and len(run) > 1:
            yield from (run[at : at + 2] for at in range(len(run) - 1))
        else:
            yield run[:64]


def label_terms(label: str) -> Iterator[str]:
    """The terms of a label: those of its name, with # in front."""
    return (f"#{term}" for term in terms(label))


def write_index(folder: Path, collected: Collected, items: Iterable[tuple[str, str, str, str]]) -> None:
    """Write the search of a site.

    items: kind, page from the root, title and note of each, in the order in which they were added to collected.
    """
    firsts = []
    for number, entries in enumerate(_files(collected)):
        firsts.append(entries[0][0])
        _write(folder, f"terms-{number}", entries)
    count = 0
    chunk: list[tuple[str, ...]] = []
    for item in items:
        chunk.append(tuple(map(visible, item)))
        if len(chunk) == ITEMS:
            _write(folder, f"items-{count}", chunk)
            count, chunk = count + 1, []
    if chunk:
        _write(folder, f"items-{count}", chunk)
    _write(folder, "index", {"firsts": firsts, "items": ITEMS})


def _files(collected: Collected) -> Iterator[list[tuple[str, list[int]]]]:
    """The terms as entries of files: a term, then the distances of its items. A common term may have several."""
    entries: list[tuple[str, list[int]]] = []
    size = 0
    for term, numbers in collected.terms():
        for at in range(0, len(numbers), _POSTINGS):
            some = numbers[at : at + _POSTINGS]
            distances = [number - before for before, number in zip([0, *some], some, strict=False)]
            entries.append((term, distances))
            size += len(term.encode()) + 6 + sum(len(str(each)) + 1 for each in distances)
            if size > _FILE:
                yield entries
                entries, size = [], 0
    if entries:
        yield entries


def _write(folder: Path, name: str, value: object) -> None:
    """A file that hands its content to the page's script, since a page from a file may not read others."""
    data = orjson.dumps(value).replace(b"<", b"\\u003c").replace("\u2028".encode(), b"\\u2028")
    write_file(folder, f"{FOLDER}/{name}.js", b"stancebankFile(" + orjson.dumps(name) + b", " + data + b");\n")
