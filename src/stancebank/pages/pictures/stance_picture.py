"""The picture of stances: targets by holders."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle
from typing import NamedTuple

import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.states import done
from stancebank.pages.pictures.svg import BLUE, GREEN, GREY, INK, PURPLE, SHADE, VERMILION, picture, shown
from stancebank.schema.scheme import Scheme
from stancebank.views.identities import DOCUMENT, IDENTITY, identities
from stancebank.views.positions import positions, shared_label
from stancebank.views.stance_detection import OF_LAYERS


class Sign(NamedTuple):
    """How a stance label is drawn. name: in the legend. colour: of the circle. mark: the letters in it."""

    name: str
    colour: str
    mark: str


_PALETTE = (BLUE, VERMILION, GREY, PURPLE, GREEN)  # for labels that the scheme gives no colour
_WITHOUT_LABEL = Sign("no label of the scheme", INK, "?")
_CONDITION = 180  # pixels that the legend takes for conditions
_LETTER = 8  # pixels that a letter of a label takes at most
_LINE = 44  # characters of a proposition on one line
_ROW, _COLUMN, _TEXT, _HEAD, _SLANT, _FOOT = 46, 46, 320, 170, 150, 60  # pixels


def stance_matrix(corpus: Corpus) -> str | None:
    """Stances on each target by holder, as an SVG; None if no stance names a known target.

    A row is a target, a column a holder: whoever is one over all documents, as identities
    has it. Two of one name are two columns, told apart by document, actor or Wikidata item;
    so is the writer of each document. Colour and sign give the label at document
    level, that of a conflict where documents disagree; a ring marks a conditional stance.
    Only documents whose stances are done count, and no expression whose label is undecided.
    Raises StanceBankError where a part cannot be read.
    """
    parts = [corpus.sound_part(name) for name in corpus.part_names]
    if not parts:
        return None
    found = pl.concat(_held(done(part, OF_LAYERS)) for part in parts)
    found = found.filter(pl.col("target").is_in(corpus.targets["target_id"].implode()))
    if found.is_empty():
        return None
    found = found.join(_columns(found), on=IDENTITY, maintain_order="left")
    cells = found.group_by("holder", "target", maintain_order=True).agg(
        label=shared_label(corpus.scheme), under_condition=pl.col("under_condition").any()
    )
    holders = list(
        cells.group_by("holder", maintain_order=True).len().sort("len", descending=True, maintain_order=True)["holder"]
    )
    targets = [row for row in corpus.targets.iter_rows(named=True) if row["target_id"] in set(cells["target"])]
    rows = list(cells.iter_rows(named=True))
    signs = _signs(corpus.scheme)
    if not set(cells["label"]) <= signs.keys():
        signs[_WITHOUT_LABEL.name] = _WITHOUT_LABEL
    return picture(
        max(_TEXT + _COLUMN * len(holders) + _SLANT, sum(map(_width, signs.values())) + _CONDITION),
        _HEAD + _ROW * len(targets) + _FOOT,
        "Stances on each target, by holder",
        "Propositions in rows, holders in columns; where they meet, the holder's stance on the proposition.",
        _content(holders, targets, rows, signs),
    )


def _held(part: Part) -> pl.DataFrame:
    """The positions of a part with who their holders are over all documents: known_by, identity and called."""
    who = identities(part).rename({"entity_id": "holder_entity"})
    held = positions(part).join(who, on=["doc_id", "holder_entity"], how="left", maintain_order="left")
    writer = {"known_by": pl.lit(DOCUMENT), "identity": pl.col("doc_id"), "called": pl.lit("the writer")}
    return held.with_columns(pl.col(name).fill_null(value) for name, value in writer.items())


def _columns(held: pl.DataFrame) -> pl.DataFrame:
    """What the column of each holder is headed by: known_by, identity and holder.

    That is the first name, where it is one holder's alone; else what tells the holders apart follows it.
    """
    heads = held.group_by(IDENTITY, maintain_order=True).agg(pl.col("called").first(), pl.col("doc_id").first())
    of_document = pl.col("known_by") == DOCUMENT
    apart = pl.when(of_document).then("doc_id").otherwise("identity")
    heads = heads.with_columns(holder="called")
    for mark in (apart, pl.col("identity")):
        longer = pl.when(pl.col("holder").is_duplicated()).then(pl.format("{} ({})", "called", mark))
        heads = heads.with_columns(holder=longer.otherwise("holder"))
    return heads.select(*IDENTITY, "holder")


def _signs(scheme: Scheme) -> dict[str, Sign]:
    """The sign of each stance label; the mark says the same as the colour."""
    colours = cycle(_PALETTE)
    return {
        label.name: Sign(label.name, label.colour or next(colours), label.mark or str(number))
        for number, label in enumerate(scheme.stance_labels, 1)
    }


def _content(
    holders: list[str], targets: list[dict[str, str]], cells: list[dict[str, object]], signs: Mapping[str, Sign]
) -> Iterator[str]:
    for index, holder in enumerate(holders):
        x, y = _TEXT + _COLUMN * index + _COLUMN // 2, _HEAD - 10
        name = shown(textwrap.shorten(holder, 34, placeholder="..."))
        turned = f'transform="rotate(-42 {x} {y})"'
        yield f'<text x="{x}" y="{y}" {turned}>{name}<title>{shown(holder)}</title></text>'
    for index, target in enumerate(targets):
        yield from _proposition(_HEAD + _ROW * index, target, shaded=index % 2 == 0, end=_TEXT + _COLUMN * len(holders))
    rows = {target["target_id"]: index for index, target in enumerate(targets)}
    for cell in cells:
        x = _TEXT + _COLUMN * holders.index(str(cell["holder"])) + _COLUMN // 2
        y = _HEAD + _ROW * rows[str(cell["target"])] + _ROW // 2
        sign = signs.get(str(cell["label"]), _WITHOUT_LABEL)
        yield from _circle(x, y, sign, conditional=bool(cell["under_condition"]))
    yield from _legend(_HEAD + _ROW * len(targets) + _FOOT // 2 + 2, signs.values())


def _proposition(y: int, target: dict[str, str], *, shaded: bool, end: int) -> Iterator[str]:
    if shaded:
        yield f'<rect x="8" y="{y}" width="{end - 8}" height="{_ROW}" fill="{SHADE}"/>'
    lines = textwrap.wrap(target["proposition"], _LINE, max_lines=2, placeholder="...")
    for index, line in enumerate(lines):
        at = y + _ROW // 2 + 5 + 16 * index - 8 * (len(lines) - 1)
        yield f'<text x="16" y="{at}">{shown(line)}<title>{shown(target["proposition"])}</title></text>'


def _circle(x: int, y: int, sign: Sign, *, conditional: bool) -> Iterator[str]:
    if conditional:
        yield _ring(x, y, sign.colour)
    mark = shown(sign.mark)
    yield f'<circle cx="{x}" cy="{y}" r="10" fill="{sign.colour}"/>'
    yield f'<text x="{x}" y="{y + 5}" text-anchor="middle" font-weight="bold" fill="#ffffff">{mark}</text>'


def _legend(y: int, signs: Iterable[Sign]) -> Iterator[str]:
    x = 28
    for sign in signs:
        yield from _circle(x, y, sign, conditional=False)
        yield f'<text x="{x + 18}" y="{y + 5}">{shown(sign.name)}</text>'
        x += _width(sign)
    yield _ring(x, y, INK)
    yield f'<text x="{x + 20}" y="{y + 5}">under a condition</text>'


def _width(sign: Sign) -> int:
    """Pixels that a sign takes in the legend."""
    return max(100, 34 + _LETTER * len(sign.name))


def _ring(x: int, y: int, colour: str) -> str:
    return f'<circle cx="{x}" cy="{y}" r="13" fill="none" stroke="{colour}" stroke-width="1.5" stroke-dasharray="3 2"/>'
