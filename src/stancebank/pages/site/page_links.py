"""Where the words of a sentence lead on a page, and the colours and anchors of labels."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import NamedTuple

from stancebank.pages.reading.record_sentences import LEADS_TO_LABEL, Sentence
from stancebank.pages.site.page_names import LABELS, target_page
from stancebank.schema.layers import KNOWN_ANNOTATED, TARGETS
from stancebank.schema.scheme import Scheme

CODES: Mapping[str, str] = {name: name[0] for name in KNOWN_ANNOTATED}
"""A letter for each annotated layer, in the ids of a page."""

COLOURS = 10
"""How many colours of their own labels can have; then they begin again."""


class Words(NamedTuple):
    """Words of a sentence on a page. href: where they lead, from the page; empty for nowhere. kind: what they name."""

    text: str
    href: str
    kind: str


def key(layer: str, id: str) -> str:
    """The id on its page of a record of a document."""
    return f"{CODES[layer]}.{id}"


class Labels:
    """The labels of a scheme on pages: where each is defined, and the number of its colour."""

    def __init__(self, scheme: Scheme) -> None:
        numbers = count(1)
        self._anchors = {
            f"{vocabulary}/{label.name}": f"label-{next(numbers)}"
            for vocabulary, labels in scheme.vocabularies.items()
            for label in labels
        }
        self._places = {
            f"{vocabulary}/{label.name}": index % COLOURS
            for vocabulary, labels in scheme.vocabularies.items()
            for index, label in enumerate(labels)
        }

    def anchor(self, vocabulary: str, name: str) -> str:
        """The id of a label's definition on its page; empty for one that the scheme does not have."""
        return self._anchors.get(f"{vocabulary}/{name}", "")

    def colour(self, vocabulary: str, name: str | None) -> int | None:
        """The number of a label's colour, from 0; None for one that the scheme does not have."""
        return self._places.get(f"{vocabulary}/{name}")

    def href(self, label: str) -> str:
        """Where a label, as vocabulary/name, is defined, from the root of the site."""
        anchor = self._anchors.get(label, "")
        return f"{LABELS}#{anchor}" if anchor else ""


def linked(sentence: Sentence, labels: Labels, root: str, *, here: bool) -> list[Words]:
    """The words of a sentence. here: whether the text with its spans is on the same page."""
    words = []
    for piece in sentence:
        href = ""
        if piece.leads_to == LEADS_TO_LABEL:
            href = labels.href(piece.id)
            href = href and f"{root}{href}"
        elif piece.leads_to == TARGETS.name:
            href = f"{root}{target_page(piece.id)}"
        elif piece.leads_to in CODES and here:
            of_text = piece.leads_to != "entities"
            href = f"#{'t-' if of_text else ''}{key(piece.leads_to, piece.id)}"
        words.append(Words(piece.text, href, piece.leads_to))
    return words
