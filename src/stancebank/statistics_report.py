"""The counts of a corpus for a terminal and for programs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import StringIO

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from stancebank.corpus import Corpus
from stancebank.faults import printable
from stancebank.layers import LAYERS
from stancebank.statistics import LABELLED, Statistics
from stancebank.statistics import Table as Counts

# A line under the head, in characters that every terminal and every log has.
_BOX = box.Box("    \n    \n -- \n    \n -- \n -- \n    \n    \n", ascii=True)
_CROSSED = ("entities", "mentions", "relations")


def report_text(corpus: Corpus, statistics: Statistics, *, width: int, color: bool = False) -> str:
    """Tables of a width of at most so many columns; with color for a terminal that shows it."""
    assert corpus.settings is not None
    assert corpus.scheme is not None
    written = StringIO()
    console = Console(
        file=written,
        width=width,
        force_terminal=color,
        color_system="standard" if color else None,
        highlight=False,
        legacy_windows=False,
    )
    console.print(_text(f"{corpus.settings.title} {corpus.settings.version}"), soft_wrap=True)
    console.print()
    tables = [_sizes(statistics)]
    entities = statistics.by_label(corpus.scheme, "entities", "type")
    tables.append(_crossed("entity type", statistics.mentions_by_type(corpus.scheme), "mentions", entities))
    tables.append(_crossed("relation type", statistics.relations_by_type(corpus.scheme), "all"))
    tables += [
        _labels(f"{layer}, {name}", statistics.by_label(corpus.scheme, layer, name))
        for layer, name in LABELLED
        if layer not in _CROSSED
    ]
    for table in tables:
        console.print(table)
    lines = (line.rstrip() for line in written.getvalue().rstrip().split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines))


def report_json(corpus: Corpus, statistics: Statistics) -> str:
    """One JSON object.

    name, version: of the corpus. scheme: its version. records: count by layer.
    characters: code points of the texts. languages: documents by language.
    dates: first and last day of publication, or null. labels: count by layer,
    field and label. mentions: count by entity type and level. relations: count
    by type and modality. Labels that the scheme has and the corpus has not count 0.
    """
    assert corpus.settings is not None
    assert corpus.scheme is not None
    scheme = corpus.scheme
    labels: dict[str, dict[str, dict[str, int]]] = {}
    for layer, name in LABELLED:
        labels.setdefault(layer, {})[name] = statistics.by_label(scheme, layer, name)
    content = {
        "name": corpus.settings.name,
        "version": corpus.settings.version,
        "scheme": scheme.version,
        "records": {layer: statistics.records[layer] for layer in LAYERS},
        "characters": statistics.characters,
        "languages": dict(sorted(statistics.languages.items())),
        "dates": None if statistics.first_date is None else [statistics.first_date, statistics.last_date],
        "labels": labels,
        "mentions": statistics.mentions_by_type(scheme),
        "relations": statistics.relations_by_type(scheme),
    }
    return orjson.dumps(content, option=orjson.OPT_INDENT_2).decode()


def _sizes(statistics: Statistics) -> Table:
    table = _table("layer", "count")
    for layer in LAYERS:
        table.add_row(layer, f"{statistics.records[layer]:,}")
    table.add_row("characters", f"{statistics.characters:,}")
    return table


def _crossed(head: str, counts: Counts, sum_of: str, records: Mapping[str, int] | None = None) -> Table:
    """A table of counts with the sums of rows and columns. records: how many entities there are of each type."""
    columns = list(next(iter(counts.values())))
    table = _table(head, *(["entities"] if records else []), *columns, sum_of)
    for name, row in counts.items():
        own = [records[name]] if records else []
        table.add_row(_text(name), *(f"{n:,}" for n in (*own, *row.values(), sum(row.values()))))
    sums = [sum(row[column] for row in counts.values()) for column in columns]
    own = [sum(records.values())] if records else []
    table.add_section()
    table.add_row("all", *(f"{n:,}" for n in (*own, *sums, sum(sums))))
    return table


def _labels(head: str, counts: dict[str, int]) -> Table:
    table = _table(head, "count")
    for name, count in counts.items():
        table.add_row(_text(name), f"{count:,}")
    return table


def _table(first: str, *numbers: str) -> Table:
    table = Table(box=_BOX, pad_edge=False, header_style="bold")
    table.add_column(first, overflow="fold")
    for name in numbers:
        table.add_column(_text(name), justify="right", overflow="fold")
    return table


def _text(text: str) -> Text:
    return Text(printable(text))
