"""What formats call what has no label in the scheme: the words that exports write and imports know.

A scheme may have a label of the same name; the word then gets an underscore, the same on both ways.
"""

from __future__ import annotations

from collections.abc import Mapping

from stancebank.schema.layers import ATTRIBUTIONS, ENTITIES, KNOWN_ANNOTATED, KNOWN_LAYERS, MENTIONS, RELATIONS, STANCES
from stancebank.schema.scheme import Scheme

CONTENT = f"{ATTRIBUTIONS.name}.content"
SOURCE = f"{ATTRIBUTIONS.name}.source"
HOLDER = f"{STANCES.name}.holder"
SAME = ENTITIES.name
"""What spans and links may mean beside records: parts of a record, and that two spans are of one entity."""

_SPANS = {MENTIONS.name: "Mention", ATTRIBUTIONS.name: "Cue", CONTENT: "Content", STANCES.name: "Stance"}
_LINKS = {RELATIONS.name: "Relation", SOURCE: "Source", CONTENT: "Content", HOLDER: "Holder", SAME: "Coreference"}
_SOURCE_SPAN = "Source"
NOTHING = "leave out"
"""What a map says of labels that stand for no record."""
NO_STANCE = "none"
"""The vote of somebody who finds no stance."""
PROPOSITION = "proposition"
"""The attribute of a stance that repeats its target's proposition."""


def type_vocabulary(scheme: Scheme) -> str | None:
    """The vocabulary that labels of spans are from: entity types, else levels of mentions; None without either."""
    known = (name for name in ("entity_types", "mention_levels") if scheme.labels(name))
    return next(known, None)


def span_words(scheme: Scheme) -> Mapping[str, str]:
    """The word for spans of each meaning that the scheme has a layer for."""
    return _words(scheme, _SPANS, scheme.names(type_vocabulary(scheme) or ""))


def link_words(scheme: Scheme) -> Mapping[str, str]:
    """The word for links of each meaning that the scheme has a layer for."""
    return _words(scheme, _LINKS, scheme.names("relation_types"))


def _words(scheme: Scheme, words: Mapping[str, str], labels: tuple[str, ...]) -> dict[str, str]:
    return {
        meaning: _free(word, labels) for meaning, word in words.items() if scheme.layers.uses(meaning.partition(".")[0])
    }


def _free(word: str, labels: tuple[str, ...]) -> str:
    while word in labels:
        word += "_"
    return word


def known_spans(scheme: Scheme) -> dict[str, str]:
    """What labels of spans mean without a map: the scheme's own labels, then the words of the conventions."""
    known = {word: meaning for meaning, word in span_words(scheme).items()}
    if scheme.layers.uses(MENTIONS.name):
        known.setdefault(_SOURCE_SPAN, MENTIONS.name)
    if scheme.layers.uses(STANCES.name):
        known.setdefault(NO_STANCE, NOTHING)
        known |= {label: f"{STANCES.name} {label}" for label in scheme.names("stance_labels")}
    if scheme.layers.uses(MENTIONS.name):
        known |= {label: f"{MENTIONS.name} {label}" for label in scheme.names(type_vocabulary(scheme) or "")}
    return known


def known_links(scheme: Scheme) -> dict[str, str]:
    """What labels of links and roles of events mean without a map."""
    known = {word: meaning for meaning, word in link_words(scheme).items()}
    return known | {label: f"{RELATIONS.name} {label}" for label in scheme.names("relation_types")}


def known_attributes(scheme: Scheme) -> dict[str, str]:
    """What names of attributes mean without a map: columns of their own name."""
    names = {
        column.name
        for layer in KNOWN_ANNOTATED
        if layer in scheme.layers
        for each in scheme.layers[layer].columns
        for column in (each, *each.items)
        if column.name not in ("doc_id", "start", "end", "text", KNOWN_LAYERS[layer].id_column)
    }
    known = {name: name for name in sorted(names)}
    if scheme.layers.uses(STANCES.name):
        known[PROPOSITION] = PROPOSITION
    return known
