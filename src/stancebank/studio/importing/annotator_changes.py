"""What has changed between two states of a document's annotations, for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.compare.wording import shown_value
from stancebank.faults import excerpt, printable
from stancebank.schema.column import Column
from stancebank.schema.layers import KNOWN_ANNOTATED, Layer
from stancebank.schema.scheme_layers import Layers
from stancebank.studio.layout.document_records import Record, Records


def changed_records(before: Records, after: Records) -> int:
    """How many records were added, removed or changed."""
    found = 0
    for layer in KNOWN_ANNOTATED:
        old, new = before[layer], after[layer]
        if old != new:
            found += sum(old.get(id) != new.get(id) for id in old.keys() | new.keys())
    return found


def changes(before: Records, after: Records, layers: Layers) -> Iterator[str]:
    """One line for each record that was added or removed, and for each field that was changed; safe to print.

    Such as ``m14 "Kyiv": level NAM to NOM`` or ``r76 added: "Starmer" (m3) aid "Kyiv" (m41), possible``.
    """
    for name in layers.annotated:
        yield from map(printable, _of_layer(layers[name], before, after))


def _of_layer(layer: Layer, before: Records, after: Records) -> Iterator[str]:
    for id, record in before[layer.name].items():
        if id not in after[layer.name]:
            yield f"{id} removed: {_shown(layer, record, before)}"
    for id, record in after[layer.name].items():
        earlier = before[layer.name].get(id)
        if earlier is None:
            yield f"{id} added: {_shown(layer, record, after)}"
        elif earlier != record:
            yield from _changed(layer, earlier, record, before, after)


def _changed(layer: Layer, earlier: Record, record: Record, before: Records, after: Records) -> Iterator[str]:
    id = record[layer.id_column]
    for column in _said(layer):
        old, new = (_value(column, each, records) for each, records in ((earlier, before), (record, after)))
        if column.name == "text" and (earlier["start"], earlier["end"]) != (record["start"], record["end"]):
            yield f"{id} moved: {old} to {new}"
        elif earlier[column.name] == record[column.name]:
            continue
        elif record[column.name] is None and not column.decided:
            yield f"{id} {_subject(layer, record, after)}lost its {column.name}: {old}"
        else:
            name = column.name.removesuffix("_id")
            yield f"{id} {_subject(layer, record, after)}{name} {old} to {new}"


def _subject(layer: Layer, record: Record, records: Records) -> str:
    """What the record is about, in front of what has changed in it."""
    if layer.spans:
        return f"{excerpt(record['text'])}: "
    if layer.name == "classifications":
        return ""
    if layer.name == "entities":
        return f"{excerpt(record['name'])}: "
    head, tail = (_mention(record[end], records) for end in ("head", "tail"))
    return f"{head} {_value(layer['type'], record, records)} {tail}: "


def _shown(layer: Layer, record: Record, records: Records) -> str:
    if layer.name == "relations":
        if "modality" not in layer.names:
            return _subject(layer, record, records).removesuffix(": ")
        modality = _value(layer["modality"], record, records)
        return f"{_subject(layer, record, records).removesuffix(': ')}, {modality}"
    order = sorted(_said(layer), key=lambda column: column.name not in ("text", "name"))
    return ", ".join(_value(column, record, records) for column in order if record[column.name] is not None)


def _said(layer: Layer) -> Iterator[Column]:
    """The columns that say something about the record; those of a span by its text alone."""
    own = ("doc_id", layer.id_column, "start", "end")
    return (column for column in layer.columns if column.name not in own)


def _value(column: Column, record: Record, records: Records) -> str:
    value = record[column.name]
    if value is None:
        return column.absent if column.decided else "none"
    if column.name == "text":
        return f"{excerpt(value)} {record['start']}..{record['end']}"
    if column.refers_to == "mentions":
        return _mention(value, records)
    if column.refers_to == "entities":
        entity = records["entities"].get(value)
        return f"{excerpt(entity['name'])} ({value})" if entity else printable(value)
    return shown_value(column, value)


def _mention(id: str, records: Records) -> str:
    mention = records["mentions"].get(id)
    return f"{excerpt(mention['text'])} ({id})" if mention else printable(id)
