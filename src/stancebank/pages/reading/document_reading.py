"""One document with all that one annotation says of it, its records at hand by layer and id."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

from stancebank.agreement.annotation import Record, documents_of
from stancebank.corpus.part import Part
from stancebank.corpus.states import states
from stancebank.schema.layers import DONE, KNOWN_LAYERS
from stancebank.views.attribution_chains import chained_attributions, rests_on

Id = tuple[str, str]
"""A record of a document: its layer and its id."""


class Span(NamedTuple):
    """Where a record is in the text: code points [start, end).

    label: the first label that it has, of a mention that of its entity; None where it is undecided or there is none.
    content: whether it is what an attribution attributes, and not its cue.
    """

    layer: str
    id: str
    start: int
    end: int
    label: str | None
    content: bool = False


@dataclass(frozen=True)
class DocumentReading:
    """A document of a part.

    part: with this document alone, in which each reference leads somewhere. parents: by attribution those around
    it, outermost first, and itself. grounds: by stance the attribution that it rests on, if any. propositions: of all
    targets.
    """

    part: Part
    document: Record
    progress: Mapping[str, Record]
    parents: Mapping[str, list[str]]
    grounds: Mapping[str, str | None]
    propositions: Mapping[str, str]

    @property
    def id(self) -> str:
        """The document's id."""
        return str(self.document["doc_id"])

    @property
    def text(self) -> str | None:
        """The text; None in an edition that has none."""
        return self.document.get("text")

    @property
    def title(self) -> str:
        """Its title, else its id."""
        return self.document.get("title") or self.id

    @cached_property
    def records(self) -> Mapping[str, Mapping[str, Record]]:
        """The records by layer and id, in the layer's order; none of a layer that the scheme does not use."""
        return {
            name: {row[layer.id_column]: row for row in self.part[name].iter_rows(named=True)}
            for name, layer in KNOWN_LAYERS.items()
            if not layer.shared
        }

    @cached_property
    def mentions_of(self) -> Mapping[str, list[Record]]:
        """The mentions of each entity, in the order of the text."""
        found: dict[str, list[Record]] = {id: [] for id in self.records["entities"]}
        for mention in self.records["mentions"].values():
            if mention["entity_id"] is not None:
                found[mention["entity_id"]].append(mention)
        return found

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        """The spans of all annotated layers, by start, longer ones first."""
        return tuple(sorted(self._spans(), key=lambda each: (each.start, -each.end, each.layer, each.id)))

    @cached_property
    def spans_of(self) -> Mapping[Id, list[Span]]:
        """The spans of each record that has any, in the order of the text."""
        found: dict[Id, list[Span]] = {}
        for span in self.spans:
            found.setdefault((span.layer, span.id), []).append(span)
        return found

    def is_done(self, layer: str) -> bool:
        """Whether a layer of the document is done."""
        return layer in self.progress and self.progress[layer]["state"] == DONE

    def name_of(self, mention: str | None, nobody: str) -> str:
        """The name of a mention's entity; what the mention reads where the scheme has no entities."""
        if mention is None:
            return nobody
        row = self.records["mentions"][mention]
        entity = row["entity_id"]
        return str(self.records["entities"][entity]["name"] if entity is not None else row.get("text") or mention)

    def chain(self, attribution: str | None) -> list[Record]:
        """The attributions through which the text gives something, outermost first."""
        ids = self.parents[attribution] if attribution is not None else []
        return [self.records["attributions"][id] for id in ids]

    def _spans(self) -> Iterator[Span]:
        for name, layer in self.part.layers.parts.items():
            if not (layer.annotated and layer.spans):
                continue
            labelled = next((column.name for column in layer.columns if column.vocabulary), None)
            for id, row in self.records[name].items():
                label = row[labelled] if labelled else None
                if name == "mentions" and row["entity_id"] is not None:
                    label = self.records["entities"][row["entity_id"]]["type"] or label
                yield Span(name, id, row["start"], row["end"], label)
                for column in layer.columns:
                    if any(item.name == "start" for item in column.items):
                        for item in row[column.name]:
                            yield Span(name, id, item["start"], item["end"], label, content=True)


def readings(part: Part) -> Iterator[DocumentReading]:
    """The documents of a part in which each reference leads somewhere, one by one."""
    progress = _by_document(states(part).iter_rows(named=True))
    chains = chained_attributions(part).iter_rows(named=True)
    grounds = rests_on(part).iter_rows(named=True)
    parents = _by_document({**row, "value": row["chain"]} for row in chains)
    rests = _by_document({**row, "value": row["attribution_id"]} for row in grounds)
    propositions = dict(part.corpus.targets.select("target_id", "proposition").rows())
    for doc_id, single in documents_of(part).items():
        yield DocumentReading(
            single,
            single["documents"].row(0, named=True),
            {row["layer"]: row for row in progress.get(doc_id, ())},
            {row["attribution_id"]: row["value"] for row in parents.get(doc_id, ())},
            {row["stance_id"]: row["value"] for row in rests.get(doc_id, ())},
            propositions,
        )


def _by_document(rows: Iterator[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["doc_id"], []).append(row)
    return found
