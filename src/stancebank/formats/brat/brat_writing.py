"""Foreign documents as files .txt and .ann of brat, with everything that they have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

import orjson

from stancebank.formats.brat.brat_names import CLUSTER, FIELDS, ID, LABEL, REFERENCE, WIKIDATA, as_word, is_word
from stancebank.formats.foreign_document import ForeignDocument, Span
from stancebank.formats.fragments import lines_of
from stancebank.formats.ledger import Ledger


def write_brat(
    documents: Iterable[ForeignDocument], ledger: Ledger, _: str | None = None
) -> Iterator[tuple[str, bytes]]:
    """The files of the documents, by name. ledger: counts what was written."""
    for document in documents:
        yield f"{document.id}.txt", document.text.encode()
        yield f"{document.id}.ann", "".join(f"{line}\n" for line in _Writer(document).lines()).encode()
        for kind, count in document.counts():
            ledger.hold(kind, count)


class _Writer:
    """Numbers the items of a document and writes a line or more for each."""

    def __init__(self, document: ForeignDocument) -> None:
        self._document = document
        self._ids: dict[str, str] = {}
        for letter, items in (("T", document.spans), ("R", document.links), ("E", document.events)):
            self._number(letter, [each.id for each in items])
        self._values: dict[str, dict[str, Any]] = {}
        for attribute in document.attributes:
            self._values.setdefault(attribute.target, {})[attribute.name] = attribute.value
        self._notes = 0
        self._attributes = 0

    def _number(self, letter: str, ids: list[str]) -> None:
        taken = {id for id in ids if re.fullmatch(f"{letter}[1-9][0-9]*", id)}
        number = 0
        for id in ids:
            if id in taken:
                self._ids[id] = id
                continue
            number += 1
            while f"{letter}{number}" in taken:
                number += 1
            self._ids[id] = f"{letter}{number}"

    def lines(self) -> Iterator[str]:
        """The records of the file."""
        document = self._document
        labels = {span.id: span.label for span in document.spans}
        for span in document.spans:
            yield self._span(span)
            yield from self._details(span.id, span.label)
        for link in document.links:
            ends = f"Arg1:{self._ids[link.head]} Arg2:{self._ids[link.tail]}"
            yield f"{self._ids[link.id]}\t{as_word(link.label)} {ends}"
            yield from self._details(link.id, link.label)
        for event in document.events:
            times: dict[str, int] = {}
            arguments = []
            for role, target in event.arguments:
                times[role] = times.get(role, 0) + 1
                number = times[role] if times[role] > 1 else ""
                arguments.append(f" {as_word(role)}{number}:{self._ids[target]}")
            trigger = f"{as_word(labels[event.trigger])}:{self._ids[event.trigger]}"
            yield f"{self._ids[event.id]}\t{trigger}{''.join(arguments)}"
            yield from self._details(event.id, None)
        for cluster in document.clusters:
            members = [self._ids[member] for member in cluster.members]
            if len(members) > 1:
                yield f"*\tEquiv {' '.join(members)}"
            values = dict(self._values.get(cluster.id, {}))
            known = values.pop(WIKIDATA, None)
            if known is not None:
                yield f"N{self._next_note()}\t{REFERENCE} {members[0]} Wikidata:{known}\t{values.get('name') or known}"
            yield self._note(CLUSTER, members[0], {ID: cluster.id} | values)

    def _span(self, span: Span) -> str:
        text = self._document.text
        fragments = [line for start, end in span.fragments for line in lines_of(text, start, end)]
        offsets = ";".join(f"{start} {end}" for start, end in fragments)
        words = " ".join(text[start:end] for start, end in fragments)
        return f"{self._ids[span.id]}\t{as_word(span.label)} {offsets}\t{words}"

    def _details(self, id: str, label: str | None) -> Iterator[str]:
        """The attributes of an item, and a note of what brat cannot have as such."""
        values = self._values.get(id, {})
        target = self._ids[id]
        more: dict[str, Any] = {}
        if target != id and "/" not in id:
            more[ID] = id
        if label is not None and as_word(label) != label:
            more[LABEL] = label
        for name, value in values.items():
            if is_word(value) and is_word(name):
                self._attributes += 1
                yield f"A{self._attributes}\t{name} {target} {value}"
            else:
                more[f"{name}"] = value
        if more:
            yield self._note(FIELDS, target, more)

    def _note(self, kind: str, target: str, values: dict[str, Any]) -> str:
        return f"#{self._next_note()}\t{kind} {target}\t{orjson.dumps(values).decode()}"

    def _next_note(self) -> int:
        self._notes += 1
        return self._notes
