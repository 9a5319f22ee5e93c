"""The records of documents with the source's words in them again."""

from __future__ import annotations

import base64
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from stancebank.editions.carried import title_secret
from stancebank.editions.copies import CASES, WITHHELD
from stancebank.editions.sealing import opened
from stancebank.faults import excerpt
from stancebank.layers import PART_LAYERS
from stancebank.rehydration.assignment import OwnText
from stancebank.rehydration.losses import Lost
from stancebank.rehydration.placement import Placement
from stancebank.seeds import paragraphs, sha256
from stancebank.seeds import sentences as segment

Record = dict[str, Any]
Records = Mapping[str, Sequence[Record]]
"""Of one document, by layer."""

ANNOTATED = tuple(name for name, layer in PART_LAYERS.items() if layer.annotated)


@dataclass
class Restorer:
    """Puts the words of texts into records that are in their stand-off form.

    texts, placements: by document, of those that have a text. lost: what could not be placed.
    """

    texts: Mapping[str, OwnText]
    placements: Mapping[str, Placement]
    lost: list[Lost] = field(default_factory=list)

    def document(self, record: Record) -> Record:
        """A record of the layer documents."""
        doc_id, text = record["doc_id"], self.texts[record["doc_id"]]
        same = self.placements[doc_id].same
        title = None
        if record["title_sealed"] is not None and same:
            data = opened(base64.b64decode(record["title_sealed"]), title_secret(text.seed.text), doc_id)
            title = None if data is None else data.decode()
        elif record["title_sealed"] is not None:
            self._lose(doc_id, "documents", doc_id, "its title is sealed with the original text")
        made = {"text": text.seed.text, "header": text.seed.header, "newline": text.seed.newline, "title": title}
        digests = {"text_sha256": sha256(text.seed.text.encode()), "seed_sha256": sha256(text.data)}
        return record | made | digests

    def sentences(self, records: Sequence[Record], document: Record) -> list[Record]:
        """The sentences of a document: those that were placed, and new ones for the text between them."""
        if not records or self.placements[records[0]["doc_id"]].same:
            return list(records)
        doc_id = document["doc_id"]
        placement = self.placements[doc_id]
        starts_of_paragraphs = [start for start, _ in paragraphs(placement.text)]

        def sentence(sentence_id: str, start: int, end: int) -> Record:
            paragraph = bisect_right(starts_of_paragraphs, start) - 1
            of = {"doc_id": doc_id, "sentence_id": sentence_id}
            return {**of, "start": start, "end": end, "paragraph": paragraph}

        found = []
        for record, start in zip(records, placement.starts, strict=True):
            if start is None:
                self._lose(doc_id, "sentences", record["sentence_id"], "the copy has no sentence that reads so there")
            else:
                found.append(sentence(record["sentence_id"], start, start + record["end"] - record["start"]))
        numbers = [int(digits) for record in records if (digits := record["sentence_id"].lstrip("n")).isdecimal()]
        number = max(numbers, default=0)
        for start, end in list(_between(found, len(placement.text))):
            for each in segment(placement.text[start:end], document["language"]):
                number += 1
                found.append(sentence(f"n{number}", start + each.start, start + each.end))
        return sorted(found, key=lambda each: each["start"])

    def annotations(self, records: Records, doc_id: str, annotator: str | None = None) -> dict[str, list[Record]]:
        """The annotated layers of a document, with what they refer to."""
        of = "" if annotator is None else f"{annotator}/"
        placement = self.placements[doc_id]
        mentions = [each for each in records["mentions"] if self._place(each, f"{of}mentions", "mention_id", placement)]
        entities = [each for each in records["entities"] if self._name(each, f"{of}entities", mentions)]
        known = {"entities": {each["entity_id"] for each in entities}}
        mentions = [each for each in mentions if self._refers(each, f"{of}mentions", known)]
        known["mentions"] = {each["mention_id"] for each in mentions}
        found = {"entities": entities, "mentions": mentions}
        for name in ANNOTATED:
            if name not in found:
                found[name] = [
                    each
                    for each in records[name]
                    if self._refers(each, f"{of}{name}", known)
                    and (
                        "start" not in each or self._place(each, f"{of}{name}", PART_LAYERS[name].id_column, placement)
                    )
                ]
        return found

    def value(self, record: Record, column: str) -> str | None:
        """A value that is its own text or the words of sources; None where they were not placed."""
        pieces = record.pop(f"{column}_copied")
        if not pieces:
            own: str | None = record[column]
            return own
        texts = [each["text"] or self._copied(each) for each in pieces]
        return None if None in texts else "".join(text for text in texts if text is not None)

    def shared(self, record: Record, column: str, layer: str, identifier: str) -> str | None:
        """As value, of what all documents share: what was not placed reads as withheld."""
        pieces = record[f"{column}_copied"]
        found = self.value(record, column)
        if not pieces or found is not None:
            return found
        self._lose("", layer, identifier, f"its {column} copies words of texts that were not placed")
        texts = [each["text"] or self._copied(each) or WITHHELD for each in pieces]
        return " ".join("".join(texts).split())

    def _copied(self, piece: Record) -> str | None:
        placement = self.placements.get(piece["document"])
        if placement is not None:
            for start in piece["starts"]:
                span = placement.span(start, start + piece["length"])
                if span is not None:
                    return CASES[piece["case"]](placement.text[slice(*span)])
        return None

    def _name(self, entity: Record, layer: str, mentions: Sequence[Record]) -> bool:
        """Give an entity its name, or what a mention of it reads; False where there is no mention left."""
        doc_id, entity_id = entity["doc_id"], entity["entity_id"]
        own = [each for each in mentions if each["entity_id"] == entity_id]
        name = self.value(entity, "name")
        if not own:
            self._lose(doc_id, layer, entity_id, "none of its mentions was placed")
            return False
        if name is None:
            name = " ".join(min(own, key=lambda each: each["level"] != "NAM")["text"].split())
            self._lose(doc_id, layer, entity_id, f"its name was not placed; it is called {excerpt(name)} here")
        entity["name"] = name
        return True

    def _place(self, record: Record, layer: str, id_column: str, placement: Placement) -> bool:
        """Move a record's spans to where they stand and say what is read there; False where one was not placed."""
        for span in (record, *record.get("content", ())):
            found = placement.span(span["start"], span["end"])
            if found is None:
                lost = placement.lost(span["start"], span["end"])
                why = f"it stands in {', '.join(lost)}, not placed" if lost else "it stands in no sentence"
                self._lose(record["doc_id"], layer, record[id_column], why)
                return False
            span["start"], span["end"] = found
            span["text"] = placement.text[slice(*found)]
        return True

    def _refers(self, record: Record, layer: str, known: Mapping[str, set[str]]) -> bool:
        """Whether all that a record refers to was placed."""
        definition = PART_LAYERS[layer.rpartition("/")[2]]
        for column in definition.columns:
            named = record[column.name] if column.refers_to in known else None
            if named is not None and named not in known[str(column.refers_to)]:
                why = f"its {column.name.removesuffix('_id')} {named} was not placed"
                self._lose(record["doc_id"], layer, record[definition.id_column], why)
                return False
        return True

    def _lose(self, document: str, layer: str, record: str, why: str) -> None:
        self.lost.append(Lost(document, layer, record, why))


def _between(sentences: Sequence[Record], length: int) -> Iterator[tuple[int, int]]:
    """The stretches of a text that no sentence covers."""
    end = 0
    for each in sentences:
        yield end, each["start"]
        end = each["end"]
    yield end, length
