"""Which sentences a document is made of, so that it has just so many annotations of each kind."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice

from synthetic.templates import Template, read_templates

_CHARACTERS = 3300  # of a text, about: as long as a report of a news agency
_COMPARED = 3  # sentences, for the one that fits best
_BRIEF = 2  # mentions; such a sentence only fills a rest
_FEW = 5  # mentions; a rest


@dataclass(frozen=True, slots=True)
class Shape:
    """How much is annotated in each document.

    mentions, entities, relations, stances: how many. cues: of attributions, with one content span each; those of
    split_cues have two, since they stand amid what they introduce.
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


class MisfitError(Exception):
    """What was drawn first leaves a rest that nothing can fill: draw again."""


def plan(shape: Shape, chance: random.Random) -> list[Template]:
    """Sentences in random order that together have the shape's mentions, relations and attributions.

    They have as many stances as the shape or more. Sentences without annotations fill up the text. Raises MisfitError.
    """
    decks = {kind: chance.sample(templates, len(templates)) for kind, templates in _bank().items()}
    chosen = _Chosen(shape.mentions, shape.relations)
    for _ in range(shape.split_cues):
        chosen.take(decks["split"])
    cues = shape.cues - shape.split_cues
    while cues:
        cues -= len(chosen.take(decks["said"], attributions=cues).attributions)
    for _ in range(shape.stances - sum(len(template.stances) for template in chosen.templates)):
        chosen.take(decks["done"])
    while chosen.mentions:
        last = _by_size().get((chosen.mentions, chosen.relations))
        if last:
            chosen.take([chance.choice(last)])
        else:
            chosen.take(decks["told" if chosen.mentions > _FEW else "brief"])
    length = sum(template.length for template in chosen.templates)
    for filler in decks["idle"] * (_CHARACTERS // 100):
        if length + filler.length // 2 > _CHARACTERS:
            break
        length += filler.length
        chosen.templates.append(filler)
    chance.shuffle(chosen.templates)
    return chosen.templates


class _Chosen:
    """The sentences chosen so far, and how many mentions and relations are still wanted."""

    def __init__(self, mentions: int, relations: int) -> None:
        self.templates: list[Template] = []
        self.mentions, self.relations = mentions, relations

    def take(self, deck: list[Template], attributions: int = 1) -> Template:
        """Of the next few that fit, the one with the best share of relations; it goes to the bottom of the deck.

        attributions: at most. Raises MisfitError where none fits.
        """
        fitting = (each for each in deck if len(each.attributions) <= attributions and self._leaves_enough(each))
        best = min(islice(fitting, _COMPARED), key=self._imbalance, default=None)
        if best is None:
            raise MisfitError
        deck.remove(best)
        deck.append(best)
        self.templates.append(best)
        self.mentions -= len(best.mentions)
        self.relations -= len(best.relations)
        return best

    def _leaves_enough(self, template: Template) -> bool:
        """Whether there are sentences for the rest: they have up to three relations for two mentions."""
        mentions, relations = self.mentions - len(template.mentions), self.relations - len(template.relations)
        return mentions >= 0 and 0 <= relations <= mentions // 2 * 3

    def _imbalance(self, template: Template) -> int:
        return abs(len(template.relations) * self.mentions - len(template.mentions) * self.relations)


@cache
def _bank() -> Mapping[str, list[Template]]:
    """The templates by what happens in them."""
    bank: dict[str, list[Template]] = {kind: [] for kind in ("split", "said", "done", "told", "brief", "idle")}
    for template in read_templates():
        if template.attributions:
            kind = "split" if template.split else "said"
        elif template.stances:
            kind = "done"
        elif len(template.mentions) > _BRIEF:
            kind = "told"
        else:
            kind = "brief" if template.mentions else "idle"
        bank[kind].append(template)
    return bank


@cache
def _by_size() -> Mapping[tuple[int, int], list[Template]]:
    """The templates in which things are merely told, by their numbers of mentions and relations."""
    sizes: dict[tuple[int, int], list[Template]] = {}
    for template in _bank()["told"] + _bank()["brief"]:
        sizes.setdefault((len(template.mentions), len(template.relations)), []).append(template)
    return sizes
