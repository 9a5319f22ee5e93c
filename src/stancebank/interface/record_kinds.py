"""The records of a document by kind, with their fields as attributes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from stancebank.faults import excerpt
from stancebank.interface.records import Field, Record, Reference, SpanRecord
from stancebank.interface.shared_records import Actor, Target  # noqa: F401  (what references lead to)
from stancebank.interface.word_places import Span
from stancebank.schema.layers import (
    ATTRIBUTIONS,
    CLASSIFICATIONS,
    ENTITIES,
    MENTIONS,
    RELATIONS,
    SENTENCES,
    STANCES,
)


class Sentence(SpanRecord):
    """A sentence of a text, or a heading, a byline, a dateline or an item of a list. It is only read."""

    __slots__ = ()
    layer = SENTENCES.name
    paragraph = Field[int]("paragraph")
    kind = Field[str | None]("kind")

    @property
    def index(self) -> int:
        """Its place among the sentences of the document, from 0."""
        return self.document.sentences.index(self)

    @property
    def mentions(self) -> list[Mention]:
        """The mentions that begin in it, in the order of the text."""
        return [each for each in self.document.mentions if self.start <= each.start < self.end]

    @property
    def attributions(self) -> list[Attribution]:
        """The attributions whose cues begin in it."""
        return [each for each in self.document.attributions if self.start <= each.start < self.end]

    @property
    def stances(self) -> list[Stance]:
        """The stances whose evidence begins in it."""
        return [each for each in self.document.stances if self.start <= each.start < self.end]


class Entity(Record):
    """Somebody or something that a document speaks of."""

    __slots__ = ()
    layer = ENTITIES.name
    type = Field[str | None]("type")
    name = Field[str]("name")
    wikidata = Field[str | None]("wikidata")
    value = Field[str | None]("value")
    actor = Reference["Actor | None"]("actor")

    @property
    def mentions(self) -> list[Mention]:
        """Its mentions, in the order of the text."""
        return self._named_by(Mention, "entity_id")

    @property
    def relations(self) -> list[Relation]:
        """The relations that one of its mentions is an end of."""
        own = {mention.id for mention in self.mentions}
        return [each for each in self.document.relations if own & {each["head"], each["tail"]}]

    @property
    def stances(self) -> list[Stance]:
        """The stances that one of its mentions holds."""
        return [stance for mention in self.mentions for stance in mention.stances]

    @property
    def attributions(self) -> list[Attribution]:
        """The attributions of which one of its mentions is the source."""
        return [attribution for mention in self.mentions for attribution in mention.attributions]

    def _shown(self) -> str:
        return f"{excerpt(self.name, 40)} {self.type}"


class Mention(SpanRecord):
    """A place where a text names, describes or stands in for an entity."""

    __slots__ = ()
    layer = MENTIONS.name
    entity = Reference["Entity | None"]("entity_id")
    level = Field[str | None]("level")

    @property
    def relations(self) -> list[Relation]:
        """The relations that it is an end of."""
        return self._named_by(Relation, "head", "tail")

    @property
    def attributions(self) -> list[Attribution]:
        """The attributions of which it is the source."""
        return self._named_by(Attribution, "source")

    @property
    def stances(self) -> list[Stance]:
        """The stances that it holds."""
        return self._named_by(Stance, "holder")


class Relation(Record):
    """What a text states between two mentions, directed from head to tail."""

    __slots__ = ()
    layer = RELATIONS.name
    type = Field[str | None]("type")
    head = Reference["Mention"]("head")
    tail = Reference["Mention"]("tail")
    modality = Field[str | None]("modality")

    def _shown(self) -> str:
        return f"{excerpt(self.head.text, 20)} {self.type} {excerpt(self.tail.text, 20)}"


class Attribution(SpanRecord):
    """Who says, writes, asks, announces or believes what; its span is the cue."""

    __slots__ = ()
    layer = ATTRIBUTIONS.name
    source = Reference["Mention | None"]("source")
    kind = Field[str | None]("kind")

    @property
    def content(self) -> list[Span]:
        """The spans of what is attributed. attribution["content"] = [...] sets them, as words or offsets."""
        return [Span(each["start"], each["end"], each["text"]) for each in self.values["content"]]


class Stance(SpanRecord):
    """An expression of a stance; its span is the evidence."""

    __slots__ = ()
    layer = STANCES.name
    holder = Reference["Mention | None"]("holder")
    target = Reference["Target"]("target")
    label = Field[str | None]("label")
    basis = Field[str | None]("basis")
    commitment = Field[str | None]("commitment")
    expression = Field[str | None]("expression")


class Classification(Record):
    """What annotators decide on a document as a whole: fields that the scheme declares, as classification["field"]."""

    __slots__ = ()
    layer = CLASSIFICATIONS.name


RECORDS: Mapping[str, type[Record]] = MappingProxyType(
    {kind.layer: kind for kind in (Sentence, Entity, Mention, Relation, Attribution, Stance, Classification)}
)
"""The kind of record of each layer that is a document's own."""
