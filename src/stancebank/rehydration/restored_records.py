"""The records of documents with the source's words in them again."""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stancebank.editions.carried import TEXT_DIGESTS, copied_of, sealed_columns, sealed_of, value_place
from stancebank.editions.copies import CASES, WITHHELD
from stancebank.editions.sealing import key, opened
from stancebank.faults import counted, excerpt
from stancebank.rehydration.assignment import OwnText
from stancebank.rehydration.losses import Lost
from stancebank.rehydration.placement import Placement
from stancebank.schema.column import Column
from stancebank.schema.layers import DOCUMENTS, DONE, ENTITIES, OPEN, SENTENCES, Layer
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import Layers
from stancebank.storage.files import sha256
from stancebank.text.paragraphs import paragraphs
from stancebank.text.sentences import sentences as segment

Record = dict[str, Any]
Records = Mapping[str, Sequence[Record]]
"""Of one document, by layer."""


@dataclass
class Restorer:
    """Puts the words of texts into records that are in their stand-off form.

    corpus: its name. texts, placements: by document, of those that have a text. scheme: of the corpus. lost: what could
    not be placed. longer: documents whose text has sentences here that the original has not.
    """

    corpus: str
    texts: Mapping[str, OwnText]
    placements: Mapping[str, Placement]
    scheme: Scheme
    lost: list[Lost] = field(default_factory=list)
    longer: set[str] = field(default_factory=set)

    @property
    def layers(self) -> Layers:
        """The layers that the scheme uses."""
        return self.scheme.layers

    def document(self, record: Record) -> Record:
        """A record of the layer documents."""
        doc_id, text = record["doc_id"], self.texts[record["doc_id"]]
        made = {"text": text.seed.text, "header": text.seed.header, "newline": text.seed.newline}
        digests = {"text_sha256": sha256(text.seed.text.encode()), "seed_sha256": sha256(text.data)}
        document = record | made | digests | {"date": record["date"] or text.seed.date}
        for column in TEXT_DIGESTS:
            del document[column.name]
        self._words(document, self.layers[DOCUMENTS.name], doc_id)
        return document

    def sentences(self, records: Sequence[Record], document: Record) -> list[Record]:
        """The sentences of a document: those that were placed, and new ones for the text between them."""
        for record in records:
            self._words(record, self.layers[SENTENCES.name], record["sentence_id"])
        if not records or self.placements[records[0]["doc_id"]].same:
            return list(records)
        doc_id = document["doc_id"]
        placement = self.placements[doc_id]
        starts_of_paragraphs = [start for start, _ in paragraphs(placement.text)]

        def sentence(sentence_id: str, start: int, end: int) -> Record:
            paragraph = bisect_right(starts_of_paragraphs, start) - 1
            of = {"doc_id": doc_id, "sentence_id": sentence_id}
            return {**of, "start": start, "end": end, "paragraph": paragraph}

        unknown = {column.name: column.unset for column in self.layers[SENTENCES.name].columns}

        found = []
        for record, start in zip(records, placement.starts, strict=True):
            if start is None:
                self._lose(doc_id, "sentences", record["sentence_id"], "the copy has no sentence that reads so there")
            else:
                end = start + record["end"] - record["start"]
                found.append(record | sentence(record["sentence_id"], start, end))
        numbers = [int(digits) for record in records if (digits := record["sentence_id"].lstrip("n")).isdecimal()]
        number = max(numbers, default=0)
        for start, end in list(_between(found, len(placement.text))):
            for each in segment(placement.text[start:end], document["language"]):
                number += 1
                self.longer.add(doc_id)
                found.append(unknown | sentence(f"n{number}", start + each.start, start + each.end))
        return sorted(found, key=lambda each: each["start"])

    def annotations(self, records: Records, doc_id: str, annotator: str | None = None) -> dict[str, list[Record]]:
        """The annotated layers of a document, with what they refer to."""
        of = "" if annotator is None else f"{annotator}/"
        placement = self.placements[doc_id]
        marked = self.layers.uses("mentions.entity_id")
        found = {name: [*records.get(name, ())] for name in ("entities", "mentions")}
        mentions = [each for each in found["mentions"] if self._place(each, f"{of}mentions", "mention_id", placement)]
        entities = [each for each in found["entities"] if self._name(each, f"{of}entities", mentions, marked=marked)]
        known = {"entities": {each["entity_id"] for each in entities}}
        mentions = [each for each in mentions if self._refers(each, f"{of}mentions", known)]
        known["mentions"] = {each["mention_id"] for each in mentions}
        found = {"entities": entities, "mentions": mentions}
        for name in found.keys() - {*self.layers.passes}:
            del found[name]
        for name in self.layers.passes:
            if name not in found:
                found[name] = [
                    each
                    for each in records[name]
                    if self._refers(each, f"{of}{name}", known)
                    and (
                        "start" not in each or self._place(each, f"{of}{name}", self.layers[name].id_column, placement)
                    )
                ]
            for record in found[name]:
                self._words(record, self.layers[name], record[self.layers[name].id_column], of)
        return found

    def unfinished(self) -> dict[tuple[str, str], str]:
        """Why a layer of a document is not done any more, by document and layer, of a pass as annotator/layer.

        The layer is empty where that holds of all.
        """
        counts = Counter((each.document, each.layer) for each in self.lost if each.document)
        texts = self.longer | {document for document, layer in counts if layer == SENTENCES.name}
        found = {(document, ""): "this copy of the text has sentences that nobody has annotated" for document in texts}
        return found | {
            key: f"{counted(count, 'record')} could not be restored in this copy of the text"
            for key, count in counts.items()
        }

    def shared(self, record: Record, layer: Layer) -> Record:
        """A record of a layer that all parts share."""
        self._words(record, layer, record[layer.id_column])
        return record

    def _words(self, record: Record, layer: Layer, identifier: str, of: str = "") -> None:
        """Give a record the source's words back.

        Of what its values copy, what was not placed reads as withheld; what is sealed opens with the original text
        alone. of: whose pass.
        """
        document = record.get("doc_id", "")
        for column in sealed_columns(layer):
            record[column.name], data = None, record.pop(sealed_of(column))
            if data is not None and self.placements[document].same:
                secret = key([self.texts[document].seed.text], self.corpus)
                value = opened(base64.b64decode(data), secret, value_place(document, identifier))
                record[column.name] = None if value is None else value.decode()
            elif data is not None:
                what = f"its {column.name} is sealed with the original text"
                self._lose(document, f"{of}{layer.name}", identifier, what)
        for column, place in _copying(record, layer.columns):
            value, pieces = place[column.name], place.pop(copied_of(column))
            if isinstance(value, list):
                found = [self._value(*each) for each in zip(value, pieces, strict=True)]
            else:
                found = [self._value(value, pieces)]
            if any(lost for _, lost in found):
                what = f"its {column.name} copies words of texts that were not placed"
                self._lose(document, f"{of}{layer.name}", identifier, what)
            place[column.name] = [text for text, _ in found] if isinstance(value, list) else found[0][0]

    def _value(self, own: str | None, pieces: Sequence[Record]) -> tuple[str | None, bool]:
        """A value that is its own text or the words of sources, and whether some of these were not placed."""
        if not pieces:
            return own, False
        texts = [each["text"] or self._copied(each) for each in pieces]
        if None not in texts:
            return "".join(text for text in texts if text is not None), False
        return " ".join("".join(text or WITHHELD for text in texts).split()), True

    def _copied(self, piece: Record) -> str | None:
        placement = self.placements.get(piece["document"])
        if placement is not None:
            for start in piece["starts"]:
                span = placement.span(start, start + piece["length"])
                if span is not None:
                    return CASES[piece["case"]](placement.text[slice(*span)])
        return None

    def _name(self, entity: Record, layer: str, mentions: Sequence[Record], *, marked: bool) -> bool:
        """Give an entity its name, or what a mention of it reads; False where there is no mention left.

        marked: whether entities have mentions at all.
        """
        doc_id, entity_id = entity["doc_id"], entity["entity_id"]
        own = [each for each in mentions if each["entity_id"] == entity_id] if marked else []
        name, withheld = self._value(entity["name"], entity.pop(copied_of(ENTITIES["name"])))
        if not own and marked:
            self._lose(doc_id, layer, entity_id, "none of its mentions was placed")
            return False
        if withheld and own:
            name = " ".join(min(own, key=lambda each: each.get("level") not in self.scheme.name_levels)["text"].split())
            self._lose(doc_id, layer, entity_id, f"its name was not placed; it is called {excerpt(name)} here")
        entity["name"] = name
        return True

    def _place(self, record: Record, layer: str, id_column: str, placement: Placement) -> bool:
        """Move a record's spans and set the text that is read there; False if one was not placed."""
        for span in (record, *record.get("content", ())):
            found = placement.span(span["start"], span["end"])
            if found is None:
                lost = placement.lost(span["start"], span["end"])
                why = f"it is in {', '.join(lost)}, not placed" if lost else "it is in no sentence"
                self._lose(record["doc_id"], layer, record[id_column], why)
                return False
            span["start"], span["end"] = found
            span["text"] = placement.text[slice(*found)]
        return True

    def _refers(self, record: Record, layer: str, known: Mapping[str, set[str]]) -> bool:
        """Whether all that a record refers to was placed."""
        definition = self.layers[layer.rpartition("/")[2]]
        for column in definition.columns:
            named = record[column.name] if column.refers_to in known else None
            if named is not None and named not in known[str(column.refers_to)]:
                why = f"its {column.name.removesuffix('_id')} {named} was not placed"
                self._lose(record["doc_id"], layer, record[definition.id_column], why)
                return False
        return True

    def _lose(self, document: str, layer: str, record: str, why: str) -> None:
        self.lost.append(Lost(document, layer, record, why))


def reopened(row: Record, reasons: Mapping[tuple[str, str], str], annotator: str | None) -> Record:
    """A record of the layer progress, open where there is a reason why its layer is not done any more."""
    layer = row["layer"] if annotator is None else f"{annotator}/{row['layer']}"
    why = reasons.get((row["doc_id"], layer)) or reasons.get((row["doc_id"], ""))
    if why is None or row["state"] != DONE:
        return row
    return row | {"state": OPEN, "date": None, "remark": f"{row['remark']}; {why}" if row["remark"] else why}


def _copying(record: Record, columns: Sequence[Column]) -> Iterator[tuple[Column, Record]]:
    """The columns of a record that may copy, and where each is: in it or in one of the records inside it."""
    for column in columns:
        if column.may_copy and copied_of(column) in record:
            yield column, record
        for item in (record[column.name] or ()) if column.items else ():
            yield from _copying(item, column.items)


def _between(sentences: Sequence[Record], length: int) -> Iterator[tuple[int, int]]:
    """The stretches of a text that no sentence covers."""
    end = 0
    for each in sentences:
        yield end, each["start"]
        end = each["end"]
    yield end, length
