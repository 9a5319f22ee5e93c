"""How far the passes agree, beside what is asked of them and what others reached."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stancebank.agreement.main_scores import MAIN_SCORES, Anchor, MainScore, PairOfPasses, lowest
from stancebank.pages.pictures.svg import BLUE, INK, PAPER, RULE, SHADE, VERMILION, picture, shown, words

_LAYER, _TEXT, _AXIS, _END, _ROW, _HEAD, _FOOT, _EDGE = 120, 400, 330, 70, 30, 44, 70, 16  # pixels


def agreement_dots(pairs: Sequence[PairOfPasses]) -> str | None:
    """The main figures of every pair of independent passes as dots from 0 to 1; None without such a pair.

    A bar marks what a figure must reach, a diamond what a published corpus reached.
    The number is the lowest of all pairs; what is undefined has "-" and no dot.
    """
    pairs = [pair for pair in pairs if not pair.made_from]
    if not pairs:
        return None
    return picture(
        _TEXT + _AXIS + _END,
        _HEAD + _ROW * len(MAIN_SCORES) + _FOOT,
        "Agreement between the passes",
        "A row for each main figure of a layer, with a dot for each pair of passes on a line from 0 to 1.",
        _content(pairs),
    )


def _content(pairs: Sequence[PairOfPasses]) -> Iterator[str]:
    bottom = _HEAD + _ROW * len(MAIN_SCORES)
    before = ""
    for index, main in enumerate(MAIN_SCORES):
        y = _HEAD + _ROW * index
        if index % 2 == 0:
            yield f'<rect x="8" y="{y}" width="{_TEXT + _AXIS + _END - 16}" height="{_ROW}" fill="{SHADE}"/>'
        yield words(_EDGE, y + 20, main.layer if main.layer != before else "", bold=True)
        yield words(_LAYER, y + 20, main.name)
        before = main.layer
    for tenth in range(0, 11, 2):
        yield f'<line x1="{_x(tenth / 10):g}" y1="{_HEAD - 6}" x2="{_x(tenth / 10):g}" y2="{bottom}" stroke="{RULE}"/>'
        yield words(_x(tenth / 10), _HEAD - 14, f"{tenth / 10:.1f}", anchor="middle")
    for index, main in enumerate(MAIN_SCORES):
        yield from _row(_HEAD + _ROW * index + _ROW // 2, main, index, pairs)
    yield from _legend(bottom + 24, len(pairs))


def _row(y: int, main: MainScore, index: int, pairs: Sequence[PairOfPasses]) -> Iterator[str]:
    if main.least is not None:
        yield _bar(_x(main.least), y, f"must reach {main.least:.2f}")
    if main.anchor is not None:
        yield _diamond(_x(main.anchor.value), y, main.anchor)
        yield words(_x(main.anchor.value) - 12, y + 5, f"{main.anchor.corpus} {main.anchor.number}", anchor="end")
    for pair in pairs:
        value = pair.values[index]
        if value is not None:
            yield _dot(_x(value), y, f"{pair.a} and {pair.b}: {value:.3f}")
    least = lowest(pairs, index)
    yield words(_TEXT + _AXIS + _END - 16, y + 5, "-" if least is None else f"{least:.3f}", anchor="end", bold=True)


def _legend(y: int, pairs: int) -> Iterator[str]:
    two = "the two passes; F1, unless it says alpha"
    if pairs > 1:
        two = "two of the passes; F1, unless it says alpha; the number is the lowest"
    yield _dot(_EDGE + 10, y, two)
    yield words(_EDGE + 26, y + 5, two)
    yield _bar(_EDGE + 10, y + 24, "least")
    yield words(_EDGE + 26, y + 29, "below it the guidelines are not clear enough")
    yield _diamond(_LAYER + 260, y + 24, None)
    yield words(_LAYER + 276, y + 29, "the annotators of a published corpus, on its own texts")


def _x(value: float) -> float:
    """The position of a value; a value below 0, possible for alpha, is drawn at 0."""
    return round(_TEXT + _AXIS * max(0.0, value), 2)


def _dot(x: float, y: int, title: str) -> str:
    return f'<circle cx="{x:g}" cy="{y}" r="6" fill="{BLUE}"><title>{shown(title)}</title></circle>'


def _bar(x: float, y: int, title: str) -> str:
    return f'<rect x="{x - 2:g}" y="{y - 10}" width="4" height="20" fill="{INK}"><title>{shown(title)}</title></rect>'


def _diamond(x: float, y: int, anchor: Anchor | None) -> str:
    title = f"<title>{shown(anchor.corpus)}: {anchor.number}</title>" if anchor else ""
    path = f"M{x:g} {y - 7}L{x + 7:g} {y}L{x:g} {y + 7}L{x - 7:g} {y}Z"
    return f'<path d="{path}" fill="{PAPER}" stroke="{VERMILION}" stroke-width="2">{title}</path>'
