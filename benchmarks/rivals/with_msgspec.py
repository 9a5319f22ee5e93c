"""Structs with constraints, made of layers and scheme, and checks by hand: ``python -m rivals.with_msgspec ROOT``."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from rivals import by_hand
from stancebank.schema.column import Column, ListOf
from stancebank.schema.layers import LAYERS, Layer


def struct(name: str, columns: tuple[Column, ...], labels: Mapping[str, Any]) -> type[msgspec.Struct]:
    """The Struct of records with these columns."""
    fields = [(column.name, _type(name, column, labels)) for column in columns]
    return msgspec.defstruct(name, fields, forbid_unknown_fields=True, gc=False)


def _type(layer: str, column: Column, labels: Mapping[str, Any]) -> Any:  # noqa: ANN401
    found: Any
    if column.vocabulary is not None:
        found = Literal[tuple(label["name"] for label in labels[column.vocabulary])]
    elif isinstance(column.kind, ListOf):
        item = struct(column.name, column.items, labels) if column.items else str
        found = Annotated[list[item], msgspec.Meta(min_length=column.shortest)]  # type: ignore[valid-type]
    elif column.kind == "integer":
        found = Annotated[int, msgspec.Meta(ge=column.minimum)]
    else:
        pattern = rf"\A(?:{column.pattern})\Z" if by_hand.patterned(layer, column) else None
        found = Annotated[str, msgspec.Meta(pattern=pattern, min_length=column.shortest)]
    return found | None if column.nullable else found


def check(root: Path) -> Iterator[str]:
    """What is wrong with a corpus."""
    labels = by_hand.scheme(root)
    decoders = {name: msgspec.json.Decoder(struct(name, layer.columns, labels)) for name, layer in LAYERS.items()}

    def read(layer: Layer, data: bytes) -> list[Any]:
        return decoders[layer.name].decode_lines(data)

    return by_hand.check(root, labels, read)


if __name__ == "__main__":
    gc.disable()  # nothing here holds cycles
    by_hand.report(check(Path(sys.argv[1])))
