"""How much of what is in a corpus: counts by layer and by label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import polars as pl

from stancebank.corpus import Corpus, Part, require_readable
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


@dataclass(frozen=True)
class Statistics:
    """Counts, of a part or of more; those of two are added with +.

    records: rows by layer; targets are the corpus's, and no part's. characters: code
    points of the texts. labels: by layer, field and label, those that occur.
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


def corpus_statistics(corpus: Corpus) -> Statistics:
    """The counts of a whole corpus, read part by part. Raises StanceBankError where it cannot be read."""
    require_readable(corpus.faults)
    assert corpus.targets is not None
    return total(map(corpus.read_part, corpus.part_names), corpus.targets.height)


def total(parts: Iterable[Part], targets: int) -> Statistics:
    """The counts of parts together. targets: how many the corpus has. Raises StanceBankError for an unreadable part."""
    return sum(map(part_statistics, parts), Statistics(Counter(targets=targets)))


def part_statistics(part: Part) -> Statistics:
    """The counts of one part. Raises StanceBankError where it cannot be read."""
    require_readable(part.faults)
    documents = part["documents"]
    labels = {
        (layer, name, label): n for layer, name in LABELLED for label, n in part[layer].group_by(name).len().iter_rows()
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


def _pairs(frame: pl.DataFrame, first: str, second: str) -> Counter[tuple[str, str]]:
    return Counter({(a, b): n for a, b, n in frame.group_by(first, second).len().iter_rows()})
