"""Which record of one annotation is which record of another.

Entities come first, by the mentions that they share; then mentions, on the same
span and then around it; then all that refers to them. Everything is matched one to
one, and matching B with A gives the inverse of matching A with B. A label that is
undecided is equal to none, and keeps no two records apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from stancebank.agreement.annotation import Annotation, Key, Record, require_same_texts
from stancebank.agreement.heaviest_matching import best_pairs
from stancebank.agreement.span_overlap import overlaps
from stancebank.corpus.part import Part
from stancebank.corpus.states import done_in_all

Pairs = Mapping[Key, Key]
"""Matched records: of B by that of A."""

Name = tuple[str, ...]
"""What an entity is called in both annotations: its key in B, or a name of its own where B has no such entity."""

Triple = tuple[str, int, str | None, tuple[Name, ...]]
"""A relation between entities: document, index of its head's sentence, type (None: undecided), head and tail."""


@dataclass(frozen=True)
class Alignment:
    """Two annotations of the same documents and the records of them that are about the same thing."""

    a: Annotation
    b: Annotation

    @cached_property
    def entities(self) -> Pairs:
        """Entities matched by the number of spans at which both have a mention.

        Between equals, and for entities that share no span, those count whose
        mentions overlap by at least half of the longer one while the types are not
        different; then type, Wikidata item and name.
        """
        weights = {}
        for pair in self._shared_spans.keys() | self._near_spans.keys():
            a, b = self.a.records["entities"][pair[0]], self.b.records["entities"][pair[1]]
            same = 4 * _equal(a["type"], b["type"]) + (a["name"] == b["name"])
            same += 2 * (a["wikidata"] is not None and a["wikidata"] == b["wikidata"])
            weights[pair] = (self._shared_spans[pair], self._near_spans[pair], same)
        return best_pairs(weights)

    @cached_property
    def same_spans(self) -> Pairs:
        """Mentions matched on the same span; if there are several on one, those of matched entities first."""
        weights = {}
        for a, b, same, _ in self._overlaps:
            if same:
                levels = (side.records["mentions"][key]["level"] for side, key in ((self.a, a), (self.b, b)))
                weights[a, b] = (int(self._corefer(a, b)), int(_equal(*levels)))
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
        """Relations between matched entities in the same sentence: of the same type, by modality, then by ends.

        Of those that are left, a relation of an undecided type is matched with one of any type.
        """
        alike = self.related(self.triples_of_a, self.triples_of_b)
        decided = [(a, b) for a, b in alike if self.triples_of_a[a] == self.triples_of_b[b] and self._typed(a)]
        pairs = best_pairs({pair: self._relation_weight(*pair) for pair in decided})
        taken = set(pairs.values())
        others = [(a, b) for a, b in alike if a not in pairs and b not in taken]
        return {**pairs, **best_pairs({pair: self._relation_weight(*pair) for pair in others})}

    def related(self, a: Mapping[Key, Triple], b: Mapping[Key, Triple]) -> list[tuple[Key, Key]]:
        """The relations of A and B that say the same of two entities in a sentence, or may: no type contradicts it."""
        of_b: defaultdict[tuple[object, ...], list[Key]] = defaultdict(list)
        for key, (doc_id, sentence, _, ends) in b.items():
            of_b[doc_id, sentence, *sorted(ends)].append(key)
        return [
            (key, other)
            for key, triple in a.items()
            for other in of_b.get((*triple[:2], *sorted(triple[3])), [])
            if self._same_relation(triple, b[other])
        ]

    def _same_relation(self, a: Triple, b: Triple) -> bool:
        kinds = {kind for kind in (a[2], b[2]) if kind is not None}
        if len(kinds) > 1:
            return False
        return a[3] == b[3] or (None in (a[2], b[2]) and bool(kinds & self.a.symmetric))

    def _typed(self, relation: Key) -> bool:
        return self.triples_of_a[relation][2] is not None

    def _relation_weight(self, a: Key, b: Key) -> tuple[int, int]:
        row, other = self.a.records["relations"][a], self.b.records["relations"][b]
        ends = sum(self.mentions.get((a[0], row[end])) == (b[0], other[end]) for end in ("head", "tail"))
        return int(_equal(row["modality"], other["modality"])), ends

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
                weights[a, b] = (int(same), width, int(holder), int(_equal(row["label"], other["label"])))
        return best_pairs(weights)

    @cached_property
    def classifications(self) -> Pairs:
        """What both say of a document as a whole; a document has one."""
        of_b = {key[0]: key for key in self.b.records["classifications"]}
        return {key: of_b[key[0]] for key in self.a.records["classifications"] if key[0] in of_b}

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

    @property
    def _entities_used(self) -> bool:
        return "entities" in self.a.part.layers

    @cached_property
    def _overlaps(self) -> list[tuple[Key, Key, bool, int]]:
        return list(overlaps(self.a.spans("mentions"), self.b.spans("mentions")))

    @cached_property
    def _shared_spans(self) -> Counter[tuple[Key, Key]]:
        """At how many spans two entities both have a mention."""
        if not self._entities_used:
            return Counter()
        return Counter((self.a.entity(*a), self.b.entity(*b)) for a, b, same, _ in self._overlaps if same)

    @cached_property
    def _near_spans(self) -> Counter[tuple[Key, Key]]:
        """How many pairs of different but largely overlapping mentions two entities have that may be of one type."""
        found: Counter[tuple[Key, Key]] = Counter()
        for a, b, same, width in self._overlaps:
            rows = self.a.records["mentions"][a], self.b.records["mentions"][b]
            if self._entities_used and not same and 2 * width >= max(row["end"] - row["start"] for row in rows):
                pair = self.a.entity(*a), self.b.entity(*b)
                types = self.a.records["entities"][pair[0]]["type"], self.b.records["entities"][pair[1]]["type"]
                found[pair] += types[0] == types[1] or None in types
        return +found


def align(a: Part, b: Part) -> Alignment:
    """The alignment of two annotations; StanceBankError where they are not of the same texts."""
    require_same_texts(a, b)
    return Alignment(Annotation(a), Annotation(b))


def done_alignments(a: Part, b: Part, layers: Collection[str] | None) -> Iterator[tuple[str, Alignment]]:
    """Each of the layers, all without any, with the alignment of the documents in which both annotations have it done.

    Raises StanceBankError where the texts of these documents differ.
    """
    known: dict[tuple[str, ...], Alignment] = {}
    annotated = a.layers.annotated
    for layer in annotated:
        if layers is None or layer in layers:
            parts = done_in_all([a, b], [layer])
            documents = tuple(parts[0]["documents"]["doc_id"])
            if documents not in known:
                known[documents] = align(*parts)
            yield layer, known[documents]


def _equal(a: str | None, b: str | None) -> bool:
    return a is not None and a == b


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
