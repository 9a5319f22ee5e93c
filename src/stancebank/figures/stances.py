"""Who stands where: targets by holders."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import polars as pl

from stancebank.corpus import Corpus, require_readable
from stancebank.figures.svg import BLUE, GREY, INK, PURPLE, SHADE, VERMILION, picture, shown
from stancebank.views.positions import positions

# The sign says the same as the colour.
_LABELS = {
    "favor": (BLUE, "+"),
    "against": (VERMILION, "\N{MINUS SIGN}"),
    "neutral": (GREY, "0"),
    "mixed": (PURPLE, "\N{PLUS-MINUS SIGN}"),
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
    rows = list(cells.iter_rows(named=True))
    return picture(
        _TEXT + _COLUMN * len(holders) + _SLANT,
        _HEAD + _ROW * len(targets) + _FOOT,
        "Who stands where on each target",
        "Propositions in rows, holders in columns; where they meet, the holder's stance on the proposition.",
        _content(holders, targets, rows),
    )


def _content(holders: list[str], targets: list[dict[str, str]], cells: list[dict[str, object]]) -> Iterator[str]:
    for index, holder in enumerate(holders):
        x, y = _TEXT + _COLUMN * index + _COLUMN // 2, _HEAD - 10
        name = shown(textwrap.shorten(holder, 34, placeholder="..."))
        turned = f'transform="rotate(-42 {x} {y})"'
        yield f'<text x="{x}" y="{y}" {turned}>{name}<title>{shown(holder)}</title></text>'
    for index, target in enumerate(targets):
        yield from _proposition(_HEAD + _ROW * index, target, shaded=index % 2 == 0, end=_TEXT + _COLUMN * len(holders))
    rows = {target["target_id"]: index for index, target in enumerate(targets)}
    for cell in cells:
        x = _TEXT + _COLUMN * holders.index(str(cell["holder_name"])) + _COLUMN // 2
        y = _HEAD + _ROW * rows[str(cell["target"])] + _ROW // 2
        yield from _sign(x, y, str(cell["label"]), conditional=bool(cell["conditional"]))
    yield from _legend(_HEAD + _ROW * len(targets) + _FOOT // 2 + 2)


def _proposition(y: int, target: dict[str, str], *, shaded: bool, end: int) -> Iterator[str]:
    if shaded:
        yield f'<rect x="8" y="{y}" width="{end - 8}" height="{_ROW}" fill="{SHADE}"/>'
    lines = textwrap.wrap(target["proposition"], _LINE, max_lines=2, placeholder="...")
    for index, line in enumerate(lines):
        at = y + _ROW // 2 + 5 + 16 * index - 8 * (len(lines) - 1)
        yield f'<text x="16" y="{at}">{shown(line)}<title>{shown(target["proposition"])}</title></text>'


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
    yield _ring(x, y, INK)
    yield f'<text x="{x + 20}" y="{y + 5}">under a condition</text>'


def _ring(x: int, y: int, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="13" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="3 2"/>'
