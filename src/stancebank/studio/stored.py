"""The documents of a part one by one, as records or as the lines that they are stored in."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise

import msgspec
import numpy as np
import orjson
import polars as pl

from stancebank.corpus import PASSES, Corpus, require_readable
from stancebank.files import read_inside
from stancebank.layers import LAYERS, PART_LAYERS, SENTENCES
from stancebank.studio.records import ANNOTATED, Record, Records, no_records

_DIGITS = re.compile(r"[0-9]*\Z")
_LINE_END = ord("\n")


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
        self._files: dict[str, bytes | None] = {}
        self._places: dict[str, dict[str, slice]] = {}
        for layer in (SENTENCES.name, *ANNOTATED):
            absent = missing and PART_LAYERS[layer].annotated
            self._files[layer] = None if absent else read_inside(corpus.root, part.file(layer))[0]
            self._places[layer] = {} if absent else _places(part[layer]["doc_id"], self._files[layer] or b"")

    def file(self, layer: str) -> bytes | None:
        """The file of a layer; None where it is not there."""
        return self._files[layer]

    def lines(self, layer: str, doc_id: str) -> bytes:
        """A document's lines in the file of a layer."""
        return (self._files[layer] or b"")[self._places[layer].get(doc_id, _NOWHERE)]

    def document_lines(self, doc_id: str) -> list[bytes]:
        """A document's lines in the files of the annotated layers, layer by layer."""
        return [self.lines(layer, doc_id) for layer in ANNOTATED]

    def records(self, doc_id: str) -> Records:
        """A document's records in the annotated layers."""
        found = no_records()
        for layer in ANNOTATED:
            id_column = LAYERS[layer].id_column
            found[layer] = {record[id_column]: record for record in _RECORD.decode_lines(self.lines(layer, doc_id))}
        return found

    def sentence_ids(self, doc_id: str) -> list[str]:
        """The ids of a document's sentences."""
        return [sentence.sentence_id for sentence in _SENTENCE.decode_lines(self.lines(SENTENCES.name, doc_id))]


class _Sentence(msgspec.Struct, gc=False):
    sentence_id: str


_RECORD: msgspec.json.Decoder[Record] = msgspec.json.Decoder(dict)
_SENTENCE = msgspec.json.Decoder(_Sentence)
_NOWHERE = slice(0, 0)


def _places(documents: pl.Series, data: bytes) -> dict[str, slice]:
    """Where in a layer's file the lines of each document are; documents: the doc_id of each line."""
    runs = documents.rle().struct
    ends = runs.field("len").cum_sum().to_numpy()
    behind = np.flatnonzero(np.frombuffer(data, np.uint8) == _LINE_END) + 1  # the first byte behind each line
    bounds = pairwise((0, *behind[ends - 1].tolist()))
    return {doc_id: slice(*bound) for doc_id, bound in zip(runs.field("value"), bounds, strict=True)}


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
