"""All views: the configs of the built dataset, in the order in which the card lists them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import polars as pl

from stancebank.corpus import Part
from stancebank.layers import DOCUMENTS, LAYERS, TARGETS, Column, Layer
from stancebank.views import docred, documents, ner, quotes, spans, stance_detection, stance_votes

DEFAULT = "documents"


@dataclass(frozen=True)
class View:
    """One config of the dataset: a pure function from a part to a frame.

    meaning: what one row is; details: what else is to know. columns: of the frame,
    in order. rows: the function. needs_tokens: it needs the
    extra tokens. by_part: False for what all parts share.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]
    rows: Callable[[Part], pl.DataFrame]
    details: str = ""
    needs_tokens: bool = False
    by_part: bool = True


def _view(function: Callable[[Part], pl.DataFrame], columns: tuple[Column, ...], *, needs_tokens: bool = False) -> View:
    meaning, _, details = (inspect.getdoc(function) or "").replace("\n\n", "\0").replace("\n", " ").partition("\0")
    return View(function.__name__, meaning, columns, function, details.replace("\0", "\n\n"), needs_tokens)


def _flat(layer: Layer) -> View:
    def rows(part: Part) -> pl.DataFrame:
        return part[layer.name]

    return View(layer.name, layer.meaning, layer.columns, rows)


def _targets(part: Part) -> pl.DataFrame:
    assert part.corpus.targets is not None
    return part.corpus.targets


VIEWS: Mapping[str, View] = MappingProxyType(
    {
        view.name: view
        for view in (
            _view(documents.documents, documents.COLUMNS),
            *(_flat(layer) for layer in LAYERS.values() if layer not in (DOCUMENTS, TARGETS)),
            View(TARGETS.name, TARGETS.meaning, TARGETS.columns, _targets, by_part=False),
            _view(ner.ner, ner.COLUMNS, needs_tokens=True),
            _view(spans.spans, spans.COLUMNS, needs_tokens=True),
            _view(docred.docred, docred.COLUMNS, needs_tokens=True),
            _view(stance_detection.stance_detection, stance_detection.COLUMNS),
            _view(stance_votes.stance_votes, stance_votes.COLUMNS),
            _view(quotes.quotes, quotes.COLUMNS),
        )
    }
)
