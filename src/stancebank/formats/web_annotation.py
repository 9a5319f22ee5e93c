"""W3C Web Annotation (2017): a page of annotations in JSON-LD for each document; positions are code points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from stancebank.formats.foreign_document import ForeignDocument, Span
from stancebank.formats.ledger import Ledger

_CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_AROUND = 20  # code points of context that a selector quotes
_Object = dict[str, Any]


def write_web_annotation(
    documents: Iterable[ForeignDocument], ledger: Ledger, _: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """The text of each document, and its annotations as an AnnotationPage."""
    for document in documents:
        page = {
            "@context": _CONTEXT,
            "id": f"urn:stancebank:{document.id}",
            "type": "AnnotationPage",
            "items": list(_items(document)),
        }
        yield f"{document.id}.txt", document.text.encode()
        yield f"{document.id}.jsonld", orjson.dumps(page, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        for kind, count in document.counts():
            ledger.hold(kind, count)


def _items(document: ForeignDocument) -> Iterator[_Object]:
    values: dict[str, list[_Object]] = {}
    for attribute in document.attributes:
        body = {"type": "TextualBody", "purpose": "describing", "value": f"{attribute.name}={attribute.value}"}
        values.setdefault(attribute.target, []).append(body)
    for span in document.spans:
        tag = {"type": "TextualBody", "purpose": "tagging", "value": span.label}
        yield _annotation(document, span.id, [tag, *values.get(span.id, [])], [_target(document, span)])
    for link in document.links:
        yield _linking(document, link.id, link.label, [("head", link.head), ("tail", link.tail)], values)
    for event in document.events:
        ends = [("trigger", event.trigger), *event.arguments]
        yield _linking(document, event.id, "event", ends, values)
    for cluster in document.clusters:
        yield _linking(document, cluster.id, "entity", [("mention", member) for member in cluster.members], values)


def _id(document: ForeignDocument, name: str) -> str:
    return f"urn:stancebank:{document.id}:{name}"


def _annotation(document: ForeignDocument, name: str, body: list[_Object], target: list[Any]) -> _Object:
    return {"id": _id(document, name), "type": "Annotation", "body": body, "target": target}


def _linking(
    document: ForeignDocument, name: str, label: str, ends: list[tuple[str, str]], values: dict[str, list[_Object]]
) -> _Object:
    bodies: list[_Object] = [{"type": "TextualBody", "purpose": "tagging", "value": label}]
    bodies += [
        {"type": "SpecificResource", "purpose": "linking", "source": _id(document, end), "rel": role}
        for role, end in ends
    ]
    bodies += values.get(name, [])
    return _annotation(document, name, bodies, [_id(document, end) for _, end in ends]) | {"motivation": "linking"}


def _target(document: ForeignDocument, span: Span) -> _Object:
    start, end = span.fragments[0][0], span.fragments[-1][1]
    text = document.text
    quote = {
        **{"type": "TextQuoteSelector", "exact": text[start:end]},
        **{"prefix": text[max(0, start - _AROUND) : start], "suffix": text[end : end + _AROUND]},
    }
    position = {"type": "TextPositionSelector", "start": start, "end": end}
    return {"source": f"{document.id}.txt", "selector": [position, quote]}
