"""The search that no edition may fail: any run of five consecutive words of a source, in any byte of a folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq


def words(text: str) -> list[str]:
    """The words of a text, written apart from the code that is tested."""
    return [word.casefold() for word in re.findall(r"\w+", text)]


def found_runs(folder: Path, sources: Iterable[str]) -> list[tuple[str, str]]:
    """Where a run of five words of a source stands below a folder: the file and the words, each file once for each."""
    wanted = {run for source in sources for run in _runs(source)}
    return sorted({(place, run) for place, text in _texts(folder) for run in _runs(text) if run in wanted})


def _runs(text: str) -> Iterator[str]:
    found = words(text)
    return (" ".join(found[first : first + 5]) for first in range(len(found) - 4))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Every string there is: paths, files as they are, and what Parquet holds, value by value and column by column."""
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        place = path.relative_to(folder).as_posix()
        yield place, place
        data = path.read_bytes()
        for encoding in ("utf-8", "latin-1", "utf-16-le"):
            yield place, data.decode(encoding, errors="replace")
        if path.suffix == ".parquet":
            table = pq.read_table(path)
            yield place, str(table.schema.metadata)
            for name in table.column_names:
                values = list(_strings(table[name].to_pylist()))
                yield place, "\n".join(values)
                yield place, "".join(values)
                for value in values:
                    yield place, value


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
