"""What is stated between entities: relation types by modality."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.statistics import Statistics
from stancebank.pages.pictures.svg import BLUE, GREEN, INK, PAPER, PURPLE, RULE, VERMILION, picture, shown, words

_TEXT, _BAR, _END, _ROW, _HEAD, _LINE, _EDGE = 140, 460, 60, 26, 56, 18, 16  # pixels
_LETTER, _CHARACTERS = 8, 88  # pixels that a letter of a label takes at most; characters of a line
_KEY = 130  # pixels that a modality takes in the legend at least
# What is drawn over a colour, so that modalities are told apart without it; the first has nothing on it.
_COLOURS = (BLUE, GREEN, VERMILION, PURPLE)
_STROKES = ("", "M0 8L8 0M-2 2L2 -2M6 10L10 6", "M4 0V8", "M0 0L8 8M0 8L8 0")


def relation_bars(corpus: Corpus, statistics: Statistics) -> str | None:
    """Relations by type, the most frequent first, each bar divided by modality; None where there are none."""
    counts = statistics.relations_by_type(corpus.scheme)
    bars = {name: row for name, row in counts.items() if sum(row.values())}
    if not bars:
        return None
    bars = dict(sorted(bars.items(), key=lambda item: -sum(item[1].values())))
    absent = [name for name in counts if name not in bars]
    note = textwrap.wrap(f"None of {', '.join(absent)}.", _CHARACTERS) if absent else []
    modalities = list(next(iter(counts.values())))
    text = max(_TEXT, 2 * _EDGE + _LETTER * max(map(len, bars)))
    key = max(_KEY, 46 + _LETTER * max(map(len, modalities)))
    foot = _LINE * len(note) + 20
    return picture(
        max(text + _BAR + _END, text + key * len(modalities)),
        _HEAD + _ROW * len(bars) + foot,
        "Relations by type and modality",
        "A bar for each relation type, as long as its relations are many, divided by modality.",
        _content(bars, modalities, note, text, key),
    )


def _content(
    bars: Mapping[str, Mapping[str, int]], modalities: Sequence[str], note: Sequence[str], text: int, key: int
) -> Iterator[str]:
    yield from _patterns(len(modalities))
    for index, modality in enumerate(modalities):
        x = text + key * index
        yield _piece(x, 18, 22, 16, index)
        yield words(x + 30, 31, modality)
    most = max(sum(row.values()) for row in bars.values())
    for position, (name, row) in enumerate(bars.items()):
        y, left = _HEAD + _ROW * position, float(text)
        yield words(_EDGE, y + 16, name)
        for index, count in enumerate(row.values()):
            if count:
                width = _BAR * count / most
                yield _piece(left, y + 2, width, _ROW - 6, index, f"{name}, {modalities[index]}: {count:,}")
                left += width
        yield words(left + 8, y + 16, f"{sum(row.values()):,}")
    y = _HEAD + _ROW * len(bars)
    yield f'<line x1="{text}" y1="{_HEAD - 2}" x2="{text}" y2="{y}" stroke="{RULE}"/>'
    for index, line in enumerate(note):
        yield words(_EDGE, y + 20 + _LINE * index, line)


def _patterns(count: int) -> Iterator[str]:
    yield "<defs>"
    for index in range(count):
        colour = _COLOURS[index % len(_COLOURS)]
        stroke = _STROKES[(index + index // len(_COLOURS)) % len(_STROKES)]
        drawn = f'<path d="{stroke}" stroke="{PAPER}" stroke-width="1.6"/>' if stroke else ""
        yield (
            f'<pattern id="modality{index}" width="8" height="8" patternUnits="userSpaceOnUse">'
            f'<rect width="8" height="8" fill="{colour}"/>{drawn}</pattern>'
        )
    yield "</defs>"


def _piece(x: float, y: int, width: float, height: int, modality: int, title: str = "") -> str:
    inner = f"<title>{shown(title)}</title>" if title else ""
    return (
        f'<rect x="{x:g}" y="{y}" width="{width:g}" height="{height}" fill="url(#modality{modality})"'
        f' stroke="{INK}" stroke-width="0.8">{inner}</rect>'
    )
