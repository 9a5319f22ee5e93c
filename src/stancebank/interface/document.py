"""A document with its records: read, added, changed and removed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Self, TypeVar

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.states import ABSENT, Mark, marked_layers
from stancebank.faults import StanceBankError, excerpt, one_of, printable
from stancebank.interface.new_records import changed_values, new_values, today
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
from stancebank.interface.word_places import Span, Where, all_placed, quotation
from stancebank.schema.layers import DOC_ID, DOCUMENTS, DONE, OPEN, PROGRESS
from stancebank.text.quoted_places import Placed

if TYPE_CHECKING:
    from stancebank.interface.record_home import RecordHome

R = TypeVar("R", bound=Record)


class Document(Record):
    """A text with its annotations, of the gold or of a pass."""

    __slots__ = ()
    layer = DOCUMENTS.name
    title = Field[str | None]("title")
    date = Field[str | None]("date")
    language = Field[str]("language")
    rights = Field[str]("rights")
    url = Field[str | None]("url")
    outlet = Field[str | None]("outlet")
    authors = Field[list[str]]("authors")

    def __init__(self, home: RecordHome, id: str | None = None) -> None:
        super().__init__(home, id or home.doc_id)

    # Reading

    @property
    def part(self) -> str:
        """The name of the part that it is in."""
        return self._home.part

    @property
    def annotator(self) -> str | None:
        """Whose annotations it has; None for the gold."""
        return self._home.annotations.annotator

    @property
    def text(self) -> str:
        """The text; offsets count its code points."""
        return self._home.text

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
        return [kind(self._home, id) for id in self._home.in_layer(kind.layer)]

    def record(self, layer: str, id: str) -> Record:
        """The record of an id in a layer. Raises StanceBankError where there is none."""
        if layer not in RECORDS:
            raise StanceBankError(f"{excerpt(layer)} is no layer of a document", f"use one of {one_of([*RECORDS])}")
        self._home.values_of(layer, id)
        return RECORDS[layer](self._home, id)

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
        return self._home.placed(named, bounds, whole_words=whole_words, nearest=nearest)

    def find_all(self, words: str, *, whole_words: bool = True) -> list[Span]:
        """All places of words in the text, in order."""
        return all_placed(self._home.anchors, words, whole_words=whole_words)

    def sentence_at(self, position: int) -> Sentence | None:
        """The sentence that a code point is in; None where it is in none."""
        found = self._home.sentence_at(position)
        return None if found is None else Sentence(self._home, found)

    def update(self, **fields: object) -> Self:
        """Set fields, all of them or none; gives the document. date, language and rights change in the register too.

        Raises StanceBankError for a value that is not allowed, and for what follows from the seed.
        """
        values = changed_values(self._home, self.layer, self.values, fields)
        self._home.register(values, [*fields])
        self._home.put(self.layer, self.id, values)
        return self

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
        values = new_values(self._home, kind.layer, where, id, fields)
        given: str = values[self._home.layers[kind.layer].id_column]
        self._home.put(kind.layer, given, values)
        return kind(self._home, given)

    # Progress

    @property
    def progress(self) -> dict[str, str]:
        """The state of each annotated layer: done, open, skipped, or not begun."""
        recorded = self._home.in_layer(PROGRESS.name)
        layers = self._home.layers.annotated
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
        self._mark(layers, Mark(DONE, self.annotator or by, date or today(), made_from, remark))

    def reopen(self, *layers: str, date: str | None = None, remark: str | None = None) -> None:
        """Record that layers are begun and not done; all without names."""
        self._mark(layers, Mark(OPEN, self.annotator, date or today(), None, remark))

    def _mark(self, layers: Iterable[str], mark: Mark) -> None:
        for row in marked_layers(self._home.corpus, [*layers] or self._home.layers.annotated, mark):
            self._home.put(PROGRESS.name, str(row["layer"]), {DOC_ID.name: self.id, **row})
