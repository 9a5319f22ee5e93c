"""What all pictures share: frame, text and colours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape

from stancebank.faults import printable

# Okabe and Ito's colours, which colour-blind people tell apart; the grey is darker, to be read on white.
BLUE, VERMILION, GREEN, PURPLE, GREY = "#0072B2", "#D55E00", "#009E73", "#8A5A83", "#767676"
INK, RULE, SHADE, PAPER = "#111827", "#d1d5db", "#f3f4f6", "#ffffff"


def picture(width: int, height: int, title: str, description: str, content: Iterable[str]) -> str:
    """A whole SVG on white paper, which a page of any colour can show, with a title and what it shows for who listens.

    width, height: pixels.
    """
    return "\n".join((*_head(width, height, title, description), *content, "</svg>")) + "\n"


def _head(width: int, height: int, title: str, description: str) -> Iterator[str]:
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' font-family="Helvetica, Arial, sans-serif" font-size="13" fill="{INK}"'
        ' role="img" aria-labelledby="title desc">'
    )
    yield f'<title id="title">{shown(title)}</title>'
    yield f'<desc id="desc">{shown(description)}</desc>'
    yield f'<rect width="{width}" height="{height}" fill="{PAPER}"/>'


def words(x: float, y: float, text: str, *, anchor: str = "start", fill: str = INK, bold: bool = False) -> str:
    """A line of text. anchor: start, middle or end, which is at x."""
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="{fill}"{weight}>{shown(text)}</text>'


def shown(text: str) -> str:
    """Untrusted text so that it stays text in SVG."""
    return escape(printable(text))
