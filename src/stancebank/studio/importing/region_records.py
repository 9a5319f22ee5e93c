"""From regions and links to records: what one annotation says of a document, layer by layer.

What Label Studio does not show comes from the base, the records that were sent: the
ids of relations, of entities all but the type, and every column without a control.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from stancebank.faults import excerpt
from stancebank.schema.column import Column
from stancebank.schema.layers import ATTRIBUTIONS, CLASSIFICATIONS, ENTITIES, MENTIONS, NAME, RELATIONS, STANCES, Layer
from stancebank.schema.scheme import Scheme
from stancebank.storage.json_positions import JsonPath
from stancebank.studio.importing.annotation_remarks import Note
from stancebank.studio.importing.fresh_ids import FreshIds
from stancebank.studio.importing.notices import Notice
from stancebank.studio.importing.region_ends import NOT_SENT, told_end
from stancebank.studio.importing.renamed_labels import Renamed
from stancebank.studio.importing.results import Reading, Region, ResultReader
from stancebank.studio.layout.controls import (
    CONTENT_LINK,
    ENTITY,
    HOLDER,
    HOLDER_LINK,
    LINKS,
    NEW_ENTITY,
    NO_HOLDER,
    NO_SOURCE,
    SOURCE,
    SOURCE_LINK,
    Control,
    Group,
    entity_type,
)
from stancebank.studio.layout.document_records import Names, Record, Records, no_records

_ENTITY, _NEW_ENTITY = ENTITY.name, NEW_ENTITY.name


@dataclass(frozen=True)
class Origin:
    """What is known of a document before an annotation of it is read.

    base: the records that were sent. entities: those that mentions can name, by id.
    offered: the ids of those that annotators could choose from. names: by layer and
    region, the record that the region became at an earlier import, where the two have
    different ids. taken: further ids that no new record may get. made: records that
    are there and were not sent, so that a region without a name may be one of them. ends:
    by region, the mention that was sent as its source or holder, None for nobody.
    """

    doc_id: str
    text: str
    base: Records = field(default_factory=no_records)
    entities: Mapping[str, Record] = field(default_factory=dict)
    offered: Collection[str] = ()
    names: Names = field(default_factory=dict)
    taken: Collection[str] = ()
    made: Records = field(default_factory=no_records)
    ends: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Conversion:
    """The records of an annotation, the names of regions that are not called like their record, and what is amiss.

    The records are whole where no notice refuses anything. notes: what is written beside them. renamed: the
    labels that had another name.
    """

    records: Records
    names: Names
    notices: tuple[Notice, ...]
    notes: tuple[Note, ...] = ()
    renamed: Renamed = field(default_factory=Counter)


def to_records(reading: Reading, origin: Origin, scheme: Scheme, config: ResultReader, path: JsonPath) -> Conversion:
    """What an annotation says, as records.

    config: what the reading was made with. path: of the result in the file. A region that is a
    record of the base in the same layer keeps its id; others get the next free ones, in
    the order of the text.
    """
    return _Converter(reading, origin, scheme, config, path).convert()


class _Converter:
    def __init__(
        self,
        reading: Reading,
        origin: Origin,
        scheme: Scheme,
        config: ResultReader,
        path: JsonPath,
    ) -> None:
        self._origin = origin
        self._layers = scheme.layers
        self._controls = config.controls
        self._relation_labels = config.relations
        self._timed = config.timed_types
        self._document = reading.document
        self._path = path
        # By label, and by the region that links of it lead from, the regions that they lead to.
        self._ends: dict[str, dict[str, list[Region]]] = {label: {} for label in LINKS}
        self._relation_links = []
        for link in reading.links:
            if link.label in self._ends:
                self._ends[link.label].setdefault(link.head.id, []).append(link.tail)
            else:
                self._relation_links.append(link)
        self._regions: dict[Group, list[Region]] = {"mention": [], "cue": [], "content": [], "stance": []}
        for region in sorted(reading.regions.values(), key=lambda region: (region.start, region.end, region.index)):
            self._regions[region.group].append(region)
        self._named = {region.id: region for region in self._regions["mention"]}
        self._ids = FreshIds((origin.taken, origin.entities, origin.names.values(), *origin.base.values()))
        self._notices: list[Notice] = []
        self._names: dict[tuple[str, str], str] = {}
        self._record_ids: dict[str, str] = {}

    def convert(self) -> Conversion:
        self._name("mention", "mentions")
        self._name("cue", "attributions")
        self._name("stance", "stances")
        entities, mentions = self._mentions()
        records = {
            "entities": entities,
            "mentions": mentions,
            "relations": self._relations(),
            "attributions": self._attributions(),
            "stances": self._stances(),
            CLASSIFICATIONS.name: self._classifications(),
        }
        return Conversion(records, self._names, tuple(self._notices))

    def _name(self, group: Group, layer: str) -> None:
        """Give each region of a group the id of its record; no two of them the same."""
        base, regions = self._origin.base[layer], self._regions[group]
        used = {region.id for region in regions} & base.keys()
        for region in regions:
            id = region.id
            if id not in base:
                known = self._origin.names.get((layer, id))
                if known is None or known in used:
                    known = self._made_before(layer, region, used) or self._ids.next(layer)
                used.add(known)
                if known != id:
                    self._names[layer, id] = known
                id = known
            self._record_ids[region.id] = id

    def _made_before(self, layer: str, region: Region, used: Collection[str]) -> str | None:
        """The record that is already at the region's position, though nobody sent it: of an import elsewhere."""
        for id, record in self._origin.made[layer].items():
            if (record["start"], record["end"]) == (region.start, region.end) and id not in used:
                return id
        return None

    def _say(self, kind: str, region: Region, what: str, fix: str) -> None:
        self._notices.append(Notice(kind, (*self._path, region.index), what, fix, region=region.id))

    def _shown(self, region: Region) -> str:
        return excerpt(self._origin.text[region.start : region.end])

    def _span(self, region: Region) -> Record:
        return {"start": region.start, "end": region.end, "text": self._origin.text[region.start : region.end]}

    def _sent(self, layer: Layer, id: str) -> Record | None:
        """The record that was sent under an id, or that an import elsewhere made of the same region."""
        return self._origin.base[layer.name].get(id) or self._origin.made[layer.name].get(id)

    def _said(self, region: Region, sent: Record | None) -> Record:
        """What the controls of a region say; where they say nothing a value stays that was sent empty."""
        said: Record = {}
        for control, column in self._controls.of_columns[region.group]:
            value = region.values.get(control.name)
            if value is None and sent is not None and sent[column.name] in ("", []):
                value = sent[column.name]
            elif value is None and control.required and control.name not in region.flawed and column.unset is None:
                what = f"{region.label} {self._shown(region)} has no {control.name}"
                self._say("value-missing", region, what, f"choose one under {control.title!r}")
            said[column.name] = column.unset if value is None else value
        return said

    def _record(self, layer: Layer, id: str, sent: Record | None, known: Record) -> Record:
        """A record of what is known, in the order of the columns; the rest is as it was sent, or not said."""
        known |= {"doc_id": self._origin.doc_id, layer.id_column: id}
        return _complete(self._layers.complete[layer.name].columns, sent, known)

    def _mentions(self) -> tuple[dict[str, Record], dict[str, Record]]:
        labels: dict[str, dict[str, Region]] = {}
        new: dict[tuple[str, str | None, str | None], str] = {}
        made: dict[str, Record] = {}
        mentions: dict[str, Record] = {}
        for region in self._regions["mention"]:
            values = region.values
            sent = self._sent(MENTIONS, self._record_ids[region.id])
            said = self._said(region, sent)
            if ENTITY.name not in self._controls.all:
                id = self._record_ids[region.id]
                mentions[id] = self._record(MENTIONS, id, sent, said | self._span(region))
                continue
            chosen, entered = values.get(_ENTITY), values.get(_NEW_ENTITY)
            if chosen is not None and entered is not None:
                what = f"{self._shown(region)} is of the entity {excerpt(chosen)} and of a new one, {excerpt(entered)}"
                self._say("entity-twice", region, what, "remove one of the two")
                continue
            if entered is not None:
                entity = self._new_entity(region, entered, new, made)
            elif chosen is not None:
                entity = chosen
            else:
                if ENTITY.name not in region.flawed and NEW_ENTITY.name not in region.flawed:
                    what = f"{self._shown(region)} has no entity"
                    self._say("entity-missing", region, what, "choose its entity, or type the name of a new one")
                continue
            if entity is None:
                continue
            labels.setdefault(entity, {}).setdefault(region.label, region)
            id = self._record_ids[region.id]
            mentions[id] = self._record(MENTIONS, id, sent, said | self._span(region) | {"entity_id": entity})
        return self._entities(labels, made), mentions

    def _new_entity(
        self,
        region: Region,
        entered: str,
        new: dict[tuple[str, str | None, str | None], str],
        made: dict[str, Record],
    ) -> str | None:
        """The id of an entity that was typed in; mentions with the same words and label are of one entity."""
        name, _, value = entered.partition("|") if region.label in self._timed else (entered, "", "")
        key = (name.strip(), value.strip() or None, entity_type(region.label))
        if not key[0] or not re.fullmatch(NAME, key[0]):
            what = f"the new entity is called {excerpt(entered)}, expected a name on one line"
            times = f", of a {' or '.join(self._timed)} also: Name | TIMEX3 value" if self._timed else ""
            self._say("value-unknown", region, what, f"type its name{times}")
            return None
        if key not in new:
            new[key] = self._typed_before(*key) or self._ids.next("entities")
            known = {"type": key[2], "name": key[0], "value": key[1]}
            made[new[key]] = self._record(ENTITIES, new[key], self._sent(ENTITIES, new[key]), known)
        return new[key]

    def _typed_before(self, name: str, value: str | None, type: str | None) -> str | None:
        """The entity that an earlier import made of the same words: nobody could choose it from the list."""
        for id, record in (self._origin.base["entities"] | self._origin.made["entities"]).items():
            same = (record["name"], record["value"], record["type"]) == (name, value, type)
            if same and id not in self._origin.offered:
                return id
        return None

    def _entities(self, labels: Mapping[str, Mapping[str, Region]], made: Mapping[str, Record]) -> dict[str, Record]:
        """The entities that have mentions, of the type that is the label of these."""
        entities = {}
        for id, found in labels.items():
            known = made.get(id) or self._origin.entities.get(id)
            first = next(iter(found.values()))
            if known is None:
                what = f"the entity {excerpt(id)} of {self._shown(first)} is not in the corpus any more"
                self._say("value-unknown", first, what, "choose another entity")
                continue
            if len(found) > 1:
                each = ", ".join(f"{label} at {self._shown(region)} ({region.id})" for label, region in found.items())
                what = f"the entity {id} {excerpt(known['name'])} has mentions with different labels: {each}"
                region = next((r for label, r in found.items() if entity_type(label) != known["type"]), first)
                self._say(
                    "entity-types-differ", region, what, "give all its mentions one label, or this another entity"
                )
                continue
            type = entity_type(first.label)
            value = known["value"] if type is None or type in self._timed else None
            entities[id] = self._record(ENTITIES, id, known, {"type": type, "value": value})
        return entities

    def _one(self, kind: str, region: Region, ends: list[Region], controls: tuple[Control, Control]) -> str | None:
        """The one mention that an arrow or the list of a region gives, or None for nobody."""
        listed, nobody = controls
        if nobody.name not in self._controls.all:
            return None
        told: dict[str | None, str] = {end.id: self._shown(end) for end in ends}
        chosen = region.values.get(listed.name)
        if chosen is not None:
            told.setdefault(chosen, self._shown(self._named[chosen]) if chosen in self._named else chosen)
        if nobody.name in region.values:
            told[None] = nobody.choice or ""
        sent = self._origin.ends.get(region.id, NOT_SENT)
        end = told_end(told, self._named, sent, whole=bool(ends) and chosen is not None)
        named = " and ".join(f"{words} ({id})" if id else words for id, words in told.items()) or "nobody"
        what = f"{region.label} {self._shown(region)} has {named} as {listed.name}"
        if end.which == "unclear":
            fix = f"choose one in its list, or draw one relation {listed.name}; or choose {nobody.choice}"
            self._say(kind, region, f"{what}, expected one", fix)
        elif end.which == "changed":
            fix = "remove the other one: in the list, under Relations, or the choice"
            self._say("ends-differ", region, f"{what}; {told[end.id]} was not sent, and counts", fix)
        elif end.which == "half":
            fix = f"nothing, if it is to stay; otherwise remove it there too, and choose {nobody.choice}"
            self._say(
                "ends-differ", region, f"{what} {'by relation' if ends else 'in its list'} alone, and keeps it", fix
            )
        return self._record_ids[end.id] if end.id else None

    def _attributions(self) -> dict[str, Record]:
        attributions = {}
        sources, contents = self._ends[SOURCE_LINK], self._ends[CONTENT_LINK]
        used: set[str] = set()
        for region in self._regions["cue"]:
            id = self._record_ids[region.id]
            sent = self._sent(ATTRIBUTIONS, id)
            said = self._said(region, sent)
            source = self._one("source-unclear", region, sources.get(region.id, []), (SOURCE, NO_SOURCE))
            spans = sorted(contents.get(region.id, []), key=lambda span: (span.start, span.end))
            used.update(span.id for span in spans)
            if not spans:
                what = f"the cue {self._shown(region)} has no content"
                self._say("cue-without-content", region, what, "draw a relation content to what is attributed")
            content = [self._content(span, sent["content"] if sent else ()) for span in spans]
            known = said | self._span(region) | {"source": source, "content": content}
            attributions[id] = self._record(ATTRIBUTIONS, id, sent, known)
        for region in self._regions["content"]:
            if region.id not in used:
                what = f"the content {self._shown(region)} belongs to no cue"
                self._say("content-without-cue", region, what, "draw a relation content from its cue, or delete it")
        return attributions

    def _content(self, region: Region, sent: Iterable[Record]) -> Record:
        """A content span; sent: those of its attribution, which it is one of where it has not been moved."""
        same = next((each for each in sent if (each["start"], each["end"]) == (region.start, region.end)), None)
        return _complete(
            self._layers.complete[ATTRIBUTIONS.name]["content"].items,
            same,
            self._said(region, same) | self._span(region),
        )

    def _stances(self) -> dict[str, Record]:
        stances = {}
        holders = self._ends[HOLDER_LINK]
        for region in self._regions["stance"]:
            id = self._record_ids[region.id]
            sent = self._sent(STANCES, id)
            said = self._said(region, sent)
            holder = self._one("holder-unclear", region, holders.get(region.id, []), (HOLDER, NO_HOLDER))
            stances[id] = self._record(STANCES, id, sent, said | self._span(region) | {"holder": holder})
        return stances

    def _classifications(self) -> dict[str, Record]:
        """What is said of the document as a whole: the record that was sent, or a new one where something is said."""
        name = CLASSIFICATIONS.name
        if name not in self._layers:
            return {}
        known = self._origin.base[name] or self._origin.made[name]
        sent = next(iter(known.values()), None)
        said = self._said(self._document, sent)
        if sent is None and all(value is None for value in said.values()):
            return {}
        id = self._ids.next(name) if sent is None else sent[CLASSIFICATIONS.id_column]
        return {id: self._record(CLASSIFICATIONS, id, sent, said)}

    def _relations(self) -> dict[str, Record]:
        """The relations between mentions, each with the id that the base has for it, or for one of the same pair."""
        wanted: dict[tuple[str | None, str, str, str | None], None] = {}
        for link in self._relation_links:
            kind = self._relation_labels[link.label]
            ends = (self._record_ids[link.head.id], self._record_ids[link.tail.id])
            wanted[kind.type_name, *ends, kind.modality] = None
        ids = {
            (record["type"], record["head"], record["tail"], record["modality"]): id
            for id, record in (self._origin.made["relations"] | self._origin.base["relations"]).items()
        }
        left: dict[tuple[str, str], list[str]] = {}
        for key, id in ids.items():
            if key not in wanted and id in self._origin.base["relations"]:
                left.setdefault(key[1:3], []).append(id)
        found = {key: ids[key] for key in wanted if key in ids}
        for key in wanted:
            if key not in found:
                changed = left.get(key[1:3])
                found[key] = changed.pop(0) if changed else self._ids.next("relations")
        names = ("type", "head", "tail", "modality")
        return {
            id: self._record(RELATIONS, id, self._sent(RELATIONS, id), dict(zip(names, key, strict=True)))
            for key, id in found.items()
        }


def _complete(columns: Iterable[Column], sent: Record | None, known: Record) -> Record:
    return {
        column.name: known[column.name] if column.name in known else sent[column.name] if sent else column.unset
        for column in columns
    }
