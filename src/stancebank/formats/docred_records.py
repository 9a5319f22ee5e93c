"""Records of DocRED (Yao et al. 2019): read as tokens, entities and relations between them; written as the view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.formats.foreign_document import NO_LABEL, Cluster, ForeignDocument, Item, Link, Refused, Span
from stancebank.formats.given_files import Given, read_text, without_mark
from stancebank.formats.json_records import NEAREST, json_records, nearest
from stancebank.formats.ledger import NO_PLACE_HERE, Ledger
from stancebank.formats.offsets import CODE_POINTS
from stancebank.views.docred import docred


def read_docred(given: Given) -> Iterator[Item]:
    """A document for each record; its text is made of its tokens."""
    for path in given.files((".json", ".jsonl")):
        file = printable(str(path))
        try:
            content, _ = without_mark(read_text(path))
            _, annotator = given.document(path)
            records = json_records(content, file)
        except StanceBankError as error:
            yield Refused(file, file, error.what, error.fix)
            continue
        for number, record in enumerate(records, 1):
            place = f"{file}:{number}"
            try:
                document = _document(record, place, file)
            except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
                what = f"{place}: not a record of DocRED: {type(error).__name__} {excerpt(str(error))}"
                yield Refused(place, file, what, "write title, sents, vertexSet and labels")
                continue
            document.annotator = annotator
            yield document


def _document(record: Mapping[str, Any], place: str, file: str) -> ForeignDocument:
    where = f"{Path(file).name}, {record['title']}"
    text, tokens = "", []
    for sentence in record["sents"]:
        places = []
        for word in sentence:
            text += " " if text else ""
            places.append((len(text), len(text) + len(word)))
            text += word
        tokens.append(places)
    document = ForeignDocument(str(record["title"]), place, file, text, made_text=True, unit=CODE_POINTS)
    document.sentences = [(places[0][0], places[-1][1]) for places in tokens if places]
    mentions: list[list[tuple[str, int]]] = []
    for entity, vertices in enumerate(record["vertexSet"]):
        members = []
        for index, vertex in enumerate(vertices):
            id = f"v{entity}.{index}"
            first, last = vertex["pos"]
            start, end = tokens[vertex["sent_id"]][first][0], tokens[vertex["sent_id"]][last - 1][1]
            document.spans.append(Span(id, str(vertex.get("type") or NO_LABEL), ((start, end),), None, where))
            members.append((id, start))
        if members:
            document.clusters.append(Cluster(f"v{entity}", tuple(id for id, _ in members), where))
        mentions.append(members)
    for index, label in enumerate(record.get("labels", ())):
        head, tail = nearest(mentions[label["h"]], mentions[label["t"]])
        document.links.append(Link(f"l{index}", str(label["r"]), head, tail, where))
        document.notices[NEAREST] += 1
        document.notices["evidence-left-out"] += bool(label.get("evidence"))
    return document


def write_docred(parts: Iterable[Part], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    """One file with a list of records, from the view docred."""
    records = []
    for part in parts:
        rows = docred(part).to_dicts()
        labels = sum(len(row["labels"]) for row in rows)
        for layer in ("entities", "mentions"):
            ledger.hold(layer, part[layer].height)
        ledger.hold("relations", labels)
        why = "no fact, or one that another states of the same entities"
        ledger.leave("relations", why, part["relations"].height - labels)
        for layer in ("attributions", "stances"):
            ledger.leave(layer, NO_PLACE_HERE, part[layer].height)
        records += rows
    yield "documents.json", orjson.dumps(records, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
