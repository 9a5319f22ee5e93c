"""Small parts in memory, for rules that are tried on many shapes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

import polars as pl
import pytest

from conftest import DOC, Record
from stancebank.checks.registry import Hit
from stancebank.checks.selection import Selection
from stancebank.checks.tables import Table
from stancebank.checks.validation import part_hits
from stancebank.corpus.part import Part
from stancebank.schema.column import Column
from stancebank.schema.layers import ACTORS, LAYERS, OPEN, Layer
from stancebank.storage.json_positions import json_path
from strategies import SHARED, done_in_all


def part_of(gold: Part, **rows: Iterable[Record]) -> Part:
    """The gold part with these rows and no others, and with actors."""
    frames = {name: pl.DataFrame(list(rows.get(name, [])), schema=frame.schema) for name, frame in gold.frames.items()}
    return replace(gold, frames=frames, corpus=replace(gold.corpus, shared=shared_with_actors(gold)))


def shared_with_actors(gold: Part) -> dict[str, pl.DataFrame]:
    """What all parts share, and actors, of which the project's corpus has none."""
    return {**gold.corpus.shared, ACTORS.name: SHARED[ACTORS.name]}


def mentions_at(*spans: tuple[int, int], text: str = "", doc_id: str = DOC) -> list[Record]:
    """A mention of an entity of its own for each span of the text."""
    return [
        {"doc_id": doc_id, "mention_id": f"m{n}", "entity_id": f"e{n}", "text": text[start:end], "level": "NAM"}
        | {"start": start, "end": end}
        for n, (start, end) in enumerate(spans, 1)
    ]


def columns_with(attribute: str) -> list[Any]:
    """Each layer and column of which the definition has this attribute."""
    return [
        pytest.param(layer, column, id=f"{layer.name}.{column.name}")
        for layer in LAYERS.values()
        for column in layer.columns
        if getattr(column, attribute)
    ]


def with_values(gold: Part, layer: Layer, column: Column, values: Sequence[Any]) -> Table:
    """A table in which the layer's first row stands once with each of the values."""
    corpus = gold.corpus
    assert corpus.scheme is not None
    first = (shared_with_actors(gold)[layer.name] if layer.shared else gold[layer.name]).head(1)
    rows = pl.concat([first] * len(values)).with_columns(pl.Series(column.name, values, first.schema[column.name]))
    return Table(layer, rows, corpus.scheme)


class Sketch:
    """A document in the making: its records are named by their words and get their ids in order.

    Each paragraph is a sentence, or a list of sentences with a blank between them. All layers but those in begun are
    done.
    """

    def __init__(
        self,
        *paragraphs: str | Sequence[str],
        doc_id: str = DOC,
        language: str = "en",
        date: str | None = "2025-02-17",
        begun: Sequence[str] = (),
    ) -> None:
        self.doc_id, self.language, self.date, self.begun = doc_id, language, date, begun
        self.text = ""
        self.rows: defaultdict[str, list[Record]] = defaultdict(list)
        numbers = count(1)
        for number, sentences in enumerate([p] if isinstance(p, str) else p for p in paragraphs):
            self.text += "\n\n" if number else ""
            for index, sentence in enumerate(sentences):
                self.text += " " if index else ""
                span = {"start": len(self.text), "end": len(self.text) + len(sentence)}
                self._add("sentences", sentence_id=f"n{next(numbers)}", **span, paragraph=number)
                self.text += sentence

    def span(self, words: str, nth: int = 1) -> Record:
        """Where the words stand for the nth time."""
        start = -1
        for _ in range(nth):
            start = self.text.index(words, start + 1)
        return {"start": start, "end": start + len(words), "text": words}

    def entity(
        self,
        name: str,
        type: str = "GPE",
        value: str | None = None,
        wikidata: str | None = None,
        actor: str | None = None,
    ) -> str:
        entity_id = f"e{len(self.rows['entities']) + 1}"
        return self._add(
            "entities", entity_id=entity_id, type=type, name=name, wikidata=wikidata, value=value, actor=actor
        )

    def mention(self, words: str, entity: str | None = None, level: str = "NAM", nth: int = 1, **new: Any) -> str:
        """A mention of the entity, or without one of a new entity that is called like the words."""
        mention_id, entity_id = f"m{len(self.rows['mentions']) + 1}", entity or self.entity(words, **new)
        return self._add("mentions", mention_id=mention_id, entity_id=entity_id, **self.span(words, nth), level=level)

    def relation(self, type: str, head: str, tail: str, modality: str = "asserted") -> str:
        relation_id = f"r{len(self.rows['relations']) + 1}"
        return self._add("relations", relation_id=relation_id, type=type, head=head, tail=tail, modality=modality)

    def attribution(self, cue: str, *content: str, source: str | None = None, kind: str = "indirect") -> str:
        attribution_id, spans = f"a{len(self.rows['attributions']) + 1}", [self.span(words) for words in content]
        said = {"source": source, **self.span(cue), "content": spans, "kind": kind}
        return self._add("attributions", attribution_id=attribution_id, **said)

    def stance(self, evidence: str, holder: str | None = None, basis: str = "narration") -> str:
        said = {"target": "lasting-peace", "label": "favor", "basis": basis, "commitment": "unconditional"}
        stance_id = f"s{len(self.rows['stances']) + 1}"
        return self._add("stances", stance_id=stance_id, holder=holder, **said, **self.span(evidence), expression=None)

    def part(self, gold: Part, *others: Sketch) -> Part:
        """The document, and others, as a part of their own; their rows in the order in which they were added."""
        first = gold["documents"].row(0, named=True)
        rows: defaultdict[str, list[Record]] = defaultdict(list)
        for each in (self, *others):
            own = {"doc_id": each.doc_id, "text": each.text, "language": each.language, "date": each.date}
            rows["documents"].append(first | own)
            progress = done_in_all(each.doc_id)
            rows["progress"] += [line | ({"state": OPEN} if line["layer"] in each.begun else {}) for line in progress]
            for layer, records in each.rows.items():
                rows[layer] += records
        return part_of(gold, **rows)

    def _add(self, layer: str, **values: Any) -> str:
        self.rows[layer].append({"doc_id": self.doc_id, **values})
        return str(next(iter(values.values())))


def hits(part: Part, rule: str) -> list[Hit]:
    """What one rule finds in a part."""
    return [hit for found, hit in part_hits(part, Selection((rule,))) if found.id == rule]


def places_in(part: Part, rule: str) -> list[tuple[str, int, str]]:
    """Layer, row and JSON path without "$." of all that one rule finds in a part, sorted."""
    return sorted((hit.layer, hit.row, json_path(hit.path).removeprefix("$.")) for hit in hits(part, rule))
