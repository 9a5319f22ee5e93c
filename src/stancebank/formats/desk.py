"""From a foreign document to records of our layers: the only module of the room that knows both sides.

What a format does not have is null, never invented. What cannot be placed is a problem, with its place and reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from stancebank.corpus.corpus import Corpus
from stancebank.faults import excerpt
from stancebank.formats.conventions import CONTENT, PROPOSITION
from stancebank.formats.foreign_document import Attribute, Fragment, Span
from stancebank.formats.fragments import REORDERED, tidied
from stancebank.formats.label_map import LabelMap, Meaning
from stancebank.formats.ledger import Ledger
from stancebank.formats.sentence_fitting import Record, SentenceFit
from stancebank.schema.column import Column
from stancebank.schema.layers import ID, KNOWN_ANNOTATED, MENTIONS, STANCES, TARGETS, Layer

REFUSE, COVER, FIRST = DISCONTINUOUS = ("refuse", "cover", "first")
"""What becomes of a span with words in a gap, where a record has one span."""
BY_MAP = "left out by the map"
NO_PLACE = "no place in the layers"


class Problem(NamedTuple):
    """What keeps an item out. where: file and line, or id. refuses: whether its file with it, unless asked."""

    kind: str
    where: str
    what: str
    refuses: bool = True


@dataclass
class Placed:
    """The records of a document by layer, and what became of its items. targets: propositions of stances by target."""

    records: dict[str, list[Record]]
    ledger: Ledger = field(default_factory=Ledger)
    problems: list[Problem] = field(default_factory=list)
    targets: dict[str, str] = field(default_factory=dict)


class Desk:
    """What all steps of placing a document share.

    spans: with fragments in code points of the text. Each span is of one use: it becomes a record, part of one, or is
    left out; places has the one or several fragments that it then has.
    """

    def __init__(
        self,
        corpus: Corpus,
        labels: LabelMap,
        doc_id: str,
        text: str,
        sentences: SentenceFit,
        spans: Sequence[Span],
        attributes: Sequence[Attribute],
        discontinuous: str = REFUSE,
    ) -> None:
        self.corpus, self.labels, self.doc_id, self.text, self.sentences = corpus, labels, doc_id, text, sentences
        self.placed = Placed({layer: [] for layer in corpus.layers.passes})
        self.spans = {span.id: span for span in spans}
        self.places: dict[str, list[Fragment]] = {}
        self.why_out: dict[str, str] = {}
        self.held: set[str] = set()
        self._discontinuous = discontinuous
        self._ids: set[str] = set()
        self._numbers: dict[str, int] = {}
        self.attributes: dict[str, dict[str, tuple[Any, Attribute]]] = {}
        for attribute in attributes:
            column = labels.attributes.get(attribute.name)
            if column is None:
                known = attribute.name in labels.attributes
                self.ledger.leave("attributes", BY_MAP if known else f"no layer has a column {excerpt(attribute.name)}")
            elif column in self.attributes.setdefault(attribute.target, {}):
                self.ledger.leave("attributes", "given twice")
            else:
                self.attributes[attribute.target][column] = (attribute.value, attribute)

    @property
    def ledger(self) -> Ledger:
        """The counts of the document."""
        return self.placed.ledger

    def problem(self, kind: str, where: str, what: str, *, refuses: bool = True) -> None:
        """Leave an item out for a reason that refuses the file, unless the rest was asked for."""
        self.placed.problems.append(Problem(kind, where, what, refuses))

    def meaning(self, span: str) -> Meaning | None:
        """What the label of a span means."""
        return self.labels.spans[self.spans[span].label]

    def drop(self, span: Span, what: str, why: str | None = None, *, refuses: bool = True) -> None:
        """Leave a span out for a reason that may refuse the file. why: as it is counted, if another."""
        self.why_out[span.id] = why or what
        words = excerpt(span.quoted or self.text[span.fragments[0][0] : span.fragments[-1][1]])
        self.problem("spans", span.where or span.id, f"{words} {what}", refuses=refuses)

    def tidy(self) -> None:
        """Cut, join and order the fragments of all spans; leave out those that their labels leave out."""
        for span in self.spans.values():
            meaning = self.meaning(span.id)
            if meaning is None:
                self.why_out[span.id] = BY_MAP
                continue
            found, changed = tidied(self.text, span.fragments)
            if not found:
                self.drop(span, "covers no words")
                continue
            if meaning.place != CONTENT:
                changed.discard(REORDERED)
                if len(found) > 1 and not self._joined(span, found):
                    continue
                found = found[:1]
                why = self.sentences.fits(*found[0])
                if why is not None:
                    self.drop(span, why)
                    continue
            self.ledger.notices.update(changed)
            self.places[span.id] = found

    def _joined(self, span: Span, found: list[Fragment]) -> bool:
        """Make one of several fragments, as was asked; whether that could be done."""
        if self._discontinuous == REFUSE:
            meaning = self.meaning(span.id)
            alone = meaning is not None and meaning.place == MENTIONS.name
            self.drop(span, "has other words in a gap, and a record has one span", refuses=not alone)
            return False
        if self._discontinuous == COVER:
            found[0] = (found[0][0], found[-1][1])
        else:
            found.sort(key=lambda place: not place[0] <= span.fragments[0][0] < place[1])
        self.ledger.notices[f"span-{self._discontinuous}"] += 1
        return True

    def id(self, layer: Layer, foreign: str) -> str:
        """The foreign id where a record may have it, else the layer's letter and the next number."""
        name = foreign
        if not re.fullmatch(ID, name) or name in self._ids:
            name = ""
            while not name or name in self._ids:
                self._numbers[layer.name] = self._numbers.get(layer.name, 0) + 1
                name = f"{layer.name[0]}{self._numbers[layer.name]}"
            if "/" not in foreign and foreign:
                self.ledger.notices["id-changed"] += 1
        self._ids.add(name)
        return name

    def span(self, place: Fragment) -> Record:
        """A place with its words."""
        return {"start": place[0], "end": place[1], "text": self.text[place[0] : place[1]]}

    def values(self, target: str, columns: Sequence[Column], into: Record) -> None:
        """Fill columns of a record from the attributes of an item, as far as they are of its layer."""
        given = self.attributes.get(target, {})
        for column in columns if given else ():
            if column.name not in given or column.name in ("doc_id", "start", "end", "text"):
                continue
            value, attribute = given.pop(column.name)
            why = self._unfit(column, value)
            if why is None:
                into[column.name] = value
                self.ledger.hold("attributes")
            else:
                self.problem("attributes", attribute.where or target, f"{attribute.name} of {target}: {why}")
                self.ledger.leave("attributes", "a value that its column cannot have")

    def _unfit(self, column: Column, value: object) -> str | None:
        if column.vocabulary is not None:
            known = self.corpus.scheme.names(column.vocabulary)
            return None if value in known else f"{excerpt(str(value))} is not one of {', '.join(known)}"
        if column.refers_to in self.corpus.layers.shared:
            layer = self.corpus.layers.shared[column.refers_to or ""]
            ids = self.corpus.of_all(layer.name)[layer.id_column].to_list()
            proposed = column.refers_to == TARGETS.name and value in self.placed.targets
            return None if value in ids or proposed else f"the corpus has no {layer.noun} {excerpt(str(value))}"
        return None if column.fits(value) else f"{excerpt(str(value))} is not a value of {column.name}"

    def record(self, layer: Layer, id: str, **values: object) -> Record:
        """A new record of a layer, all that nobody has said null."""
        record = {**layer.unset}
        record.update((key, value) for key, value in values.items() if key in record)
        record.update({"doc_id": self.doc_id, layer.id_column: id})
        return record

    def propose_target(self, span: str) -> None:
        """Take the proposition that a stance repeats of its target, where the corpus does not have the target."""
        given = self.attributes.get(span, {})
        proposition = given.pop(PROPOSITION, None)
        if proposition is None:
            return
        self.ledger.hold("attributes")
        target = next((c.name for c in STANCES.columns if c.refers_to == TARGETS.name), "")
        if target in given and isinstance(given[target][0], str):
            id = given[target][0]
            if id not in self.corpus.targets["target_id"].to_list() and re.fullmatch(ID, id):
                self.placed.targets.setdefault(id, str(proposition[0]))

    def close(self) -> Placed:
        """Count all that is left, sort, and count what nobody has decided."""
        for span in self.spans:
            if span in self.held:
                self.ledger.hold("spans")
            else:
                self.ledger.leave("spans", self.why_out.get(span, "part of no record"))
        for given in self.attributes.values():
            self.ledger.leave("attributes", "on nothing that has such a column", len(given))
        for layer, records in self.placed.records.items():
            if layer in KNOWN_ANNOTATED:
                for column in self.corpus.layers[layer].columns:
                    if column.decided and column.vocabulary:
                        count = sum(record[column.name] is None for record in records)
                        self.ledger.undecided[f"{layer}.{column.name}"] += count
        self.ledger.notices["sentences-merged"] += self.sentences.merged
        self.ledger.notices += type(self.ledger.notices)()
        return self.placed


def grouped(pairs: Mapping[str, str], item: str) -> str:
    """The representative of an item, where each points to another of its group or to none."""
    while item in pairs:
        item = pairs[item]
    return item
