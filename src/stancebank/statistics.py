"""How much of what is in a corpus: counts by layer and by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from stancebank.corpus import Corpus, Part, require_readable
from stancebank.engines import Engine, here
from stancebank.layers import LAYERS, PART_LAYERS
from stancebank.scheme import Scheme

# The vocabulary of each labelled field, by layer and field.
LABELLED = {
    (layer.name, column.name): column.vocabulary
    for layer in LAYERS.values()
    for column in layer.columns
    if column.vocabulary
}

Table = Mapping[str, Mapping[str, int]]
NOT_ANNOTATED = "not annotated"  # no label has a blank in its name


@dataclass(frozen=True)
class Statistics:
    """Counts, of a part or of more; those of two are added with +.

    records: rows by layer; targets are the corpus's, and no part's. characters: code
    points of the texts. labels: by layer, field and label, those that occur, and for
    null "not annotated".
    mentions: by entity type and level; one whose entity is not there is left out.
    relations: by type and modality. languages: documents by language.
    first_date, last_date: of publication, ISO 8601; None without documents.
    """

    records: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    labels: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    mentions: Counter[tuple[str, str]] = field(default_factory=Counter)
    relations: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    first_date: str | None = None
    last_date: str | None = None

    def __add__(self, other: Statistics) -> Statistics:
        dates = [d for s in (self, other) for d in (s.first_date, s.last_date) if d is not None]
        return Statistics(
            self.records + other.records,
            self.characters + other.characters,
            self.labels + other.labels,
            self.mentions + other.mentions,
            self.relations + other.relations,
            self.languages + other.languages,
            min(dates, default=None),
            max(dates, default=None),
        )

    def to_json(self) -> dict[str, Any]:
        """The counts as JSON can hold them: keys of several words become the first items of a list."""
        return {name: _listed(value) if isinstance(value, Counter) else value for name, value in vars(self).items()}

    @classmethod
    def from_json(cls, counts: Mapping[str, Any]) -> Statistics:
        """The counts that to_json gave."""
        values: dict[str, Any] = {
            name: _counter(value) if isinstance(value, list) else value for name, value in counts.items()
        }
        return cls(**values)

    def by_label(self, scheme: Scheme, layer: str, name: str) -> dict[str, int]:
        """Count by label of a field: those of the scheme in its order, 0 included, then any other that occurs."""
        found = {label: n for (of, at, label), n in self.labels.items() if (of, at) == (layer, name)}
        return {label: found.get(label, 0) for label in self._labels(scheme, layer, name)}

    def mentions_by_type(self, scheme: Scheme) -> dict[str, dict[str, int]]:
        """Count by entity type and mention level; labels as in by_label."""
        types, levels = self._labels(scheme, "entities", "type"), self._labels(scheme, "mentions", "level")
        return {kind: {level: self.mentions[kind, level] for level in levels} for kind in types}

    def relations_by_type(self, scheme: Scheme) -> dict[str, dict[str, int]]:
        """Count by relation type and modality; labels as in by_label."""
        types, modalities = self._labels(scheme, "relations", "type"), self._labels(scheme, "relations", "modality")
        return {kind: {modality: self.relations[kind, modality] for modality in modalities} for kind in types}

    def _labels(self, scheme: Scheme, layer: str, name: str) -> tuple[str, ...]:
        known = scheme.names(LABELLED[layer, name])
        others = {label for of, at, label in self.labels if (of, at) == (layer, name)} - set(known)
        return (*known, *sorted(others))


def corpus_statistics(
    corpus: Corpus, engine: Engine = here, advance: Callable[[int], None] = lambda _: None
) -> Statistics:
    """The counts of a whole corpus.

    engine: where the parts are counted. advance: called after each part, with the
    number of its documents. Raises StanceBankError where a part cannot be read.
    """
    require_readable(corpus.faults)
    assert corpus.targets is not None
    counted = Statistics(Counter(targets=corpus.targets.height))
    for each in engine(partial(_statistics_of, corpus), corpus.part_names):
        counted += each
        advance(each.records["documents"])
    return counted


def _statistics_of(corpus: Corpus, part: str) -> Statistics:
    return part_statistics(corpus.read_part(part))


def part_statistics(part: Part) -> Statistics:
    """The counts of one part. Raises StanceBankError where it cannot be read."""
    require_readable(part.faults)
    documents = part["documents"]
    labels = {
        (layer, name, label): n
        for layer, name in LABELLED
        for label, n in part[layer].group_by(pl.col(name).fill_null(NOT_ANNOTATED)).len().iter_rows()
    }
    return Statistics(
        Counter({name: part[name].height for name in PART_LAYERS}),
        int(documents["text"].str.len_chars().sum()),
        Counter(labels),
        _pairs(part.entity_mentions, "entity_type", "level"),
        _pairs(part["relations"], "type", "modality"),
        Counter(dict(documents.group_by("language").len().iter_rows())),
        documents["date"].min(),  # type: ignore[arg-type]  # polars gives any value; the column holds strings
        documents["date"].max(),  # type: ignore[arg-type]
    )


def _listed(counter: Counter[Any]) -> list[list[str | int]]:
    items = ((key if isinstance(key, tuple) else (key,), count) for key, count in counter.items())
    return sorted([*key, count] for key, count in items)


def _counter(items: list[list[Any]]) -> Counter[Any]:
    return Counter({(key[0] if len(key) == 1 else tuple(key)): count for *key, count in items})


def _pairs(frame: pl.DataFrame, first: str, second: str) -> Counter[tuple[str, str]]:
    return Counter({(a, b): n for a, b, n in frame.group_by(first, second).len().iter_rows()})
