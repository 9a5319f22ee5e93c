"""Records of DWIE (Zaporojets et al. 2021): a text, mentions by offsets, concepts, and relations between these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.formats.foreign_document import (
    NO_LABEL,
    Attribute,
    Cluster,
    ForeignDocument,
    Item,
    Link,
    Refused,
    Span,
)
from stancebank.formats.given_files import Given, read_text, without_mark
from stancebank.formats.json_records import NEAREST, json_records, nearest

_TYPE = "type::"
_UNTYPED = "none"
_NOT_READ = ("tags", "iptc")


def read_dwie(given: Given) -> Iterator[Item]:
    """A document for each record. Its text is in it, or in a file that its id names.

    A concept has the tags of a type and of all above it: its type is the one that the fewest concepts of all have.
    """
    counts = Counter(tag for _, record, _ in _records(given) if isinstance(record, dict) for tag in _all_types(record))
    for path, record, place in _records(given):
        if isinstance(record, Refused):
            yield record
            continue
        file = printable(str(path))
        try:
            yield _document(record, path, place, given, counts)
        except StanceBankError as error:
            yield Refused(place, file, error.what, error.fix)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            what = f"{place}: not a record of DWIE: {type(error).__name__} {excerpt(str(error))}"
            yield Refused(place, file, what, "write id, content, mentions, concepts and relations")


def _records(given: Given) -> Iterator[tuple[Path, Any, str]]:
    """The records of all files, each with its file and place; Refused for a file that cannot be read."""
    for path in given.files((".json", ".jsonl")):
        file = printable(str(path))
        try:
            content, _ = without_mark(read_text(path))
            records = json_records(content, file)
        except StanceBankError as error:
            yield path, Refused(file, file, error.what, error.fix), file
            continue
        for number, record in enumerate(records, 1):
            yield path, record, f"{file}:{number}" if len(records) > 1 else file


def _all_types(record: Mapping[str, Any]) -> Iterator[str]:
    concepts = record.get("concepts")
    for concept in concepts if isinstance(concepts, list) else ():
        yield from _types(concept)


def _types(concept: object) -> list[str]:
    tags = concept.get("tags") if isinstance(concept, dict) else None
    types = (tag.removeprefix(_TYPE) for tag in tags or () if isinstance(tag, str) and tag.startswith(_TYPE))
    return [tag for tag in types if tag != _UNTYPED]


def _document(
    record: Mapping[str, Any], path: Path, place: str, given: Given, counts: Mapping[str, int]
) -> ForeignDocument:
    id, where = str(record["id"]), f"{path.name}, {record['id']}"
    text = record.get("content")
    if not text:
        text = read_text(given.text_file(path, id))
    _, annotator = given.document(path)
    document = ForeignDocument(id, place, printable(str(path)), text, annotator)
    concepts = {concept["concept"]: concept for concept in record["concepts"]}
    mentions: dict[Any, list[tuple[str, int]]] = {}
    for number, mention in enumerate(record["mentions"]):
        concept = concepts.get(mention["concept"], {})
        types = sorted(_types(concept), key=lambda tag: (counts[tag], tag))
        document.notices["type-of-several"] += len(types) > 1
        span = f"{number}/mention"
        fragments = ((int(mention["begin"]), int(mention["end"])),)
        document.spans.append(Span(span, types[0] if types else NO_LABEL, fragments, mention["text"], where))
        if concept:
            mentions.setdefault(mention["concept"], []).append((span, fragments[0][0]))
    for key, concept in concepts.items():
        if key not in mentions:
            document.left_out["clusters", "no mention of them is in the text"] += 1
            continue
        document.clusters.append(Cluster(f"c{key}", tuple(span for span, _ in mentions[key]), where))
        document.attributes.append(Attribute(f"c{key}", "name", " ".join(concept["text"].split()), where))
        if concept.get("link"):
            document.attributes.append(Attribute(f"c{key}", "link", concept["link"], where))
    for number, relation in enumerate(record["relations"]):
        if relation["s"] in mentions and relation["o"] in mentions:
            head, tail = nearest(mentions[relation["s"]], mentions[relation["o"]])
            document.links.append(Link(f"r{number}", str(relation["p"]), head, tail, where))
            document.notices[NEAREST] += 1
        else:
            document.left_out["links", "an end has no mention in the text"] += 1
    document.left_out["events", "frames have no place in the layers"] += len(record.get("frames") or ())
    for name in _NOT_READ:
        document.left_out["attributes", f"{name} have no place in the layers"] += len(record.get(name) or ())
    return document
