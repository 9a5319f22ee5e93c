"""A comparison of annotations as text for a terminal, as JSON for programs and as CSV for spreadsheets."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from io import StringIO
from typing import Literal

import orjson

from stancebank.agreement.annotation_comparison import Comparison, Pair
from stancebank.agreement.main_scores import MAIN_SCORES
from stancebank.agreement.score import Score
from stancebank.corpus.span_context import MarkedText
from stancebank.faults import counted, printable

Format = Literal["text", "json", "csv"]
COLUMNS = ("layer", "figure", "value", "precision", "recall", "count", "A", "B", "95 % interval")
FOLDED = ("layer", "figure", "all", "lowest pair", "mean", "highest pair")
UNDEFINED = "-"


def report_text(comparison: Comparison, *, pairs: bool = False, explain: bool = False) -> Iterator[str]:
    """A table: of the pair, with published figures below it, or for more than two annotations of all, pairs folded.

    pairs: also the table of each pair. explain: list each disagreement in a line, with its
    sentence, and so each pair.
    """
    if len(comparison.pairs) > 1:
        yield from _folded(comparison)
    if len(comparison.pairs) == 1 or pairs or explain:
        for pair in comparison.pairs:
            yield from _of_pair(pair, comparison, explain=explain)


def report_json(comparison: Comparison) -> Iterator[str]:
    """One JSON object: for each pair the names, documents, figures and disagreements, and the figures of all."""
    pairs = [
        {
            "a": pair.a,
            "b": pair.b,
            "documents": pair.documents,
            "independent": pair.independent,
            "a_made_from": pair.a_made_from,
            "b_made_from": pair.b_made_from,
            "figures": [asdict(score) for score in pair.scores],
            "disagreements": [asdict(each) for each in pair.disagreements],
        }
        for pair in comparison.pairs
    ]
    together = [asdict(score) for score in comparison.scores]
    report = {"documents": comparison.documents, "pairs": pairs, "all": together}
    yield orjson.dumps(report, option=orjson.OPT_INDENT_2).decode()


_CSV = ("a", "b", "documents", "independent", "layer", "figure", "of", "value", "precision", "recall", "count")
_CSV_COLUMNS = (*_CSV, "in_a", "in_b", "low", "high", "undecided")


def report_csv(comparison: Comparison) -> Iterator[str]:
    """A row for each figure of each pair, and with a and b empty for those of all together."""
    yield _csv_line(_CSV_COLUMNS)
    for pair in comparison.pairs:
        for score in pair.scores:
            yield _csv_line((pair.a, pair.b, pair.documents[score.layer], pair.independent, *_csv_cells(score)))
    for score in comparison.scores:
        yield _csv_line(("", "", comparison.documents[score.layer], _all_independent(comparison), *_csv_cells(score)))


def _all_independent(comparison: Comparison) -> bool:
    return all(pair.independent for pair in comparison.pairs)


def _csv_cells(score: Score) -> tuple[object, ...]:
    numbers = (score.value, score.precision, score.recall, score.count, score.in_a, score.in_b)
    return (score.layer, score.name, score.of, *numbers, *(score.interval or (None, None)), score.undecided)


def _csv_line(cells: Iterable[object]) -> str:
    line = StringIO()
    csv.writer(line, lineterminator="").writerow([printable(cell) if isinstance(cell, str) else cell for cell in cells])
    return line.getvalue()


def _of_pair(pair: Pair, comparison: Comparison, *, explain: bool) -> Iterator[str]:
    yield f"A is {printable(pair.a)}, B is {printable(pair.b)}"
    yield f"  documents that both have done: {_documents(pair.documents)}"
    yield from _dependent(pair)
    yield from _aligned(table(pair.scores, comparison.by))
    if pair.independent and comparison.by is None:
        yield from _published(pair.scores)
    count = len(pair.disagreements)
    yield counted(count, "disagreement") + ("" if explain or not count else "; --explain lists them")
    text = MarkedText(pair.part)
    for each in pair.disagreements if explain else ():
        yield printable(f"{each.layer}: {each.what}")
        if each.start is not None and each.end is not None:
            yield printable(f"  {text.sentence(each.doc_id, each.start, each.end)[0]}")


def _documents(documents: Mapping[str, int]) -> str:
    """Such as "3", or "3 in entities, mentions; none in stances"."""
    layers: defaultdict[int, list[str]] = defaultdict(list)
    for layer, number in documents.items():
        layers[number].append(layer)
    if len(layers) == 1:
        return f"{next(iter(layers)) or 'none'}"
    return "; ".join(f"{number or 'none'} in {', '.join(layers[number])}" for number in sorted(layers, reverse=True))


def _dependent(pair: Pair) -> Iterator[str]:
    for name, origins in dict.fromkeys(((pair.a, pair.a_made_from), (pair.b, pair.b_made_from))):
        if origins:
            yield f"  {printable(name)} is not independent: made from {', '.join(origins)}"


def _published(scores: Sequence[Score]) -> Iterator[str]:
    """What the annotators of published corpora reached in the same figures, on their own texts."""
    shown = {(score.layer, score.name) for score in scores}
    for main in MAIN_SCORES:
        if main.anchor and (main.layer, main.name) in shown:
            yield f"  published: {main.layer}, {main.name}: {main.anchor.number} ({main.anchor.corpus})"


def _folded(comparison: Comparison) -> Iterator[str]:
    """All annotations in one table: the figures over all, and what the pairs reach."""
    yield f"annotations: {printable(', '.join(comparison.names))}"
    yield f"  documents that all have done: {_documents(comparison.documents)}"
    yield from dict.fromkeys(line for pair in comparison.pairs for line in _dependent(pair))
    yield from _aligned(_folded_rows(comparison))
    for pair in comparison.pairs:
        count = counted(len(pair.disagreements), "disagreement")
        yield f"  {printable(pair.a)} and {printable(pair.b)}: {count}; documents: {_documents(pair.documents)}"
    yield f"{counted(len(comparison.pairs), 'pair')}; --pairs prints the scores of each"


def _folded_rows(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """The heads, then for each figure its value over all, and the lowest, mean and highest of the pairs."""
    of_pairs = defaultdict(list)
    for score in (score for pair in comparison.pairs for score in pair.scores):
        of_pairs[score.layer, score.name, score.of].append(score)
    of_all = {(score.layer, score.name, score.of): score for score in comparison.scores}
    undecided = any(score.undecided for scores in of_pairs.values() for score in scores)
    heads = [comparison.by] if comparison.by else []
    yield (*FOLDED[:2], *heads, *FOLDED[2:], *(["undecided"] if undecided else []))
    for layer, name, of in (*of_pairs, *(key for key in of_all if key not in of_pairs)):
        scores = of_pairs.get((layer, name, of), [])
        values = [score.value for score in scores if score.value is not None]
        folded = (min(values), sum(values) / len(values), max(values)) if values else (None, None, None)
        whole = of_all[layer, name, of].value if (layer, name, of) in of_all else None
        number = [str(sum(score.undecided for score in scores))] if undecided else []
        yield layer, name, *([printable(of or "")] if heads else []), *map(_number, (whole, *folded)), *number


def table(scores: Sequence[Score], by: str | None = None) -> Iterator[tuple[str, ...]]:
    """The heads, then scores as rows of text, what is undefined or does not apply as "-".

    by: what the scores are of, each, as a column. What is undecided has a column where there is any.
    """
    undecided = any(score.undecided for score in scores)
    yield (*COLUMNS[:2], *([by] if by else []), *COLUMNS[2:], *(["undecided"] if undecided else []))
    for each in scores:
        of = [printable(each.of or "")] if by else []
        numbers = map(_number, (each.value, each.precision, each.recall))
        counts = (UNDEFINED if n is None else str(n) for n in (each.count, each.in_a, each.in_b))
        interval = UNDEFINED if each.interval is None else f"{each.interval[0]:.3f}..{each.interval[1]:.3f}"
        yield each.layer, each.name, *of, *numbers, *counts, interval, *([str(each.undecided)] if undecided else [])


def _number(value: float | None) -> str:
    return UNDEFINED if value is None else f"{value:.3f}"


def _aligned(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """A table under its heads: words to the left, numbers to the right."""
    rows = list(rows)
    words = rows[0].index("value" if "value" in rows[0] else "all")
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if index < words else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()
