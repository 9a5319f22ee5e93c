"""A difference as text for a terminal, as JSON for programs and as Markdown for a changelog or a pull request."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import chain
from typing import Literal

import msgspec
import orjson

from stancebank.compare.differences import Counts, Diff, Side
from stancebank.compare.wording import document_lines, entity_line, first_words, metadata_line, record_line
from stancebank.faults import counted, printable
from stancebank.storage.markdown import plain

FOLDED = 20  # lines; a longer list is folded in Markdown
_COLUMNS = ("added", "removed", "changed", "renamed", "reanchored")
_HEADS = ("layer", "added", "removed", "changed", "other id", "moved along")


Format = Literal["text", "json", "markdown"]


def report(diff: Diff, format: Format) -> Iterator[str]:
    """The lines of a report."""
    return {"text": _text, "json": _json, "markdown": _markdown}[format](diff)


def change_lines(diff: Diff) -> Iterator[tuple[str, list[str]]]:
    """What differs, in words: headings, of which the first may be empty, with the lines under each.

    First what concerns the corpus as a whole, then one document after the other.
    """
    whole = [metadata_line(change, digests=diff.digests) for change in diff.metadata]
    by_document: dict[str, list[str]] = defaultdict(list)
    for document in diff.documents:
        by_document[document.doc_id] += document_lines(document)
    for entity in diff.entities:
        by_document[entity.doc_id].append(entity_line(entity))
    for record in diff.records:
        (whole if record.doc_id is None else by_document[record.doc_id]).append(record_line(record))
    if whole:
        yield "", whole
    for doc_id in sorted(by_document):
        yield printable(doc_id), by_document[doc_id]


def _text(diff: Diff) -> Iterator[str]:
    yield f"A is {_side(diff.a)}, B is {_side(diff.b)}"
    if diff.same:
        yield "nothing differs"
    for heading, lines in change_lines(diff):
        if heading:
            yield heading
        for line in lines:
            yield f"  {line}" if heading else line
    if diff.remarks:
        yield "remarks"
    for side, remark in diff.remarks:
        clipped = msgspec.structs.replace(remark, text=first_words(remark.text))
        yield printable(f"  in {side} alone: {remark.doc_id} {clipped.line()}")
    rows = list(_count_rows(diff.counts))
    if rows:
        widths = [max(map(len, column)) for column in zip(_HEADS, *rows, strict=True)]
        for row in (_HEADS, *rows):
            first, *others = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
            yield "  ".join([first.strip().ljust(widths[0]), *others])
    if diff.digests and not diff.same:
        yield "values are not shown: a release holds digests alone"
    yield f"step: {diff.step.name}"


def _side(side: Side) -> str:
    return printable(side.name) + (f" ({printable(side.version)})" if side.version else "")


def _count_rows(counts: Mapping[str, Counts]) -> Iterator[tuple[str, ...]]:
    for layer, of_layer in counts.items():
        if of_layer:
            yield (layer, *(f"{getattr(of_layer, name):,}" for name in _COLUMNS))


def _json(diff: Diff) -> Iterator[str]:
    """One object with all that differs, a line for each record."""
    head = {
        "a": asdict(diff.a),
        "b": asdict(diff.b),
        "same": diff.same,
        "step": diff.step.name,
        "digests": diff.digests,
        "layers": diff.layers,
        "counts": {layer: asdict(counts) for layer, counts in diff.counts.items()},
        "metadata": [asdict(change) for change in diff.metadata],
        "documents": [asdict(change) for change in diff.documents],
        "entities": [asdict(change) for change in diff.entities],
        "remarks": [{"side": side, **msgspec.structs.asdict(remark)} for side, remark in diff.remarks],
    }
    yield orjson.dumps(head).decode()[:-1] + ',"records":['
    records = (asdict(change) | {"line": record_line(change)} for change in diff.records)
    last = None
    for record in records:
        if last is not None:
            yield f"{last},"
        last = orjson.dumps(record).decode()
    if last is not None:
        yield last
    yield "]}"


def _markdown(diff: Diff) -> Iterator[str]:
    yield f"**{plain(_side(diff.a))}** to **{plain(_side(diff.b))}**, version step: {diff.step.name}"
    yield ""
    yield from markdown_changes(diff)


def markdown_changes(diff: Diff) -> Iterator[str]:
    """Records by layer and a readable list, folded where it is long."""
    rows = list(_count_rows(diff.counts))
    if rows:
        for row in (_HEADS, ("---", *("---:" for _ in _COLUMNS)), *rows):
            yield f"| {' | '.join(row)} |"
        yield ""
    changes = list(change_lines(diff))
    lines = list(chain.from_iterable(_listed(heading, found) for heading, found in changes))
    if len(lines) > FOLDED:
        yield f"<details><summary>{counted(sum(len(found) for _, found in changes), 'change')}</summary>"
        yield ""
    yield from lines
    if len(lines) > FOLDED:
        yield ""
        yield "</details>"
    if not lines:
        yield "Nothing differs."


def _listed(heading: str, lines: list[str]) -> Iterator[str]:
    if heading:
        yield f"- {plain(heading)}"
    for line in lines:
        yield f"{'  ' if heading else ''}- {plain(line)}"
