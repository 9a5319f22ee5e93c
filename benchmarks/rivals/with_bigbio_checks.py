"""What a test of a biomedical dataset asks of each example, of the documents view of a build.

``python -m rivals.with_bigbio_checks BUILD CACHE``. The published tests load a dataset and look at every example: ids
are unique in it, offsets give the text, and what is referred to is there.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from rivals.by_hand import report

Row = Mapping[str, Any]

CHECKED = ("SB301", "SB302", "SB303", "SB401", "SB402", "SB405", "SB406")
"""The rules that a documents view cannot break unnoticed."""

_IDS = {
    **{"sentences": "sentence_id", "entities": "entity_id", "mentions": "mention_id", "relations": "relation_id"},
    **{"attributions": "attribution_id", "stances": "stance_id"},
}
_SPANS = ("mentions", "attributions", "stances")
_ARGUMENTS = (("relations", "head"), ("relations", "tail"), ("attributions", "source"), ("stances", "holder"))


def check(rows: Iterable[Row]) -> Iterator[str]:
    """What is wrong with the examples."""
    seen: set[str] = set()
    for row in rows:
        if row["doc_id"] in seen:
            yield f"{row['doc_id']}: the id is not unique"
        seen.add(row["doc_id"])
        yield from (f"{row['doc_id']}: {complaint}" for complaint in (*_ids(row), *_offsets(row), *_references(row)))


def _ids(row: Row) -> Iterator[str]:
    ids = [record[id] for layer, id in _IDS.items() for record in row[layer]]
    if len(set(ids)) < len(ids):
        yield "ids are not unique"


def _offsets(row: Row) -> Iterator[str]:
    text = row["text"]
    spans = [record for layer in _SPANS for record in row[layer]]
    spans += [span for attribution in row["attributions"] for span in attribution["content"]]
    for span in spans:
        if text[span["start"] : span["end"]] != span["text"]:
            yield f"{span['start']}..{span['end']} is not {span['text']!r}"
    for sentence in row["sentences"]:
        if not 0 <= sentence["start"] < sentence["end"] <= len(text):
            yield f"{sentence['sentence_id']} is not in the text"


def _references(row: Row) -> Iterator[str]:
    mentions = {mention["mention_id"] for mention in row["mentions"]}
    for layer, field in _ARGUMENTS:
        for record in row[layer]:
            if record[field] is not None and record[field] not in mentions:
                yield f"{layer}: there is no {field} {record[field]}"
    clusters: dict[str, list[str]] = {entity["entity_id"]: [] for entity in row["entities"]}
    for mention in row["mentions"]:
        if mention["entity_id"] not in clusters:
            yield f"{mention['mention_id']}: there is no entity {mention['entity_id']}"
        clusters.setdefault(mention["entity_id"], []).append(mention["mention_id"])
    yield from (f"{entity} has no mention" for entity, found in clusters.items() if not found)


if __name__ == "__main__":
    from datasets import load_dataset

    loaded = load_dataset(sys.argv[1], "documents", cache_dir=sys.argv[2])
    report(check(row for split in loaded.values() for row in split))
