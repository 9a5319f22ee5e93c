"""Every disagreement of two annotations as data: for people to read, and for an adjudicator to decide."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

from stancebank.agreement.annotation import Annotation, Key, Record
from stancebank.agreement.annotation_alignment import Alignment, done_alignments
from stancebank.compare.wording import shown_value
from stancebank.corpus.part import Part
from stancebank.faults import excerpt, printable
from stancebank.schema.column import Column
from stancebank.schema.layers import KNOWN_LAYERS, Layer

Kind = Literal["only in A", "only in B", "differs", "undecided"]


_NONE = "none"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One thing on which two annotations of a document do not agree.

    kind: a record that one of them has alone, or two matched records that differ; undecided where
    they differ in that one of them has not decided on a label.
    fields: the columns in which they differ: one, or start, end and text together; else none.
    a, b: the records as they are stored; None where there is none.
    what: one line for people. start, end: where in the document's text it is, in
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
        return None if self.a is None else self.a[KNOWN_LAYERS[self.layer].id_column]

    @property
    def b_id(self) -> str | None:
        """The id of B's record."""
        return None if self.b is None else self.b[KNOWN_LAYERS[self.layer].id_column]


def disagreements(a: Part, b: Part, layers: Collection[str] | None = None) -> Iterator[Disagreement]:
    """All disagreements, by layer, document and place; taking B's side in each turns A into B, up to ids.

    Of each layer, in the documents in which both have it done. Two values of a field that
    refers to a mention or entity are the same where these are matched; one that is undecided
    does not disagree with any. Raises StanceBankError where the texts differ.
    """
    for name, alignment in done_alignments(a, b, layers):
        yield from (each for each in differences(alignment, name) if each.kind != "undecided")


def differences(alignment: Alignment, layer: str) -> list[Disagreement]:
    """The disagreements in a layer, and the pairs in which one side is undecided; by document and place."""
    order = {doc_id: index for index, doc_id in enumerate(alignment.a.part["documents"]["doc_id"])}
    found = _of_layer(alignment, alignment.a.part.layers[layer])
    return sorted(found, key=lambda each: (order[each.doc_id], each.start or 0, each.end or 0))


def _of_layer(alignment: Alignment, layer: Layer) -> Iterator[Disagreement]:
    pairs = alignment.of(layer.name)
    rows, others = alignment.a.records[layer.name], alignment.b.records[layer.name]
    for key, row in rows.items():
        if key not in pairs:
            yield _alone("only in A", layer, alignment.a, key, row)
            continue
        other = others[pairs[key]]
        for columns in layer.fields:
            if not all(_same(alignment, column, key[0], row[column.name], other[column.name]) for column in columns):
                yield _different(alignment, layer, columns, key, row, other)
    taken = set(pairs.values())
    for key, row in others.items():
        if key not in taken:
            yield _alone("only in B", layer, alignment.b, key, row)


def _same(alignment: Alignment, column: Column, doc_id: str, a: object, b: object) -> bool:
    if column.refers_to is None or not KNOWN_LAYERS[column.refers_to].annotated or a is None or b is None:
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
    name = columns[0].name
    said = "span" if len(columns) > 1 else name.removesuffix("_id")
    what = f"{said} differs: {a} in A, {b} in B: {_shown(layer, alignment.a, row)}"
    kind: Kind = "undecided" if columns[0].decided and None in (row[name], other[name]) else "differs"
    fields = tuple(column.name for column in columns)
    place = _place(layer, alignment.a, key)
    return Disagreement(layer.name, kind, key[0], fields, row, other, what, *place)


def _place(layer: Layer, annotation: Annotation, key: Key) -> tuple[int | None, int | None]:
    row = annotation.records[layer.name][key]
    if layer.name == "classifications":
        return None, None
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
    values = [_value(annotation, columns, row) for columns in layer.fields]
    return " ".join([layer.noun, row[layer.id_column], *(value for value in values if value != _NONE)])


def _value(annotation: Annotation, columns: tuple[Column, ...], row: Record) -> str:
    column = columns[-1]
    value = row[column.name]
    if value is None:
        return column.absent
    if column.name == "text":
        return f"{excerpt(value)} {row['start']}..{row['end']}"
    if column.refers_to == "mentions":
        mention = annotation.records["mentions"][row["doc_id"], value]
        entity = mention["entity_id"]
        of = "" if entity is None else f" ({_name(annotation, row['doc_id'], entity)})"
        return f"{excerpt(mention['text'])}{of}"
    if column.refers_to == "entities":
        return f"of {_name(annotation, row['doc_id'], value)}"
    return shown_value(column, value)


def _name(annotation: Annotation, doc_id: str, entity_id: str) -> str:
    return printable(annotation.records["entities"][doc_id, entity_id]["name"])
