"""What the page of a document shows: its text with spans, and its records as sentences that know their spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from stancebank.agreement.annotation import Record
from stancebank.pages.reading.document_reading import DocumentReading
from stancebank.pages.reading.record_sentences import mention_words, sentence
from stancebank.pages.site.marked_text import Segment, paragraphs
from stancebank.pages.site.page_links import CODES, Labels, Words, key, linked
from stancebank.pages.site.page_names import actor_page, document_page
from stancebank.schema.layers import ATTRIBUTIONS, DOCUMENTS, ENTITIES, MENTIONS, STANCES
from stancebank.views.identities import DOCUMENT

ROOT = "../"
"""From the page of a document, actor or target to the root of the site."""
_ORDER = (STANCES.name, ATTRIBUTIONS.name, "relations", ENTITIES.name, MENTIONS.name, "classifications")
"""What readers of a page want first."""

Identity = tuple[str, str, str]
"""Who an entity is: known by what, identity, and what it is called."""


class Mentioned(NamedTuple):
    """A mention in the list of its entity. further: its labels and fields."""

    key: str
    id: str
    words: str
    further: str
    href: str


class Item(NamedTuple):
    """A record in a list.

    key: its id on the page; empty where the page has another element of that id. href: where it is in the text.
    spans: keys of the spans that it is about; others: of those that belong to it. actor: a page; colour: of its label.
    """

    key: str
    id: str
    words: list[Words]
    href: str
    spans: str
    others: str
    mentions: tuple[Mentioned, ...]
    actor: str
    colour: int | None


@dataclass(frozen=True)
class ListedLayer:
    """A layer on the page: code: its letter. state: how far it is. marked: whether the text shows it. items: all."""

    name: str
    code: str
    state: Record
    marked: bool
    items: tuple[Item, ...]


class DocumentPage:
    """What a template needs of a document.

    identities: who each entity is, by its id. labels: of the scheme.
    """

    def __init__(self, reading: DocumentReading, identities: Mapping[str, Identity], labels: Labels) -> None:
        self.reading = reading
        self.labels = labels
        self.actors = {
            entity: f"{ROOT}{actor_page(*identities[entity][:2])}" for entity in with_page(reading, identities)
        }  # fmt: skip

    @property
    def page(self) -> str:
        """Where it is."""
        return document_page(self.reading.id)

    def text(self) -> list[list[Segment]]:
        """The lines of the text."""
        return list(paragraphs(self.reading, self.labels))

    def layers(self) -> Iterator[ListedLayer]:
        """The annotated layers that the scheme uses; mentions are listed with their entities."""
        used = self.reading.part.layers
        for name in _ORDER:
            if name in used and (name != MENTIONS.name or ENTITIES.name not in used):
                yield self._layer(name, self._items(name))
        if MENTIONS.name in used and ENTITIES.name in used:
            yield self._layer(MENTIONS.name, ())

    def _layer(self, name: str, items: Sequence[Item]) -> ListedLayer:
        spans = self.reading.part.layers[name].spans and self.reading.text is not None
        return ListedLayer(name, CODES[name], self.reading.progress[name], spans, tuple(items))

    def _items(self, name: str) -> list[Item]:
        layer = self.reading.part.layers[name]
        return [self._item(name, record[layer.id_column], record) for record in self.reading.records[name].values()]

    def _item(self, name: str, id: str, record: Record) -> Item:
        reading, here = self.reading, self.reading.text is not None
        columns = reading.part.layers[name].columns
        named = [record[c.name] for c in columns if c.refers_to == MENTIONS.name and record[c.name] is not None]
        mentions = tuple(self._mentioned(each) for each in reading.mentions_of[id]) if name == ENTITIES.name else ()
        own = (name, id) in reading.spans_of
        refers = [key(MENTIONS.name, mention) for mention in named]
        spans = [key(name, id)] if own else [*refers, *(mention.key for mention in mentions)]
        others = [*refers, *self._chain(name, id)] if own else []
        label = next((c for c in columns if c.vocabulary), None)
        return Item(
            key(name, id),
            id,
            linked(sentence(reading, name, record), self.labels, ROOT, here=here),
            f"#t-{spans[0]}" if here and spans else "",
            " ".join(dict.fromkeys(spans)),
            " ".join(dict.fromkeys(others)),
            mentions,
            self.actors.get(id, "") if name == ENTITIES.name else "",
            self.labels.colour(label.vocabulary or "", record[label.name]) if label else None,
        )

    def _mentioned(self, mention: Record) -> Mentioned:
        id = mention["mention_id"]
        href = f"#t-{key(MENTIONS.name, id)}" if self.reading.text is not None else ""
        return Mentioned(key(MENTIONS.name, id), id, *mention_words(self.reading, mention), href)

    def _chain(self, name: str, id: str) -> Iterator[str]:
        """The keys of the attributions through which a text gives a record, and of their sources."""
        through = id if name == ATTRIBUTIONS.name else self.reading.grounds.get(id) if name == STANCES.name else None
        for each in self.reading.chain(through):
            if each["attribution_id"] != id or name != ATTRIBUTIONS.name:
                yield key(ATTRIBUTIONS.name, each["attribution_id"])
            if each["source"] is not None:
                yield key(MENTIONS.name, each["source"])


def with_page(reading: DocumentReading, identities: Mapping[str, Identity]) -> Iterator[str]:
    """The entities that have a page: who holds a stance, or says anything and is known beyond the document."""
    known = reading.records[MENTIONS.name]
    held = {row["holder"] for row in reading.records[STANCES.name].values()} - {None}
    said = {row["source"] for row in reading.records[ATTRIBUTIONS.name].values()} - {None}
    holders, speakers = ({known[mention]["entity_id"] for mention in of} for of in (held, said))
    for entity in reading.records[ENTITIES.name]:
        if entity in holders or (entity in speakers and identities[entity][0] != DOCUMENT):
            yield entity


def facts(reading: DocumentReading) -> dict[str, Any]:
    """What is known of a document, as a page shows it: only what is there."""
    document = reading.document
    shown = {name: document.get(name) for name in ("date", "language", "outlet", "url", "rights")}
    columns = reading.part.layers[DOCUMENTS.name].columns
    own = [c.name for c in columns if c.name not in DOCUMENTS.names and document.get(c.name) is not None]
    return shown | {"authors": document.get("authors") or [], "own": [(name, document[name]) for name in own]}
