"""Pictures of a corpus, drawn as SVG."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

import polars as pl

from stancebank.corpus import Corpus, require_readable
from stancebank.faults import printable
from stancebank.views.positions import positions

# Okabe and Ito's colours, which colour-blind people tell apart; the sign says the same without colour.
_LABELS = {
    "favor": ("#0072B2", "+"),
    "against": ("#D55E00", "\N{MINUS SIGN}"),
    "neutral": ("#767676", "0"),
    "mixed": ("#8A5A83", "\N{PLUS-MINUS SIGN}"),
}
_LINE = 44  # characters of a proposition on one line
_ROW, _COLUMN, _TEXT, _HEAD, _SLANT, _FOOT = 46, 46, 320, 170, 150, 60  # pixels


def stance_matrix(corpus: Corpus) -> str | None:
    """Who stands where on each target, as an SVG; None where no stance names a known target.

    A row is a target, a column a holder. Colour and sign give the label at document
    level, mixed where documents disagree; a ring marks a conditional stance.
    Raises StanceBankError where a part cannot be read.
    """
    assert corpus.targets is not None
    parts = [corpus.read_part(name) for name in corpus.part_names]
    require_readable([fault for part in parts for fault in part.faults])
    if not parts:
        return None
    found = pl.concat(positions(part) for part in parts)
    found = found.filter(pl.col("target").is_in(corpus.targets["target_id"].implode()))
    if found.is_empty():
        return None
    writer = pl.col("holder_entity").is_null()
    found = found.with_columns(holder_name=pl.when(writer).then(pl.lit("the writer")).otherwise("holder_name"))
    cells = found.group_by("holder_name", "target", maintain_order=True).agg(
        label=pl.when(pl.col("label").n_unique() == 1).then(pl.col("label").first()).otherwise(pl.lit("mixed")),
        conditional=(pl.col("commitment") == "conditional").any(),
    )
    holders = list(
        cells.group_by("holder_name", maintain_order=True)
        .len()
        .sort("len", descending=True, maintain_order=True)["holder_name"]
    )
    targets = [row for row in corpus.targets.iter_rows(named=True) if row["target_id"] in set(cells["target"])]
    return "\n".join(_svg(holders, targets, list(cells.iter_rows(named=True)))) + "\n"


def _svg(holders: list[str], targets: list[dict[str, str]], cells: list[dict[str, object]]) -> Iterator[str]:
    width, height = _TEXT + _COLUMN * len(holders) + _SLANT, _HEAD + _ROW * len(targets) + _FOOT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#111827"'
        ' role="img" aria-label="Who stands where on each target">'
    )
    yield f'<rect width="{width}" height="{height}" fill="#ffffff"/>'
    for index, holder in enumerate(holders):
        x, y = _TEXT + _COLUMN * index + _COLUMN // 2, _HEAD - 10
        shown = _shown(textwrap.shorten(holder, 34, placeholder="..."))
        turned = f'transform="rotate(-42 {x} {y})"'
        yield f'<text x="{x}" y="{y}" {turned}>{shown}<title>{_shown(holder)}</title></text>'
    for index, target in enumerate(targets):
        yield from _proposition(_HEAD + _ROW * index, target, shaded=index % 2 == 0, end=_TEXT + _COLUMN * len(holders))
    rows = {target["target_id"]: index for index, target in enumerate(targets)}
    for cell in cells:
        x = _TEXT + _COLUMN * holders.index(str(cell["holder_name"])) + _COLUMN // 2
        y = _HEAD + _ROW * rows[str(cell["target"])] + _ROW // 2
        yield from _sign(x, y, str(cell["label"]), conditional=bool(cell["conditional"]))
    yield from _legend(_HEAD + _ROW * len(targets) + _FOOT // 2 + 2)
    yield "</svg>"


def _proposition(y: int, target: dict[str, str], *, shaded: bool, end: int) -> Iterator[str]:
    if shaded:
        yield f'<rect x="8" y="{y}" width="{end - 8}" height="{_ROW}" fill="#f3f4f6"/>'
    lines = textwrap.wrap(target["proposition"], _LINE, max_lines=2, placeholder="...")
    for index, line in enumerate(lines):
        at = y + _ROW // 2 + 5 + 16 * index - 8 * (len(lines) - 1)
        yield f'<text x="16" y="{at}">{_shown(line)}<title>{_shown(target["proposition"])}</title></text>'


def _sign(x: int, y: int, label: str, *, conditional: bool) -> Iterator[str]:
    colour, sign = _LABELS.get(label, ("#000000", "?"))
    if conditional:
        yield _ring(x, y, colour)
    yield f'<circle cx="{x}" cy="{y}" r="10" fill="{colour}"/>'
    yield f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-weight="bold" fill="#ffffff">{sign}</text>'


def _legend(y: int) -> Iterator[str]:
    x = 28
    for label in _LABELS:
        yield from _sign(x, y, label, conditional=False)
        yield f'<text x="{x + 18}" y="{y + 5}">{label}</text>'
        x += 100
    yield _ring(x, y, "#111827")
    yield f'<text x="{x + 20}" y="{y + 5}">under a condition</text>'


def _ring(x: int, y: int, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="13" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="3 2"/>'


def _shown(text: str) -> str:
    return escape(printable(text))
