"""The gold of a corpus or a pass over it: documents by id and by part, each part loaded once."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

import polars as pl

from stancebank.corpus.states import states
from stancebank.faults import StanceBankError, did_you_mean, excerpt, one_of
from stancebank.interface.corpus_state import AnnotationState
from stancebank.interface.document import Document
from stancebank.interface.jsonl_records import JsonLinesRecords
from stancebank.interface.record_home import RecordHome
from stancebank.interface.record_values import require_layer
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import PROGRESS
from stancebank.views.registry import views_of


@dataclass(frozen=True, repr=False)
class Documents(Collection[Document]):
    """Documents in the order of the corpus: to go through, to count, and by id."""

    _state: AnnotationState
    _parts: tuple[str, ...]

    def __iter__(self) -> Iterator[Document]:
        for part in self._parts:
            for doc_id in self._state.whole.doc_ids(part):
                yield Document(RecordHome(self._state, part, doc_id))

    def __len__(self) -> int:
        return sum(len(self._state.whole.doc_ids(part)) for part in self._parts)

    def __contains__(self, document: object) -> bool:
        id = document.id if isinstance(document, Document) else document
        return isinstance(id, str) and self._state.whole.home_of(id, self._parts) is not None

    def __getitem__(self, id: str) -> Document:
        """The document of an id. Raises StanceBankError where there is none."""
        part = self._state.whole.home_of(id, self._parts) if isinstance(id, str) else None
        if part is not None:
            return Document(RecordHome(self._state, part, id))
        what = f"there is no document {excerpt(str(id))}{did_you_mean(str(id), self.ids)}"
        raise StanceBankError(what, "name a document by its id; documents.ids lists them")

    @property
    def ids(self) -> list[str]:
        """Their ids."""
        return [document.id for document in self]

    def __repr__(self) -> str:
        return f"<Documents of {one_of(self._parts, 5) or 'no part'}>"


@dataclass(frozen=True)
class PartView:
    """A part: a folder of documents. name: of the folder."""

    name: str
    documents: Documents


class Annotations(JsonLinesRecords):
    """What a corpus and a pass over it have in common."""

    def __init__(self, state: AnnotationState) -> None:
        self._state = state

    @property
    def annotator(self) -> str | None:
        """Whose annotations these are; None for the gold."""
        return self._state.annotator

    @property
    def documents(self) -> Documents:
        """All documents, in the order of the corpus."""
        return Documents(self._state, self._state.whole.part_names())

    @property
    def parts(self) -> dict[str, PartView]:
        """The parts by name."""
        return {name: PartView(name, Documents(self._state, (name,))) for name in self._state.whole.part_names()}

    def __getitem__(self, doc_id: str) -> Document:
        """The document of an id. Its part alone is loaded, once; ids of documents are read until it is found.

        Raises StanceBankError where there is no such document.
        """
        return self.documents[doc_id]

    def frame(self, name: str) -> pl.DataFrame:
        """The records of a layer, or the rows of a view such as stance_detection, of all parts, as they are now.

        Task views show documents that are done, as in a build. Raises StanceBankError for an unknown name, and
        UnsoundCorpusError where a part cannot be read.
        """
        corpus = self._state.whole.unsaved_corpus()
        views = views_of(corpus.scheme)
        if name not in views:
            known = [*views]
            raise StanceBankError(
                f"there is no layer or view {excerpt(name)}{did_you_mean(name, known)}", f"use one of {one_of(known)}"
            )
        view = views[name]
        if not view.by_part:
            return corpus.of_all(name).select(corpus.layers[name].names)
        found = [view.rows_of(part) for part in self._state.parts_now(corpus)]
        return pl.concat(found) if found else polars_schema(view.columns).to_frame()

    def records(self, layer: str) -> Iterator[dict[str, Any]]:
        """The records of a layer as they are now, one by one; a part at a time in memory.

        Raises StanceBankError for a layer that the scheme does not use.
        """
        corpus = self._state.whole.unsaved_corpus()
        found = require_layer(corpus, layer)
        parts = (part.frames[layer] for part in self._state.parts_now(corpus))
        for rows in [corpus.shared[layer]] if found.shared else parts:
            yield from rows.select(found.names).iter_rows(named=True)

    @property
    def progress(self) -> pl.DataFrame:
        """The state of each annotated layer of each document: the columns of the layer progress, and part."""
        corpus = self._state.whole.unsaved_corpus()
        none = polars_schema(PROGRESS.columns).to_frame().with_columns(part=pl.lit("", pl.String))
        parts = (states(part).with_columns(part=pl.lit(part.name)) for part in self._state.parts_now(corpus))
        return pl.concat([none, *parts])
