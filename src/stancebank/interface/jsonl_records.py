"""Records of a layer as JSON lines, in and out, one by one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonlines
import orjson

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.interface.record_kinds import RECORDS
from stancebank.interface.record_values import require_layer
from stancebank.interface.word_places import Span
from stancebank.schema.layers import DOC_ID, Layer
from stancebank.storage.files import new_file

if TYPE_CHECKING:
    from stancebank.corpus.corpus import Corpus
    from stancebank.interface.annotations import Documents
    from stancebank.interface.corpus_state import AnnotationState
    from stancebank.interface.records import Record


class JsonLinesRecords(ABC):
    """Gives and takes the records of a layer one by one."""

    _state: AnnotationState

    @property
    @abstractmethod
    def documents(self) -> Documents:
        """All documents."""

    @abstractmethod
    def records(self, layer: str) -> Iterator[dict[str, Any]]:
        """The records of a layer, one by one."""

    def write_jsonl(self, layer: str, file: Path | str) -> int:
        """Write the records of a layer to a file, one a line; gives how many. Raises StanceBankError."""
        number = 0
        with new_file(Path(file)) as stream, jsonlines.Writer(stream, dumps=orjson.dumps) as writer:
            for record in self.records(layer):
                writer.write(record)
                number += 1
        return number

    def read_jsonl(self, layer: str, file: Path | str) -> int:
        """Add the records of a file, one a line, to a layer, all of them or none; gives how many.

        Raises StanceBankError, which names file and line, as add_records does.
        """
        place = Path(file)
        try:
            with place.open("rb") as stream, jsonlines.Reader(stream, loads=orjson.loads) as reader:
                return self._add(layer, reader.iter(type=dict), printable(str(file)))
        except OSError as error:
            raise StanceBankError(f"{printable(str(file))} cannot be read: {error.strerror}", "name a file") from None

    def add_records(self, layer: str, records: Iterable[dict[str, Any]]) -> int:
        """Add records, such as rows of a frame, to a layer, all of them or none; gives how many.

        Each is an object with doc_id and the fields of the layer. Its id may be left out, and so may what is
        undecided. A span is start and end, or text alone where that has one place. Raises StanceBankError.
        """
        return self._add(layer, records, "record")

    def _add(self, layer: str, records: Iterable[dict[str, Any]], source: str) -> int:
        found = require_annotated(self._state.corpus_now(), layer)
        added: list[Record] = []
        try:
            for record in records:
                added.append(_added(self.documents, found, record))
        except (StanceBankError, jsonlines.InvalidLineError) as error:
            for each in reversed(added):
                each.remove()
            line, what, fix = len(added) + 1, "not a JSON object", "write one object per line"
            if isinstance(error, StanceBankError):
                what, fix = error.what, error.fix
            raise StanceBankError(f"{source}:{line}: {what}", f"{fix}; nothing was added") from None
        return len(added)


def require_annotated(corpus: Corpus, name: str) -> Layer:
    """A layer that annotators fill. Raises StanceBankError for another."""
    layer = require_layer(corpus, name)
    if not layer.annotated:
        what = f"{excerpt(name)} is not a layer that annotators fill"
        raise StanceBankError(what, f"use one of {', '.join(corpus.layers.annotated)}")
    return layer


def _added(documents: Documents, layer: Layer, record: object) -> Record:
    if not isinstance(record, Mapping) or not all(isinstance(key, str) for key in record):
        raise StanceBankError(f"{excerpt(repr(record))} is no record", "give an object with the fields of the layer")
    fields = dict(record)
    doc_id, id = fields.pop(DOC_ID.name, None), fields.pop(layer.id_column, None)
    if not isinstance(doc_id, str):
        raise StanceBankError("doc_id is missing", "name the document of each record")
    where: Any = None
    if layer.spans:
        start, end, text = (fields.pop(name, None) for name in ("start", "end", "text"))
        where = text if start is None and end is None else (start, end) if text is None else Span(start, end, text)
    return documents[doc_id]._add(RECORDS[layer.name], where, id, fields)
