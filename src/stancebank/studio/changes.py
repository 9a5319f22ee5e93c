"""What has changed between two states of a document's annotations, for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from stancebank.faults import excerpt, printable
from stancebank.layers import LAYERS, Column
from stancebank.studio.records import ANNOTATED, Record, Records


def changed_records(before: Records, after: Records) -> int:
    """How many records were added, removed or changed."""
    found = 0
    for layer in ANNOTATED:
        old, new = before[layer], after[layer]
        if old != new:
            found += sum(old.get(id) != new.get(id) for id in old.keys() | new.keys())
    return found


def changes(before: Records, after: Records) -> Iterator[str]:
    """One line for each record that was added or removed, and for each field that was changed; safe to print.

    Such as ``m14 "Kyiv": level NAM to NOM`` or ``r76 added: "Starmer" (m3) aid "Kyiv" (m41), possible``.
    """
    for layer in ANNOTATED:
        yield from map(printable, _of_layer(layer, before, after))


def _of_layer(layer: str, before: Records, after: Records) -> Iterator[str]:
    for id, record in before[layer].items():
        if id not in after[layer]:
            yield f"{id} removed: {_shown(layer, record, before)}"
    for id, record in after[layer].items():
        earlier = before[layer].get(id)
        if earlier is None:
            yield f"{id} added: {_shown(layer, record, after)}"
        elif earlier != record:
            yield from _changed(layer, earlier, record, before, after)


def _changed(layer: str, earlier: Record, record: Record, before: Records, after: Records) -> Iterator[str]:
    id = record[LAYERS[layer].id_column]
    for column in _said(layer):
        old, new = (_value(column, each, records) for each, records in ((earlier, before), (record, after)))
        if column.name == "text" and (earlier["start"], earlier["end"]) != (record["start"], record["end"]):
            yield f"{id} moved: {old} to {new}"
        elif earlier[column.name] == record[column.name]:
            continue
        elif record[column.name] is None:
            yield f"{id} {_subject(layer, record, after)}lost its {column.name}: {old}"
        else:
            name = column.name.removesuffix("_id")
            yield f"{id} {_subject(layer, record, after)}{name} {old} to {new}"


def _subject(layer: str, record: Record, records: Records) -> str:
    """What the record is about, in front of what has changed in it."""
    if "text" in record:
        return f"{excerpt(record['text'])}: "
    if layer == "entities":
        return f"{excerpt(record['name'])}: "
    head, tail = (_mention(record[end], records) for end in ("head", "tail"))
    return f"{head} {record['type']} {tail}: "


def _shown(layer: str, record: Record, records: Records) -> str:
    if layer == "relations":
        return f"{_subject(layer, record, records).removesuffix(': ')}, {printable(record['modality'])}"
    order = sorted(_said(layer), key=lambda column: column.name not in ("text", "name"))
    return ", ".join(_value(column, record, records) for column in order if record[column.name] is not None)


def _said(layer: str) -> Iterator[Column]:
    """The columns that say something about the record; those of a span by its text alone."""
    own = ("doc_id", LAYERS[layer].id_column, "start", "end")
    return (column for column in LAYERS[layer].columns if column.name not in own)


def _value(column: Column, record: Record, records: Records) -> str:
    value = record[column.name]
    if value is None:
        return "none"
    if column.name == "text":
        return f"{excerpt(value)} {record['start']}..{record['end']}"
    if column.name == "content":
        return ", ".join(f"{excerpt(span['text'])} {span['start']}..{span['end']}" for span in value)
    if column.refers_to == "mentions":
        return _mention(value, records)
    if column.refers_to == "entities":
        entity = records["entities"].get(value)
        return f"{excerpt(entity['name'])} ({value})" if entity else printable(value)
    return excerpt(value) if column.name == "name" else printable(value)


def _mention(id: str, records: Records) -> str:
    mention = records["mentions"].get(id)
    return f"{excerpt(mention['text'])} ({id})" if mention else printable(id)
