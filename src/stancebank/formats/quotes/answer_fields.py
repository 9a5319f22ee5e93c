"""What a record is in an answer: its fields, derived from the layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

from stancebank.schema.column import Column
from stancebank.schema.layers import DOC_ID, KNOWN_ANNOTATED, Layer
from stancebank.schema.scheme_layers import Layers

QUOTATION = "quotation"
"""The key of a record's span."""
QUOTED = ("words", "sentence", "before", "after")
"""The keys of a quotation; all but the first may be null."""
IN_ORDER = "in_order"

FieldKind = Literal["name", "quotation", "quotations", "reference", "value"]


class Field(NamedTuple):
    """A key of a record in an answer. column: of the layer; of a quotation the one that holds the words."""

    key: str
    kind: FieldKind
    column: Column

    @property
    def optional(self) -> bool:
        """Whether it may be null, and may be left out where no schema is enforced."""
        return self.kind in ("reference", "value") and self.column.nullable


def answer_fields(layer: Layer) -> Iterator[Field]:
    """The fields of a layer's records, in the layer's order: its name, its span as one quotation, and the rest."""
    for column in layer.columns:
        if column.name == layer.id_column:
            yield Field(column.name, "name", column)
        elif layer.spans and column.name == "text":
            yield Field(QUOTATION, "quotation", column)
        elif column.items:
            yield Field(column.name, "quotations", column)
        elif column.refers_to in KNOWN_ANNOTATED:
            yield Field(column.name, "reference", column)
        elif column.name != DOC_ID.name and not (layer.spans and column.name in ("start", "end")):
            yield Field(column.name, "value", column)


def with_referred(layers: Layers, names: Iterable[str] | None) -> tuple[str, ...]:
    """The layers of these names and those that their records refer to, in the order of the layers; all for None."""
    wanted = set(layers.annotated if names is None else names)
    while True:
        named = {column.refers_to for name in wanted for column in layers[name].columns}
        further = {name for name in layers.annotated if name in named} - wanted
        if not further:
            return tuple(name for name in layers.annotated if name in wanted)
        wanted |= further
