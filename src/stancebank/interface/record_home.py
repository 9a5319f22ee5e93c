"""Where the records of a document are: what records and documents read and change through."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.seeds import read_seed, seed_bytes
from stancebank.faults import StanceBankError, did_you_mean, excerpt
from stancebank.interface.new_texts import REGISTERED
from stancebank.interface.word_places import Where, placed
from stancebank.schema.layers import DOCUMENTS, SENTENCES
from stancebank.schema.scheme_layers import Layers
from stancebank.text.anchoring import AnchorText
from stancebank.text.quoted_places import Bounds, Placed

if TYPE_CHECKING:
    from stancebank.interface.corpus_state import AnnotationState
    from stancebank.interface.part_records import PartRecords
    from stancebank.interface.shared_records import SharedRecord


@dataclass(frozen=True, slots=True, eq=False)
class RecordHome:
    """A document of the gold or of a pass, by its part and id."""

    annotations: AnnotationState
    part: str
    doc_id: str

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from all other documents."""
        return id(self.annotations), self.part, self.doc_id

    @property
    def records(self) -> PartRecords:
        """The records of its part."""
        return self.annotations.part_records(self.part)

    @property
    def corpus(self) -> Corpus:
        """The corpus, with the targets and actors of now."""
        return self.annotations.corpus_now()

    @property
    def layers(self) -> Layers:
        """The layers that the scheme uses."""
        return self.records.part.layers

    @property
    def text(self) -> str:
        """The text of the document."""
        text: str = self.values_of(DOCUMENTS.name, self.doc_id)["text"]
        return text

    @property
    def anchors(self) -> AnchorText:
        """The text, to look for words in."""
        return self.records.anchors(self.doc_id)

    def in_layer(self, layer: str) -> Mapping[str, dict[str, Any]]:
        """Its records in a layer by id, in the layer's order; none where the scheme does not use it."""
        return self.records.records(layer, self.doc_id) if layer in self.layers else {}

    def values_of(self, layer: str, id: str) -> dict[str, Any]:
        """The values of a record. Raises StanceBankError where there is none."""
        found = self.get(layer, id)
        if found is None:
            near = did_you_mean(id, [*self.in_layer(layer)])
            what = f"{excerpt(self.doc_id)} has no {self.layers.complete[layer].noun} {excerpt(id)}{near}"
            raise StanceBankError(what, "it may have been removed; the document lists its records")
        return found

    def get(self, layer: str, id: str) -> dict[str, Any] | None:
        """The values of a record; None where there is none."""
        return self.records.record(layer, self.doc_id, id) if layer in self.layers else None

    def put(self, layer: str, id: str, values: dict[str, Any]) -> None:
        """Have a record have these values."""
        self.records.put(layer, self.doc_id, id, values)

    def register(self, values: Mapping[str, Any], fields: Collection[str]) -> None:
        """Have the register of seeds have what is set of the document. Raises StanceBankError where it cannot."""
        registered = {key: values[key] for key in REGISTERED if key in fields}
        dated = read_seed(seed_bytes(values["header"], values["text"], values["newline"]), self.doc_id).date
        if dated is not None and "date" in registered and registered["date"] != dated:
            raise StanceBankError(f"{excerpt(self.doc_id)} has the date {dated} in its header", "leave its date")
        if registered:
            self.annotations.whole.register(values["seed"], registered)

    def drop(self, layer: str, id: str) -> None:
        """Remove a record."""
        self.records.drop(layer, self.doc_id, id)

    def naming(self, layer: str, column: str, id: str) -> list[str]:
        """The ids of the records in a layer that name a record in a column."""
        if layer not in self.layers or column not in self.layers[layer].names:
            return []
        return self.records.referring(layer, column, self.doc_id).get(id, [])

    def shared(self, layer: str, id: str) -> SharedRecord:
        """A target or an actor."""
        return self.annotations.shared_record(layer, id)

    def sentence_at(self, position: int) -> str | None:
        """The id of the sentence that a code point is in; None where it is in none."""
        sentences = [*self.in_layer(SENTENCES.name).values()]
        at = bisect_right(sentences, position, key=lambda each: int(each["start"])) - 1
        if at < 0 or position >= sentences[at]["end"]:
            return None
        found: str = sentences[at][SENTENCES.id_column]
        return found

    def placed(
        self, where: Where, bounds: Bounds | None = None, *, whole_words: bool = True, nearest: float | None = None
    ) -> Placed:
        """The one place of what is named in the text, as word_places.placed gives it."""
        return placed(self.anchors, self.doc_id, where, bounds, whole_words=whole_words, nearest=nearest)

    def span(self, where: Where) -> dict[str, Any]:
        """The place of what is named, as the values of a span."""
        place = self.placed(where)
        return {"start": place.start, "end": place.end, "text": self.text[place.start : place.end]}
