"""Files .ann of brat as foreign documents."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import orjson

from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.formats.brat.brat_names import CLUSTER, FIELDS, ID, LABEL, REFERENCE, WIKIDATA
from stancebank.formats.foreign_document import (
    Attribute,
    Cluster,
    Event,
    ForeignDocument,
    Fragment,
    Item,
    Link,
    Note,
    Refused,
    Span,
)
from stancebank.formats.given_files import Given, read_text, without_mark

_ID = re.compile(r"[TERAMN#]\S*|\*")
_OFFSETS = re.compile(r"[0-9]+ [0-9]+(?:;[0-9]+ [0-9]+)*")
_NUMBERED = re.compile(r"(.*?[^0-9])[0-9]+")


def read_brat(given: Given) -> Iterator[Item]:
    """A document for each file .ann, with the text that belongs to it; what cannot be read as one is refused."""
    for path in given.files((".ann",)):
        place = printable(str(path))
        try:
            name, annotator = given.document(path)
            text = read_text(given.text_file(path, name))
            lines, marked = without_mark(read_text(path))
            document = ForeignDocument(name, place, place, text, annotator)
            document.notices["bom-skipped"] += marked
            _Reader(document).read(lines)
        except StanceBankError as error:
            yield Refused(place, place, error.what, error.fix)
        else:
            yield document


class _Reader:
    """Fills a document from the lines of its file."""

    def __init__(self, document: ForeignDocument) -> None:
        self._document = document
        self._file = Path(document.place).name
        self._ids: dict[str, str] = {}  # brat's id, and the one that a field gives
        self._labels: dict[str, str] = {}
        self._take: dict[str, Callable[[str, str, str], None]] = {
            "T": self._span,
            "E": self._event,
            "R": self._link,
            "*": self._group,
            "A": self._attribute,
            "M": self._attribute,
            "N": self._reference,
            "#": self._note,
        }

    def read(self, content: str) -> None:
        """Read the records. Raises StanceBankError for a line that is none."""
        span: tuple[str, str, str] | None = None  # the one that was begun, with its id and place
        more: list[str] = []  # lines that a line break in its words has cut off
        number = 0
        for line in (content.replace("\r\n", "\n") if "\r\n" in content else content).split("\n"):
            number += 1
            id, tab, rest = line.partition("\t")
            if not tab or not (id[1:].isdigit() or _ID.fullmatch(id)) or id[0] not in self._take:
                if span is not None:
                    more.append(line)
                elif line.strip():
                    what = f"{self._file}:{number}: {excerpt(line)} is no record of brat"
                    raise StanceBankError(what, "correct the line, or remove it")
                continue
            if span is not None:
                self._end_span(span, more)
                span = None
            where = f"{self._file}:{number}"
            if id[0] == "T":
                span, more = (id, rest, where), []
            else:
                self._record(id, rest, where)
        if span is not None:
            self._end_span(span, more)
        self._rename()

    def _end_span(self, span: tuple[str, str, str], more: list[str]) -> None:
        """Take in a span with the lines that its words go on in."""
        id, rest, where = span
        while more and not more[-1].strip():
            more.pop()
        if more:
            rest = "\n".join([rest, *more])
            self._document.notices["record-continued"] += 1
            self._document.repaired.append(f"{where}: the record goes on in the next {counted(len(more), 'line')}")
        self._record(id, rest, where)

    def _record(self, id: str, rest: str, where: str) -> None:
        try:
            self._take[id[0]](id, rest, where)
        except ValueError:
            line = f"{id}\t{rest}"
            what = f"{where}: {excerpt(line)} is no whole record of brat"
            raise StanceBankError(what, "correct the line, or remove it") from None

    def _span(self, id: str, rest: str, where: str) -> None:
        head, tab, quoted = rest.partition("\t")
        label, _, offsets = head.partition(" ")
        start, _, end = offsets.partition(" ")
        if offsets.isascii() and start.isdigit() and end.isdigit():
            fragments: tuple[Fragment, ...] = ((int(start), int(end)),)
        elif _OFFSETS.fullmatch(offsets):
            pairs = (each.partition(" ") for each in offsets.split(";"))
            fragments = tuple((int(start), int(end)) for start, _, end in pairs)
        else:
            raise ValueError
        self._document.spans.append(Span(id, label, fragments, quoted if tab else None, where))

    def _event(self, id: str, rest: str, where: str) -> None:
        first, *others = rest.split()
        named = []
        roles: set[str] = set()
        for each in others:
            role, _, target = each.rpartition(":")
            roles.add(role)
            named.append((role, target))
        if any(role[-1:].isdigit() for role in roles):
            found = ((role, target, _NUMBERED.fullmatch(role)) for role, target in named)
            named = [(numbered[1] if numbered and numbered[1] in roles else r, t) for r, t, numbered in found]
        self._document.events.append(Event(id, first.rpartition(":")[2], tuple(named), where))

    def _link(self, id: str, rest: str, where: str) -> None:
        label, head, tail = rest.split()
        self._document.links.append(Link(id, label, head.rpartition(":")[2], tail.rpartition(":")[2], where))

    def _group(self, id: str, rest: str, where: str) -> None:
        label, *members = rest.split()
        if len(members) < 2:
            raise ValueError
        self._document.clusters.append(Cluster(f"{id}{label}/{where}", tuple(members), where))

    def _attribute(self, _: str, rest: str, where: str) -> None:
        name, target, *value = rest.split()
        self._document.attributes.append(Attribute(target, name, " ".join(value) if value else True, where))

    def _reference(self, _: str, rest: str, where: str) -> None:
        kind, target, named = rest.split("\t")[0].split()
        source, _, id = named.partition(":")
        name = WIKIDATA if kind == REFERENCE and source.casefold() == WIKIDATA else source
        self._document.attributes.append(Attribute(target, name, id, where))

    def _note(self, _: str, rest: str, where: str) -> None:
        head, _, text = rest.partition("\t")
        kind, target = head.split()
        fields = _fields(text) if kind in (FIELDS, CLUSTER) else None
        if fields is None:
            self._document.notes.append(Note(target, text, where))
            return
        if kind == CLUSTER:
            id = str(fields.pop(ID, f"{target}/cluster"))
            self._document.clusters.append(Cluster(id, (target,), where))
            target = id
        else:
            if ID in fields:
                self._ids[target] = str(fields.pop(ID))
            if LABEL in fields:
                self._labels[target] = str(fields.pop(LABEL))
        self._document.attributes += [Attribute(target, name, value, where) for name, value in fields.items()]

    def _rename(self) -> None:
        """Give items the ids and labels that fields have for them, and clusters all of their members."""
        document, ids, labels = self._document, self._ids, self._labels
        groups = [each for each in document.clusters if each.id.startswith("*")]
        if groups and len(groups) < len(document.clusters):
            of_member = {member: group.members for group in groups for member in group.members}
            named = [each for each in document.clusters if not each.id.startswith("*")]
            told = {id(of_member.get(each.members[0])) for each in named}
            document.clusters = [each._replace(members=of_member.get(each.members[0], each.members)) for each in named]
            document.clusters += [group for group in groups if id(group.members) not in told]
        if not ids and not labels:
            return

        def of(name: str) -> str:
            return ids.get(name, name)

        changed = ids.keys() | labels.keys()
        document.spans = [
            s._replace(id=of(s.id), label=labels.get(s.id, s.label)) if s.id in changed else s for s in document.spans
        ]
        document.links = [
            each._replace(id=of(each.id), label=labels.get(each.id, each.label), head=of(each.head), tail=of(each.tail))
            for each in document.links
        ]
        document.events = [
            e._replace(id=of(e.id), trigger=of(e.trigger), arguments=tuple((role, of(t)) for role, t in e.arguments))
            for e in document.events
        ]
        document.clusters = [c._replace(members=tuple(map(of, c.members))) for c in document.clusters]
        document.attributes = [a._replace(target=ids[a.target]) if a.target in ids else a for a in document.attributes]
        document.notes = [n._replace(target=of(n.target)) for n in document.notes]


def _fields(text: str) -> dict[str, object] | None:
    try:
        fields = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return fields if isinstance(fields, dict) else None
