"""Pictures of a corpus, drawn as SVG."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

import polars as pl

from stancebank.corpus import Corpus
from stancebank.views.positions import positions
from stancebank.views.stance_detection import WRITER

# Okabe and Ito's colours, which colour-blind people tell apart; the sign says the same without colour.
_LABELS = {"favor": ("#0072B2", "+"), "against": ("#D55E00", "\N{MINUS SIGN}"), "neutral": ("#767676", "0"), "mixed": ("#8A5A83", "\N{PLUS-MINUS SIGN}")}
_ROW, _COLUMN, _NAMES, _HEAD, _FOOT = 30, 92, 300, 108, 64


def stance_matrix(corpus: Corpus) -> str | None:
    """Who stands where on each target, as an SVG; None where the corpus has no stance.

    A row is a holder, a column a target. Colour and sign give the label at document
    level, mixed where documents disagree; a ring marks a conditional stance.
    """
    assert corpus.targets is not None
    found = pl.concat(positions(corpus.read_part(name)) for name in corpus.part_names)
    if found.is_empty():
        return None
    cells = found.group_by("holder_name", "target", maintain_order=True).agg(
        label=pl.when(pl.col("label").n_unique() == 1).then(pl.col("label").first()).otherwise(pl.lit("mixed")),
        conditional=(pl.col("commitment") == "conditional").any(),
    )
    holders = list(cells.group_by("holder_name", maintain_order=True).len().sort("len", descending=True, maintain_order=True)["holder_name"])
    targets = [row for row in corpus.targets.iter_rows(named=True) if row["target_id"] in set(cells["target"])]
    return "\n".join(_svg(holders, targets, list(cells.iter_rows(named=True)))) + "\n"


def _svg(holders: list[str], targets: list[dict[str, str]], cells: list[dict[str, object]]) -> Iterator[str]:
    width, height = _NAMES + _COLUMN * len(targets) + 16, _HEAD + _ROW * len(holders) + _FOOT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="Helvetica, Arial, sans-serif" font-size="13" role="img" aria-label="Who stands where on each target">'
    )
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    for index, target in enumerate(targets):
        yield from _heading(_NAMES + _COLUMN * index + _COLUMN // 2, target)
    for index, holder in enumerate(holders):
        y = _HEAD + _ROW * index
        if index % 2 == 0:
            yield f'<rect x="8" y="{y}" width="{width - 16}" height="{_ROW}" fill="#f3f4f6"/>'
        name = "the writer" if holder == WRITER else holder
        shown = textwrap.shorten(name, 42, placeholder="...")
        yield f'<text x="16" y="{y + _ROW // 2 + 5}" fill="#111827">{escape(shown)}<title>{escape(name)}</title></text>'
    columns = {target["target_id"]: index for index, target in enumerate(targets)}
    for cell in cells:
        x = _NAMES + _COLUMN * columns[str(cell["target"])] + _COLUMN // 2
        y = _HEAD + _ROW * holders.index(str(cell["holder_name"])) + _ROW // 2
        yield from _sign(x, y, str(cell["label"]), conditional=bool(cell["conditional"]))
    yield from _legend(_HEAD + _ROW * len(holders) + _FOOT // 2 + 4)
    yield "</svg>"


def _heading(x: int, target: dict[str, str]) -> Iterator[str]:
    lines = textwrap.wrap(target["target_id"].replace("-", " "), 12, break_long_words=False)[:4]
    yield f'<g text-anchor="middle" font-size="12" fill="#111827"><title>{escape(target["proposition"])}</title>'
    for index, line in enumerate(lines):
        yield f'<text x="{x}" y="{_HEAD - 12 - 16 * (len(lines) - 1 - index)}">{escape(line)}</text>'
    yield "</g>"


def _sign(x: int, y: int, label: str, *, conditional: bool) -> Iterator[str]:
    colour, sign = _LABELS.get(label, ("#000000", "?"))
    if conditional:
        yield f'<circle cx="{x}" cy="{y}" r="13" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="3 2"/>'
    yield f'<circle cx="{x}" cy="{y}" r="10" fill="{colour}"/>'
    yield f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-weight="bold" fill="#ffffff">{sign}</text>'


def _legend(y: int) -> Iterator[str]:
    x = 28
    for label in _LABELS:
        yield from _sign(x, y, label, conditional=False)
        yield f'<text x="{x + 18}" y="{y + 5}" fill="#111827">{label}</text>'
        x += 100
    yield f'<circle cx="{x}" cy="{y}" r="13" fill="none" stroke="#111827" stroke-width="1.5" stroke-dasharray="3 2"/>'
    yield f'<text x="{x + 20}" y="{y + 5}" fill="#111827">under a condition</text>'
