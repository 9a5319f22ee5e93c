"""Reading results: the items of one annotation become regions with their values, and links between them.

Nothing is taken on trust, since the server checks next to nothing: what is not
as it must be becomes a notice, and only what is sound, or was repaired by the
rule that its kind states, is passed on.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from stancebank.faults import excerpt
from stancebank.schema.column import plain_number
from stancebank.schema.layers import TARGETS
from stancebank.schema.paths import RENAMED_FILE
from stancebank.schema.scheme import Scheme
from stancebank.storage.json_positions import JsonPath
from stancebank.studio.importing.decoding import AGAIN, Item, Value, shown
from stancebank.studio.importing.notices import Notice
from stancebank.studio.layout.controls import (
    CONTENT_LINK,
    ENTITY,
    HOLDER_LINK,
    LABEL,
    NO,
    SOURCE_LINK,
    YES,
    Control,
    Group,
    Kind,
    controls_of,
    region_labels,
    relation_labels,
)

# The regions that a link leads from and to.
_LINK_ENDS: Mapping[str, tuple[Group, Group]] = {
    SOURCE_LINK: ("cue", "mention"),
    CONTENT_LINK: ("cue", "content"),
    HOLDER_LINK: ("stance", "mention"),
}


class Region(msgspec.Struct, gc=False):
    """A labelled span, in code points, with what its controls say.

    values: the value of each control that has one, by the control's name. flawed:
    names of controls whose value was refused. index: of its item in the result.
    """

    id: str
    label: str
    group: Group
    start: int
    end: int
    index: int
    values: dict[str, Any] = {}  # each region gets one of its own
    flawed: Collection[str] = ()


class Link(msgspec.Struct, gc=False):
    """One label of a relation, from head to tail. index: of its item in the result."""

    head: Region
    tail: Region
    label: str
    index: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The content of a result, and the notices about it. It is complete if no notice refuses anything.

    document: the values that belong to no region, but to the document as a whole.
    """

    regions: Mapping[str, Region]
    links: tuple[Link, ...]
    notices: tuple[Notice, ...]
    document: Region


class ResultReader:
    """Reads results that were made with the labelling config of a scheme."""

    def __init__(self, scheme: Scheme, targets: Collection[str]) -> None:
        self.groups = region_labels(scheme)
        self.relations = relation_labels(scheme)
        self.timed_types = scheme.timed_types
        self.controls = controls_of(scheme.layers)
        self._choices: dict[str, Collection[str]] = {}
        for control in self.controls.all.values():
            if control.vocabulary:
                self._choices[control.name] = scheme.names(control.vocabulary)
            elif control.column is not None and control.column.kind == "boolean":
                self._choices[control.name] = (YES, NO)
            elif control.choice:
                self._choices[control.name] = (control.choice,)
            elif control.options == TARGETS.name:
                self._choices[control.name] = targets

    def read(
        self,
        decoded: tuple[Sequence[Item | None], list[Notice]],
        text: str,
        entities: Collection[str],
        path: JsonPath,
    ) -> Reading:
        """The regions and links of a result.

        decoded: as decode_items gives it. text: the document's. entities: ids that a
        mention may name. path: of the result in the file.
        """
        items, notices = decoded
        return _Reader(self, text, {**self._choices, ENTITY.name: entities}, path, notices).read(items)


class _Reader:
    """One result in reading."""

    def __init__(
        self,
        config: ResultReader,
        text: str,
        choices: Mapping[str, Collection[str]],
        path: JsonPath,
        notices: list[Notice],
    ) -> None:
        self._config = config
        self._text = text
        self._length = len(text)
        self._choices = choices
        self._path = path
        self._regions: dict[str, Region] = {}
        self._document = Region("", "", "document", 0, 0, 0)
        self._notices = notices
        # Of a region that was refused, its values and relations need no notices of their own.
        self._refused = {notice.region for notice in notices if notice.outcome == "refused"}

    def read(self, items: Sequence[Item | None]) -> Reading:
        values: list[tuple[int, Item, Control]] = []
        relations: list[tuple[int, Item]] = []
        regions, choices = self._regions, self._choices
        known = self._config.controls.all
        for index, item in enumerate(items):
            if item is None:
                continue
            kind, name = item.type, item.from_name
            if kind == "relation":
                relations.append((index, item))
            elif name == LABEL and kind == "labels":
                self._region(index, item)
            elif (control := known.get(name or "")) is not None and kind == control.tag:
                region = regions.get(item.id or "")
                if control.group == "document":
                    self._of_document(index, item, control)
                elif region is None or not _set_at_once(item.value, control, region, choices):
                    values.append((index, item, control))
            else:
                what = f"no control {shown(item.from_name)} of type {shown(item.type)} is in the labelling config"
                self._say("item-unknown", (index,), what, "use the project's own labelling config", item.id)
        for index, item, control in values:
            self._value(index, item, control)
        return Reading(self._regions, self._links(relations), tuple(self._notices), self._document)

    def _say(self, kind: str, path: JsonPath, what: str, fix: str, region: str | None) -> None:
        self._notices.append(Notice(kind, (*self._path, *path), what, fix, region=region))
        self._refused.add(region)

    def _region(self, index: int, item: Item) -> None:
        id, value = item.id, item.value
        if not id:
            self._say("region-without-id", (index, "id"), "the region has no id", AGAIN, None)
            return
        if value is None or value.start is None or value.end is None:
            self._say("item-malformed", (index, "value"), "expected a value with start, end and labels", AGAIN, id)
            return
        start, end, labels = value.start, value.end, value.labels
        if not labels or len(labels) > 1 or labels[0] not in self._config.groups:
            what = f"the label is {shown(labels)}, expected one of {', '.join(self._config.groups)}"
            fix = f"give the region one label; or, if it was renamed by hand, name both labels in {RENAMED_FILE}"
            self._say("label-unknown", (index, "value", "labels"), what, fix, id)
        elif not 0 <= start < end <= self._length or self._text[start:end].isspace():
            what = f"the span {start}..{end} holds nothing in a text of {self._length:,} code points"
            self._say("span-impossible", (index, "value"), what, "delete the region and draw it again", id)
        elif id in self._regions:
            first = self._regions[id].index
            what = f"a region with the id {excerpt(id)} is there already, as item {first} of the result"
            self._say("region-twice", (index, "id"), what, "delete one of the two", id)
        else:
            label = labels[0]
            self._regions[id] = Region(id, label, self._config.groups[label], start, end, index)

    def _of_document(self, index: int, item: Item, control: Control) -> None:
        """Keep a value of the document as a whole."""
        if item.value is None:
            self._say("item-malformed", (index, "value"), "expected an object, found nothing", "set it again", item.id)
        else:
            self._set(index, item.value, control, self._document)

    def _value(self, index: int, item: Item, control: Control) -> None:
        """Put a value into its region, or say why not."""
        id, value = item.id, item.value
        if not id:
            what = f"the value of {control.name} has no id of a region"
            self._say("region-without-id", (index, "id"), what, AGAIN, None)
            return
        region = self._regions.get(id)
        if value is None:
            self._say("item-malformed", (index, "value"), "expected an object, found nothing", "set it again", id)
        elif region is None and id in self._refused:
            return
        elif region is None:
            what = f"{control.name} is for the region {excerpt(id)}, which is not there"
            self._say("value-without-region", (index, "id"), what, "delete the value, or restore the region", id)
        elif region.group != control.group:
            what = f"{control.name} belongs to a {control.group}, and the region is {region.label}; it was left out"
            self._say("value-out-of-place", (index,), what, "check that the region has the intended label", id)
        elif value.start not in (region.start, None) or value.end not in (region.end, None):
            what = f"the value is at {value.start}..{value.end}, its region at {region.start}..{region.end}"
            self._say("value-elsewhere", (index, "value"), what, "delete the region and make it again", id)
        else:
            self._set(index, value, control, region)

    def _set(self, index: int, value: Value, control: Control, region: Region) -> None:
        found = _said(value, control)
        if not found:
            return
        said = found if control.several else found[0]
        earlier, path = region.values.get(control.name), (index, "value", control.key)
        if isinstance(earlier, bool):
            earlier = YES if earlier else NO
        if (len(found) > 1 and not control.several) or (earlier is not None and earlier != said):
            both = f" and {shown(earlier)}" if earlier else ""
            what = f"{control.name} is {shown(found)}{both}, expected one"
            self._say("value-twice", path, what, "keep one of them", region.id)
            region.flawed = {*region.flawed, control.name}
        elif control.name in self._choices and not set(found) <= set(self._choices[control.name]):
            what = f"{control.name} is {shown(said)}, which is none of the choices"
            self._say("value-unknown", path, what, "choose one that is there", region.id)
            region.flawed = {*region.flawed, control.name}
        elif control.column is not None and control.column.kind != "boolean" and not control.column.fits(said):
            what = f"{control.name} is {shown(said)}, which does not fit: {control.column.meaning}"
            self._say("value-unknown", path, what, "correct it", region.id)
            region.flawed = {*region.flawed, control.name}
        else:
            boolean = control.column is not None and control.column.kind == "boolean"
            region.values[control.name] = said == YES if boolean else said

    def _links(self, relations: list[tuple[int, Item]]) -> tuple[Link, ...]:
        links: dict[tuple[str, str, str], Link] = {}
        pairs: set[tuple[str, str]] = set()
        regions = self._regions
        for index, item in relations:
            head, tail = regions.get(item.from_id or ""), regions.get(item.to_id or "")
            if head is None:
                self._lost_end(index, item.from_id, "from_id")
            if tail is None:
                self._lost_end(index, item.to_id, "to_id")
            if head is None or tail is None:
                continue
            direction = item.direction or "right"
            if direction == "left":
                head, tail = tail, head
            if direction not in ("right", "left", "bi"):
                what = f"the direction is {excerpt(direction)}, expected right, left or bi"
                self._say("item-malformed", (index, "direction"), what, AGAIN, _between(head, tail))
                continue
            pair = (head.id, tail.id)
            if pair in pairs:
                what = f"there is a relation from {head.id} to {tail.id} already; the labels of both were taken"
                self._say(
                    "relation-repeated", (index,), what, "keep one relation with all labels", _between(head, tail)
                )
            pairs.add(pair)
            for link in self._labelled(index, item.labels, head, tail, both_ways=direction == "bi"):
                links.setdefault((link.head.id, link.tail.id, link.label), link)
        return tuple(links.values())

    def _lost_end(self, index: int, id: str | None, key: str) -> None:
        """Report an end of a relation without a region, unless that was reported for the region."""
        if not id:
            self._say("item-malformed", (index, key), f"the relation has no {key}", AGAIN, None)
        elif id not in self._refused:
            what = f"the relation's {key} is {excerpt(id)}, and there is no such region"
            self._say("relation-dangling", (index, key), what, "delete the relation and make it again", id)

    def _labelled(
        self, index: int, labels: list[str] | None, head: Region, tail: Region, *, both_ways: bool
    ) -> list[Link]:
        if not labels:
            what, fix = "the relation has no label", "choose one, or delete the relation"
            self._say("relation-without-label", (index,), what, fix, _between(head, tail))
            return []
        links = []
        mentions = head.group == tail.group == "mention" and head is not tail
        for position, label in enumerate(labels):
            kind = self._config.relations.get(label)
            if kind is not None and mentions and (kind.symmetric or not both_ways):
                links.append(_straight(kind, label, head, tail, index))
            elif label in _LINK_ENDS:
                links += self._link((index, "labels", position), label, head, tail)
            else:
                self._refuse_label((index, "labels", position), label, head, tail, known=kind is not None)
        return links

    def _refuse_label(self, path: tuple[int, str, int], label: str, head: Region, tail: Region, *, known: bool) -> None:
        where = _between(head, tail)
        if not known:
            what = f"the label is {excerpt(label)}, which is not in the labelling config"
            self._say("relation-unknown", path, what, "choose another label", where)
        elif head.group != "mention" or tail.group != "mention" or head is tail:
            ends = "itself" if head is tail else tail.label
            what = f"{label} leads from {head.label} to {ends}, expected two mentions"
            fix = "delete the label, or make it between mentions"
            self._say("relation-between-others", path, what, fix, where)
        else:
            what = f"{label} leads both ways, and its type has a head and a tail"
            self._say("relation-both-ways", path, what, "click on its direction until it is one arrow", where)

    def _link(self, path: tuple[int, str, int], label: str, head: Region, tail: Region) -> list[Link]:
        ends = _LINK_ENDS[label]
        if (head.group, tail.group) == ends:
            return [Link(head, tail, label, path[0])]
        if (tail.group, head.group) == ends:
            what = f"{label} leads from the {head.group} to the {tail.group}; it was turned"
            self._say("link-reversed", path, what, f"draw it from the {ends[0]}", _between(head, tail))
            return [Link(tail, head, label, path[0])]
        what = f"{label} leads from {head.label} to {tail.label}, expected a {ends[0]} and a {ends[1]}"
        self._say("relation-between-others", path, what, "delete it, and make it between these", _between(head, tail))
        return []


def _set_at_once(value: Value | None, control: Control, region: Region, choices: Mapping[str, Collection[str]]) -> bool:
    """Set a value of its region if it has no fault, as nearly all have none."""
    if value is None or value.start != region.start or value.end != region.end or region.group != control.group:
        return False
    name = control.name
    if control.several or (control.column is not None and control.column.kind == "boolean"):
        return False
    chosen = value.choices if control.tag == "choices" else _only(value.taxonomy)
    if not chosen or len(chosen) > 1 or chosen[0] not in choices.get(name, chosen) or name in region.values:
        return False
    region.values[name] = chosen[0]
    return True


def _between(head: Region, tail: Region) -> str:
    """What notices call a relation."""
    return f"{head.id} to {tail.id}"


def _straight(kind: Kind, label: str, head: Region, tail: Region, index: int) -> Link:
    """A link whose head is the earlier end, where its type is symmetric."""
    if kind.symmetric and head.start > tail.start:
        head, tail = tail, head
    return Link(head, tail, label, index)


def _only(paths: list[list[str]] | None) -> list[str] | None:
    """The path that was picked in a taxonomy, where it is one."""
    return paths[0] if paths and len(paths) == 1 else None


def _said(value: Value, control: Control) -> list[Any]:
    """What a value says: of a path in a taxonomy its steps, of a name what is between blanks; nothing if empty."""
    if control.tag == "choices":
        return value.choices or []
    if control.tag == "taxonomy":
        return [" > ".join(steps) for steps in value.taxonomy or () if steps]
    if control.tag == "number":
        return [] if value.number is None else [plain_number(value.number)]
    typed = [value.text] if isinstance(value.text, str) else value.text or []
    return [each if control.column else each.strip() for each in typed if each.strip()]
