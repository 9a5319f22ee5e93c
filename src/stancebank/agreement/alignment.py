"""Which record of one annotation is which record of another.

Entities come first, by the mentions that they share; then mentions, on the same
span and then around it; then all that refers to them. Everything is matched one to
one, and matching B with A gives the inverse of matching A with B.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from stancebank.agreement.annotation import Annotation, Key, Record, require_same_texts
from stancebank.agreement.matching import best_pairs
from stancebank.agreement.spans import overlaps
from stancebank.corpus import Part

Pairs = Mapping[Key, Key]
"""Matched records: of B by that of A."""

Name = tuple[str, ...]
"""What an entity is called in both annotations: its key in B, or a name of its own where B has no such entity."""

Triple = tuple[str, int, str, tuple[Name, ...]]
"""A relation between entities: document, index of its head's sentence, type, head and tail."""


@dataclass(frozen=True)
class Alignment:
    """Two annotations of the same documents and the records of them that are about the same thing."""

    a: Annotation
    b: Annotation

    @cached_property
    def entities(self) -> Pairs:
        """Entities matched by the number of spans at which both have a mention.

        Between equals, and for entities that share no span, those count whose
        mentions overlap by at least half of the longer one while the types are the
        same; then type, Wikidata item and name.
        """
        weights = {}
        for pair in self._shared_spans.keys() | self._near_spans.keys():
            a, b = self.a.records["entities"][pair[0]], self.b.records["entities"][pair[1]]
            same = 4 * (a["type"] == b["type"]) + (a["name"] == b["name"])
            same += 2 * (a["wikidata"] is not None and a["wikidata"] == b["wikidata"])
            weights[pair] = (self._shared_spans[pair], self._near_spans[pair], same)
        return best_pairs(weights)

    @cached_property
    def same_spans(self) -> Pairs:
        """Mentions matched on the same span; where several stand on one, those of matched entities first."""
        weights = {}
        for a, b, same, _ in self._overlaps:
            if same:
                level = self.a.records["mentions"][a]["level"] == self.b.records["mentions"][b]["level"]
                weights[a, b] = (int(self._corefer(a, b)), int(level))
        return best_pairs(weights)

    @cached_property
    def mentions(self) -> Pairs:
        """Mentions matched on the same span, and of those left the overlapping ones of matched entities."""
        taken = set(self.same_spans.values())
        weights = {
            (a, b): (width,)
            for a, b, _, width in self._overlaps
            if a not in self.same_spans and b not in taken and self._corefer(a, b)
        }
        return {**self.same_spans, **best_pairs(weights)}

    @cached_property
    def relations(self) -> Pairs:
        """Relations of the same type between matched entities in the same sentence, by modality, then by ends."""
        of_b: defaultdict[Triple, list[Key]] = defaultdict(list)
        for b, found in self.triples_of_b.items():
            of_b[found].append(b)
        weights = {}
        for a, found in self.triples_of_a.items():
            row = self.a.records["relations"][a]
            for b in of_b.get(found, []):
                other = self.b.records["relations"][b]
                ends = sum(self.mentions.get((a[0], row[end])) == (b[0], other[end]) for end in ("head", "tail"))
                weights[a, b] = (int(row["modality"] == other["modality"]), ends)
        return best_pairs(weights)

    @cached_property
    def attributions(self) -> Pairs:
        """Attributions whose cues overlap: equal cues first, then equal sources, then the content that both have."""
        weights = {}
        for a, b, same, width in overlaps(self.a.spans("attributions"), self.b.spans("attributions")):
            row, other = self.a.records["attributions"][a], self.b.records["attributions"][b]
            source = self.same_entity(a[0], row["source"], other["source"])
            weights[a, b] = (int(same), int(source), _shared_content(row, other), width)
        return best_pairs(weights)

    @cached_property
    def stances(self) -> Pairs:
        """Stances of matched holders on the same target whose evidence overlaps: by equal evidence, then by overlap."""
        weights = {}
        for a, b, same, width in overlaps(self.a.spans("stances"), self.b.spans("stances")):
            row, other = self.a.records["stances"][a], self.b.records["stances"][b]
            if row["target"] == other["target"] and self.same_entity(a[0], row["holder"], other["holder"]):
                holder = row["holder"] is None or self.mentions.get((a[0], row["holder"])) == (b[0], other["holder"])
                weights[a, b] = (int(same), width, int(holder), int(row["label"] == other["label"]))
        return best_pairs(weights)

    def of(self, layer: str) -> Pairs:
        """The matched records of an annotated layer."""
        pairs: Pairs = getattr(self, layer)
        return pairs

    def same_entity(self, doc_id: str, a: str | None, b: str | None) -> bool:
        """Whether a mention of A and one of B are of matched entities, or both none."""
        if a is None or b is None:
            return a is b
        return self._corefer((doc_id, a), (doc_id, b))

    @cached_property
    def names_in_a(self) -> Mapping[Key, Name]:
        """What each entity of A is called in both annotations."""
        return {key: self.entities.get(key, ("only in A", *key)) for key in self.a.records["entities"]}

    @cached_property
    def names_in_b(self) -> Mapping[Key, Name]:
        """What each entity of B is called in both annotations."""
        return {key: key for key in self.b.records["entities"]}

    @cached_property
    def triples_of_a(self) -> Mapping[Key, Triple]:
        """A's relations as triples, comparable with B's."""
        return _triples(self.a, self.names_in_a)

    @cached_property
    def triples_of_b(self) -> Mapping[Key, Triple]:
        """B's relations as triples, comparable with A's."""
        return _triples(self.b, self.names_in_b)

    def _corefer(self, a: Key, b: Key) -> bool:
        return self.entities.get(self.a.entity(*a)) == self.b.entity(*b)

    @cached_property
    def _overlaps(self) -> list[tuple[Key, Key, bool, int]]:
        return list(overlaps(self.a.spans("mentions"), self.b.spans("mentions")))

    @cached_property
    def _shared_spans(self) -> Counter[tuple[Key, Key]]:
        """At how many spans two entities both have a mention."""
        return Counter((self.a.entity(*a), self.b.entity(*b)) for a, b, same, _ in self._overlaps if same)

    @cached_property
    def _near_spans(self) -> Counter[tuple[Key, Key]]:
        """How many pairs of different but largely overlapping mentions two entities of one type have."""
        found: Counter[tuple[Key, Key]] = Counter()
        for a, b, same, width in self._overlaps:
            rows = self.a.records["mentions"][a], self.b.records["mentions"][b]
            if not same and 2 * width >= max(row["end"] - row["start"] for row in rows):
                pair = self.a.entity(*a), self.b.entity(*b)
                types = self.a.records["entities"][pair[0]]["type"], self.b.records["entities"][pair[1]]["type"]
                found[pair] += types[0] == types[1]
        return +found


def align(a: Part, b: Part) -> Alignment:
    """The alignment of two annotations; StanceBankError where they are not of the same texts."""
    require_same_texts(a, b)
    return Alignment(Annotation(a), Annotation(b))


def _triples(annotation: Annotation, names: Mapping[Key, Name]) -> dict[Key, Triple]:
    triples: dict[Key, Triple] = {}
    for (doc_id, relation_id), row in annotation.records["relations"].items():
        ends = tuple(names[annotation.entity(doc_id, row[end])] for end in ("head", "tail"))
        if row["type"] in annotation.symmetric:
            ends = tuple(sorted(ends))
        triples[doc_id, relation_id] = doc_id, annotation.sentence(doc_id, row["head"]), row["type"], ends
    return triples


def _shared_content(a: Record, b: Record) -> int:
    """How many code points the contents of two attributions share."""
    sides = ([(span["start"], span["end"]) for span in row["content"]] for row in (a, b))
    return sum(max(0, min(end, other_end) - max(start, other)) for (start, end), (other, other_end) in product(*sides))
