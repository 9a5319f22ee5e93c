"""Relations from links; attributions and stances from events, and from spans with links."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from stancebank.faults import excerpt
from stancebank.formats.conventions import CONTENT, HOLDER, SAME, SOURCE
from stancebank.formats.desk import BY_MAP, NO_PLACE, Desk
from stancebank.formats.foreign_document import Event, Fragment, Link
from stancebank.formats.fragments import REORDERED
from stancebank.formats.mention_placing import DUPLICATE, Mentions
from stancebank.formats.sentence_fitting import Record
from stancebank.schema.labels import RelationType
from stancebank.schema.layers import ATTRIBUTIONS, ENTITIES, RELATIONS, STANCES

_ONE = {ATTRIBUTIONS.name: SOURCE, STANCES.name: HOLDER}
"""What records of a layer have at most one of."""


class _Hub(NamedTuple):
    """A span that becomes a record, with what takes part in it: pairs of a place and the id of a span.

    links: how many of these are links; the others are arguments of an event.
    """

    id: str
    kind: str
    trigger: str
    parts: tuple[tuple[str, str], ...]
    where: str
    links: int
    is_event: bool


class _UnfitError(Exception):
    """A record that cannot be made, and why."""


def place_relations(desk: Desk, links: Sequence[Link], mentions: Mentions) -> None:
    """Records of relations, without those that repeat another in a sentence."""
    layer = desk.corpus.layers.parts.get(RELATIONS.name)
    types = {label.name: label for label in desk.corpus.scheme.relation_types}
    known: set[tuple[object, ...]] = set()
    kinds = {each["entity_id"]: each["type"] for each in desk.placed.records.get(ENTITIES.name, ())}
    for link in links:
        meaning = desk.labels.links[link.label]
        if meaning is None or layer is None or meaning.place != RELATIONS.name:
            continue
        try:
            head, tail = (_end(desk, link, end, mentions) for end in (link.head, link.tail))
            _require_allowed(link, head, tail, types.get(meaning.label or ""), kinds)
        except _UnfitError as error:
            desk.problem("links", link.where or link.id, str(error))
            desk.ledger.leave("links", "an end has no place, or is not allowed")
            continue
        label = types.get(meaning.label or "")
        if label is not None and label.symmetric and tail["start"] < head["start"]:
            head, tail = tail, head
            desk.ledger.notices["ends-swapped"] += 1
        record = desk.record(layer, "", head=head["mention_id"], tail=tail["mention_id"], type=meaning.label)
        desk.values(link.id, layer.columns, record)
        ends = (head.get("entity_id"), tail.get("entity_id"))
        key = (record["type"], *ends, record.get("modality"), desk.sentences.number(head["start"]))
        if key in known and None not in key:
            desk.ledger.notices[DUPLICATE] += 1
        else:
            known.add(key)
            record[layer.id_column] = desk.id(layer, link.id)
            desk.placed.records[layer.name].append(record)
        desk.ledger.hold("links")


def _end(desk: Desk, link: Link, span: str, mentions: Mentions) -> Record:
    if span not in desk.spans:
        raise _UnfitError(f"the link {excerpt(link.id)} names {excerpt(span)}, which is not there")
    record = mentions.record(span)
    if record is None:
        raise _UnfitError(f"the link {excerpt(link.id)} names {excerpt(span)}, which is no mention")
    return record


def _require_allowed(
    link: Link, head: Record, tail: Record, label: RelationType | None, kinds: Mapping[str, str | None]
) -> None:
    """Raise _UnfitError where no relation of a label may join two mentions. kinds: types of entities by id."""
    if "entity_id" not in head:
        return
    if head["entity_id"] == tail["entity_id"]:
        raise _UnfitError(f"the link {excerpt(link.id)} leads from an entity to itself")
    if label is None:
        return
    for end, allowed in ((head, label.domain), (tail, label.range)):
        kind = kinds[end["entity_id"]]
        if allowed is not None and kind is not None and kind not in allowed:
            what = f"the link {excerpt(link.id)}: {link.label} is not allowed at {kind} {excerpt(end['text'])}"
            raise _UnfitError(f"{what}, only at {', '.join(allowed)}")


def place_hubs(desk: Desk, links: Sequence[Link], events: Sequence[Event], mentions: Mentions) -> None:
    """Records of attributions and stances."""
    known: set[tuple[object, ...]] = set()
    for hub in _hubs(desk, links, events):
        layer = desk.corpus.layers[hub.kind]
        try:
            record = (
                _attribution(desk, hub, mentions) if hub.kind == ATTRIBUTIONS.name else _stance(desk, hub, mentions)
            )
            told = (record.get(name) for name in ("source", "holder", "target"))
            key = (hub.kind, record["start"], record["end"], *told)
            if key in known:
                raise _UnfitError(f"{excerpt(desk.span(desk.places[hub.trigger][0])['text'])} repeats another record")
        except _UnfitError as error:
            desk.problem("events", hub.where, str(error), refuses=hub.is_event or bool(hub.links))
            _count_hub(desk, hub, str(error))
            continue
        known.add(key)
        record[layer.id_column] = desk.id(layer, hub.id)
        desk.placed.records[layer.name].append(record)
        _count_hub(desk, hub, None)


def _count_hub(desk: Desk, hub: _Hub, why: str | None) -> None:
    """Count the event or the links of a hub, and mark its spans as held, or tell why they are not."""
    if why is None:
        desk.held.add(hub.trigger)
        desk.held.update(span for place, span in hub.parts if place == CONTENT)
    else:
        desk.why_out.setdefault(hub.trigger, "its record cannot be made")
    for kind, count in (("events", int(hub.is_event)), ("links", hub.links)):
        if count and why is None:
            desk.ledger.hold(kind, count)
        elif count:
            desk.ledger.leave(kind, "their record cannot be made", count)


def _hubs(desk: Desk, links: Sequence[Link], events: Sequence[Event]) -> Iterator[_Hub]:
    """The spans that become records, in the order of the file: one for each event, else one for each span."""
    kinds = {span: m.place for span in desk.places if (m := desk.meaning(span)) and m.place in _ONE}
    parts: dict[str, list[tuple[str, str]]] = {}
    for link in links:
        meaning = desk.labels.links[link.label]
        if meaning is None:
            desk.ledger.leave("links", BY_MAP)
        elif meaning.place in (SOURCE, CONTENT, HOLDER) and link.head in kinds:
            parts.setdefault(link.head, []).append((meaning.place, link.tail))
        elif meaning.place not in (RELATIONS.name, SAME) or (
            meaning.place == SAME and not {link.head, link.tail} <= desk.spans.keys()
        ):
            desk.problem("links", link.where or link.id, f"{link.label} does not lead from a span that may have it")
            desk.ledger.leave("links", NO_PLACE)
    triggers = set()
    for event in events:
        if event.trigger not in desk.spans:
            desk.problem("events", event.where, f"{event.id} names {excerpt(event.trigger)}, which is not there")
            desk.ledger.leave("events", "a trigger is missing")
            continue
        triggers.add(event.trigger)
        if event.trigger not in kinds:
            desk.ledger.leave("events", desk.why_out.get(event.trigger, NO_PLACE))
            continue
        arguments = [(desk.labels.links[role], span) for role, span in event.arguments]
        meant = tuple((meaning.place, span) for meaning, span in arguments if meaning is not None)
        desk.ledger.notices["arguments-left-out"] += len(arguments) - len(meant)
        of_links = parts.pop(event.trigger, [])
        where = event.where or event.id
        yield _Hub(event.id, kinds[event.trigger], event.trigger, (*meant, *of_links), where, len(of_links), True)
    for span, kind in kinds.items():
        if span not in triggers:
            of_links = parts.get(span, [])
            yield _Hub(span, kind, span, tuple(of_links), desk.spans[span].where or span, len(of_links), False)


def _attribution(desk: Desk, hub: _Hub, mentions: Mentions) -> Record:
    layer = desk.corpus.layers[ATTRIBUTIONS.name]
    cue = desk.span(desk.places[hub.trigger][0])
    source = _at_most_one(desk, hub, mentions)
    content = _content(desk, hub, [span for place, span in hub.parts if place == CONTENT])
    if not content:
        raise _UnfitError(f"{excerpt(cue['text'])} at {cue['start']}..{cue['end']} has no content")
    record = desk.record(layer, "", **cue, source=source, content=content)
    for target in dict.fromkeys((hub.trigger, hub.id)):
        desk.values(target, layer.columns, record)
    return record


def _content(desk: Desk, hub: _Hub, spans: Sequence[str]) -> list[Record]:
    """The spans of what is attributed, in the order of the text; those that overlap are one."""
    items = next(column.items for column in ATTRIBUTIONS.columns if column.items)
    found: list[tuple[Fragment, Record]] = []
    for id in spans:
        if id not in desk.spans:
            raise _UnfitError(f"{hub.id} names {excerpt(id)}, which is not there")
        for place in desk.places.get(id, []):
            values: Record = {column.name: column.unset for column in items}
            desk.values(id, items, values)
            found.append((place, values))
    ordered = sorted(found, key=lambda each: each[0])
    desk.ledger.notices[REORDERED] += ordered != found
    joined: list[tuple[Fragment, Record]] = ordered[:1]
    for (start, end), values in ordered[1:]:
        (first, last), before = joined[-1]
        if start < last:
            joined[-1] = ((first, max(last, end)), before)
            desk.ledger.notices["content-joined"] += 1
        else:
            joined.append(((start, end), values))
    return [values | desk.span(place) for place, values in joined]


def _stance(desk: Desk, hub: _Hub, mentions: Mentions) -> Record:
    layer = desk.corpus.layers[STANCES.name]
    evidence = desk.span(desk.places[hub.trigger][0])
    record = desk.record(layer, "", **evidence, holder=_at_most_one(desk, hub, mentions))
    meaning = desk.meaning(hub.trigger)
    record |= {c.name: meaning.label for c in layer.columns if meaning and c.vocabulary == "stance_labels"}
    for target in dict.fromkeys((hub.trigger, hub.id)):
        desk.propose_target(target)
        desk.values(target, layer.columns, record)
    if record["target"] is None:
        raise _UnfitError(f"{excerpt(evidence['text'])} at {evidence['start']}..{evidence['end']} has no target")
    return record


def _at_most_one(desk: Desk, hub: _Hub, mentions: Mentions) -> str | None:
    """The mention that is the source or holder; None where there is none."""
    named = list(dict.fromkeys(span for place, span in hub.parts if place == _ONE[hub.kind]))
    role = _ONE[hub.kind].partition(".")[2]
    if len(named) > 1:
        raise _UnfitError(f"{hub.id} has {len(named)} spans as {role}, and a record has one")
    if not named:
        return None
    record = mentions.record(named[0])
    if record is None:
        what = "which is not there" if named[0] not in desk.spans else "which is no mention"
        raise _UnfitError(f"{hub.id} has {excerpt(named[0])} as {role}, {what}")
    return str(record["mention_id"])
