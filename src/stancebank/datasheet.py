"""The numbers of the datasheet: what is generated between its markers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stancebank.corpus import Corpus
from stancebank.faults import counted
from stancebank.layers import LAYERS
from stancebank.marked_pages import table
from stancebank.reliability import ANCHORS_ARE, MAIN_FIGURES, PairOfPasses
from stancebank.statistics import LABELLED, Statistics

DATASHEET = "DATASHEET.md"


def figures(corpus: Corpus, statistics: Statistics, pairs: Sequence[PairOfPasses], marker: str) -> str | None:
    """What belongs between the markers of that name; None for a name that means nothing here.

    figures:version, figures:counts (records by layer), figures:labels (records by
    label), figures:annotators, figures:agreement (of the pairs of passes).
    """
    match marker:
        case "figures:version":
            return _version(corpus, statistics)
        case "figures:counts":
            return table(("layer", "records"), [(layer, _number(statistics.records[layer])) for layer in LAYERS])
        case "figures:labels":
            return "\n\n".join(_labels(corpus, statistics))
        case "figures:annotators":
            return _annotators(corpus)
        case "figures:agreement":
            return _agreement(pairs)
    return None


def _annotators(corpus: Corpus) -> str:
    assert corpus.register is not None
    rows = [
        (each.id, each.kind, each.name, str(each.date), each.instructions, each.note)
        for each in corpus.register.annotators
    ]
    head = ("annotator", "kind", "name", "date", "made from", "note")
    return table(head, rows) if rows else "No annotator is registered."


def _version(corpus: Corpus, statistics: Statistics) -> str:
    assert corpus.settings is not None
    assert corpus.scheme is not None
    records = statistics.records
    when = statistics.first_date or "no date"
    if statistics.first_date != statistics.last_date:
        when = f"{statistics.first_date} to {statistics.last_date}"
    documents = counted(records["documents"], "document")
    return (
        f"Corpus version {corpus.settings.version}, label scheme {corpus.scheme.version}:"
        f" {documents} ({', '.join(sorted(statistics.languages)) or 'no language'}; {when}),"
        f" {statistics.characters:,} characters, {records['sentences']:,} sentences."
    )


def _labels(corpus: Corpus, statistics: Statistics) -> Iterator[str]:
    assert corpus.scheme is not None
    entities = statistics.by_label(corpus.scheme, "entities", "type")
    mentions = statistics.mentions_by_type(corpus.scheme)
    levels = next(iter(mentions.values()))
    rows = [(name, *map(_number, (entities[name], *row.values(), sum(row.values())))) for name, row in mentions.items()]
    yield table(("entity type", "entities", *levels, "mentions"), rows)
    relations = statistics.relations_by_type(corpus.scheme)
    modalities = next(iter(relations.values()))
    rows = [(name, *map(_number, (*row.values(), sum(row.values())))) for name, row in relations.items()]
    yield table(("relation type", *modalities, "all"), rows)
    for layer, name in LABELLED:
        if layer in ("attributions", "stances"):
            found = statistics.by_label(corpus.scheme, layer, name)
            yield table((f"{layer}, {name}", "records"), [(label, _number(n)) for label, n in found.items()])


def _agreement(pairs: Sequence[PairOfPasses]) -> str:
    if not pairs:
        return "There are no two registered passes to compare."
    blocks = []
    for pair in pairs:
        rows = []
        for main, value in zip(MAIN_FIGURES, pair.values, strict=True):
            least = "" if main.least is None else f"{main.least:.2f}"
            anchor = "" if main.anchor is None else f"{main.anchor.corpus} {main.anchor.number}"
            rows.append((main.layer, main.name, "undefined" if value is None else f"{value:.3f}", least, anchor))
        blocks.append(f"`{pair.a}` and `{pair.b}`:")
        blocks.append(table(("layer", "figure", "value", "must reach", "published"), rows))
    named = {main.anchor.corpus for main in MAIN_FIGURES if main.anchor}
    sources = "; ".join(f"{name} ({what})" for name, what in ANCHORS_ARE.items() if name in named)
    recomputed = "were recomputed from each corpus's public files when this project was planned"
    blocks.append(
        f"F1 unless it says alpha. Published figures {recomputed}, and no command here repeats that: {sources}."
    )
    return "\n\n".join(blocks)


def _number(count: int) -> str:
    return f"{count:,}"
