"""Models made of the layers and the scheme, and checks by hand: ``python -m rivals.with_pydantic ROOT``."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, create_model

from rivals import by_hand
from stancebank.schema.column import Column, ListOf
from stancebank.schema.layers import LAYERS, Layer

_STRICT = ConfigDict(extra="forbid", strict=True)


def model(name: str, columns: tuple[Column, ...], labels: Mapping[str, Any]) -> type[BaseModel]:
    """The model of records with these columns."""
    fields: dict[str, Any] = {column.name: (_type(name, column, labels), ...) for column in columns}
    return create_model(name, __config__=_STRICT, **fields)


def _type(layer: str, column: Column, labels: Mapping[str, Any]) -> Any:  # noqa: ANN401
    found: Any
    if column.vocabulary is not None:
        found = Literal[tuple(label["name"] for label in labels[column.vocabulary])]
    elif isinstance(column.kind, ListOf):
        item = model(column.name, column.items, labels) if column.items else str
        found = Annotated[list[item], Field(min_length=column.shortest)]  # type: ignore[valid-type]
    elif column.kind == "integer":
        found = Annotated[int, Field(ge=column.minimum)]
    else:
        pattern = f"^(?:{column.pattern})$" if by_hand.patterned(layer, column) else None
        found = Annotated[str, Field(pattern=pattern, min_length=column.shortest)]
    return found | None if column.nullable else found


def check(root: Path) -> Iterator[str]:
    """What is wrong with a corpus."""
    labels = by_hand.scheme(root)
    adapters = {name: TypeAdapter(model(name, layer.columns, labels)) for name, layer in LAYERS.items()}

    def read(layer: Layer, data: bytes) -> list[Any]:
        validate = adapters[layer.name].validate_json
        return [validate(line) for line in data.splitlines()]

    return by_hand.check(root, labels, read)


if __name__ == "__main__":
    gc.disable()  # nothing here holds cycles
    by_hand.report(check(Path(sys.argv[1])))
