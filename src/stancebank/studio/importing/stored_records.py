"""The documents of a part one by one, as records or as the lines that they are stored in; new files until written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from operator import itemgetter
from typing import NamedTuple, Self

import msgspec

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.record_lines import RECORD, document_places, record_line, record_order
from stancebank.schema.layers import PROGRESS, SENTENCES
from stancebank.schema.paths import PASSES
from stancebank.schema.scheme_layers import Layers
from stancebank.storage.files import read_inside
from stancebank.studio.layout.document_records import Record, Records, no_records


class NewFile(NamedTuple):
    """A file that is to be written.

    annotator: whose pass it belongs to; empty for the corpus's own layers and the base.
    """

    annotator: str
    file: str
    data: bytes


class Staging:
    """Keeps files in one temporary file, which goes when the block ends."""

    def __init__(self) -> None:
        self._data = tempfile.TemporaryFile()  # noqa: SIM115  (closed at the end of the block)
        self._places: list[tuple[str, str, int, int]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._data.close()

    def add(self, files: Iterable[NewFile]) -> None:
        """Keep files."""
        for annotator, file, data in files:
            self._places.append((annotator, file, self._data.seek(0, os.SEEK_END), len(data)))
            self._data.write(data)

    def names(self) -> list[str]:
        """The files: the corpus's own first, then by annotator; those of one in the order in which they came."""
        return [file for _, file, _, _ in self._in_order()]

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """The files with their bytes, in that order, one at a time in memory."""
        for _, file, offset, length in self._in_order():
            self._data.seek(offset)
            yield file, self._data.read(length)

    def _in_order(self) -> list[tuple[str, str, int, int]]:
        return sorted(self._places, key=itemgetter(0))


class StoredPart:
    """A part as it is stored, its lines grouped by document.

    annotator: whose pass, or None for the corpus's own; a pass that is not there yet
    has no lines. Raises StanceBankError where a file cannot be read.
    """

    def __init__(self, corpus: Corpus, name: str, annotator: str | None = None) -> None:
        missing = annotator is not None and not (corpus.root / PASSES / annotator / name).is_dir()
        part = corpus.sound_part(name, None if missing else annotator)
        self.there = not missing
        self.texts: dict[str, str] = dict(part["documents"].select("doc_id", "text").iter_rows())
        self._files: dict[str, bytes | None] = {}
        self._places: dict[str, dict[str, slice]] = {}
        self._layers = corpus.layers
        for layer in (SENTENCES.name, *self._layers.annotated):
            absent = missing and self._layers[layer].annotated
            self._files[layer] = None if absent else read_inside(corpus.root, part.file(layer))[0]
            self._places[layer] = {} if absent else document_places(part[layer]["doc_id"], self._files[layer] or b"")
        self._files[PROGRESS.name] = None if missing else read_inside(corpus.root, part.file(PROGRESS.name))[0]
        self.progress: dict[str, dict[str, Record]] = {}
        for record in () if missing else part[PROGRESS.name].iter_rows(named=True):
            self.progress.setdefault(record["doc_id"], {}).setdefault(record["layer"], record)

    def file(self, layer: str) -> bytes | None:
        """The file of a layer; None where it is not there."""
        return self._files[layer]

    def lines(self, layer: str, doc_id: str) -> bytes:
        """A document's lines in the file of a layer."""
        return (self._files[layer] or b"")[self._places[layer].get(doc_id, _NOWHERE)]

    def document_lines(self, doc_id: str) -> list[bytes]:
        """A document's lines in the files of the annotated layers, layer by layer."""
        return [self.lines(layer, doc_id) for layer in self._layers.annotated]

    def records(self, doc_id: str) -> Records:
        """A document's records in the annotated layers."""
        found = no_records()
        for name in self._layers.annotated:
            layer, stored = self._layers.complete[name], self._layers[name]
            records = RECORD.decode_lines(self.lines(name, doc_id))
            if stored.names != layer.names:
                records = [{column: record.get(column) for column in layer.names} for record in records]
            found[name] = {record[layer.id_column]: record for record in records}
        return found

    def sentence_ids(self, doc_id: str) -> list[str]:
        """The ids of a document's sentences."""
        return [sentence.sentence_id for sentence in _SENTENCE.decode_lines(self.lines(SENTENCES.name, doc_id))]


class _Sentence(msgspec.Struct, gc=False):
    sentence_id: str


_SENTENCE = msgspec.json.Decoder(_Sentence)
_NOWHERE = slice(0, 0)


def document_lines(records: Records, layers: Layers) -> list[bytes]:
    """A document's records as lines of the files of the annotated layers, layer by layer."""
    return [b"".join(map(record_line, _in_order(layers, name, records[name]))) for name in layers.annotated]


def _in_order(layers: Layers, name: str, records: dict[str, Record]) -> list[Record]:
    """Records with all columns as the layer stores them, in its order."""
    layer = layers[name]
    found = sorted(records.values(), key=record_order(layer))
    if layer.names == layers.complete[name].names:
        return found
    return [{column: record[column] for column in layer.names} for record in found]
