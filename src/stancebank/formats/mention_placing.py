"""Mentions and entities from spans and clusters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stancebank.faults import excerpt
from stancebank.formats.conventions import SAME, type_vocabulary
from stancebank.formats.desk import Desk, grouped
from stancebank.formats.foreign_document import Cluster, Link, Span
from stancebank.formats.sentence_fitting import Record
from stancebank.schema.layers import ENTITIES, MENTIONS
from stancebank.text.timex import is_timex3

DUPLICATE = "duplicate"
_TYPE = next(column.name for column in ENTITIES.columns if column.vocabulary)


class Mentions:
    """The mentions of a document: records by the id of the span, entities by the id of one of its mentions."""

    def __init__(self, desk: Desk, clusters: Sequence[Cluster], links: Sequence[Link]) -> None:
        self._desk = desk
        self._same: dict[str, str] = {}  # a span, and another one of its entity
        self._told: set[str] = set()  # spans of which the file says whose they are
        self._twin: dict[str, str] = {}  # a span, and the one that it repeats
        self._records: dict[str, Record] = {}
        spans = [span for span in desk.spans.values() if self._is_mention(span)]
        self._join(clusters, links)
        kept = list(self._uncrossed(self._single(spans)))
        if MENTIONS.name not in desk.corpus.layers:
            return
        layer = desk.corpus.layers[MENTIONS.name]
        for span in kept:
            start, end = desk.places[span.id][0]
            record = desk.record(layer, desk.id(layer, span.id), **desk.span((start, end)))
            self._records[span.id] = record
            desk.placed.records[layer.name].append(record)
        self._entities(kept, clusters)
        for span in kept:
            desk.values(span.id, layer.columns, self._records[span.id])

    def _is_mention(self, span: Span) -> bool:
        meaning = self._desk.meaning(span.id)
        return span.id in self._desk.places and meaning is not None and meaning.place == MENTIONS.name

    def record(self, span: str) -> Record | None:
        """The mention that a span became; None where it became none."""
        return self._records.get(self._twin.get(span, span))

    def entity(self, span: str) -> str:
        """What the spans of one entity have in common."""
        return grouped(self._same, span)

    def _join(self, clusters: Sequence[Cluster], links: Sequence[Link]) -> None:
        for cluster in clusters:
            unknown = [member for member in cluster.members if member not in self._desk.spans]
            if unknown or not cluster.members:
                what = f"names {excerpt(unknown[0])}, which is not there" if unknown else "has no member"
                self._desk.problem("clusters", cluster.where or cluster.id, f"{cluster.id} {what}")
                self._desk.ledger.leave("clusters", "a member is missing")
                continue
            self._desk.ledger.hold("clusters")
            self._told.update(cluster.members)
            for member in cluster.members[1:]:
                self._unite(cluster.members[0], member)
        for link in links:
            meaning = self._desk.labels.links[link.label]
            if meaning is not None and meaning.place == SAME and {link.head, link.tail} <= self._desk.spans.keys():
                self._unite(link.head, link.tail)
                self._told |= {link.head, link.tail}
                self._desk.ledger.hold("links")

    def _unite(self, one: str, other: str) -> None:
        first, second = self.entity(one), self.entity(other)
        if first != second:
            self._same[second] = first

    def _single(self, spans: Sequence[Span]) -> Iterator[Span]:
        """The spans without those that repeat another: the same place and label, and no other entity."""
        known: dict[tuple[object, ...], Span] = {}
        for span in spans:
            place = self._desk.places[span.id][0]
            same_entity = self.entity(span.id) if span.id in self._told else ""
            for key in ((place, same_entity), (place, same_entity, span.label)):
                twin = known.get(key)
                if twin is not None:
                    break
            else:
                if same_entity:
                    known[place, same_entity] = span
                known[place, same_entity, span.label] = span
                yield span
                continue
            self._twin[span.id] = twin.id
            self._desk.ledger.notices[DUPLICATE] += 1
            self._desk.held.add(span.id)

    def _uncrossed(self, spans: Iterator[Span]) -> Iterator[Span]:
        """The spans without those that begin inside another one and end behind it."""
        desk = self._desk
        ordered = sorted(spans, key=lambda span: (desk.places[span.id][0][0], -desk.places[span.id][0][1]))
        around: list[Span] = []
        for span in ordered:
            start, end = desk.places[span.id][0]
            while around and desk.places[around[-1].id][0][1] <= start:
                around.pop()
            if around and desk.places[around[-1].id][0][1] < end:
                first, last = desk.places[around[-1].id][0]
                other = f"{excerpt(desk.text[first:last])} at {first}..{last}"
                desk.drop(span, f"at {start}..{end} crosses {other}", "crosses another one")
                continue
            around.append(span)
            desk.held.add(span.id)
            yield span

    def _entities(self, kept: Sequence[Span], clusters: Sequence[Cluster]) -> None:
        """An entity for each group of mentions; its type is the one label that they share."""
        desk = self._desk
        if ENTITIES.name not in desk.corpus.layers:
            self._levels(kept)
            return
        layer = desk.corpus.layers[ENTITIES.name]
        of_group: dict[str, list[Span]] = {}
        for span in kept:
            of_group.setdefault(self.entity(span.id), []).append(span)
        named = {self.entity(cluster.members[0]): cluster for cluster in clusters if cluster.members}
        reference = next(c.name for c in MENTIONS.columns if c.refers_to == ENTITIES.name)
        ids = {group: desk.id(layer, named[group].id) for group in of_group if group in named}
        of_mentions = set(desk.corpus.layers[MENTIONS.name].names)
        columns = [column for column in layer.columns if column.name not in of_mentions]
        for group, spans in of_group.items():
            id = ids[group] if group in ids else desk.id(layer, "")
            record = desk.record(layer, id, name=" ".join(self._records[spans[0].id]["text"].split()))
            record |= self._type(spans)
            if group in named:
                desk.values(named[group].id, layer.columns, record)
            for span in spans:
                desk.values(span.id, columns, record)
                self._records[span.id][reference] = id
            self._require_time(record)
            desk.placed.records[layer.name].append(record)

    def _require_time(self, record: Record) -> None:
        """Leave out the value of an entity that is no time, and one that is no TIMEX3 value."""
        timed, kind, value = self._desk.corpus.scheme.timed_types, record.get("type"), record["value"]
        if value is not None and kind is not None and (kind not in timed or not is_timex3(value)):
            what = f"the value {excerpt(value)} of {excerpt(record['name'])} is none of a {kind}"
            self._desk.problem("attributes", record["entity_id"], what)
            self._desk.ledger.hold("attributes", -1)
            self._desk.ledger.leave("attributes", "a value that its column cannot have")
            record["value"] = None

    def _type(self, spans: Sequence[Span]) -> Record:
        meant = {self._label(span) for span in spans} - {None}
        if len(meant) > 1:
            self._desk.ledger.notices["types-differ"] += 1
        return {_TYPE: meant.pop() if len(meant) == 1 else None}

    def _levels(self, kept: Sequence[Span]) -> None:
        vocabulary = type_vocabulary(self._desk.corpus.scheme)
        for column in self._desk.corpus.layers[MENTIONS.name].columns:
            if column.vocabulary == vocabulary and vocabulary is not None:
                for span in kept:
                    self._records[span.id][column.name] = self._label(span)

    def _label(self, span: Span) -> str | None:
        meaning = self._desk.meaning(span.id)
        return None if meaning is None else meaning.label
