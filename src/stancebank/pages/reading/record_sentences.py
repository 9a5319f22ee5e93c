"""Records as sentences: who says what, who takes which side on what, in the words of the scheme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from stancebank.agreement.annotation import Record
from stancebank.pages.reading.document_reading import DocumentReading
from stancebank.schema.column import Column
from stancebank.schema.layers import KNOWN_LAYERS, Layer
from stancebank.views.attribution_chains import WRITER

NOBODY = "somebody unnamed"
LEADS_TO_LABEL = "labels"
_OPENING, _CLOSING = '“„«"\u2018', '”“»"\u2019'


class Piece(NamedTuple):
    """A part of a sentence. leads_to, id: the layer and id of the record that it names, or labels and a label."""

    text: str
    leads_to: str = ""
    id: str = ""


Sentence = list[Piece]


def plain(sentence: Sentence) -> str:
    """The sentence in its words alone."""
    return "".join(piece.text for piece in sentence)


def sentence(reading: DocumentReading, layer: str, record: Record) -> Sentence:
    """What a record of an annotated layer states, in a sentence without its id."""
    known = _SENTENCES.get(layer)
    said = known(reading, record) if known else []
    return [*said, *_further(reading.part.layers[layer], record, begun=bool(said))]


def _entity(_: DocumentReading, record: Record) -> Sentence:
    return [Piece(record["name"], "entities", record["entity_id"])]


def _mention(reading: DocumentReading, record: Record) -> Sentence:
    words = quoted(record)
    if record["entity_id"] is None:
        return [Piece(words, "mentions", record["mention_id"])]
    return [Piece(words, "mentions", record["mention_id"]), Piece(" of "), _named(reading, record["mention_id"], "")]


def _relation(reading: DocumentReading, record: Record) -> Sentence:
    head, tail = (_named(reading, record[end], "") for end in ("head", "tail"))
    return [head, Piece(" "), _label("relations", "type", record), Piece(" "), tail]


def _attribution(reading: DocumentReading, record: Record) -> Sentence:
    content = ", ".join(quoted(each) for each in record["content"])
    cue = Piece(record.get("text") or quoted(record), "attributions", record["attribution_id"])
    said = [_named(reading, record["source"], NOBODY), Piece(" "), cue, Piece(": "), Piece(content)]
    outer = reading.chain(record["attribution_id"])[:-1]
    return [*said, *_through(reading, outer)] if outer else said


def _stance(reading: DocumentReading, record: Record) -> Sentence:
    said = [
        _named(reading, record["holder"], f"the {WRITER}"),
        Piece(": "),
        _label("stances", "label", record),
        Piece(" "),
        Piece(f"“{reading.propositions.get(record['target'], record['target'])}”", "targets", record["target"]),
        Piece("; evidence "),
        Piece(quoted(record), "stances", record["stance_id"]),
    ]
    through = reading.chain(reading.grounds.get(record["stance_id"]))
    return [*said, *_through(reading, through)] if through else said


_SENTENCES = {
    "entities": _entity,
    "mentions": _mention,
    "relations": _relation,
    "attributions": _attribution,
    "stances": _stance,
}
_IN_SENTENCES = {
    "entities": {"name"},
    "mentions": {"entity_id"},
    "relations": {"head", "tail", "type"},
    "attributions": {"source", "content"},
    "stances": {"holder", "target", "label"},
}
"""The columns that the sentences above have; the others follow behind, by their names."""


def mention_words(reading: DocumentReading, mention: Record) -> tuple[str, str]:
    """A mention in the list of its entity: what it reads, and its labels and fields."""
    further = list(_further(reading.part.layers["mentions"], mention, begun=False))
    return quoted(mention), plain(further)


def quoted(span: Record) -> str:
    """What a span reads, in quotation marks unless it has its own; its place where an edition has no words."""
    text = span.get("text")
    if not text:
        return f"[{span['start']}..{span['end']}]"
    return text if text[0] in _OPENING and text.rstrip(",.")[-1:] in _CLOSING else f"“{text}”"


def _named(reading: DocumentReading, mention: str | None, nobody: str) -> Piece:
    name = reading.name_of(mention, nobody)
    return Piece(name) if mention is None else Piece(name, "mentions", mention)


def _through(reading: DocumentReading, chain: list[Record]) -> Sentence:
    said = [Piece(f"; source chain {WRITER}")]
    for each in chain:
        said += [Piece(" > "), _named(reading, each["source"], NOBODY)]
    return said


def _label(layer: str, column: str, record: Record) -> Piece:
    known = KNOWN_LAYERS[layer][column]
    value = record[column]
    return Piece(value, LEADS_TO_LABEL, f"{known.vocabulary}/{value}") if value is not None else Piece(known.absent)


def _further(layer: Layer, record: Record, *, begun: bool) -> Iterator[Piece]:
    """The columns that a sentence does not have, own fields too; of those that are optional such as have a value."""
    shown = {"doc_id", layer.id_column, "start", "end", "text", *_IN_SENTENCES.get(layer.name, ())}
    separator = "; " if begun else ""
    for column in layer.columns:
        value = record[column.name]
        if column.name not in shown and (value is not None or column.decided):
            yield Piece(f"{separator}{column.name} ")
            yield _value(column, value)
            separator = "; "


def _value(column: Column, value: object) -> Piece:
    if value is None:
        return Piece(column.absent)
    if column.vocabulary:
        return Piece(str(value), LEADS_TO_LABEL, f"{column.vocabulary}/{value}")
    if column.refers_to and isinstance(value, str):
        return Piece(value, column.refers_to, value)
    return Piece({True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value))
