"""Made-up corpora for measurements: sound, of any size, the same for the same seed, about nobody who exists."""

from __future__ import annotations

import random
import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle, permutations
from pathlib import Path
from typing import Any

import orjson

from stancebank.layers import LAYERS, PART_LAYERS
from stancebank.scheme import Scheme, read_scheme
from stancebank.seeds import RECIPE, seed_bytes, sha256

PROJECT = Path(__file__).parents[1]
PART_SIZE = 1000  # documents
_CHARACTERS = 3300  # of a text, at least: about as long as a report of a news agency
_PARAGRAPH = 3  # sentences

Record = dict[str, Any]
Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shape:
    """How much is annotated in each document.

    mentions, entities, relations, stances: how many. cues: one content span each, those of split_cues
    two, since they stand amid what they introduce.
    """

    mentions: int
    entities: int
    relations: int
    cues: int
    split_cues: int
    stances: int

    @property
    def regions(self) -> int:
        """How many regions that is in Label Studio."""
        return self.mentions + 2 * self.cues + self.split_cues + self.stances


DENSE = Shape(mentions=80, entities=40, relations=40, cues=8, split_cues=2, stances=12)
SPARSE = Shape(mentions=30, entities=16, relations=18, cues=3, split_cues=1, stances=4)

# {PERSON} is a name, {PERSON:she} a pronoun, <PERSON ...> a phrase with what is in it; [...] is what is said or
# wanted, ^ stands before the verb that introduces it. The first mention is the source.
_SENTENCES = (
    "{PERSON}, <PERSON the {GPE} envoy>, ^said {DATE} that [the {ORG} would move <ORG its own units> to {LOC}].",
    "[“We will open {FAC} before {DATE}”], {PERSON} ^told <ORG {GPE} reporters>, [“and {PERSON:they} know that”] 🕊.",
    "{GPE} ^warned {GPE} that [<EVENT the {LOC} talks> could not begin without {PERSON}].",
    "The {ORG}, which <PERSON the {GPE} minister> leads, met {PERSON} and {PERSON} in {GPE} on {DATE}.",
    "{PERSON} ^wrote in the {WORK} that [{GPE} must keep {FAC} open during the {EVENT}].",
    "{PERSON:She} had asked <ORG the {GPE} parliament> for <WORK a plan of {ORG}> — in vain, as {PERSON} knew.",
    "<PERSON {GPE}'s negotiators> left the {EVENT} in {GPE} {DATE}; the {ORG} stayed.",
    "[“Without {GPE} there is no {EVENT}”], {PERSON} ^insisted, [“and {LOC} will not wait for {GPE:it}.”]",
    "<EVENT The {GPE} summit> brought {PERSON}, {PERSON} and {ORG} to {FAC} in {LOC}.",
)
# What stands between them and is not annotated.
_FILLER = (
    "Nobody had expected much of the morning, naïve as that may sound, and the hall was half empty.",
    "Rain fell on the façades; the price of bread rose again, by 3½ per cent, and the trams stood still.",
    "Little else was settled before night — “déjà vu”, as an onlooker had it 🙂 — and the lamps went out.",
)
_MARK = re.compile(r"\{([A-Z]+)(?::(\w+))?\}|<([A-Z]+) |([>\[\]])|\^(\w+)")
_SYLLABLES = (
    "zor",
    "quel",
    "vin",
    "dra",
    "mø",
    "thi",
    "ßel",
    "xan",
    "örr",
    "pli",
    "guð",
    "ñar",
    "łek",
    "şu",
    "\U0001d518l",
)
_NAMES = {
    "PERSON": "{} {}",
    "GPE": "{}",
    "ORG": "{} {} Council",
    "LOC": "{} Valley",
    "FAC": "Fort {}",
    "EVENT": "{} {} Conference",
    "WORK": "{} Memorandum",
}
_DATES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def write_corpus(root: Path, documents: int, shape: Shape, *, annotated: bool = True, seed: int = 1) -> None:
    """Write a corpus in parts of 1,000 documents, with the seeds that its texts are made of, in place of any other.

    annotated: without it the annotated layers are empty.
    """
    scheme, _ = read_scheme(PROJECT)
    assert scheme is not None
    shutil.rmtree(root, ignore_errors=True)
    (root / "schemas").mkdir(parents=True)
    shutil.copy(PROJECT / "schemas/scheme.yaml", root / "schemas/scheme.yaml")
    targets = list(_targets())
    _write_lines(root / "corpus/targets.jsonl", targets)
    (root / "corpus/corpus.yaml").write_text(_SETTINGS, "utf-8")
    (root / "seeds").mkdir()
    with (root / "seeds/seeds.yaml").open("w", encoding="utf-8") as register:
        register.write(_REGISTER)
        for first in range(0, documents, PART_SIZE):
            layers: dict[str, list[Record]] = {name: [] for name in PART_LAYERS}
            for number in range(first, min(first + PART_SIZE, documents)):
                chance = random.Random(f"{seed}:{number}")  # noqa: S311  (nothing is secret here)
                made = _Document(f"d{number:06d}", shape, scheme, [row["target_id"] for row in targets], chance)
                document = made.document()
                name, digest = document["seed"], document["seed_sha256"]
                (root / "seeds" / name).write_bytes(seed_bytes("", document["text"], "lf"))
                register.write(_REGISTERED.format(name=name, digest=digest, date=document["date"]))
                for layer, records in made.layers().items():
                    if annotated or not LAYERS[layer].annotated:
                        layers[layer] += records
            for layer, records in layers.items():
                _write_lines(root / f"corpus/p{first // PART_SIZE:03d}" / LAYERS[layer].file_name, records)


_SETTINGS = """name: made-up
title: Made up
description: Made up by a program; about nobody and nothing that exists.
version: 0.1.0
annotation_license: none
splits:
  train: ["*"]
"""
_REGISTER = """rights:
  made-up:
    statement: Made up by a program.
    redistribution: true
seeds:
"""
_REGISTERED = """  - file: {name}
    sha256: {digest}
    date: {date}
    language: en
    origin: Made up by a program.
    rights: made-up
"""


def _targets() -> Iterator[Record]:
    for wish in ("bridge", "council", "ferry", "grain", "harbour", "mint", "railway", "treaty", "valley"):
        proposition = f"The states of the valley settle the question of the {wish} together and for good."
        yield {"target_id": f"settle-{wish}", "proposition": proposition, "wikidata": None, "note": None}


def _write_lines(file: Path, records: Sequence[Record]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        stream.writelines(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE) for record in records)


@dataclass(slots=True)
class _Mention:
    start: int
    end: int
    type: str
    level: str
    sentence: int
    entity: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class _Clause:
    """What is said in a sentence: where its cue stands, and the spans of it, one or two."""

    sentence: int
    cue: Place
    spans: tuple[Place, ...]


class _Document:
    """One document in the making."""

    def __init__(
        self, doc_id: str, shape: Shape, scheme: Scheme, targets: Sequence[str], chance: random.Random
    ) -> None:
        self._doc_id, self._shape, self._scheme, self._targets, self._chance = doc_id, shape, scheme, targets, chance
        self._sentences: list[tuple[int, int, int]] = []
        self._names: dict[str, list[str]] = {}
        self._clauses: list[_Clause] = []
        slots = self._write()
        self._mentions = self._choose(slots)
        self._by_sentence: dict[int, list[_Mention]] = {}
        for mention in self._mentions:
            self._by_sentence.setdefault(mention.sentence, []).append(mention)

    def document(self) -> Record:
        text = self._text.encode()
        return {
            "doc_id": self._doc_id,
            "date": "2025-03-01",
            "title": None,
            "language": "en",
            "text": self._text,
            "text_sha256": sha256(text),
            "seed": f"{self._doc_id}.txt",
            "seed_sha256": sha256(text),
            "header": "",
            "newline": "lf",
            "recipe": RECIPE,
            "rights": "made-up",
        }

    def layers(self) -> dict[str, list[Record]]:
        """The records of each layer, in its order."""
        return {
            "documents": [self.document()],
            "sentences": [
                self._record("sentence_id", f"n{number}", start=start, end=end, paragraph=paragraph)
                for number, (start, end, paragraph) in enumerate(self._sentences, 1)
            ],
            "entities": list(self._entities()),
            "mentions": [
                self._record("mention_id", m.id, entity_id=m.entity, **self._span(m.start, m.end), level=m.level)
                for m in self._mentions
            ],
            "relations": list(self._relations()),
            "attributions": list(self._attributions()),
            "stances": list(self._stances()),
        }

    def _record(self, id_column: str, id: str, **values: object) -> Record:
        return {"doc_id": self._doc_id, id_column: id, **values}

    def _span(self, start: int, end: int) -> Record:
        return {"start": start, "end": end, "text": self._text[start:end]}

    def _write(self) -> list[_Mention]:
        """Write the text; gives the places of all mentions that it could have."""
        pieces: list[str] = []
        slots: list[_Mention] = []
        length = number = 0
        first = self._chance.randrange(len(_SENTENCES))
        templates = cycle((*_SENTENCES[first:], *_SENTENCES[:first]))
        while length < _CHARACTERS or len(slots) < self._shape.mentions:
            filler = len(slots) >= self._shape.mentions or length * self._shape.mentions < len(slots) * _CHARACTERS
            gap = "" if not number else "\n\n" if number % _PARAGRAPH == 0 else " "
            start = length + len(gap)
            template = self._chance.choice(_FILLER) if filler and number % 2 else next(templates)
            written, found = self._sentence(template, start, number)
            slots += found
            pieces += gap, written
            length = start + len(written)
            self._sentences.append((start, length, number // _PARAGRAPH))
            number += 1
        self._text = "".join(pieces)
        return slots

    def _sentence(self, template: str, start: int, number: int) -> tuple[str, list[_Mention]]:
        written, position, place = "", 0, start
        opened: list[_Mention] = []
        mentions: list[_Mention] = []
        cue, said, spans = None, 0, []
        for mark in _MARK.finditer(template):
            written += template[position : mark.start()]
            position, place = mark.end(), start + len(written)
            type, pronoun, phrase, bracket, verb = mark.groups()
            if type:
                written += pronoun or self._name(type)
                level = "PRO" if pronoun else "NAM"
                mentions.append(_Mention(place, start + len(written), type, level, number))
            elif phrase:
                opened.append(_Mention(place, place, phrase, "NOM", number))
                mentions.append(opened[-1])
            elif verb:
                written += verb
                cue = (place, start + len(written))
            elif bracket == ">":
                opened.pop().end = place
            elif bracket == "[":
                said = place
            else:
                spans.append((said, place))
        written += template[position:]
        if cue:
            self._clauses.append(_Clause(number, cue, tuple(spans)))
        return written, mentions

    def _name(self, type: str) -> str:
        """A name: at first a new one, then any of the type."""
        known = self._names.setdefault(type, [])
        if type == "DATE":
            return self._chance.choice(_DATES)
        if len(known) < self._shape.entities // len(_NAMES) or self._chance.random() < 1 / len(known):
            words = ("".join(self._chance.choices(_SYLLABLES, k=2)).capitalize() for _ in range(2))
            known.append(_NAMES[type].format(*words))
        return self._chance.choice(known[-3:])

    def _choose(self, slots: list[_Mention]) -> list[_Mention]:
        """As many mentions as the shape has, with ids in the order of the text; of which entities, the lot decides."""
        chosen = self._chance.sample(slots, self._shape.mentions)
        chosen.sort(key=lambda mention: (mention.start, mention.end))
        first = {mention.type: index for index, mention in reversed(list(enumerate(chosen)))}.values()
        others = sorted(set(range(len(chosen))) - set(first))
        new = {*first, *self._chance.sample(others, self._shape.entities - len(first))}
        entities: dict[str, list[str]] = {}
        for index, mention in enumerate(chosen):
            known = entities.setdefault(mention.type, [])
            if index in new:
                known.append(f"e{sum(map(len, entities.values())) + 1}")
            mention.entity = known[-1] if index in new else self._chance.choice(known)
            mention.id = f"m{index + 1}"
        return chosen

    def _entities(self) -> Iterator[Record]:
        seen: dict[str, _Mention] = {}
        for mention in self._mentions:
            seen.setdefault(mention.entity, mention)
        for entity, mention in sorted(seen.items(), key=lambda each: int(each[0][1:])):
            name = " ".join(self._text[mention.start : mention.end].split())
            value = "2025-W09" if mention.type == "DATE" else None
            yield self._record("entity_id", entity, type=mention.type, name=name, wikidata=None, value=value)

    def _relations(self) -> Iterator[Record]:
        """Relations between mentions of one sentence, of types that fit the two."""
        possible = [
            (kind.name, head, tail)
            for mentions in self._by_sentence.values()
            for head, tail in permutations(mentions, 2)
            for kind in _fitting(self._scheme, head.type, tail.type)
            if head.entity != tail.entity and not (kind.symmetric and head.start > tail.start)
        ]
        self._chance.shuffle(possible)
        modalities = self._scheme.names("modalities")
        seen = set()
        for kind, head, tail in possible:
            modality = self._chance.choice(modalities) if self._chance.random() < 1 / 4 else modalities[0]
            key = (head.sentence, kind, head.entity, tail.entity, modality)
            if key in seen:
                continue
            seen.add(key)
            yield self._record("relation_id", f"r{len(seen)}", type=kind, head=head.id, tail=tail.id, modality=modality)
            if len(seen) == self._shape.relations:
                return

    def _source(self, sentence: int) -> str | None:
        """Who speaks in a sentence: whom it mentions first."""
        mentions = self._by_sentence.get(sentence)
        return mentions[0].id if mentions else None

    def _attributions(self) -> Iterator[Record]:
        split = [clause for clause in self._clauses if len(clause.spans) > 1][: self._shape.split_cues]
        whole = [clause for clause in self._clauses if clause not in split][: self._shape.cues - len(split)]
        for number, clause in enumerate(sorted((*split, *whole), key=lambda clause: clause.cue), 1):
            spans = clause.spans if clause in split else clause.spans[:1]
            yield self._record(
                "attribution_id",
                f"a{number}",
                source=self._source(clause.sentence),
                **self._span(*clause.cue),
                content=[self._span(*span) for span in spans],
                kind=self._chance.choice(self._scheme.names("attribution_kinds")),
            )

    def _stances(self) -> Iterator[Record]:
        places = [(span, clause.sentence) for clause in self._clauses for span in clause.spans]
        wanted = [(*place, target) for target in self._targets for place in places][: self._shape.stances]
        wanted.sort(key=lambda each: each[0])
        for number, (span, sentence, target) in enumerate(wanted, 1):
            labels = {
                column: self._chance.choice(self._scheme.names(vocabulary))
                for column, vocabulary in (
                    ("label", "stance_labels"),
                    ("basis", "stance_bases"),
                    ("commitment", "commitments"),
                )
            }
            holder = self._source(sentence)
            yield self._record("stance_id", f"s{number}", holder=holder, target=target, **labels, **self._span(*span))


def _fitting(scheme: Scheme, head: str, tail: str) -> Sequence[Any]:
    """The relation types that can lead from one type of entity to another."""
    return [kind for kind in scheme.relation_types if head in kind.domain and tail in kind.range]
