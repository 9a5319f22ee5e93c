"""The documents of a part as foreign documents, with all that annotators have decided: the way out of our layers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from stancebank.corpus.part import Part
from stancebank.formats.conventions import CONTENT, HOLDER, PROPOSITION, SOURCE, link_words, span_words, type_vocabulary
from stancebank.formats.foreign_document import Attribute, Cluster, Event, ForeignDocument, Fragment, Link, Span
from stancebank.formats.ledger import Ledger
from stancebank.schema.column import Column
from stancebank.schema.layers import (
    ATTRIBUTIONS,
    CLASSIFICATIONS,
    ENTITIES,
    MENTIONS,
    RELATIONS,
    STANCES,
    TARGETS,
)

Record = Mapping[str, Any]
_STRUCTURE = frozenset(("doc_id", "start", "end", "text", "entity_id", "head", "tail", "source", "holder", "content"))


def foreign_documents(part: Part, ledger: Ledger, *, tokens: bool = False) -> Iterator[ForeignDocument]:
    """Each document of a part. Offsets are code points of the text; ids are those of the records.

    ledger: counts what no format is given: classifications. tokens: whether documents have their tokens. Raises
    StanceBankError where spaCy, which gives them, is not installed.
    """
    of_document = _tokens(part) if tokens else {}
    rows = {name: part.frames[name].partition_by("doc_id", as_dict=True) for name in part.layers.annotated}
    sentences: dict[str, list[Fragment]] = {}
    for doc_id, start, end in part["sentences"].select("doc_id", "start", "end").iter_rows():
        sentences.setdefault(doc_id, []).append((start, end))
    propositions = dict(part.corpus.targets.select(TARGETS.id_column, PROPOSITION).iter_rows())
    for document in part["documents"].iter_rows(named=True):
        key = (document["doc_id"],)
        records = {name: list(found[key].iter_rows(named=True)) if key in found else [] for name, found in rows.items()}
        ledger.leave(CLASSIFICATIONS.name, "no format has a place for them", len(records.get(CLASSIFICATIONS.name, ())))
        found = _Unplacing(part, document, records, propositions).document()
        found.tokens = of_document.get(document["doc_id"], []) if tokens else None
        found.sentences = sentences.get(document["doc_id"])
        yield found


def _tokens(part: Part) -> dict[str, list[list[Fragment]]]:
    """The tokens of each sentence, by document."""
    found: dict[str, list[list[Fragment]]] = {}
    row = -1
    for at, doc_id, start, end in part.tokens.select("row", "doc_id", "start", "end").iter_rows():
        sentences = found.setdefault(doc_id, [])
        if at != row:
            sentences.append([])
            row = at
        sentences[-1].append((start, end))
    return found


class _Unplacing:
    """Turns the records of a document into items of a foreign one."""

    def __init__(
        self, part: Part, document: Record, records: Mapping[str, Sequence[Record]], propositions: Mapping[str, str]
    ) -> None:
        self._part, self._records, self._propositions = part, records, propositions
        self._spans, self._links = span_words(part.scheme), link_words(part.scheme)
        id, text = document["doc_id"], document["text"]
        self._made = ForeignDocument(id, id, id, text, part.annotator, document["language"])

    def document(self) -> ForeignDocument:
        """All of it."""
        types = self._entities()
        vocabulary = type_vocabulary(self._part.scheme)
        for mention in self._of(MENTIONS.name):
            level = next((c.name for c in self._columns(MENTIONS.name) if c.vocabulary == vocabulary), None)
            label = types.get(str(mention["entity_id"])) if ENTITIES.name in self._part.layers else mention[level or ""]
            id = mention["mention_id"]
            self._made.spans.append(
                Span(id, label or self._spans[MENTIONS.name], ((mention["start"], mention["end"]),))
            )
            self._attributes(id, mention, MENTIONS.name, without=level)
        for relation in self._of(RELATIONS.name):
            id, label = relation["relation_id"], relation["type"] or self._links[RELATIONS.name]
            self._made.links.append(Link(id, label, relation["head"], relation["tail"]))
            self._attributes(id, relation, RELATIONS.name, without="type")
        for attribution in self._of(ATTRIBUTIONS.name):
            self._hub(attribution, ATTRIBUTIONS.name, SOURCE)
        for stance in self._of(STANCES.name):
            self._hub(stance, STANCES.name, HOLDER)
        return self._made

    def _of(self, layer: str) -> Sequence[Record]:
        return self._records.get(layer, ())

    def _columns(self, layer: str) -> Sequence[Column]:
        return self._part.layers[layer].columns

    def _entities(self) -> dict[str, str | None]:
        """The types of entities, by id; the entities become clusters."""
        members: dict[str, list[str]] = {}
        for mention in self._of(MENTIONS.name) if ENTITIES.name in self._part.layers else ():
            members.setdefault(mention["entity_id"], []).append(mention["mention_id"])
        type_of = next(c.name for c in ENTITIES.columns if c.vocabulary)
        types = {}
        for entity in self._of(ENTITIES.name):
            id = entity["entity_id"]
            types[id] = entity.get(type_of)
            self._made.clusters.append(Cluster(id, tuple(members.get(id, ()))))
            self._attributes(id, entity, ENTITIES.name, without=type_of)
        return types

    def _attributes(self, target: str, record: Record, layer: str, without: str | None = None) -> None:
        known = (*_STRUCTURE, self._part.layers[layer].id_column, without)
        for column in self._columns(layer):
            if column.name not in known and record[column.name] not in (None, []):
                self._made.attributes.append(Attribute(target, column.name, record[column.name]))

    def _hub(self, record: Record, layer: str, one: str) -> None:
        """An event whose trigger is the span of a record."""
        id = record[self._part.layers[layer].id_column]
        trigger = f"{id}/trigger"
        self._made.spans.append(Span(trigger, self._spans[layer], ((record["start"], record["end"]),)))
        arguments = []
        named = record.get(one.partition(".")[2])
        if named is not None:
            arguments.append((self._links[one], named))
        items = next((column.items for column in self._columns(layer) if column.items), ())
        for number, content in enumerate(record.get("content") or (), 1):
            part = f"{id}/content{number}"
            self._made.spans.append(Span(part, self._spans[CONTENT], ((content["start"], content["end"]),)))
            arguments.append((self._links[CONTENT], part))
            for column in items:
                if column.name not in _STRUCTURE and content[column.name] is not None:
                    self._made.attributes.append(Attribute(part, column.name, content[column.name]))
        self._made.events.append(Event(id, trigger, tuple(arguments)))
        self._attributes(id, record, layer)
        target = str(record.get("target"))
        if target in self._propositions:
            self._made.attributes.append(Attribute(id, PROPOSITION, self._propositions[target]))
