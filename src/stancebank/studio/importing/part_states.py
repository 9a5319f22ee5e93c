"""A part as it was sent and as it is now: what the annotations of its documents are compared with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from stancebank.corpus.corpus import Corpus
from stancebank.faults import StanceBankError, printable
from stancebank.schema.former_labels import former_labels
from stancebank.schema.layers import ENTITIES, Layer
from stancebank.schema.paths import layer_file
from stancebank.storage.files import read_inside
from stancebank.studio.importing.region_records import Origin
from stancebank.studio.importing.renamed_labels import RenamedLabels
from stancebank.studio.importing.stored_records import StoredPart
from stancebank.studio.importing.task_documents import Document
from stancebank.studio.layout.document_records import Record, Records, no_records
from stancebank.studio.layout.merge_base import NamesByDocument, Saved, read_names, read_saved


@dataclass(frozen=True, slots=True)
class States:
    """A document as it was sent and as it is now.

    was: the part that holds it as it was sent; None where it was sent blank, or its labels had other names. now: the
    part of the corpus or of the annotator's pass. sent, ours: the records in the two.
    guessed: whether the corpus is used in place of what was sent, since no base has it.
    """

    was: StoredPart | None
    now: StoredPart
    sent: Records
    ours: Records
    guessed: bool


class PartStates:
    """The states of the documents of one part.

    name: of the part; None for tasks of documents that the corpus does not have. sent:
    what was sent, as a corpus; the corpus itself where that is not known. base: its
    folder, where it is a base that names regions.
    """

    def __init__(self, corpus: Corpus, sent: Corpus, base: Path | None, name: str | None) -> None:
        self.name = name or ""
        self.based = name in sent.part_names
        self._corpus = corpus
        self._sent_corpus = sent
        self._base = base
        self._stored: dict[str | None, StoredPart] = {}
        self.layers = corpus.layers
        self.renamed = RenamedLabels(corpus.scheme, former_labels(corpus.root, corpus.scheme))
        self.texts = {} if name is None else self.now(None).texts

    def now(self, annotator: str | None) -> StoredPart:
        """The part as it is now, in the corpus or in an annotator's pass."""
        if annotator not in self._stored:
            self._stored[annotator] = StoredPart(self._corpus, self.name, annotator)
        return self._stored[annotator]

    @cached_property
    def names(self) -> NamesByDocument:
        """The names of regions that the base has."""
        return read_names(self._base, self.name) if self._base else {}

    @cached_property
    def saved(self) -> Saved:
        """What the base knows of earlier imports."""
        return read_saved(self._base, self.name) if self._base else {}

    @cached_property
    def sent(self) -> StoredPart:
        """The part as it was sent."""
        sent = self._sent_corpus
        if sent is self._corpus or _same_files(sent, self._corpus, self.name):
            return self.now(None)
        try:
            return StoredPart(sent, self.name)
        except StanceBankError as error:
            what = f"the base {printable(str(sent.root))} cannot be read: {error.what.partition(': ')[2]}"
            raise StanceBankError(what, "restore it, or name another one with --base") from None

    def of(self, document: Document, annotator: str | None) -> States:
        """What was sent of a document, and what the corpus or the annotator's pass says of it now."""
        own, now = self.now(None), self.now(annotator)
        based = self.based and document.doc_id in self.sent.texts
        was: StoredPart | None = own
        if document.blank and (annotator is not None or not based or self._base is None):
            was = None  # of a pass over a blank text nothing was sent, whatever a pull has made of the base since
        elif based:
            was = self.sent
        sent = was.records(document.doc_id) if was else no_records()
        same = was is not None and (
            was is now or was.document_lines(document.doc_id) == now.document_lines(document.doc_id)
        )
        ours = sent if same else now.records(document.doc_id)
        if not same and (renamed := self.renamed.records(sent)) is not sent:
            was, sent = None, renamed  # its lines are not what they should be any more
        guessed = was is own and not (self._sent_corpus is not self._corpus and based)
        return States(was, now, sent, ours, guessed)

    def origin(self, document: Document, annotator: str | None, states: States) -> Origin:
        """What is known of a document before an annotation of it is read."""
        ours = states.ours
        # Of a pass that is there already it is the pass that ids are kept from.
        base = ours if annotator is not None and any(ours.values()) else states.sent
        taken = {id for records in ours.values() for id in records} | set(self.now(None).sentence_ids(document.doc_id))
        entities = dict(base["entities"])
        for id in document.offered.keys() - entities.keys():
            record = _offered_entity(document.doc_id, document.offered[id], self.layers.complete[ENTITIES.name])
            if record is not None and (id not in taken or id in ours["entities"]):
                entities[id] = self.renamed.record(self.layers.complete[ENTITIES.name], record)
        names = self.names.get((document.doc_id, annotator or ""), {})
        made = ours if states.guessed else {layer: _without(ours[layer], states.sent[layer]) for layer in ours}
        text, offered = self.texts[document.doc_id], document.offered.keys()
        return Origin(document.doc_id, text, base, entities, offered, names, taken, made, document.ends)


def _without(records: dict[str, Record], others: dict[str, Record]) -> dict[str, Record]:
    return {id: record for id, record in records.items() if id not in others}


def _same_files(sent: Corpus, corpus: Corpus, part: str) -> bool:
    """Whether a part has the same bytes in two corpora; how far it is does not matter."""
    files = (layer_file(part, layer.name) for layer in corpus.layers.parts.values() if not layer.tracks)
    return all(read_inside(sent.root, file)[0] == read_inside(corpus.root, file)[0] for file in files)


def _offered_entity(doc_id: str, choice: Mapping[str, object], layer: Layer) -> Record | None:
    """The entity that a task offers as a choice, where it is sound; the corpus need not have it any more."""
    said = choice.get("record")
    if not isinstance(said, dict):
        return None
    known = said | {"doc_id": doc_id, "entity_id": choice["alias"]}
    record = {name: known.get(name) for name in layer.names}
    return record if all(column.fits(record[column.name]) for column in layer.columns) else None
