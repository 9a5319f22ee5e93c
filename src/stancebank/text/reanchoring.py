"""Where the characters of one text are in another version of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import NamedTuple

import polars as pl

_WORD = re.compile(r"\s*\S+\s*?(?=\s|$)|\s+")


class Run(NamedTuple):
    """Characters that two texts have in common: code points from start in the one, from other in the other."""

    start: int
    other: int
    length: int


def common_runs(text: str, other: str) -> list[Run]:
    """The runs of characters that one text kept on its way to the other, in order, none overlapping.

    What both begin and end with is taken first, then whole words are compared, then
    what two changed words begin and end with.
    """
    head = _common(text, other)
    tail = _common(text[head:][::-1], other[head:][::-1])
    runs = [Run(0, 0, head)]
    middle, other_middle = text[head : len(text) - tail], other[head : len(other) - tail]
    runs += [Run(head + r.start, head + r.other, r.length) for r in _of_words(middle, other_middle)]
    runs.append(Run(len(text) - tail, len(other) - tail, tail))
    return list(_joined(runs))


def _of_words(text: str, other: str) -> Iterator[Run]:
    words, other_words = _WORD.findall(text), _WORD.findall(other)
    starts, other_starts = _starts(words), _starts(other_words)
    # autojunk would take the commonest words of a long text for noise.
    for kind, i, j, k, m in SequenceMatcher(None, words, other_words, autojunk=False).get_opcodes():
        if kind == "equal":
            yield Run(starts[i], other_starts[k], starts[j] - starts[i])
        elif kind == "replace":
            one_by_one = j - i == m - k
            pieces = zip(range(i, j), range(k, m), strict=True) if one_by_one else ((i, k),)
            for first, other_first in pieces:
                start, end = starts[first], starts[first + 1 if one_by_one else j]
                other_start, other_end = other_starts[other_first], other_starts[other_first + 1 if one_by_one else m]
                yield from _of_ends(text[start:end], other[other_start:other_end], start, other_start)


def _of_ends(piece: str, other: str, start: int, other_start: int) -> Iterator[Run]:
    """What two pieces begin and end with in common; start and other_start: where they are."""
    head = _common(piece, other)
    tail = _common(piece[head:][::-1], other[head:][::-1])
    yield Run(start, other_start, head)
    yield Run(start + len(piece) - tail, other_start + len(other) - tail, tail)


def _starts(words: list[str]) -> list[int]:
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word))
    return starts


def _common(a: str, b: str) -> int:
    """How many characters two strings begin with in common."""
    low, high = 0, min(len(a), len(b))
    while low < high:  # slices are compared at the speed of memory
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _joined(runs: list[Run]) -> Iterator[Run]:
    """The runs that have characters, those that touch in both texts as one."""
    last = Run(0, 0, 0)
    for run in runs:
        if last.start + last.length == run.start and last.other + last.length == run.other:
            last = Run(last.start, last.other, last.length + run.length)
        elif run.length:
            if last.length:
                yield last
            last = run
    if last.length:
        yield last


def moved_characters(texts: Mapping[str, tuple[str, str]]) -> pl.DataFrame:
    """The common runs of the two versions of each document's text.

    Columns doc_id, run_start and run_end, code points of the first version, and by:
    how far the run moved. A document that kept nothing has a run without characters.
    """
    rows = [
        (doc_id, run.start, run.start + run.length, run.other - run.start)
        for doc_id, (text, other) in texts.items()
        for run in common_runs(text, other) or [Run(0, 0, 0)]
    ]
    types = {"doc_id": pl.String, "run_start": pl.Int64, "run_end": pl.Int64, "by": pl.Int64}
    return pl.DataFrame(rows, schema=types, orient="row").sort("doc_id", "run_start")


def moved_spans(spans: pl.DataFrame, runs: pl.DataFrame) -> pl.DataFrame:
    """Spans with start and end as the edited texts have them; null where the character there was not kept.

    spans: with doc_id, start and end, of any documents. runs: of moved_characters, for
    the documents whose text has changed; other spans stay where they are.
    """
    if not runs.height:
        return spans
    changed = pl.col("doc_id").is_in(runs["doc_id"].unique().implode())
    rows = spans.with_row_index("_row")
    moved = rows.filter(changed)
    for name, place in (("start", pl.col("start")), ("end", pl.col("end") - 1)):
        asked = moved.select("_row", "doc_id", _at=place).sort("_at")
        found = asked.join_asof(
            runs.sort("run_start"), left_on="_at", right_on="run_start", by="doc_id", check_sortedness=False
        )
        to = pl.when(pl.col("_at") < pl.col("run_end")).then(pl.col("by"))
        moved = moved.join(found.select("_row", _by=to), on="_row", maintain_order="left")
        moved = moved.with_columns(pl.col(name) + pl.col("_by")).drop("_by")
    order = [rows.filter(~changed), moved.select(rows.columns)]
    return pl.concat(order).sort("_row").drop("_row")
