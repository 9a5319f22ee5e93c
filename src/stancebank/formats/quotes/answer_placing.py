"""From the items of an answer to records: quotations placed, names resolved, ids given."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from stancebank.faults import excerpt
from stancebank.formats.quotes.answer_fields import QUOTATION
from stancebank.formats.quotes.answer_items import AMBIGUOUS, DEPENDENT, INVALID, NOT_FOUND, PLACED, Item
from stancebank.schema.layers import DOC_ID, ENTITIES, KNOWN_ANNOTATED, MENTIONS, Layer
from stancebank.schema.scheme_layers import Layers
from stancebank.text.anchoring import AnchorText
from stancebank.text.anchoring_in_order import find_in_order
from stancebank.text.quoted_places import Ambiguous, NotFound, Placed

Record = dict[str, Any]


def place_items(
    text: AnchorText, layers: Layers, items: Mapping[str, Sequence[Item]], *, in_order: bool, nearest: float | None
) -> Counter[str]:
    """Give each item its spans, or drop it: by layer, those of one document.

    in_order: the items of each layer are in the order of the text. Returns how many
    quotations of placed items took each folding, and how many the nearest place.
    """
    overlooked = Counter[str]()
    for of_layer in items.values():
        _drop_repeated_names(of_layer)
        sound = [item for item in of_layer if item.outcome == PLACED and item.quoted]
        for key in dict.fromkeys(key for item in sound for key in item.quoted):
            requests = [request for item in sound for request in item.quoted[key]]
            if in_order and key == QUOTATION:
                found = find_in_order(text, requests, whole_words=True, nearest=nearest)
            else:
                found = [text.find(*each, whole_words=True, nearest=nearest) for each in requests]
            results = iter(found)
            for item in sound:
                _settle(item, key, [next(results) for _ in item.quoted[key]], overlooked)
    _drop_dependent(layers, items)
    for of_layer in items.values():
        _drop_repeated_records(of_layer)
    _drop_dependent(layers, items)
    return overlooked


def _settle(item: Item, key: str, results: Iterable[Placed | Ambiguous | NotFound], overlooked: Counter[str]) -> None:
    item.spans[key] = []
    which = "" if key == QUOTATION else f"{key} "
    for result in results:
        if isinstance(result, Placed):
            item.spans[key].append((result.start, result.end))
            overlooked.update(result.foldings)
            overlooked["nearest place"] += result.score < 1
        else:
            outcome = AMBIGUOUS if isinstance(result, Ambiguous) else NOT_FOUND
            item.drop(outcome, f"{which}{result.why}", result.candidates)
    if key != QUOTATION:
        item.spans[key].sort()


def _drop_repeated_names(items: Sequence[Item]) -> None:
    counts = Counter(item.name for item in items)
    for item in items:
        if counts[item.name] > 1:
            item.drop(INVALID, f"has the name of {counts[item.name] - 1:,} other records")


def _drop_repeated_records(items: Sequence[Item]) -> None:
    """Drop what another item of the layer says already, since it would be one record twice."""
    known: dict[str, str] = {}
    for item in items:
        if item.outcome == PLACED and (item.spans or item.layer != ENTITIES.name):
            key = repr((sorted(item.values.items()), sorted(item.spans.items())))
            if key in known:
                item.drop(INVALID, f"says the same as {known[key]}")
            known.setdefault(key, item.name)


def _drop_dependent(layers: Layers, items: Mapping[str, Sequence[Item]]) -> None:
    """Drop what refers to an item that is not there, and each entity without a mention."""
    names = {layer: {item.name: item for item in of_layer} for layer, of_layer in items.items()}
    references = {
        layer: [column for column in layers[layer].columns if column.refers_to in layers.annotated] for layer in items
    }
    for layer in items:
        for item in items[layer]:
            for column in references[layer]:
                named = item.values.get(column.name)
                if named is None:
                    continue
                other = names.get(column.refers_to or "", {}).get(named)
                if other is None:
                    item.drop(INVALID, f"its {column.name} is {excerpt(named)}, which the answer does not give")
                elif other.outcome != PLACED:
                    item.drop(DEPENDENT, f"its {column.name} {excerpt(named)} has no place")
    if ENTITIES.name in items and MENTIONS.name in items:
        _drop_unmentioned(items)


def _drop_unmentioned(items: Mapping[str, Sequence[Item]]) -> None:
    key = next(column.name for column in MENTIONS.columns if column.refers_to == ENTITIES.name)
    given = {item.values.get(key) for item in items[MENTIONS.name]}
    alive = {item.values.get(key) for item in items[MENTIONS.name] if item.outcome == PLACED}
    for item in items[ENTITIES.name]:
        if item.name not in given:
            item.drop(INVALID, "no mention refers to it")
        elif item.name not in alive:
            item.drop(DEPENDENT, "none of its mentions has a place")


def records_of(layers: Layers, doc_id: str, text: str, items: Mapping[str, Sequence[Item]]) -> dict[str, list[Record]]:
    """The records of the items that are placed, by layer; the columns as in the layers.

    Names that are ids already (a letter of the layer and a number) stay; else all of the layer get ids in
    the order of the text.
    """
    placed = {layer: [item for item in of_layer if item.outcome == PLACED] for layer, of_layer in items.items()}
    ids = {layer: _ids(layers[layer], of_layer) for layer, of_layer in placed.items()}
    return {
        layer: [_record(doc_id, text, layers[layer], item, ids) for item in of_layer]
        for layer, of_layer in placed.items()
    }


def _ids(layer: Layer, items: Sequence[Item]) -> dict[str, str]:
    if all(re.fullmatch(f"{layer.name[0]}[1-9][0-9]{{0,8}}", item.name) for item in items):
        return {item.name: item.name for item in items}
    ordered = sorted(items, key=lambda item: item.spans.get(QUOTATION, []))
    return {item.name: f"{layer.name[0]}{number}" for number, item in enumerate(ordered, 1)}


def _record(doc_id: str, text: str, layer: Layer, item: Item, ids: Mapping[str, Mapping[str, str]]) -> Record:
    record: Record = {DOC_ID.name: doc_id, layer.id_column: ids[layer.name][item.name]}
    if QUOTATION in item.spans:
        record |= _span(text, *item.spans[QUOTATION][0])
    for column in layer.columns:
        if column.name in record:
            continue
        value = item.values.get(column.name)
        if column.items:
            value = [_span(text, *span) for span in item.spans[column.name]]
        elif column.refers_to in KNOWN_ANNOTATED and value is not None:
            value = ids[column.refers_to][value]
        record[column.name] = value
    return {name: record[name] for name in layer.names}


def _span(text: str, start: int, end: int) -> Record:
    return {"start": start, "end": end, "text": text[start:end]}
