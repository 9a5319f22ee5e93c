"""Answers of a language model become its pass: placed, counted, written; what has no place is kept for a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import is_day
from stancebank.corpus.unplaced import Unplaced, passage
from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.quotes.answer_fields import IN_ORDER, QUOTATION
from stancebank.formats.quotes.answer_items import INVALID, OUTCOMES, PLACED, Item, ItemReader
from stancebank.formats.quotes.answer_placing import Record, place_items, records_of
from stancebank.formats.quotes.answer_reading import RawAnswer
from stancebank.schema.layers import (
    BLANK,
    CLASSIFICATIONS,
    DATE,
    DOC_ID,
    DONE,
    ID,
    KNOWN_ANNOTATED,
    OPEN,
    PROGRESS,
)
from stancebank.text.anchoring import AnchorText

NEAREST = 0.8
"""The least score of a nearest place."""
_WIDTH = max(map(len, KNOWN_ANNOTATED)) + 1
_SHOWN = 3  # candidates that are kept with an item


@dataclass
class Ledger:
    """What became of the answers. given = placed + ambiguous + not found + invalid + dependent, layer by layer.

    answers: how many there were. refused: those that no document could be annotated with, each
    as where and why. overlooked: quotations by the difference that was overlooked. written: records by layer.
    """

    answers: int = 0
    refused: list[tuple[str, str]] = field(default_factory=list)
    items: list[tuple[str, Item]] = field(default_factory=list)
    counts: dict[str, Counter[str]] = field(default_factory=dict)
    overlooked: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)

    def count(self, doc_id: str, items: Mapping[str, Iterable[Item]]) -> None:
        """Take in the items of an answer."""
        for layer, of_layer in items.items():
            for item in of_layer:
                self.counts.setdefault(layer, Counter())[item.outcome] += 1
                if item.outcome != PLACED:
                    self.items.append((doc_id, item))

    @property
    def complete(self) -> bool:
        """Whether all answers and items were placed."""
        return not self.refused and not self.items

    def lines(self) -> Iterator[str]:
        """The table, for people."""
        yield f"{'':{_WIDTH}}{'given':>8}" + "".join(f"{outcome:>11}" for outcome in OUTCOMES)
        for layer in KNOWN_ANNOTATED:
            if layer in self.counts:
                counts = self.counts[layer]
                yield f"{layer:{_WIDTH}}{counts.total():>8,}" + "".join(f"{counts[each]:>11,}" for each in OUTCOMES)
        made_up = sum(self.written.values()) - sum(counts[PLACED] for counts in self.counts.values())
        yield f"made up {made_up:,}; answers {self.answers:,}, refused {len(self.refused):,}"
        if self.overlooked:
            named = ", ".join(f"{name} {count:,}" for name, count in sorted(self.overlooked.items()) if count)
            yield f"differences overlooked: {named}" if named else "differences overlooked: none"


def placed_answer(
    part: Part, answer: Mapping[str, Any], nearest: float | None = None
) -> tuple[str, dict[str, list[Item]], Counter[str]]:
    """The text of the document that an answer is for, its items by layer, and what was overlooked."""
    of_document = pl.col("doc_id") == answer[DOC_ID.name]
    text: str = part["documents"].row(by_predicate=of_document, named=True)["text"]
    sentences = part["sentences"].filter(of_document).select("sentence_id", "start", "end")
    reader = ItemReader(part.corpus, {id: (start, end) for id, start, end in sentences.iter_rows()})
    items = {layer: list(reader.items(layer, answer[layer])) for layer in part.layers.annotated if layer in answer}
    overlooked = place_items(
        AnchorText(text), part.layers, items, in_order=answer.get(IN_ORDER) is True, nearest=nearest
    )
    return text, items, overlooked


@dataclass(frozen=True, slots=True)
class PartAnswers:
    """What the answers give for a part: the records and progress of its documents, and what has no place."""

    part: str
    documents: frozenset[str]
    records: Mapping[str, list[Record]]
    unplaced: tuple[Unplaced, ...]


class AnswerImport:
    """Turns answers into records, document by document.

    annotator: id of the pass. date: of the answers, ISO 8601. nearest: the least score of a nearest place;
    None for none. replace: whether documents that the pass has already are annotated again.
    Raises StanceBankError for an id that no pass can have, and for what is no day.
    """

    def __init__(
        self, corpus: Corpus, annotator: str, date: str, *, nearest: float | None = None, replace: bool = False
    ) -> None:
        if annotator == GOLD or not re.fullmatch(ID, annotator):
            what = f"{excerpt(annotator)} is no id of a pass"
            raise StanceBankError(what, f"use letters, digits, dot, dash and underscore; not {GOLD}")
        if not (re.fullmatch(DATE, date) and is_day(date)):
            raise StanceBankError(f"{excerpt(date)} is no day", "write the date as YYYY-MM-DD")
        self.ledger = Ledger()
        self._corpus, self._annotator, self._date = corpus, annotator, date
        self._nearest, self._replace = nearest, replace
        self._parts = {name: corpus.sound_part(name) for name in corpus.part_names}
        self._home = {doc: name for name, part in self._parts.items() for doc in part["documents"]["doc_id"]}
        self._there = {doc for name in corpus.pass_parts(annotator) for doc in self._begun(name)}
        self._taken: dict[str, dict[str, list[Record]]] = {}
        self._unplaced: dict[str, list[Unplaced]] = {}

    def _begun(self, part: str) -> set[str]:
        made = self._corpus.sound_part(part, self._annotator)
        return {doc for layer in made.layers.passes for doc in made[layer]["doc_id"]}

    def take(self, answer: RawAnswer) -> None:
        """Take in an answer, or refuse it as a whole."""
        self.ledger.answers += 1
        why = answer.why or self._refusal(answer.value)
        given = answer.value if isinstance(answer.value, dict) else {}
        if why is not None:
            self.ledger.refused.append((answer.where, why))
            for layer in self._corpus.layers.annotated:
                listed = given.get(layer)
                if isinstance(listed, list) and listed:
                    self.ledger.counts.setdefault(layer, Counter())[INVALID] += len(listed)
            return
        doc_id: str = given[DOC_ID.name]
        part = self._parts[self._home[doc_id]]
        text, items, overlooked = placed_answer(part, given, self._nearest)
        records = records_of(part.layers, doc_id, text, items)
        self.ledger.overlooked += overlooked
        self.ledger.count(doc_id, items)
        self.ledger.written.update({layer: len(of_layer) for layer, of_layer in records.items()})
        records[PROGRESS.name] = [
            self._progress(doc_id, layer, items[layer], records[layer])
            for layer in items
            if isinstance(given[layer], list)
        ]
        self._taken[doc_id] = records
        dropped = [item for of_layer in items.values() for item in of_layer if item.outcome != PLACED]
        self._unplaced[doc_id] = [self._kept(doc_id, text, item) for item in dropped]

    def _refusal(self, value: object) -> str | None:
        """Why an answer annotates no document; None where it does."""
        if not isinstance(value, dict):
            return "expected an object with doc_id and layers"
        doc_id = value.get(DOC_ID.name)
        annotated = self._corpus.layers.annotated
        unknown = [str(key) for key in value if key not in (DOC_ID.name, IN_ORDER, *annotated)]
        if not isinstance(doc_id, str) or doc_id not in self._home:
            return f"doc_id {excerpt(str(doc_id))} is no document of the corpus"
        if doc_id in self._taken:
            return f"there is another answer for {excerpt(doc_id)} before it"
        if doc_id in self._there and not self._replace:
            return f"the pass has {excerpt(doc_id)} already; --replace annotates it again"
        if unknown:
            return f"the key {excerpt(unknown[0])} is unknown"
        if not any(layer in value for layer in annotated):
            return "it has no layer"
        return None

    def _progress(self, doc_id: str, layer: str, items: list[Item], records: list[Record]) -> Record:
        """A layer is done where all that the scheme requires is decided; what was left out is remarked."""
        left = sum(item.outcome != PLACED for item in items)
        required = self._corpus.scheme.requires(layer)
        undecided = any(record[column] is None for record in records for column in required)
        if layer == CLASSIFICATIONS.name and not records:
            undecided = bool(required)
        return {
            **{DOC_ID.name: doc_id, "layer": layer, "state": OPEN if undecided else DONE},
            **{"annotator": self._annotator, "date": self._date, "made_from": BLANK},
            "remark": f"{left:,} of {len(items):,} items have no place" if left else None,
        }

    def _kept(self, doc_id: str, text: str, item: Item) -> Unplaced:
        """An item that has no place, as it is kept for a person: its candidates in [brackets]."""
        shown = [passage(text, *span) for span in item.candidates[:_SHOWN]]
        raw = item.raw if isinstance(item.raw, dict) else {QUOTATION: item.raw}
        why, after = f"{item.outcome}: {item.why}", " / ".join(shown) or None
        return Unplaced(doc_id, self._annotator, item.layer, item.name, why, self._date, None, after, raw)

    def parts(self) -> Iterator[PartAnswers]:
        """What was taken in, part by part."""
        for name in self._parts:
            documents = [doc_id for doc_id in self._taken if self._home[doc_id] == name]
            if documents:
                records = {
                    layer: [record for doc in documents for record in self._taken[doc].get(layer, ())]
                    for layer in self._corpus.layers.passes
                }
                unplaced = tuple(each for doc in documents for each in self._unplaced[doc])
                yield PartAnswers(name, frozenset(documents), records, unplaced)
