"""How much of what is in a corpus: counts by layer and by label, and how far its documents are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.states import ABSENT, done_layers, of_done, states
from stancebank.faults import counted
from stancebank.schema.column import UNDECIDED
from stancebank.schema.layers import STATES, Layer
from stancebank.schema.scheme import Scheme
from stancebank.work.engines import Engine, here

Table = Mapping[str, Mapping[str, int]]
Label = tuple[str, str, str]  # layer, field and label
IN_NO_SPLIT = ""
NOT_DECIDED = f"({UNDECIDED})"
"""What counts call a null where an annotator decides; no label has brackets in its name."""
ANY = "any"
"""What a column of counts is called where the scheme has no labels to tell records apart by."""
HOW_FAR = (*STATES, ABSENT)
"""How far a layer of a document can be, in the order in which people read it."""


@dataclass(frozen=True)
class Statistics:
    """Counts, of a part or of more; those of two are added with +.

    records: rows by layer; those of shared layers are the corpus's, and no part's. characters: code
    points of the texts. languages: documents by language.
    first_date, last_date: of publication, ISO 8601; None without a date. undated: documents without one.
    states: documents by split, annotated layer and how far it is in them. finished: documents
    by the layers that are done in them, one string with blanks between. annotated: the layers that annotators fill.

    Labels are counted in documents alone in which their layers are done:
    labels: by layer, field and label, those that occur, and "(undecided)" for null.
    mentions: by entity type and level; one whose entity is not there is left out.
    relations: by type and modality.
    """

    records: Counter[str] = field(default_factory=Counter)
    characters: int = 0
    labels: Counter[Label] = field(default_factory=Counter)
    mentions: Counter[tuple[str, str]] = field(default_factory=Counter)
    relations: Counter[tuple[str, str]] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    first_date: str | None = None
    last_date: str | None = None
    undated: int = 0
    states: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    finished: Counter[str] = field(default_factory=Counter)
    annotated: tuple[str, ...] = ()

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
            self.undated + other.undated,
            self.states + other.states,
            self.finished + other.finished,
            self.annotated or other.annotated,
        )

    def done(self, layers: Collection[str]) -> int:
        """The number of documents in which all of the layers are done."""
        return sum(count for finished, count in self.finished.items() if {*layers} <= {*finished.split()})

    def progress(self, split: str | None = None) -> dict[str, dict[str, int]]:
        """By annotated layer the number of documents, of one split where it is given, that are so far: HOW_FAR."""
        of = {split} if split is not None else {name for name, _, _ in self.states}
        return {
            layer: {state: sum(self.states[name, layer, state] for name in of) for state in HOW_FAR}
            for layer in self.annotated
        }

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that have documents, by name."""
        return tuple(sorted({split for split, _, _ in self.states}))

    def progress_line(self) -> str:
        """How far the documents are, in a sentence."""
        documents = self.records["documents"]
        if not documents:
            return "There are no documents."
        if self.done(self.annotated) == documents:
            return f"All layers are done in {'the document' if documents == 1 else f'all {documents:,} documents'}."
        layers = ", ".join(f"{layer} in {self.done((layer,)):,}" for layer in self.annotated)
        return f"Of {counted(documents, 'document')}, done are: {layers}; all layers in {self.done(self.annotated):,}."

    def to_json(self) -> dict[str, Any]:
        """The counts as JSON can hold them: keys of several words become the first items of a list, sorted by name."""
        values = vars(self) | {"annotated": [*self.annotated]}
        return {name: _listed(value) if isinstance(value, Counter) else value for name, value in values.items()}

    @classmethod
    def from_json(cls, counts: Mapping[str, Any]) -> Statistics:
        """The counts that to_json gave."""
        values: dict[str, Any] = {
            name: _counter(value) if isinstance(value, list) and name != "annotated" else value
            for name, value in counts.items()
        }
        return cls(**values | {"annotated": tuple(values.get("annotated", ()))})

    def by_label(self, scheme: Scheme, layer: str, name: str) -> dict[str, int]:
        """Count by label of a field: those of the scheme in its order, 0 included, then any other that occurs."""
        found = {label: n for (of, at, label), n in self.labels.items() if (of, at) == (layer, name)}
        return {label: found.get(label, 0) for label in self._labels(scheme, layer, name)}

    def mentions_by_type(self, scheme: Scheme) -> dict[str, dict[str, int]]:
        """Count by entity type and mention level; labels as in by_label."""
        return self._crossed(self.mentions, scheme, ("entities", "type"), ("mentions", "level"))

    def relations_by_type(self, scheme: Scheme) -> dict[str, dict[str, int]]:
        """Count by relation type and modality; labels as in by_label."""
        return self._crossed(self.relations, scheme, ("relations", "type"), ("relations", "modality"))

    def _crossed(
        self, counts: Counter[tuple[str, str]], scheme: Scheme, rows: tuple[str, str], columns: tuple[str, str]
    ) -> dict[str, dict[str, int]]:
        """Counts by two labels; where the scheme has no labels for the second, all are in one column."""
        kinds = self._labels(scheme, *rows)
        if columns not in scheme.layers.labelled:
            return {kind: {ANY: counts[kind, NOT_DECIDED]} for kind in kinds}
        return {kind: {label: counts[kind, label] for label in self._labels(scheme, *columns)} for kind in kinds}

    def _labels(self, scheme: Scheme, layer: str, name: str) -> tuple[str, ...]:
        known = scheme.names(scheme.layers.labelled.get((layer, name), ""))
        others = {label for of, at, label in self.labels if (of, at) == (layer, name)} - set(known)
        return (*known, *sorted(others))


def corpus_statistics(
    corpus: Corpus, engine: Engine = here, advance: Callable[[int], None] = lambda _: None
) -> Statistics:
    """The counts of a whole corpus.

    engine: where the parts are counted. advance: called after each part, with the
    number of its documents. Raises StanceBankError where a part cannot be read.
    """
    whole = shared_statistics(corpus)
    for each in engine(partial(_statistics_of, corpus), corpus.part_names):
        whole += each
        advance(each.records["documents"])
    return whole


def shared_statistics(corpus: Corpus) -> Statistics:
    """The counts of what all parts share."""
    labels = sum((_labels(corpus.layers[name], rows) for name, rows in corpus.shared.items()), Counter[Label]())
    records = Counter({name: rows.height for name, rows in corpus.shared.items()})
    return Statistics(records, labels=labels, annotated=corpus.layers.annotated)


def _statistics_of(corpus: Corpus, part: str) -> Statistics:
    return part_statistics(corpus.sound_part(part))


def part_statistics(part: Part) -> Statistics:
    """The counts of one part that could be read."""
    documents = part["documents"]
    labels = Counter[Label]()
    for name, layer in part.layers.parts.items():
        labels += _labels(layer, of_done(part, part[name], (name,)) if layer.annotated else part[name])
    return Statistics(
        Counter({name: part[name].height for name in part.layers.parts}),
        int(documents["text"].str.len_chars().sum()),
        labels,
        _pairs(of_done(part, part.entity_mentions, ("entities", "mentions")), "entity_type", "level"),
        _pairs(of_done(part, part["relations"], ("relations",)), "type", "modality"),
        Counter(dict(documents.group_by("language").len().iter_rows())),
        documents["date"].min(),  # type: ignore[arg-type]  # polars gives any value; the column holds strings
        documents["date"].max(),  # type: ignore[arg-type]
        documents["date"].null_count(),
        _states(part),
        Counter(" ".join(layers) for layers in done_layers(part)),
        part.layers.annotated,
    )


def _states(part: Part) -> Counter[tuple[str, str, str]]:
    split = part.corpus.settings.split_of(part.name) or IN_NO_SPLIT
    counts = states(part).group_by("layer", "state").len()
    return Counter({(split, layer, state): count for layer, state, count in counts.iter_rows()})


def _labels(layer: Layer, rows: pl.DataFrame) -> Counter[Label]:
    return Counter(
        {
            (layer.name, column.name, label): n
            for column in layer.columns
            if column.vocabulary
            for label, n in rows.group_by(pl.col(column.name).fill_null(NOT_DECIDED)).len().iter_rows()
        }
    )


def _listed(counter: Counter[Any]) -> list[list[str | int]]:
    items = ((key if isinstance(key, tuple) else (key,), count) for key, count in counter.items())
    return sorted([*key, count] for key, count in items)


def _counter(items: list[list[Any]]) -> Counter[Any]:
    return Counter({(key[0] if len(key) == 1 else tuple(key)): count for *key, count in items})


def _pairs(frame: pl.DataFrame, first: str, second: str) -> Counter[tuple[str, str]]:
    counts = frame.group_by(pl.col(first, second).fill_null(NOT_DECIDED)).len()
    return Counter({(a, b): n for a, b, n in counts.iter_rows()})
