"""A concordance: where words, entities, labels, holders, targets and sources occur in a corpus, part by part."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from stancebank.agreement.annotation import Record
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, did_you_mean, excerpt, one_of
from stancebank.pages.reading.document_reading import DocumentReading, readings
from stancebank.pages.reading.document_selection import places, text_lines
from stancebank.pages.reading.record_sentences import plain, sentence
from stancebank.pages.reading.sound_records import SoundPart, sound_pass
from stancebank.schema.layers import ATTRIBUTIONS, ENTITIES, MENTIONS, RELATIONS, STANCES
from stancebank.views.attribution_chains import WRITER

TEXT = "text"
"""Where words are looked for if nothing else is asked: in texts, and not in records."""


class Hit(NamedTuple):
    """Something that was found.

    document, part: where it is. file, line: of the record, or of the document where words of the text were found.
    layer, record: None for words of a text. start, end: code points in the text; None for what is about a document
    as a whole. before, match, after: what the text reads in its sentence. states: what the record states.
    """

    document: str
    part: str
    annotator: str | None
    file: str
    line: int
    layer: str | None
    record: str | None
    start: int | None
    end: int | None
    before: str
    match: str
    after: str
    states: str


@dataclass(frozen=True)
class Query:
    """What is looked for; all that is given must hold.

    words: in the text, or in what a record's spans read, where anything else is given: as they are, but for case
    and blanks. regex: that words is a regular expression. entity: of mentions and relations, by name, id, actor or
    Wikidata item. label: any label of a record, of a mention its entity's too. holder, target: of stances, by
    names, or words of the proposition. source: who says it, or through whom the text gives a stance.
    """

    words: str | None = None
    regex: bool = False
    entity: str | None = None
    label: str | None = None
    holder: str | None = None
    target: str | None = None
    source: str | None = None

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """What finds the words. Raises StanceBankError where they are no regular expression, or nothing."""
        if self.words is None:
            return None
        if self.regex:
            try:
                return re.compile(self.words)
            except (re.error, OverflowError, RecursionError) as error:
                what = f"{excerpt(self.words)} is not a regular expression: {error}"
                raise StanceBankError(what, "correct it, or leave out --regex") from None
        words = [re.escape(word) for word in self.words.split()]
        if not words:
            raise StanceBankError("there are no words to look for", "give at least one")
        return re.compile(r"\s+".join(words), re.IGNORECASE)

    @property
    def layers(self) -> tuple[str, ...] | None:
        """The layers in which all that is asked can hold: any where it is empty; None for texts themselves.

        Raises StanceBankError where there is none.
        """
        asked = {
            "--entity": (self.entity, (MENTIONS.name, RELATIONS.name)),
            "--holder": (self.holder, (STANCES.name,)),
            "--target": (self.target, (STANCES.name,)),
            "--source": (self.source, (ATTRIBUTIONS.name, STANCES.name)),
        }
        given = {name: layers for name, (value, layers) in asked.items() if value is not None}
        if not given:
            return None if self.label is None else ()
        common = set.intersection(*(set(layers) for layers in given.values()))
        if not common:
            what = f"no record has what {' and '.join(given)} ask for together"
            raise StanceBankError(what, "look for one after the other")
        return tuple(common)


def hits(
    corpus: Corpus, query: Query, annotator: str | None = None, told: Callable[[SoundPart], None] = lambda _: None
) -> Iterator[Hit]:
    """What is found, in the order of parts, documents and texts.

    annotator: whose pass is searched; the gold without one. told: called with each part before its hits. Raises
    StanceBankError for a pattern, a target, a label or a pass that there is not.
    """
    pattern, layers = query.pattern, query.layers
    _require_known(corpus, query, annotator)
    wanted = None if layers is None else [n for n in corpus.layers.annotated if not layers or n in layers]
    asked = _Asked(
        query, pattern, _targets(corpus, query.target), dict(corpus.actors.select("actor_id", "name").rows())
    )
    for name in corpus.part_names if annotator is None else corpus.pass_parts(annotator):
        part = sound_pass(corpus, name, annotator)
        told(part)
        lines = _Lines(corpus, name, annotator)
        for reading in readings(part.part):
            if wanted is None:
                yield from _of_text(reading, pattern, lines) if pattern else ()
            else:
                yield from _of_records(reading, asked, wanted, lines)


def _require_known(corpus: Corpus, query: Query, annotator: str | None) -> None:
    if annotator is not None and annotator not in corpus.annotators:
        what = f"there is no pass {excerpt(annotator)}; there are {', '.join(corpus.annotators) or 'none'}"
        raise StanceBankError(what, "name one of them")
    labels = [label.name for of in corpus.scheme.vocabularies.values() for label in of]
    if query.label is not None and query.label not in labels:
        what = f"the scheme has no label {excerpt(query.label)}{did_you_mean(query.label, labels)}"
        raise StanceBankError(what, "stancebank scheme show lists the labels")
    if query.target is not None and not _targets(corpus, query.target):
        ids = corpus.targets["target_id"].to_list()
        what = f"no target has the id or words {excerpt(query.target)}{did_you_mean(query.target, ids)}"
        raise StanceBankError(what, f"name one of {one_of(ids)}" if ids else "the corpus has no targets")


def _targets(corpus: Corpus, name: str | None) -> frozenset[str]:
    """The target of that id, else those whose proposition has these words."""
    if name is None:
        return frozenset()
    rows = corpus.targets.select("target_id", "proposition").rows()
    exact = {id for id, _ in rows if id == name}
    return frozenset(exact or {id for id, said in rows if _holds(name, said)})


class _Lines:
    """On which lines of their files the records of a part are: those left out because of errors count too."""

    def __init__(self, corpus: Corpus, part: str, annotator: str | None) -> None:
        self._part = corpus.read_part(part, annotator)
        self._of: dict[str, dict[tuple[str, str], int]] = {}

    def of(self, layer: str, doc_id: str, id: str) -> tuple[str, int]:
        """The file and the line, from 1."""
        if layer not in self._of:
            frame, ids = self._part[layer], self._part.layers[layer].id_column
            rows = [*enumerate(zip(frame["doc_id"], frame[ids], strict=True), 1)]
            self._of[layer] = {row: line for line, row in reversed(rows)}
        return self._part.file(layer), self._of[layer][doc_id, id]


def _of_text(reading: DocumentReading, pattern: re.Pattern[str], lines: _Lines) -> Iterator[Hit]:
    for found in pattern.finditer(reading.text or ""):
        if found[0]:
            yield _hit(reading, lines, None, None, found.span())


def _of_records(reading: DocumentReading, asked: _Asked, layers: Sequence[str], lines: _Lines) -> Iterator[Hit]:
    found = []
    for layer in layers:
        for record in reading.records[layer].values() if layer != ENTITIES.name else ():
            where = places(reading, layer, record)
            if asked.reads(reading.text or "", where) and asked.met_by(reading, layer, record):
                found.append((where[0] if where else None, layer, record))
    for place, layer, record in sorted(found, key=lambda each: each[0] or (-1, -1)):
        yield _hit(reading, lines, layer, record, place)


@dataclass(frozen=True)
class _Asked:
    """A query, and what of the corpus it asks for. targets: their ids. actors: all actors' names, by id."""

    query: Query
    pattern: re.Pattern[str] | None
    targets: frozenset[str]
    actors: Mapping[str, str]

    def reads(self, text: str, where: Sequence[tuple[int, int]]) -> bool:
        """Whether the words are at one of the places, if there are words."""
        pattern = self.pattern
        return pattern is None or any(pattern.search(text[start:end]) for start, end in where)

    def met_by(self, reading: DocumentReading, layer: str, record: Record) -> bool:
        """Whether a record of one of the query's layers is all that is asked."""
        query = self.query
        if query.entity is not None:
            ends = [record["mention_id"]] if layer == MENTIONS.name else [record["head"], record["tail"]]
            if not any(self._is(reading, mention, query.entity) for mention in ends):
                return False
        if query.source is not None:
            spoken = [record] if layer == ATTRIBUTIONS.name else reading.chain(reading.grounds.get(record["stance_id"]))
            if not any(
                each["source"] is not None and self._is(reading, each["source"], query.source) for each in spoken
            ):
                return False
        return (
            (query.label is None or query.label in _labels(reading, layer, record))
            and (query.holder is None or self._is(reading, record["holder"], query.holder))
            and (query.target is None or record["target"] in self.targets)
        )

    def _is(self, reading: DocumentReading, mention: str | None, wanted: str) -> bool:
        """Whether a mention is of whom somebody names: by id, actor or item, or by words of a name."""
        if mention is None:
            return wanted.casefold() == WRITER
        row = reading.records[MENTIONS.name][mention]
        entity = reading.records[ENTITIES.name].get(row["entity_id"])
        if entity is None:
            return _holds(wanted, row["text"])
        if wanted in (entity["entity_id"], entity["actor"], entity["wikidata"]):
            return True
        return any(_holds(wanted, name) for name in (entity["name"], self.actors.get(entity["actor"], "")))


def _labels(reading: DocumentReading, layer: str, record: Record) -> set[str | None]:
    """The labels of a record; of a mention those of its entity too."""
    columns = reading.part.layers[layer].columns
    labels = {record[column.name] for column in columns if column.vocabulary}
    if layer == MENTIONS.name and record["entity_id"] is not None:
        labels |= _labels(reading, ENTITIES.name, reading.records[ENTITIES.name][record["entity_id"]])
    return labels


def _holds(words: str, text: str) -> bool:
    """Whether a text has these words, whatever their case."""
    pattern = r"\s+".join(re.escape(word.casefold()) for word in words.split())
    return bool(pattern) and re.search(rf"(?<!\w){pattern}(?!\w)", text.casefold()) is not None


def _hit(
    reading: DocumentReading, lines: _Lines, layer: str | None, record: Record | None, place: tuple[int, int] | None
) -> Hit:
    part: Part = reading.part
    id = None if layer is None or record is None else str(record[part.layers[layer].id_column])
    file, line = lines.of(layer or "documents", reading.id, id or reading.id)
    states = "" if layer is None or record is None else plain(sentence(reading, layer, record))
    start, end = place or (None, None)
    before, match, after = "", "", ""
    if place is not None and reading.text is not None:
        first, last = _context(reading, *place)
        before, match, after = reading.text[first:start], reading.text[start:end], reading.text[end:last]
    return Hit(
        reading.id, part.name, part.annotator, file, line, layer, id, start, end, before, match, after, states
    )  # fmt: skip


def _context(reading: DocumentReading, start: int, end: int) -> tuple[int, int]:
    """The lines of the text that a stretch is in."""
    inside = [line for line in text_lines(reading) if start < line.end and line.start < end]
    return min([start, *(line.start for line in inside)]), max([end, *(line.end for line in inside)])
