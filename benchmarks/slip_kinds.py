"""Kinds of likely slips of annotators, each as changes of a document's sound annotations, one at a time."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import polars as pl

from stancebank.checks.selection import Selection
from stancebank.checks.validation import part_hits
from stancebank.corpus.part import Part

LIKELY = Selection(("SB7",))

Record = dict[str, Any]
Layers = dict[str, list[Record]]
Change = Callable[[Layers], None]


@dataclass(frozen=True)
class Gold:
    """One document with its annotations. part: it alone. layers: its records, which a change gets a copy of."""

    part: Part
    text: str
    layers: Mapping[str, list[Record]]

    def found(self, layers: Mapping[str, list[Record]]) -> Counter[tuple[str, str, str]]:
        """What the warnings find in these records: rule, layer and message."""
        frames = {
            name: pl.DataFrame(layers[name], schema=frame.schema) if name in layers else frame
            for name, frame in self.part.frames.items()
        }
        part = replace(self.part, frames=frames, texts=None, held={}, whole=None)
        return Counter((rule.id, hit.layer, hit.what) for rule, hit in part_hits(part, LIKELY))

    def copy(self) -> Layers:
        """The records, to be changed."""
        return {layer: [dict(record) for record in records] for layer, records in self.layers.items()}

    def entity(self, mention: Record) -> Record:
        """The entity of a mention."""
        return next(each for each in self.layers["entities"] if each["entity_id"] == mention["entity_id"])

    def mention(self, mention_id: str) -> Record:
        """The mention of an id."""
        return next(each for each in self.layers["mentions"] if each["mention_id"] == mention_id)

    def typed(self, *types: str, level: str | None = None) -> Iterator[tuple[int, Record]]:
        """The mentions of entities of these types, with their rows."""
        for row, mention in enumerate(self.layers["mentions"]):
            if self.entity(mention)["type"] in types and level in (None, mention["level"]):
                yield row, mention


def setting(layer: str, row: int, **values: object) -> Change:
    """The record of a row gets other values."""
    return lambda layers: layers[layer][row].update(values)


def dropping(layer: str, row: int) -> Change:
    """The record of a row is missing."""

    def drop(layers: Layers) -> None:
        del layers[layer][row]

    return drop


def reach(gold: Gold, row: int, before: int = 0, after: int = 0) -> Change:
    """A mention's span is moved at its ends."""
    mention = gold.layers["mentions"][row]
    start, end = mention["start"] - before, mention["end"] + after
    return setting("mentions", row, start=start, end=end, text=gold.text[start:end])


def beside(gold: Gold, before: str = "", after: str = "") -> Iterator[Change]:
    """Mentions that take in what is before or after them."""
    for row, mention in enumerate(gold.layers["mentions"]):
        left, right = gold.text[: mention["start"]], gold.text[mention["end"] :]
        found = re.search(f"{before}$", left), re.match(after, right)
        if all(found) and any(each[0] for each in found if each):
            yield reach(gold, row, *(len(each[0]) for each in found if each))


def moved(rows: Iterable[tuple[int, Record]], to: Iterable[str]) -> Iterator[Change]:
    """Mentions that are linked to another entity."""
    others = list(to)
    for row, mention in rows:
        yield from (setting("mentions", row, entity_id=each) for each in others if each != mention["entity_id"])


def ids(gold: Gold, *types: str) -> list[str]:
    """The ids of the entities of these types."""
    return [each["entity_id"] for each in gold.layers["entities"] if each["type"] in types]


def valued(gold: Gold, pattern: str, change: Callable[[str], str | None]) -> Iterator[Change]:
    """Times of which a mention reads so, with another value."""
    for row, entity in enumerate(gold.layers["entities"]):
        words = [each["text"] for each in gold.layers["mentions"] if each["entity_id"] == entity["entity_id"]]
        value = (
            change(entity["value"])
            if entity["value"] and any(re.fullmatch(pattern, each, re.IGNORECASE) for each in words)
            else None
        )
        if value:
            yield setting("entities", row, value=value)


def days_later(days: int) -> Callable[[str], str | None]:
    """From a day to the one that so many later; from anything else to nothing."""

    def later(value: str) -> str | None:
        when = pl.Series([value[:10]]).str.to_date(strict=False)[0]
        return None if when is None else str(pl.Series([when]).dt.offset_by(f"{days}d")[0])

    return later


def month_later(value: str) -> str | None:
    """From a day or month to the one a month later, for most days."""
    return f"{value[:5]}{int(value[5:7]) % 12 + 1:02}{value[7:]}" if value[5:7].isdigit() else None


def pointing(gold: Gold, layer: str, column: str, *types: str) -> Iterator[Change]:
    """Records of a layer that name a mention of these types instead."""
    for row, record in enumerate(gold.layers[layer]):
        if record[column]:
            yield from (
                setting(layer, row, **{column: mention["mention_id"]})
                for _, mention in gold.typed(*types)
                if gold.mention(record[column])["entity_id"] != mention["entity_id"]
            )


def nested(gold: Gold, cue: Record) -> bool:
    """Whether an attribution is inside the content of another."""
    spans = [each for other in gold.layers["attributions"] if other is not cue for each in other["content"]]
    return any(each["start"] <= cue["start"] and cue["end"] <= each["end"] for each in spans)


def dropped(gold: Gold, layer: str, choose: Callable[[Record], object]) -> Iterator[Change]:
    """Records of a layer that are missing."""
    return (dropping(layer, row) for row, record in enumerate(gold.layers[layer]) if choose(record))


def labelled(gold: Gold, layer: str, column: str, to: Mapping[str, str]) -> Iterator[Change]:
    """Records that get the label that theirs is taken for."""
    for row, record in enumerate(gold.layers[layer]):
        if record[column] in to:
            yield setting(layer, row, **{column: to[record[column]]})


def to_actor(gold: Gold, *, of_its_type: bool) -> Iterator[Change]:
    """An entity linked to another actor of the corpus."""
    actors = gold.part.corpus.shared["actors"].to_dicts()
    for row, entity in enumerate(gold.layers["entities"]):
        for actor in actors:
            fits = (actor["type"] == entity["type"]) == of_its_type
            if entity["actor"] and actor["actor_id"] != entity["actor"] and fits:
                yield setting("entities", row, actor=actor["actor_id"])


def with_cue(gold: Gold) -> Iterator[Change]:
    """Contents that take in the cue before them."""
    for row, record in enumerate(gold.layers["attributions"]):
        first, *rest = record["content"]
        if record["end"] < first["start"] and not rest:
            start, end = record["start"], first["end"]
            yield setting("attributions", row, content=[{"start": start, "end": end, "text": gold.text[start:end]}])


def with_source(gold: Gold) -> Iterator[Change]:
    """Attributions whose source is a mention in their content."""
    for row, record in enumerate(gold.layers["attributions"]):
        for span in record["content"]:
            for _, mention in gold.typed("PERSON", "GPE", "ORG"):
                if span["start"] <= mention["start"] and mention["end"] <= span["end"]:
                    yield setting("attributions", row, source=mention["mention_id"])


def in_two(gold: Gold, name: Callable[[str], str]) -> Iterator[Change]:
    """Entities whose last mention is another entity of the same type. name: what that is called."""
    for entity in gold.layers["entities"]:
        rows = [row for row, each in enumerate(gold.layers["mentions"]) if each["entity_id"] == entity["entity_id"]]
        if len(rows) > 1:

            def split(layers: Layers, entity: Record = entity, row: int = rows[-1]) -> None:
                layers["entities"].append({**entity, "entity_id": "e999", "name": name(entity["name"])})
                layers["mentions"][row]["entity_id"] = "e999"

            yield split


def as_one(gold: Gold) -> Iterator[Change]:
    """Two people who are one entity."""
    people = ids(gold, "PERSON")
    for kept, gone in pairwise(people):

        def merge(layers: Layers, kept: str = kept, gone: str = gone) -> None:
            for mention in layers["mentions"]:
                mention["entity_id"] = kept if mention["entity_id"] == gone else mention["entity_id"]
            layers["entities"][:] = [each for each in layers["entities"] if each["entity_id"] != gone]

        yield merge


def far_tail(gold: Gold) -> Iterator[Change]:
    """Relations whose tail is the mention of its entity that is furthest away."""
    for row, relation in enumerate(gold.layers["relations"]):
        head, tail = gold.mention(relation["head"]), gold.mention(relation["tail"])
        same = [each for each in gold.layers["mentions"] if each["entity_id"] == tail["entity_id"]]
        furthest = max(same, key=lambda each: abs(each["start"] - head["start"]))
        if furthest["mention_id"] != relation["tail"]:
            yield setting("relations", row, tail=furthest["mention_id"])


def swapped(gold: Gold) -> Iterator[Change]:
    """Relations whose head is the tail."""
    for row, each in enumerate(gold.layers["relations"]):
        yield setting("relations", row, head=each["tail"], tail=each["head"])


def cut_content(gold: Gold) -> Iterator[Change]:
    """Contents without their first quotation mark."""
    for row, record in enumerate(gold.layers["attributions"]):
        first, *rest = record["content"]
        if first["text"][0] in '“„«"':
            yield setting(
                "attributions", row, content=[{**first, "start": first["start"] + 1, "text": first["text"][1:]}, *rest]
            )


def alone(gold: Gold) -> Iterator[Change]:
    """Pronouns with an entity of their own."""
    for row, mention in gold.typed("PERSON", "ORG", "GPE", level="PRO"):
        own = {**gold.entity(mention), "entity_id": "e999", "name": "somebody", "wikidata": None}

        def apart(layers: Layers, row: int = row, own: Record = own) -> None:
            layers["entities"].append(dict(own))
            layers["mentions"][row]["entity_id"] = "e999"

        yield apart


def titles(gold: Gold, record: Record) -> bool:
    """Whether a relation is that of a title with the name in it."""
    head, tail = gold.mention(record["head"]), gold.mention(record["tail"])
    return bool(head["level"] == "NOM" and head["start"] <= tail["start"] < head["end"])


INTERACTIONS = (
    "agree",
    "consult",
    "support",
    "concede",
    "cooperate",
    "aid",
    "retreat",
    "request",
    "accuse",
    "reject",
    "threaten",
    "sanction",
    "mobilize",
    "coerce",
    "assault",
)
LABELS = {"favor": "against", "against": "favor", "neutral": "favor"}
MODES = {"asserted": "planned", "planned": "asserted", "possible": "asserted", "negated": "asserted"}
BASES = {"direct_quote": "indirect_speech", "indirect_speech": "direct_quote"}
KINDS: Mapping[str, Callable[[Gold], Iterable[Change]]] = {
    "mention: a blank is in it": lambda g: beside(g, after=" "),
    "mention: it cuts a word": lambda g: (
        reach(g, r, after=-1) for r, m in enumerate(g.layers["mentions"]) if len(m["text"]) > 3
    ),
    "mention: an article is in it": lambda g: beside(g, before=r"\b(?:[Tt]he|[Aa]n?) "),
    "mention: a possessive 's is in it": lambda g: beside(g, after="[\u2019']s"),
    "mention: a comma or full stop is in it": lambda g: beside(g, after="[,.;]"),
    "mention: a quotation mark is in it": lambda g: beside(g, before="[“„«]"),
    "mention: a name is missing": lambda g: dropped(g, "mentions", lambda m: m["level"] == "NAM"),
    "mention: a description is missing": lambda g: dropped(g, "mentions", lambda m: m["level"] == "NOM"),
    "mention: a pronoun is missing": lambda g: dropped(g, "mentions", lambda m: m["level"] == "PRO"),
    "mention: another level": lambda g: labelled(g, "mentions", "level", {"NAM": "NOM", "NOM": "NAM"}),
    "link: a name to another type": lambda g: moved(g.typed("GPE", level="NAM"), ids(g, "ORG")),
    "link: a person's name to another person": lambda g: moved(g.typed("PERSON", level="NAM"), ids(g, "PERSON")),
    "link: a pronoun to another person": lambda g: moved(g.typed("PERSON", level="PRO"), ids(g, "PERSON")),
    "link: a person's pronoun to a body": lambda g: moved(g.typed("PERSON", level="PRO"), ids(g, "ORG")),
    "link: a pronoun to nothing else": alone,
    "link: a description to another entity": lambda g: moved(
        g.typed("PERSON", "ORG", level="NOM"), ids(g, "PERSON", "ORG")
    ),
    "entity: it is there twice": lambda g: in_two(g, lambda name: name),
    "entity: it is in two under two names": lambda g: in_two(g, lambda name: f"other {name}"),
    "entity: two people are one": as_one,
    "entity: another type": lambda g: labelled(g, "entities", "type", {"ORG": "GPE", "GPE": "ORG", "FAC": "LOC"}),
    "actor: one of another type": lambda g: to_actor(g, of_its_type=False),
    "actor: another of its type": lambda g: to_actor(g, of_its_type=True),
    "time: a weekday a week later": lambda g: valued(g, r"\w+day", days_later(7)),
    "time: a weekday a week earlier": lambda g: valued(g, r"\w+day", days_later(-7)),
    "time: a weekday a day off": lambda g: valued(g, r"\w+day", days_later(1)),
    "time: another month": lambda g: valued(g, r".*(?:March|June|квітня|März).*", month_later),
    "time: another week": lambda g: valued(
        g, r"(?:last|next) week", lambda value: value[:6] + f"{int(value[6:]) + 1:02}"
    ),
    "time: a duration of another length": lambda g: valued(
        g,
        r".*(?:year|week|days|decade).*",
        lambda v: re.sub(r"^P[0-9]+", "P5", v) if v[0] == "P" and v[1].isdigit() else None,
    ),
    "relation: one of a title is missing": lambda g: dropped(g, "relations", lambda each: titles(g, each)),
    "relation: another structural one is missing": lambda g: dropped(
        g, "relations", lambda each: each["type"] not in INTERACTIONS and not titles(g, each)
    ),
    "relation: an interaction is missing": lambda g: dropped(g, "relations", lambda each: each["type"] in INTERACTIONS),
    "relation: its tail is far away": far_tail,
    "relation: its ends are swapped": swapped,
    "relation: another modality": lambda g: labelled(g, "relations", "modality", MODES),
    "attribution: one of a quotation is missing": lambda g: dropped(
        g, "attributions", lambda each: each["kind"] != "indirect" and not nested(g, each)
    ),
    "attribution: one without marks is missing": lambda g: dropped(
        g, "attributions", lambda each: each["kind"] == "indirect" and not nested(g, each)
    ),
    "attribution: one inside another is missing": lambda g: dropped(g, "attributions", lambda each: nested(g, each)),
    "attribution: its source is in the content": with_source,
    "attribution: its source is a time or place": lambda g: pointing(g, "attributions", "source", "DATE", "LOC", "FAC"),
    "attribution: its content has the cue": with_cue,
    "attribution: its content lacks a quotation mark": cut_content,
    "attribution: another kind": lambda g: labelled(
        g, "attributions", "kind", {"direct": "indirect", "indirect": "direct", "mixed": "direct"}
    ),
    "stance: another basis": lambda g: labelled(g, "stances", "basis", BASES),
    "stance: another label": lambda g: labelled(g, "stances", "label", LABELS),
    "stance: another holder": lambda g: pointing(g, "stances", "holder", "PERSON", "ORG", "GPE"),
    "stance: its holder is a time or place": lambda g: pointing(g, "stances", "holder", "DATE", "LOC", "FAC"),
    "stance: it is missing": lambda g: dropped(g, "stances", bool),
}
