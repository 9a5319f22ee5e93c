"""Which sentences and records of a document are shown: all, those of a sentence, or those of an entity."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from stancebank.agreement.annotation import Record
from stancebank.corpus.corpus import Corpus
from stancebank.faults import StanceBankError, counted, did_you_mean, excerpt
from stancebank.pages.reading.document_reading import DocumentReading, readings
from stancebank.pages.reading.sound_records import SoundPart, sound_pass
from stancebank.schema.layers import DOCUMENTS, ENTITIES, MENTIONS

Place = tuple[int, int]


class Line(NamedTuple):
    """A stretch of the text: code points [start, end). number: of the sentence, from 1; None between sentences."""

    start: int
    end: int
    number: int | None
    paragraph: int | None


@dataclass(frozen=True)
class Chosen:
    """What is shown of a document. lines: of its text. records: by annotated layer, in the layer's order."""

    lines: tuple[Line, ...]
    records: Mapping[str, tuple[Record, ...]]


def find_document(corpus: Corpus, doc_id: str, annotator: str | None = None) -> tuple[DocumentReading, SoundPart]:
    """A document as the gold or a pass has it, and its part. StanceBankError where there is none."""
    if annotator is not None and annotator not in corpus.annotators:
        what = f"there is no pass {excerpt(annotator)}; there are {', '.join(corpus.annotators) or 'none'}"
        raise StanceBankError(what + did_you_mean(annotator, corpus.annotators), "name one of them")
    known: list[str] = []
    for name in corpus.part_names if annotator is None else corpus.pass_parts(annotator):
        documents = corpus.open_part(name).frames.get(DOCUMENTS.name)
        ids = [] if documents is None else documents["doc_id"].to_list()
        known += ids
        if doc_id in ids:
            part = sound_pass(corpus, name, annotator)
            return next(each for each in readings(part.part) if each.id == doc_id), part
    of = "the corpus" if annotator is None else f"the parts that {annotator} has a pass over"
    what = f"there is no document {excerpt(doc_id)} in {of}{did_you_mean(doc_id, known)}"
    raise StanceBankError(what, "stancebank progress --by document lists them")


def whole(reading: DocumentReading, layers: Collection[str]) -> Chosen:
    """All of a document, with the records of these layers."""
    return Chosen(text_lines(reading), {name: tuple(reading.records[name].values()) for name in layers})


def of_sentence(reading: DocumentReading, layers: Collection[str], number: int) -> Chosen:
    """A sentence, and the records that have a place in it. StanceBankError where there is no such sentence."""
    lines = [line for line in text_lines(reading) if line.number == number]
    if not lines:
        last = max((line.number or 0 for line in text_lines(reading)), default=0)
        what = f"{reading.id} has no sentence {number}; it has {counted(last, 'sentence')}"
        raise StanceBankError(what, f"name a number from 1 to {last}" if last else "leave out --sentence")
    (line,) = lines
    return Chosen((line,), _in_line(reading, layers, line))


def of_entity(reading: DocumentReading, layers: Collection[str], entity: str) -> Chosen:
    """The sentences that mention an entity, and the records that name it. StanceBankError where there is none."""
    known = reading.records[ENTITIES.name]
    if entity not in known:
        names = {str(row["name"]): id for id, row in known.items()}
        if entity not in names:
            what = f"{reading.id} has no entity {excerpt(entity)}{did_you_mean(entity, [*known, *names])}"
            raise StanceBankError(what, "name one by its id or its name; stancebank show lists them")
        entity = names[entity]
    own = {mention["mention_id"] for mention in reading.mentions_of[entity]}
    starts = [mention["start"] for mention in reading.mentions_of[entity]]
    lines = tuple(line for line in text_lines(reading) if any(line.start <= start < line.end for start in starts))
    records = {}
    for name in layers:
        references = {c.name: c.refers_to for c in reading.part.layers[name].columns if c.refers_to}
        records[name] = tuple(
            record
            for id, record in reading.records[name].items()
            if (name == ENTITIES.name and id == entity)
            or any(
                record[column] in (own if to == MENTIONS.name else {entity} if to == ENTITIES.name else ())
                for column, to in references.items()
            )
        )
    return Chosen(lines, records)


def text_lines(reading: DocumentReading) -> tuple[Line, ...]:
    """The sentences of a text in their order, and what has letters between them; none where there is no text."""
    text = reading.text
    if text is None:
        return ()
    lines, end = [], 0
    for number, row in enumerate(reading.records["sentences"].values(), 1):
        start = max(row["start"], end)
        if text[end:start].strip():
            lines.append(Line(end, start, None, None))
        if start < row["end"]:
            lines.append(Line(start, row["end"], number, row["paragraph"]))
        end = max(end, row["end"])
    if text[end:].strip():
        lines.append(Line(end, len(text), None, None))
    return tuple(lines)


def _in_line(reading: DocumentReading, layers: Collection[str], line: Line) -> dict[str, tuple[Record, ...]]:
    """The records with a place in a line."""
    return {
        name: tuple(
            record
            for record in reading.records[name].values()
            if any(start < line.end and line.start < end for start, end in places(reading, name, record))
        )
        for name in layers
    }


def places(reading: DocumentReading, layer: str, record: Record) -> list[Place]:
    """Where a record is: its spans, of an entity its mentions', of a relation its ends'."""
    if layer == ENTITIES.name:
        return [(each["start"], each["end"]) for each in reading.mentions_of[record["entity_id"]]]
    known = reading.part.layers[layer]
    own = [(span.start, span.end) for span in reading.spans_of.get((layer, record[known.id_column]), ())]
    named = (record[c.name] for c in known.columns if c.refers_to == MENTIONS.name and not known.spans)
    return own + [(m["start"], m["end"]) for m in (reading.records[MENTIONS.name][id] for id in named if id)]
