"""Annotations laid side by side, two and two and all together, for a terminal and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations

import orjson

from stancebank.agreement.annotation import ANNOTATED
from stancebank.agreement.disagreements import Disagreement, disagreements
from stancebank.agreement.figure import Figure
from stancebank.agreement.report import COLUMNS, agreement, agreement_of_all, table
from stancebank.agreement.sources import read_annotations
from stancebank.corpus import Corpus, Part
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.marked_text import MarkedText
from stancebank.reliability import MAIN_FIGURES


@dataclass(frozen=True)
class Pair:
    """Two annotations: their names, how far they agree and where they do not. part: the first of the two."""

    a: str
    b: str
    figures: tuple[Figure, ...]
    disagreements: tuple[Disagreement, ...]
    part: Part


@dataclass(frozen=True)
class Comparison:
    """Every pair of annotations and, where there are more than two, the figures of all together."""

    pairs: tuple[Pair, ...]
    all: tuple[Figure, ...]


def compare(corpus: Corpus, names: Sequence[str], layers: Sequence[str] | None = None) -> Comparison:
    """The annotations of these names, compared in the layers of these names, all five without any.

    Raises StanceBankError for fewer than two annotations, an unknown layer, and as read_annotations does.
    """
    unknown = [layer for layer in layers or () if layer not in ANNOTATED]
    if unknown:
        what = f"{excerpt(unknown[0])} is no annotated layer; there are {', '.join(ANNOTATED)}"
        raise StanceBankError(what, "name one of them")
    if len(names) < 2:
        raise StanceBankError("agreement needs two annotations or more", "name two, such as: stancebank agree gold ID")
    parts = read_annotations(corpus, names)
    chosen = layers or ANNOTATED
    pairs = tuple(
        Pair(names[i], names[j], tuple(agreement(a, b, chosen)), tuple(disagreements(a, b, chosen)), a)
        for (i, a), (j, b) in combinations(enumerate(parts), 2)
    )
    return Comparison(pairs, tuple(agreement_of_all(parts, chosen)) if len(parts) > 2 else ())


def report_text(comparison: Comparison, *, explain: bool = False) -> Iterator[str]:
    """A table for each pair, with published figures below it, and one for all.

    explain: list each disagreement in a line, with its sentence.
    """
    for pair in comparison.pairs:
        yield f"A is {printable(pair.a)}, B is {printable(pair.b)}"
        yield from _aligned(pair.figures)
        yield from _published(pair.figures)
        count = len(pair.disagreements)
        yield counted(count, "disagreement") + ("" if explain or not count else "; --explain lists them")
        text = MarkedText(pair.part)
        for each in pair.disagreements if explain else ():
            yield printable(f"{each.layer}: {each.what}")
            if each.start is not None and each.end is not None:
                yield printable(f"  {text.sentence(each.doc_id, each.start, each.end)[0]}")
    if comparison.all:
        yield "all together"
        yield from _aligned(comparison.all)


def _published(figures: Sequence[Figure]) -> Iterator[str]:
    """What the annotators of published corpora reached in the same figures, on their own texts."""
    shown = {(figure.layer, figure.name) for figure in figures}
    for main in MAIN_FIGURES:
        if main.anchor and (main.layer, main.name) in shown:
            yield f"  published: {main.layer}, {main.name}: {main.anchor.number} ({main.anchor.corpus})"


def report_json(comparison: Comparison) -> Iterator[str]:
    """One JSON object: for each pair the names, figures and disagreements, and the figures of all together."""
    pairs = [
        {
            "a": pair.a,
            "b": pair.b,
            "figures": [asdict(figure) for figure in pair.figures],
            "disagreements": [asdict(each) for each in pair.disagreements],
        }
        for pair in comparison.pairs
    ]
    together = [asdict(figure) for figure in comparison.all]
    yield orjson.dumps({"pairs": pairs, "all": together}, option=orjson.OPT_INDENT_2).decode()


def _aligned(figures: Sequence[Figure]) -> Iterator[str]:
    rows = [COLUMNS, *table(figures)]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [
            cell.ljust(width) if index < 2 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  " + "  ".join(cells).rstrip()
