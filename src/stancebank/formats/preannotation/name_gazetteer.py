"""The names of actors and of the gold's entities as an annotator: where they are in other texts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.formats.conventions import span_words
from stancebank.formats.foreign_document import Attribute, Cluster, ForeignDocument, Span
from stancebank.formats.offsets import CODE_POINTS
from stancebank.schema.layers import ENTITIES, MENTIONS
from stancebank.text.known_words import KnownWords

_SHORTEST = 2  # code points of a name


@dataclass(frozen=True, slots=True)
class _Entry:
    """Whom a name once meant. doc_id: in which document; None for an actor. level: of the mention, None for unknown."""

    doc_id: str | None
    name: str
    type: str | None
    actor: str | None
    wikidata: str | None
    level: str | None


class NameGazetteer:
    """Finds names of actors and of entities of the gold, without those that a document has in its own gold."""

    name = "names of actors and of entities in the gold, a gazetteer"
    version = None
    instructions = "the text, the actors and the gold of other documents"

    def __init__(self, corpus: Corpus) -> None:
        if not corpus.layers.uses(ENTITIES.name):
            raise StanceBankError("the scheme has no entities, and so no names of them", "use another model")
        self._scheme = corpus.scheme
        self._entries: defaultdict[str, list[_Entry]] = defaultdict(list)
        self._types = dict(corpus.actors.select("actor_id", "type").iter_rows())
        for actor in corpus.actors.iter_rows(named=True):
            level = next(iter(corpus.scheme.name_levels), None)
            values = (actor["type"], actor["actor_id"], actor["wikidata"], level)
            self._add(actor["name"], _Entry(None, actor["name"], *values))
        for name in corpus.part_names:
            for words, entry in _named(corpus.sound_part(name)):
                self._add(words, entry)
        self._names = KnownWords(self._entries)
        self.settings = f"{len(self._entries):,} names"

    def _add(self, words: str, entry: _Entry) -> None:
        if len(words) >= _SHORTEST and any(map(str.isalpha, words)):
            self._entries[words].append(entry)

    def speaks(self, language: str) -> bool:  # noqa: ARG002
        """Names are looked for in texts of all languages."""
        return True

    def annotate(self, doc_id: str, text: str) -> ForeignDocument:
        """The names in a text, from left to right the longest. Those of one entity elsewhere are of one here."""
        found = ForeignDocument(doc_id, doc_id, doc_id, text, unit=CODE_POINTS)
        of_name: defaultdict[str, list[tuple[int, int, list[_Entry]]]] = defaultdict(list)
        for start, end, entries in self._matches(doc_id, text):
            of_name[_most(entry.name for entry in entries) or text[start:end]].append((start, end, entries))
        for number, (name, places) in enumerate(of_name.items(), 1):
            meant = [entry for _, _, entries in places for entry in entries]
            type = _most(entry.type for entry in meant)
            members = []
            for start, end, entries in places:
                span = f"{start}/span"
                members.append(span)
                label = span_words(self._scheme)[MENTIONS.name] if type is None else type
                found.spans.append(Span(span, label, ((start, end),), text[start:end], f"{doc_id} {start}"))
                level = _most(entry.level for entry in entries)
                if level is not None:
                    found.attributes.append(Attribute(span, "level", level, doc_id))
            cluster = f"e{number}"
            found.clusters.append(Cluster(cluster, tuple(members), doc_id))
            for key, value in self._values(name, type, meant):
                found.attributes.append(Attribute(cluster, key, value, doc_id))
        return found

    def _values(self, name: str, type: str | None, meant: Sequence[_Entry]) -> Iterator[tuple[str, str]]:
        """What is known of an entity: its name, and its actor and its item where all agree."""
        yield "name", name
        actor = _only(entry.actor for entry in meant)
        if actor is not None and self._types.get(actor, type) in (None, type):
            yield "actor", actor
        wikidata = _only(entry.wikidata for entry in meant)
        if wikidata is not None:
            yield "wikidata", wikidata

    def _matches(self, doc_id: str, text: str) -> Iterator[tuple[int, int, list[_Entry]]]:
        def elsewhere(words: str) -> list[_Entry]:
            return [entry for entry in self._entries[words] if entry.doc_id != doc_id]

        for start, end in self._names.places(text, lambda words: bool(elsewhere(words))):
            yield start, end, elsewhere(text[start:end])


def _named(part: Part) -> Iterator[tuple[str, _Entry]]:
    """The names of the entities of a part: those mentions that are names, and the name of each such entity.

    Names of times are left out, since what they mean depends on the document.
    """
    scheme = part.scheme
    entities = {(row["doc_id"], row["entity_id"]): row for row in part["entities"].iter_rows(named=True)}
    told: set[tuple[str, str]] = set()
    for mention in part["mentions"].iter_rows(named=True):
        key = (mention["doc_id"], mention["entity_id"])
        entity = entities.get(key)
        if entity is None or mention["level"] not in scheme.name_levels or entity["type"] in scheme.timed_types:
            continue
        values = (entity["type"], entity["actor"], entity["wikidata"], mention["level"])
        entry = _Entry(key[0], entity["name"], *values)
        yield mention["text"], entry
        if key not in told:
            told.add(key)
            yield entity["name"], entry


def _most(values: Iterable[str | None]) -> str | None:
    """The most common value, of several the first; None where there is none."""
    counts = Counter(value for value in values if value is not None)
    return counts.most_common(1)[0][0] if counts else None


def _only(values: Iterable[str | None]) -> str | None:
    """The value, where there is one alone."""
    known = {value for value in values if value is not None}
    return known.pop() if len(known) == 1 else None
