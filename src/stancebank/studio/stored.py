"""The documents of a part one by one, as records or as the lines that they are stored in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import orjson

from stancebank.corpus import PASSES, Corpus, require_readable
from stancebank.files import read_inside
from stancebank.layers import LAYERS, PART_LAYERS
from stancebank.studio.records import ANNOTATED, Record, Records, no_records

_DIGITS = re.compile(r"[0-9]*\Z")


class StoredPart:
    """A part as it is stored, its lines grouped by document.

    annotator: whose pass, or None for the corpus's own; a pass that is not there yet
    has no lines. Raises StanceBankError where a file cannot be read.
    """

    def __init__(self, corpus: Corpus, name: str, annotator: str | None = None) -> None:
        missing = annotator is not None and not (corpus.root / PASSES / annotator / name).is_dir()
        part = corpus.read_part(name, None if missing else annotator)
        require_readable(part.faults)
        self.there = not missing
        self.texts: dict[str, str] = dict(part["documents"].select("doc_id", "text").iter_rows())
        self._lines: dict[str, list[bytes]] = {}
        self._runs: dict[str, dict[str, tuple[int, int]]] = {}
        for layer in PART_LAYERS:
            data, _ = read_inside(corpus.root, part.file(layer))
            absent = missing and PART_LAYERS[layer].annotated
            self._lines[layer] = [] if absent else (data or b"").splitlines(keepends=True)
            runs = part[layer]["doc_id"].rle().struct
            ends = runs.field("len").cum_sum()
            places = zip(runs.field("value"), ends - runs.field("len"), ends, strict=True)
            self._runs[layer] = {} if absent else {doc_id: (first, last) for doc_id, first, last in places}

    def lines(self, layer: str, doc_id: str) -> bytes:
        """A document's lines in the file of a layer."""
        first, last = self._runs[layer].get(doc_id, (0, 0))
        return b"".join(self._lines[layer][first:last])

    def document_lines(self, doc_id: str) -> list[bytes]:
        """A document's lines in the files of the annotated layers, layer by layer."""
        return [self.lines(layer, doc_id) for layer in ANNOTATED]

    def records(self, doc_id: str) -> Records:
        """A document's records in the annotated layers."""
        found = no_records()
        for layer in ANNOTATED:
            id_column = LAYERS[layer].id_column
            for record in self._parsed(layer, doc_id):
                found[layer][record[id_column]] = record
        return found

    def sentence_ids(self, doc_id: str) -> list[str]:
        """The ids of a document's sentences."""
        return [record["sentence_id"] for record in self._parsed("sentences", doc_id)]

    def _parsed(self, layer: str, doc_id: str) -> Iterator[Record]:
        first, last = self._runs[layer].get(doc_id, (0, 0))
        return map(orjson.loads, self._lines[layer][first:last])


def document_lines(records: Records) -> list[bytes]:
    """A document's records as lines of the files of the annotated layers, layer by layer."""
    return [_record_lines(layer, records[layer]) for layer in ANNOTATED]


def _record_lines(layer: str, records: dict[str, Record]) -> bytes:
    """Records as lines of the layer's file, in the layer's order."""
    spans = LAYERS[layer].spans
    ordered = sorted(
        records.items(),
        key=lambda each: (each[1]["start"], each[1]["end"], _natural(each[0])) if spans else _natural(each[0]),
    )
    return b"".join(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for _, record in ordered)


@lru_cache(1 << 16)
def _natural(id: str) -> tuple[str, int, str, int]:
    """Sort key under which m2 comes before m10, as frames.natural_order has it."""
    digits = _DIGITS.search(id)
    assert digits is not None
    value = digits[0].lstrip("0")
    return id[: digits.start()], len(value), value, len(digits[0])
