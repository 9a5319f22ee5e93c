"""The numbers of the datasheet: what is generated between its markers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stancebank.agreement.main_scores import ANCHORS_ARE, MAIN_SCORES, PairOfPasses
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.faults import counted
from stancebank.storage.markdown import table


def datasheet_block(corpus: Corpus, statistics: Statistics, pairs: Sequence[PairOfPasses], marker: str) -> str | None:
    """What belongs between the markers of that name; None for a name that means nothing here.

    figures:version, figures:counts (records by layer), figures:labels (records by
    label), figures:annotators, figures:agreement (of the pairs of passes).
    """
    match marker:
        case "figures:version":
            return _version(corpus, statistics)
        case "figures:counts":
            return table(("layer", "records"), [(layer, _number(statistics.records[layer])) for layer in corpus.layers])
        case "figures:labels":
            return "\n\n".join(_labels(corpus, statistics))
        case "figures:annotators":
            return _annotators(corpus)
        case "figures:agreement":
            return _agreement(pairs)
    return None


def _annotators(corpus: Corpus) -> str:
    rows = [
        (each.id, each.kind, each.name, str(each.date), each.instructions, each.note)
        for each in corpus.register.annotators
    ]
    head = ("annotator", "kind", "name", "date", "made from", "note")
    return table(head, rows) if rows else "No annotator is registered."


def _version(corpus: Corpus, statistics: Statistics) -> str:
    records = statistics.records
    when = statistics.first_date or "no date"
    if statistics.first_date != statistics.last_date:
        when = f"{statistics.first_date} to {statistics.last_date}"
    if statistics.first_date and statistics.undated:
        when += f", {statistics.undated:,} of no date"
    documents = counted(records["documents"], "document")
    return (
        f"Corpus version {corpus.settings.version}, scheme {corpus.scheme.full_name},"
        f" format {corpus.scheme.format}:"
        f" {documents} ({', '.join(sorted(statistics.languages)) or 'no language'}; {when}),"
        f" {statistics.characters:,} characters, {records['sentences']:,} sentences. {statistics.progress_line()}"
    )


def _labels(corpus: Corpus, statistics: Statistics) -> Iterator[str]:
    entities = statistics.by_label(corpus.scheme, "entities", "type")
    mentions = statistics.mentions_by_type(corpus.scheme)
    if mentions:
        levels = next(iter(mentions.values()))
        sums = ((name, (entities[name], *row.values(), sum(row.values()))) for name, row in mentions.items())
        yield table(("entity type", "entities", *levels, "mentions"), [(name, *map(_number, n)) for name, n in sums])
    relations = statistics.relations_by_type(corpus.scheme)
    if relations:
        modalities = next(iter(relations.values()))
        rows = [(name, *map(_number, (*row.values(), sum(row.values())))) for name, row in relations.items()]
        yield table(("relation type", *modalities, "all"), rows)
    for layer, name in corpus.layers.labelled:
        if layer not in ("entities", "mentions", "relations", "actors"):
            found = statistics.by_label(corpus.scheme, layer, name)
            yield table((f"{layer}, {name}", "records"), [(label, _number(n)) for label, n in found.items()])


def _agreement(pairs: Sequence[PairOfPasses]) -> str:
    if not pairs:
        return "There are no two registered passes to compare."
    blocks = []
    for pair in pairs:
        rows = []
        for main, value, documents in zip(MAIN_SCORES, pair.values, pair.documents, strict=True):
            least = "" if main.least is None else f"{main.least:.2f}"
            anchor = "" if main.anchor is None or pair.made_from else f"{main.anchor.corpus} {main.anchor.number}"
            shown = "undefined" if value is None else f"{value:.3f}"
            rows.append((main.layer, main.name, f"{documents:,}", shown, least, anchor))
        dependent = f", which are not independent: made from {', '.join(pair.made_from)}" if pair.made_from else ""
        blocks.append(f"`{pair.a}` and `{pair.b}`{dependent}:")
        blocks.append(table(("layer", "figure", "documents", "value", "must reach", "published"), rows))
    if all(pair.made_from for pair in pairs):
        return "\n\n".join([*blocks, "F1 unless it says alpha."])
    named = {main.anchor.corpus for main in MAIN_SCORES if main.anchor}
    sources = "; ".join(f"{name} ({what})" for name, what in ANCHORS_ARE.items() if name in named)
    recomputed = "were recomputed from each corpus's public files when this project was planned"
    blocks.append(
        f"F1 unless it says alpha. Published figures {recomputed}, and no command here repeats that: {sources}."
    )
    return "\n\n".join(blocks)


def _number(count: int) -> str:
    return f"{count:,}"
