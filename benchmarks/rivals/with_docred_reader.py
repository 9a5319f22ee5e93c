"""A reader for DocRED as people write it for their model: ``python -m rivals.with_docred_reader FILE``.

With a build and a cache in place of the file, the records are those of ``load_dataset`` of the docred view.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Example:
    """A document for a model. entities: places of the mentions of each in tokens. relations: by head and tail."""

    title: str
    tokens: list[str]
    entities: list[list[tuple[int, int]]]
    relations: dict[tuple[int, int], set[str]]


def example(record: Mapping[str, Any]) -> Example:
    """The example of a record; raises ValueError where it refers to what is not there."""
    sentences, vertices = record["sents"], record["vertexSet"]
    starts = [0, *accumulate(map(len, sentences))]
    entities: list[list[tuple[int, int]]] = []
    for vertex in vertices:
        places = []
        for mention in vertex:
            (first, last), sentence = mention["pos"], mention["sent_id"]
            if not 0 <= first < last <= len(sentences[sentence]):
                raise ValueError(f"{record['title']}: {mention['name']} is not in sentence {sentence}")
            places.append((starts[sentence] + first, starts[sentence] + last))
        entities.append(places)
    relations: dict[tuple[int, int], set[str]] = {}
    for label in record["labels"]:
        head, tail = label["h"], label["t"]
        if not (0 <= head < len(vertices) and 0 <= tail < len(vertices)):
            raise ValueError(f"{record['title']}: {label['r']} has no head or tail")
        if any(not 0 <= sentence < len(sentences) for sentence in label["evidence"]):
            raise ValueError(f"{record['title']}: {label['r']} has no evidence")
        relations.setdefault((head, tail), set()).add(label["r"])
    return Example(record["title"], [token for sentence in sentences for token in sentence], entities, relations)


def records(source: str, cache: str | None = None) -> Iterable[Mapping[str, Any]]:
    """The records of a file, or of a build."""
    if cache is None:
        found: list[Mapping[str, Any]] = json.loads(Path(source).read_bytes())
        return found
    from datasets import load_dataset

    return (row for split in load_dataset(source, "docred", cache_dir=cache).values() for row in split)


def main(source: str, cache: str | None = None) -> None:
    """Read all."""
    examples = [example(record) for record in records(source, cache)]
    print(f"{len(examples):,} examples, {sum(len(each.tokens) for each in examples):,} tokens")


if __name__ == "__main__":
    main(*sys.argv[1:])
