"""A document with its records: read, added, changed and removed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.states import ABSENT, Mark, marked_layers
from stancebank.faults import StanceBankError, did_you_mean, excerpt, printable
from stancebank.interface import new_records
from stancebank.interface.record_kinds import (
    RECORDS,
    Attribution,
    Classification,
    Entity,
    Mention,
    Relation,
    Sentence,
    Stance,
)
from stancebank.interface.records import Field, Record
from stancebank.interface.shared_records import SHARED_RECORDS
from stancebank.interface.word_places import Span, Where, all_placed, placed, quotation
from stancebank.schema.layers import DOCUMENTS, DONE, OPEN, PROGRESS, SENTENCES
from stancebank.text.quoted_places import Placed

if TYPE_CHECKING:
    from stancebank.interface.annotations import Annotations
    from stancebank.interface.part_records import PartRecords

R = TypeVar("R", bound=Record)


class Document(Record):
    """A text with its annotations, of the gold or of a pass."""

    __slots__ = ("_annotations", "_part")
    layer = DOCUMENTS.name
    title = Field[str | None]("title")
    date = Field[str | None]("date")
    language = Field[str]("language")
    url = Field[str | None]("url")
    outlet = Field[str | None]("outlet")
    authors = Field[list[str]]("authors")

    def __init__(self, annotations: Annotations, part: str, id: str) -> None:
        self._annotations = annotations
        self._part = part
        super().__init__(self, id)

    # Reading

    @property
    def part(self) -> str:
        """The name of the part that it is in."""
        return self._part

    @property
    def annotator(self) -> str | None:
        """Whose annotations it has; None for the gold."""
        return self._annotations.annotator

    @property
    def text(self) -> str:
        """The text; offsets count its code points."""
        text: str = self.values["text"]
        return text

    @property
    def sentences(self) -> list[Sentence]:
        """The sentences, in the order of the text."""
        return self.all(Sentence)

    @property
    def entities(self) -> list[Entity]:
        """The entities, by id."""
        return self.all(Entity)

    @property
    def mentions(self) -> list[Mention]:
        """The mentions, in the order of the text."""
        return self.all(Mention)

    @property
    def relations(self) -> list[Relation]:
        """The relations, by id."""
        return self.all(Relation)

    @property
    def attributions(self) -> list[Attribution]:
        """The attributions, in the order of their cues."""
        return self.all(Attribution)

    @property
    def stances(self) -> list[Stance]:
        """The stances, in the order of their evidence."""
        return self.all(Stance)

    @property
    def classification(self) -> Classification | None:
        """What was decided on the document as a whole; None where nothing was."""
        return next(iter(self.all(Classification)), None)

    def all(self, kind: type[R]) -> list[R]:
        """All records of a kind, such as Mention, in the layer's order; none where the scheme does not use them."""
        if kind.layer not in self._records.part.layers:
            return []
        return [kind(self, id) for id in self._records.records(kind.layer, self.id)]

    def record(self, layer: str, id: str) -> Record:
        """The record of an id in a layer. Raises StanceBankError where there is none."""
        self.values_of(layer, id)
        return RECORDS[layer](self, id)

    def find(
        self,
        where: Where,
        *,
        nth: int | None = None,
        before: str | None = None,
        after: str | None = None,
        sentence: Sentence | None = None,
        whole_words: bool = True,
        nearest: float | None = None,
    ) -> Placed:
        """The one place of words in the text, with the differences that had to be overlooked.

        where: the words; or offsets, or a match of a regular expression in the text. nth: which of their
        places, from 1. before, after: the words around. sentence: where they begin. whole_words: no place inside a
        word. nearest: where none fits, the place with the fewest edits, if so much of it is the same (0 to 1).
        Raises StanceBankError, which names the candidates, where they have no place or several.
        """
        named = quotation(where, nth, before, after)
        bounds = None if sentence is None else (sentence.start, sentence.end)
        anchors = self._records.anchors(self.id)
        return placed(anchors, self.id, named, bounds, whole_words=whole_words, nearest=nearest)

    def find_all(self, words: str, *, whole_words: bool = True) -> list[Span]:
        """All places of words in the text, in order."""
        return all_placed(self._records.anchors(self.id), words, whole_words=whole_words)

    def sentence_at(self, position: int) -> Sentence | None:
        """The sentence that a code point is in; None where it is in none."""
        sentences = [*self._records.records(SENTENCES.name, self.id).values()]
        at = bisect_right(sentences, position, key=lambda each: int(each["start"])) - 1
        if at < 0 or position >= sentences[at]["end"]:
            return None
        return Sentence(self, sentences[at][SENTENCES.id_column])

    def __repr__(self) -> str:
        return f"<Document {printable(self.id)} of {printable(self.annotator or GOLD)}>"

    # Adding. Words find their place as in find.

    def add_entity(self, type: str | None = None, *, name: str, id: str | None = None, **fields: object) -> Entity:
        """Add an entity. type: a label of the scheme; None where it is undecided. fields: further ones."""
        return self._add(Entity, None, id, {"type": type, "name": name, **fields})

    def add_mention(
        self,
        where: Where,
        *,
        entity: Entity | str | None = None,
        level: str | None = None,
        nth: int | None = None,
        before: str | None = None,
        after: str | None = None,
        id: str | None = None,
        **fields: object,
    ) -> Mention:
        """Add a mention of an entity."""
        return self._add(
            Mention, quotation(where, nth, before, after), id, {"entity": entity, "level": level, **fields}
        )

    def add_relation(
        self,
        type: str | None = None,
        *,
        head: Mention | str,
        tail: Mention | str,
        id: str | None = None,
        **fields: object,
    ) -> Relation:
        """Add a relation from one mention to another."""
        return self._add(Relation, None, id, {"type": type, "head": head, "tail": tail, **fields})

    def add_attribution(
        self,
        cue: Where,
        *,
        content: Where | Sequence[Where],
        source: Mention | str | None = None,
        kind: str | None = None,
        id: str | None = None,
        **fields: object,
    ) -> Attribution:
        """Add an attribution. content: what is attributed, one span or several. source: None where nobody is named."""
        return self._add(Attribution, cue, id, {"content": content, "source": source, "kind": kind, **fields})

    def add_stance(
        self,
        *,
        target: str | object,
        evidence: Where,
        holder: Mention | str | None = None,
        label: str | None = None,
        id: str | None = None,
        **fields: object,
    ) -> Stance:
        """Add a stance. target: its id or the target. holder: None for the writer. evidence: the words that show it."""
        return self._add(Stance, evidence, id, {"holder": holder, "target": target, "label": label, **fields})

    def classify(self, **fields: object) -> Classification:
        """Decide on fields of the document as a whole; gives what was decided so far."""
        there = self.classification
        return self._add(Classification, None, None, fields) if there is None else there.update(**fields)

    def add(self, kind: type[R], where: Where | None = None, /, *, id: str | None = None, **fields: object) -> R:
        """Add a record of a kind, such as Mention; gives it.

        where: its span. id: the next free one without. fields: by name; what is left out is undecided.
        Raises StanceBankError where the scheme does not use the layer or a field, for a value that is not allowed,
        and for words without a certain place.
        """
        return self._add(kind, where, id, fields)

    def _add(self, kind: type[R], where: Where | None, id: str | None, fields: Mapping[str, object]) -> R:
        values = new_records.new_values(self, kind.layer, where, id, fields)
        given: str = values[self._records.layer(kind.layer).id_column]
        self._records.put(kind.layer, self.id, given, values)
        return kind(self, given)

    # Progress

    @property
    def progress(self) -> dict[str, str]:
        """The state of each annotated layer: done, open, skipped, or not begun."""
        recorded = self._records.records(PROGRESS.name, self.id)
        layers = self._records.part.layers.annotated
        return {layer: recorded[layer]["state"] if layer in recorded else ABSENT for layer in layers}

    def mark_done(
        self,
        *layers: str,
        by: str | None = None,
        date: str | None = None,
        made_from: str | None = None,
        remark: str | None = None,
    ) -> None:
        """Record that layers are annotated completely; all without names. by: who did it; in a pass its annotator.

        date: the day, today without. made_from: blank, predictions, gold or passes. Raises StanceBankError.
        """
        self._mark(layers, Mark(DONE, self.annotator or by, date or new_records.today(), made_from, remark))

    def reopen(self, *layers: str, date: str | None = None, remark: str | None = None) -> None:
        """Record that layers are begun and not done; all without names."""
        self._mark(layers, Mark(OPEN, self.annotator, date or new_records.today(), None, remark))

    def _mark(self, layers: Iterable[str], mark: Mark) -> None:
        chosen = [*layers] or self._records.part.layers.annotated
        for row in marked_layers(self._records.part.corpus, chosen, mark):
            values = {"doc_id": self.id, **row}
            self._records.put(PROGRESS.name, self.id, str(row["layer"]), values)

    # What records of it do through it

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from all other documents."""
        return id(self._annotations), self._part, self.id

    @property
    def _records(self) -> PartRecords:
        return self._annotations.part_records(self._part)

    @property
    def annotations(self) -> Annotations:
        """The gold or the pass that it is of."""
        return self._annotations

    @property
    def records(self) -> PartRecords:
        """The records of its part."""
        return self._records

    def values_of(self, layer: str, id: str) -> Mapping[str, Any]:
        """The values of a record. Raises StanceBankError where there is none."""
        found = self._records.records(layer, self.id)
        if id not in found:
            noun = self._records.layer(layer).noun
            what = f"{excerpt(self.id)} has no {noun} {excerpt(id)}{did_you_mean(id, [*found])}"
            raise StanceBankError(what, "it may have been removed; the document lists its records")
        return found[id]

    def referring(self, kind: type[R], column: str, id: str) -> list[R]:
        """The records of a kind that name a record in a column."""
        layers = self._records.part.layers
        if kind.layer not in layers or column not in layers[kind.layer].names:
            return []
        return [kind(self, each) for each in self._records.referring(kind.layer, column, self.id).get(id, ())]

    def referred(self, layer: str, column: str, id: str | None) -> object:
        """The record that a record of a layer names in a column; None where it names none."""
        other = self._records.part.layers.complete[layer][column].refers_to
        if id is None or other is None:
            return None
        if other in SHARED_RECORDS:
            return self._annotations.shared_record(other, id)
        return self.record(other, id)

    def set_fields(self, layer: str, id: str, fields: Mapping[str, object]) -> None:
        """Set fields of a record, all of them or none."""
        values = new_records.changed_values(self, layer, self.values_of(layer, id), fields)
        self._records.put(layer, self.id, id, values)

    def place_record(self, layer: str, id: str, where: Where) -> None:
        """Give a record another span."""
        values = new_records.moved_values(self, layer, self.values_of(layer, id), where)
        self._records.put(layer, self.id, id, values)

    def remove_record(self, layer: str, id: str, *, cascade: bool) -> None:
        """Remove a record."""
        self.values_of(layer, id)
        for other, other_id in new_records.removal(self, layer, id, cascade=cascade):
            self._records.drop(other, self.id, other_id)
