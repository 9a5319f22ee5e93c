"""The counts of a corpus for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Mapping

import orjson
from rich.table import Table

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import HOW_FAR, Statistics
from stancebank.corpus.statistics import Table as Counts
from stancebank.pages.terminal_tables import new_table, printed, text
from stancebank.schema.scheme_layers import Layers

_CROSSED = (("entities", "type"), ("mentions", "level"), ("relations", "type"), ("relations", "modality"))
"""Columns of labels that are counted by each other; mentions by level alone where there are no types."""


def report_text(corpus: Corpus, statistics: Statistics, *, width: int, color: bool = False) -> str:
    """Tables of at most this width in columns; with color for a terminal that shows it."""
    layers = corpus.layers
    tables = [_sizes(statistics, layers), _progress("documents by progress", statistics.progress())]
    if len(statistics.splits) > 1:
        tables += [_progress(f"split {name or 'none'}", statistics.progress(name)) for name in statistics.splits]
    entities = statistics.by_label(corpus.scheme, "entities", "type")
    if "entities" in layers:
        tables.append(_crossed("entity type", statistics.mentions_by_type(corpus.scheme), "mentions", entities))
    if "relations" in layers:
        tables.append(_crossed("relation type", statistics.relations_by_type(corpus.scheme), "all"))
    tables += [
        _labels(f"{layer}, {name}", statistics.by_label(corpus.scheme, layer, name))
        for layer, name in layers.labelled
        if (layer, name) not in _CROSSED
    ]
    title = f"{corpus.settings.title} {corpus.settings.version}"
    notes = []
    if statistics.done(statistics.annotated) < statistics.records["documents"]:
        notes = [statistics.progress_line(), "Labels are counted in the documents in which their layers are done."]
    return printed(tables, width=width, color=color, title=title, notes=notes)


def report_json(corpus: Corpus, statistics: Statistics) -> str:
    """One JSON object.

    name, version: of the corpus. scheme: its name and version. format: StanceBank's. records: count by layer.
    characters: code points of the texts. languages: documents by language.
    dates: first and last day of publication, or null; undated: documents without one.
    progress: documents by annotated layer and how far it is in them; progress_by_split:
    the same of each split. labels: count by layer, field and label. mentions: count by
    entity type and level. relations: count by type and modality. Labels are counted in
    documents in which their layers are done; "(undecided)" is no label. Labels that the
    scheme has and the corpus has not count 0.
    """
    scheme = corpus.scheme
    labels: dict[str, dict[str, dict[str, int]]] = {}
    for layer, name in corpus.layers.labelled:
        labels.setdefault(layer, {})[name] = statistics.by_label(scheme, layer, name)
    content = {
        "name": corpus.settings.name,
        "version": corpus.settings.version,
        "scheme": scheme.full_name,
        "format": scheme.format,
        "records": {layer: statistics.records[layer] for layer in corpus.layers},
        "characters": statistics.characters,
        "languages": dict(sorted(statistics.languages.items())),
        "dates": None if statistics.first_date is None else [statistics.first_date, statistics.last_date],
        "undated": statistics.undated,
        "progress": statistics.progress(),
        "progress_by_split": {split: statistics.progress(split) for split in statistics.splits},
        "labels": labels,
        "mentions": statistics.mentions_by_type(scheme),
        "relations": statistics.relations_by_type(scheme),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _sizes(statistics: Statistics, layers: Layers) -> Table:
    table = new_table("layer", "count")
    for layer in layers:
        table.add_row(layer, f"{statistics.records[layer]:,}")
    table.add_row("characters", f"{statistics.characters:,}")
    return table


def _progress(head: str, counts: Counts) -> Table:
    table = new_table(head, *HOW_FAR)
    for layer, row in counts.items():
        table.add_row(layer, *(f"{n:,}" for n in row.values()))
    return table


def _crossed(head: str, counts: Counts, sum_of: str, records: Mapping[str, int] | None = None) -> Table:
    """A table of counts with the sums of rows and columns. records: how many entities there are of each type."""
    columns = list(next(iter(counts.values())))
    table = new_table(head, *(["entities"] if records else []), *columns, sum_of)
    for name, row in counts.items():
        own = [records[name]] if records else []
        table.add_row(text(name), *(f"{n:,}" for n in (*own, *row.values(), sum(row.values()))))
    sums = [sum(row[column] for row in counts.values()) for column in columns]
    own = [sum(records.values())] if records else []
    table.add_section()
    table.add_row("all", *(f"{n:,}" for n in (*own, *sums, sum(sums))))
    return table


def _labels(head: str, counts: dict[str, int]) -> Table:
    table = new_table(head, "count")
    for name, count in counts.items():
        table.add_row(text(name), f"{count:,}")
    return table
