"""The records of a part, loaded once: what they are, what was changed, and the files that follow."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from stancebank.checks.findings import UnsoundCorpusError
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_part
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import with_documents
from stancebank.corpus.part import Part
from stancebank.corpus.record_lines import RECORD, document_places, record_line, record_order
from stancebank.faults import counted, printable
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import DOCUMENTS, SENTENCES, Layer
from stancebank.storage.files import Read, read_each
from stancebank.text.anchoring import AnchorText

Values = dict[str, Any]
"""A record by column, in the layer's order."""


@dataclass
class PartRecords:
    """A part of the gold, or of a pass over it, with its records by layer, document and id.

    part: as it was read. read: the bytes of its files then, by layer; None for a file that is missing.
    gold: of a pass, the same part of the corpus, which has the texts.
    """

    part: Part
    read: Mapping[str, bytes | None]
    gold: PartRecords | None = None
    _places: dict[str, dict[str, slice]] = field(default_factory=dict)
    _records: dict[tuple[str, str], dict[str, Values]] = field(default_factory=dict)
    _unsorted: set[tuple[str, str]] = field(default_factory=set)
    _changed: dict[tuple[str, str], None] = field(default_factory=dict)
    _referring: dict[tuple[str, str, str], dict[str, list[str]]] = field(default_factory=dict)
    _anchors: dict[str, AnchorText] = field(default_factory=dict)
    _last: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def load(
        cls, corpus: Corpus, name: str, annotator: str | None = None, gold: PartRecords | None = None, *, strict: bool
    ) -> PartRecords:
        """A part as it is stored; without records where there is none.

        Raises UnsoundCorpusError with the findings where it has errors; where not strict, only with those
        that keep records from being told apart.
        """
        there = name in (corpus.part_names if annotator is None else corpus.pass_parts(annotator))
        empty = Part(name, corpus, {}, (), annotator)
        files = {layer: empty.file(layer) for layer in _own_layers(corpus, annotator)}
        held = dict(zip(files.values(), read_each(corpus.root, [*files.values()] if there else []), strict=False))
        read = {layer: held[file][0] if there else None for layer, file in files.items()}
        if there:
            texts = replace(gold.part if gold else empty, annotator=None, held=dict(held))
            part = corpus.read_part(name, annotator, texts)
            _require_sound(part, strict=strict)
        else:
            frames = {layer: polars_schema(corpus.layers[layer].columns).to_frame() for layer in files}
            part = replace(empty, frames={**(gold.part.frames if gold else {}), **frames})
        return cls(part, read, gold)

    @property
    def name(self) -> str:
        """The name of the part."""
        return self.part.name

    def layer(self, name: str) -> Layer:
        """The layer, with the columns that the scheme uses."""
        return self.part.layers[name]

    def _home(self, layer: str) -> PartRecords:
        """Whose the records of a layer are."""
        return self if self.gold is None or self.layer(layer).in_passes else self.gold

    @property
    def doc_ids(self) -> list[str]:
        """The documents that were read, in their order."""
        return self.part.frames[DOCUMENTS.name]["doc_id"].to_list()

    def add_document(self, record: Values, sentences: Sequence[Values]) -> None:
        """Add a document with its sentences."""
        doc_id = record["doc_id"]
        self._records[DOCUMENTS.name, doc_id] = {doc_id: record}
        self._records[SENTENCES.name, doc_id] = {each[SENTENCES.id_column]: each for each in sentences}
        self._changed |= {(DOCUMENTS.name, doc_id): None, (SENTENCES.name, doc_id): None}

    def records(self, layer: str, doc_id: str) -> Mapping[str, Values]:
        """The records of a document in a layer, by id, in the layer's order."""
        home, key = self._home(layer), (layer, doc_id)
        if key in home._unsorted:
            ordered = sorted(home._records[key].values(), key=record_order(self.layer(layer)))
            home._records[key] = {record[self.layer(layer).id_column]: record for record in ordered}
            home._unsorted.discard(key)
        return home._by_id(layer, doc_id)

    def record(self, layer: str, doc_id: str, id: str) -> Values | None:
        """A record; None where there is none."""
        return self._home(layer)._by_id(layer, doc_id).get(id)

    def _by_id(self, layer: str, doc_id: str) -> dict[str, Values]:
        """The records of a document in a layer of its own, in any order."""
        key = (layer, doc_id)
        if key not in self._records:
            id_column = self.layer(layer).id_column
            self._records[key] = {each[id_column]: each for each in RECORD.decode_lines(self._stored(layer, doc_id))}
        return self._records[key]

    def referring(self, layer: str, column: str, doc_id: str) -> Mapping[str, list[str]]:
        """By value of a column that names other records, the ids of the records of a document that have it."""
        key = (layer, doc_id, column)
        if key not in self._referring:
            found: dict[str, list[str]] = {}
            for id, record in self.records(layer, doc_id).items():
                found.setdefault(record[column], []).append(id)
            self._referring[key] = found
        return self._referring[key]

    def anchors(self, doc_id: str) -> AnchorText:
        """The text of a document, to look for words in."""
        if doc_id not in self._anchors:
            self._anchors[doc_id] = AnchorText(self.records(DOCUMENTS.name, doc_id)[doc_id]["text"])
        return self._anchors[doc_id]

    def put(self, layer: str, doc_id: str, id: str, values: Values) -> None:
        """Have a record have these values."""
        self._home(layer)._put(layer, doc_id, id, values)

    def _put(self, layer: str, doc_id: str, id: str, values: Values) -> None:
        self._by_id(layer, doc_id)[id] = values
        if (id[0], doc_id) in self._last:
            self._last[id[0], doc_id] = max(self._last[id[0], doc_id], _number(id))
        self._touch(layer, doc_id)

    def drop(self, layer: str, doc_id: str, id: str) -> None:
        """Remove a record; its id is not given again."""
        self._last_number(layer[0], doc_id)
        home = self._home(layer)
        del home._by_id(layer, doc_id)[id]
        home._touch(layer, doc_id)

    def _touch(self, layer: str, doc_id: str) -> None:
        self._changed[layer, doc_id] = None
        self._unsorted.add((layer, doc_id))
        for key in [key for key in self._referring if key[:2] == (layer, doc_id)]:
            del self._referring[key]

    def new_id(self, layer: str, doc_id: str) -> str:
        """The next free id, such as m12: beyond all of the document that are or were in use."""
        return f"{layer[0]}{self._last_number(layer[0], doc_id) + 1}"

    def _last_number(self, prefix: str, doc_id: str) -> int:
        if (prefix, doc_id) not in self._last:
            ids = (id for name in self.part.layers.annotated for id in self._home(name)._by_id(name, doc_id))
            self._last[prefix, doc_id] = max((_number(id) for id in ids if id[0] == prefix), default=0)
        return self._last[prefix, doc_id]

    def _stored(self, layer: str, doc_id: str) -> bytes:
        """A document's lines as they were read."""
        if layer not in self._places:
            rows = self.part.frames[layer]
            self._places[layer] = document_places(rows["doc_id"], self.read[layer] or b"")
        return (self.read[layer] or b"")[self._places[layer].get(doc_id, slice(0, 0))]

    def _lines(self, layer: str, doc_id: str) -> bytes:
        """A document's lines as they are to be written; what is as it was keeps its line."""
        names = self.layer(layer).names

        def canonical(record: Values) -> bytes:
            return record_line({name: record[name] for name in names})

        lines = self._stored(layer, doc_id).splitlines(keepends=True)
        stored = {canonical(RECORD.decode(line)): line for line in lines}
        made = map(canonical, self.records(layer, doc_id).values())
        return b"".join(stored.get(line, line) for line in made)

    def changes(self) -> dict[str, bytes]:
        """The files that are not as they were read, by path from the root."""
        put: dict[str, dict[str, bytes]] = {}
        for layer, doc_id in self._changed:
            lines = self._lines(layer, doc_id)
            if lines != self._stored(layer, doc_id):
                put.setdefault(layer, {})[doc_id] = lines
        files = {
            self.part.file(layer): with_documents(self.read[layer] or b"", self.part.frames[layer], lines)
            for layer, lines in put.items()
        }
        if files and not any(data is not None for data in self.read.values()):  # a folder that is new
            files = {**dict.fromkeys(map(self.part.file, self.read), b""), **files}
        return files

    def now(self, corpus: Corpus) -> Part:
        """The part with all changes. corpus: as it would be read if they were saved."""
        if not self.changes() and not (self.gold and self.gold.changes()):
            return replace(self.part, corpus=corpus, texts=None, held={})
        held: dict[str, Read] = {
            self.part.file(layer): (data, None) for layer, data in self.read.items() if data is not None
        }
        texts = self.gold.now(corpus) if self.gold else Part(self.name, corpus, {}, ())
        return corpus.sound_part(self.name, self.part.annotator, replace(texts, held=held))

    def basis(self) -> Iterator[tuple[str, bytes | None]]:
        """The files that the changes build on, with the bytes that were read."""
        if self.gold is not None:
            yield from self.gold.basis()
        for layer, data in self.read.items():
            yield self.part.file(layer), data


def _number(id: str) -> int:
    """The number of an id that is a letter and a number; 0 for others."""
    return int(id[1:]) if re.fullmatch(r"[0-9]{1,9}", id[1:]) else 0


def _own_layers(corpus: Corpus, annotator: str | None) -> list[str]:
    return [name for name, layer in corpus.layers.parts.items() if annotator is None or layer.in_passes]


def _require_sound(part: Part, *, strict: bool) -> None:
    if strict or part.faults or part.repeats_ids:
        errors = check_part(part, ERRORS_ALONE).findings
        if errors:
            first = errors[0]
            of = f"the part {part.name}" if part.annotator is None else f"{part.annotator}'s pass over {part.name}"
            what = f"{of} has {counted(len(errors), 'error')}, first {first.file}:{first.line}: {first.what}"
            fix = "correct what stancebank validate reports" + ("; strict=False opens it" if strict else "")
            raise UnsoundCorpusError(printable(what), fix, errors)
    for name, rows in part.frames.items():
        documents = rows["doc_id"]
        if documents.rle().len() != documents.n_unique():
            what = f"{part.file(name)}: records of a document are apart from each other"
            raise UnsoundCorpusError(what, "order the rows with stancebank validate --fix")
