"""The documents view with Dataset.from_generator: nested records, made with orjson and dictionaries, and Parquet.

``python -m rivals.with_generator ROOT OUT``
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
from datasets import Dataset, Features, List, Value

from stancebank.schema.column import Column, Kind, ListOf, Record
from stancebank.schema.layers import ANNOTATED, DOCUMENTS, DONE, PART_LAYERS

_INSIDE = [layer for layer in PART_LAYERS.values() if layer is not DOCUMENTS]


def records(parts: list[Path]) -> Iterator[dict[str, Any]]:
    """One nested record per document."""
    for part in parts:
        inside = {layer.name: _by_document(part / layer.file_name) for layer in _INSIDE}
        with (part / DOCUMENTS.file_name).open("rb") as lines:
            for line in lines:
                document = orjson.loads(line)
                for name, found in inside.items():
                    document[name] = found.get(document["doc_id"], [])
                done = {each["layer"] for each in document["progress"] if each["state"] == DONE}
                document["done"] = [name for name in ANNOTATED if name in done]
                yield document


def _by_document(file: Path) -> dict[str, list[dict[str, Any]]]:
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with file.open("rb") as lines:
        for line in lines:
            record = orjson.loads(line)
            found[record.pop("doc_id")].append(record)
    return found


def features() -> Features:
    """The features of the documents view."""
    inside = {layer.name: List(_record(layer.columns[1:])) for layer in _INSIDE}
    return Features({**_record(DOCUMENTS.columns), **inside, "done": List(Value("string"))})


def _record(columns: tuple[Column, ...]) -> dict[str, Any]:
    return {column.name: _feature(column.kind) for column in columns}


def _feature(kind: Kind) -> Any:  # noqa: ANN401
    if isinstance(kind, ListOf):
        return List(_feature(kind.item))
    if isinstance(kind, Record):
        return _record(kind.columns)
    return Value("int64" if kind == "integer" else "string")


def main(root: Path, out: Path) -> None:
    """Write the view as one Parquet file."""
    parts = sorted(path for path in (root / "corpus").iterdir() if path.is_dir())
    out.mkdir(parents=True)
    made = Dataset.from_generator(
        records, features=features(), gen_kwargs={"parts": parts}, cache_dir=str(out / "cache")
    )
    made.to_parquet(out / "documents.parquet")
    print(f"{made.num_rows:,} rows")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
