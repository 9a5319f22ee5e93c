"""JSON lines of texts with spans: the dialects of doccano, Prodigy and langextract, told apart by their keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.formats.foreign_document import (
    Attribute,
    Cluster,
    ForeignDocument,
    Item,
    LeftOut,
    Link,
    Note,
    Refused,
    Span,
    own_span,
)
from stancebank.formats.given_files import Given, read_lines, read_text, without_mark
from stancebank.formats.ledger import Ledger
from stancebank.formats.offsets import CODE_POINTS

SPANS, PRODIGY = "doccano-spans", "prodigy"
"""Dialects that are written beside doccano's with relations."""
_Object = Mapping[str, Any]
_ACCEPTED = (None, "accept")
"""Prodigy's answer where an annotator has not refused or skipped what the line has."""
_EXACT = ("match_exact", None)


def read_jsonl(given: Given) -> Iterator[Item]:
    """A document for each line, or each item of a list; what cannot be read as one is refused.

    Of a file of lines one is held in memory at a time.
    """
    for path in given.files((".jsonl", ".json")):
        file = printable(str(path))
        try:
            name, annotator = given.document(path)
            for number, line, marked in _lines(path):
                found = _read(line, name, number, file)
                if isinstance(found, ForeignDocument):
                    found.annotator = annotator
                    found.notices["bom-skipped"] += marked
                yield found
        except StanceBankError as error:
            yield Refused(file, file, error.what, error.fix)


def _read(line: str | _Object, name: str, number: int, file: str) -> Item:
    place = f"{file}:{number}"
    try:
        return _document(_loaded(line, place), name, number, place, file)
    except StanceBankError as error:
        return Refused(place, file, error.what, error.fix)


def _lines(path: Path) -> Iterator[tuple[int, str | _Object, bool]]:
    """The documents with their lines, of a list their numbers, and whether a byte-order mark is before them."""
    first = True
    for number, line in read_lines(path):
        content, marked = without_mark(line) if first else (line, False)
        if first and content.lstrip().startswith("["):
            yield from _listed(path)
            return
        if content.strip():
            yield number, content, marked
        first = first and not content.strip()


def _listed(path: Path) -> Iterator[tuple[int, str | _Object, bool]]:
    content, marked = without_mark(read_text(path))
    try:
        listed = orjson.loads(content)
    except orjson.JSONDecodeError:
        listed = [content]
    for number, item in enumerate(listed, 1):
        yield number, item, marked and number == 1


def _loaded(line: str | _Object, place: str) -> _Object:
    if isinstance(line, str):
        try:
            line = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise StanceBankError(f"{place}: not valid JSON: {error}", "write one object on each line") from None
    if not isinstance(line, dict) or not isinstance(line.get("text"), str):
        raise StanceBankError(f"{place}: expected an object with a text", 'write {"text": ...} on each line')
    return line


def _document(record: _Object, name: str, number: int, place: str, file: str) -> Item:
    if record.get("answer") not in _ACCEPTED:
        return LeftOut(place, file, f"its answer is {excerpt(str(record['answer']))}")
    document = ForeignDocument(_id(record, name, number), place, file, record["text"])
    where = f"{Path(file).name}:{number}"
    try:
        if "extractions" in record:
            _extractions(document, record["extractions"], where)
        else:
            _spans(document, record, where)
            _relations(document, record, where)
            for index, cluster in enumerate(record.get("clusters") or []):
                id = str(cluster.get("id", f"{index}/cluster"))
                document.clusters.append(Cluster(id, tuple(map(str, cluster["members"])), where))
                _attributes(document, id, cluster, where)
        for comment in record.get("Comments") or record.get("comments") or []:
            document.notes.append(Note("", str(comment), where))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        what = f"{place}: not as doccano, Prodigy or langextract write it: {type(error).__name__} {excerpt(str(error))}"
        raise StanceBankError(what, "compare it with what docs/formats.md shows") from None
    if {"_input_hash", "tokens", "answer"} & record.keys():
        document.unit = None if any(span.quoted for span in document.spans) else CODE_POINTS
    return document


def _id(record: _Object, name: str, number: int) -> str:
    for key in ("doc_id", "document_id", "id"):
        value = record.get(key)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int):
            return f"{name}-{value}"
    return f"{name}-{number}"


def _spans(document: ForeignDocument, record: _Object, where: str) -> None:
    """Spans as lists of start, end and label, or as objects."""
    given: list[Any] = next((record[key] for key in ("entities", "spans", "label", "labels") if record.get(key)), [])
    for index, item in enumerate(given):
        if isinstance(item, list):
            start, end, label = item
            span = Span(f"{index}/span", str(label), ((_number(start), _number(end)),), None, where)
        else:
            start = item["start_offset"] if "start_offset" in item else item["start"]
            end = item["end_offset"] if "end_offset" in item else item["end"]
            id = str(item["id"]) if "id" in item else f"{index}/span"
            fragments = ((_number(start), _number(end)),)
            span = Span(id, str(item.get("label", "")), fragments, item.get("text"), where)
            _attributes(document, id, item, where)
        document.spans.append(span)


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"{value} is no offset")
    return value


def _attributes(document: ForeignDocument, target: str, item: _Object, where: str) -> None:
    for name, value in (item.get("attributes") or {}).items():
        document.attributes.append(Attribute(target, str(name), value, where))


def _relations(document: ForeignDocument, record: _Object, where: str) -> None:
    places = {(span.fragments[0], span.label): span.id for span in document.spans}
    ids = {span.id for span in document.spans}
    for index, item in enumerate(record.get("relations") or []):
        id = str(item["id"]) if "id" in item else f"{index}/relation"
        if "head_span" in item:
            ends = [_end(document, places, item[side], where) for side in ("head_span", "child_span")]
            label = item["label"]
        else:
            ends, label = [str(item["from_id"]), str(item["to_id"])], item["type"]
            missing = next((end for end in ends if end not in ids), None)
            if missing is not None:
                what = f"{where}: relation {id} names the entity {missing}, which is not there"
                raise StanceBankError(what, "add the entity, or remove the relation")
        document.links.append(Link(id, str(label), ends[0], ends[1], where))
        _attributes(document, id, item, where)


def _end(document: ForeignDocument, places: dict[Any, str], item: _Object, where: str) -> str:
    """The span at an end of a relation of Prodigy, which may be nowhere else."""
    place, label = (_number(item["start"]), _number(item["end"])), str(item.get("label"))
    if (place, label) not in places:
        places[place, label] = f"{len(places)}/end"
        document.spans.append(Span(places[place, label], label, (place,), item.get("text"), where))
    return places[place, label]


def _extractions(document: ForeignDocument, items: Iterable[_Object], where: str) -> None:
    for index, item in enumerate(items):
        id, interval = f"{index}/extraction", item.get("char_interval") or {}
        placed = interval.get("start_pos") is not None and interval.get("end_pos") is not None
        exact = item.get("alignment_status") in _EXACT
        fragments = ((_number(interval["start_pos"]), _number(interval["end_pos"])),) if placed else ()
        document.notices["alignment-not-exact"] += placed and not exact
        quoted = item["extraction_text"] if exact or not placed else None
        document.spans.append(Span(id, str(item["extraction_class"]), fragments, quoted, where))
        _attributes(document, id, item, where)


def write_jsonl(
    documents: Iterable[ForeignDocument], ledger: Ledger, dialect: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """One file with a line for each document. dialect: doccano-relations without."""
    write = {SPANS: _as_lists, PRODIGY: _as_prodigy}.get(dialect or "", _as_relations)
    lines = [orjson.dumps(write(document, ledger), option=orjson.OPT_APPEND_NEWLINE) for document in documents]
    yield "documents.jsonl", b"".join(lines)


def _as_lists(document: ForeignDocument, ledger: Ledger) -> _Object:
    labels = [[*span.fragments[0], span.label] for span in _own_spans(document, ledger)]
    return {"doc_id": document.id, "text": document.text, "label": labels}


def _as_prodigy(document: ForeignDocument, ledger: Ledger) -> _Object:
    spans = [
        {"start": start, "end": end, "label": span.label, "text": document.text[start:end]}
        for span in _own_spans(document, ledger)
        for start, end in span.fragments
    ]
    return {"doc_id": document.id, "text": document.text, "spans": spans, "answer": "accept"}


def _own_spans(document: ForeignDocument, ledger: Ledger) -> list[Span]:
    spans = [span for span in document.spans if own_span(span)]
    for kind, count in document.counts():
        held = len(spans) if kind == "spans" else 0
        ledger.hold(kind, held)
        ledger.leave(kind, "this dialect has no place for them", count - held)
    return spans


def _as_relations(document: ForeignDocument, ledger: Ledger) -> _Object:
    """Everything: events become relations from their trigger, which has their id."""
    names = {event.trigger: event.id for event in document.events}
    values: dict[str, dict[str, Any]] = {}
    for attribute in document.attributes:
        values.setdefault(attribute.target, {})[attribute.name] = attribute.value

    def more(id: str) -> dict[str, Any]:
        return {"attributes": values[id]} if id in values else {}

    entities = [
        {"id": id, "start_offset": start, "end_offset": end, "label": span.label, "text": document.text[start:end]}
        | more(id)
        for span in document.spans
        for id in [names.get(span.id, span.id)]
        for start, end in [(span.fragments[0][0], span.fragments[-1][1])]
    ]
    relations = [
        {"id": link.id, "from_id": link.head, "to_id": link.tail, "type": link.label} | more(link.id)
        for link in document.links
    ]
    relations += [
        {"id": f"{event.id}/{number}", "from_id": event.id, "to_id": target, "type": role}
        for event in document.events
        for number, (role, target) in enumerate(event.arguments, 1)
    ]
    clusters = [{"id": each.id, "members": each.members} | more(each.id) for each in document.clusters]
    for kind, count in document.counts():
        ledger.hold(kind, count)
    return {
        **{"doc_id": document.id, "text": document.text, "entities": entities, "relations": relations},
        "clusters": clusters,
    }
