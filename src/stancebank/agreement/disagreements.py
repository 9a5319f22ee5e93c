"""Every disagreement of two annotations as data: for people to read, and for an adjudicator to decide."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from stancebank.agreement.alignment import Alignment, align
from stancebank.agreement.annotation import ANNOTATED, Annotation, Key, Record
from stancebank.corpus import Part
from stancebank.faults import excerpt, printable
from stancebank.layers import LAYERS, Column, Layer

Kind = Literal["only in A", "only in B", "differs"]


_NONE = "none"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which two annotations of a document do not agree.

    kind: a record that one of them has alone, or two matched records that differ.
    fields: the columns in which they differ: one, or start, end and text together; else none.
    a, b: the records as they are stored; None where there is none.
    what: one line for people. start, end: where in the document's text it stands, in
    code points (of a relation its head, of an entity its first mention); None for an
    entity without mentions.
    """

    layer: str
    kind: Kind
    doc_id: str
    fields: tuple[str, ...]
    a: Record | None
    b: Record | None
    what: str
    start: int | None
    end: int | None

    @property
    def a_id(self) -> str | None:
        """The id of A's record."""
        return None if self.a is None else self.a[LAYERS[self.layer].id_column]

    @property
    def b_id(self) -> str | None:
        """The id of B's record."""
        return None if self.b is None else self.b[LAYERS[self.layer].id_column]


def disagreements(a: Part, b: Part, layers: Collection[str] = ANNOTATED) -> Iterator[Disagreement]:
    """All disagreements, by layer, document and place; taking B's side in each turns A into B, up to ids.

    Two values of a field that refers to a mention or entity are the same where
    these are matched. Raises StanceBankError where the texts differ.
    """
    alignment = align(a, b)
    for name in ANNOTATED:
        if name in layers:
            found = list(_of_layer(alignment, LAYERS[name]))
            order = {doc_id: index for index, doc_id in enumerate(a["documents"]["doc_id"])}
            yield from sorted(found, key=lambda d: (order[d.doc_id], d.start or 0, d.end or 0))


def _of_layer(alignment: Alignment, layer: Layer) -> Iterator[Disagreement]:
    pairs = alignment.of(layer.name)
    rows, others = alignment.a.records[layer.name], alignment.b.records[layer.name]
    for key, row in rows.items():
        if key not in pairs:
            yield _alone("only in A", layer, alignment.a, key, row)
            continue
        other = others[pairs[key]]
        for columns in _fields(layer):
            if not all(_same(alignment, column, key[0], row[column.name], other[column.name]) for column in columns):
                yield _different(alignment, layer, columns, key, row, other)
    taken = set(pairs.values())
    for key, row in others.items():
        if key not in taken:
            yield _alone("only in B", layer, alignment.b, key, row)


def _fields(layer: Layer) -> Iterator[tuple[Column, ...]]:
    """The columns that are decided on, those of the record's span together."""
    span = ("start", "end", "text") if layer.spans else ()
    if span:
        yield tuple(layer[name] for name in span)
    yield from ((column,) for column in layer.columns if column.name not in ("doc_id", layer.id_column, *span))


def _same(alignment: Alignment, column: Column, doc_id: str, a: object, b: object) -> bool:
    if column.refers_to not in ANNOTATED or a is None or b is None:
        return a == b
    return alignment.of(column.refers_to).get((doc_id, str(a))) == (doc_id, b)


def _alone(kind: Kind, layer: Layer, annotation: Annotation, key: Key, row: Record) -> Disagreement:
    what = f"{kind}: {_shown(layer, annotation, row)}"
    a, b = (row, None) if kind == "only in A" else (None, row)
    return Disagreement(layer.name, kind, key[0], (), a, b, what, *_place(layer, annotation, key))


def _different(
    alignment: Alignment, layer: Layer, columns: tuple[Column, ...], key: Key, row: Record, other: Record
) -> Disagreement:
    a, b = (_value(n, columns, r) for n, r in ((alignment.a, row), (alignment.b, other)))
    name = "span" if len(columns) > 1 else columns[0].name.removesuffix("_id")
    what = f"{name} differs: {a} in A, {b} in B: {_shown(layer, alignment.a, row)}"
    fields = tuple(column.name for column in columns)
    place = _place(layer, alignment.a, key)
    return Disagreement(layer.name, "differs", key[0], fields, row, other, what, *place)


def _place(layer: Layer, annotation: Annotation, key: Key) -> tuple[int | None, int | None]:
    row = annotation.records[layer.name][key]
    if layer.name == "relations":
        row = annotation.records["mentions"][key[0], row["head"]]
    if layer.name == "entities":
        mentions = annotation.mentions_of.get(key)
        if not mentions:
            return None, None
        row = annotation.records["mentions"][mentions[0]]
    return row["start"], row["end"]


def _shown(layer: Layer, annotation: Annotation, row: Record) -> str:
    """A record in one line: its id, then its values, references followed to what they name."""
    values = [_value(annotation, columns, row) for columns in _fields(layer)]
    name = layer.id_column.removesuffix("_id")
    return " ".join([name, row[layer.id_column], *(value for value in values if value != _NONE)])


def _value(annotation: Annotation, columns: tuple[Column, ...], row: Record) -> str:
    column = columns[-1]
    value = row[column.name]
    if value is None:
        return {"source": "of nobody named", "holder": "of the writer"}.get(column.name, _NONE)
    if column.name == "text":
        return f"{excerpt(value)} {row['start']}..{row['end']}"
    if column.name == "content":
        return ", ".join(f"{excerpt(span['text'])} {span['start']}..{span['end']}" for span in value)
    if column.refers_to == "mentions":
        mention = annotation.records["mentions"][row["doc_id"], value]
        return f"{excerpt(mention['text'])} ({_name(annotation, row['doc_id'], mention['entity_id'])})"
    if column.refers_to == "entities":
        return f"of {_name(annotation, row['doc_id'], value)}"
    return excerpt(value) if column.name == "name" else printable(value)


def _name(annotation: Annotation, doc_id: str, entity_id: str) -> str:
    return printable(annotation.records["entities"][doc_id, entity_id]["name"])
