"""A foreign document as JSON, for formats that carry what they have no place for as a value of our own."""

from __future__ import annotations

from typing import Any

from stancebank.formats.foreign_document import Attribute, Cluster, Event, ForeignDocument, Link, Note, Span

_KINDS = {"spans": Span, "links": Link, "events": Event, "clusters": Cluster, "attributes": Attribute, "notes": Note}


def as_json(document: ForeignDocument) -> dict[str, Any]:
    """The items of a document, each as a list of its fields."""
    return {kind: [list(item) for item in getattr(document, kind)] for kind in _KINDS}


def fill(document: ForeignDocument, content: dict[str, Any], where: str) -> None:
    """Give a document the items that as_json made. Raises ValueError, TypeError or KeyError for anything else."""
    for kind, item in _KINDS.items():
        for fields in content[kind]:
            values = item(*_tuples(fields))._replace(where=where)
            getattr(document, kind).append(values)


def _tuples(fields: Any) -> list[Any]:  # noqa: ANN401  (what JSON holds)
    """Lists of fields as tuples, also inside, but for a value, which stays as it is."""
    if not isinstance(fields, list):
        raise TypeError(f"{fields!r} is no list of fields")
    return [_tuple(field) for field in fields]


def _tuple(field: Any) -> Any:  # noqa: ANN401
    return tuple(map(_tuple, field)) if isinstance(field, list) else field
