"""Templates: annotated sentences whose names are left open. sentences.txt has them and says how they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypedDict

SENTENCES = Path(__file__).with_name("sentences.txt")
FIRST, AGAIN, ADJECTIVE = range(3)  # forms of a name
_NAME_LENGTH = 11  # characters, about

_MARK = re.compile(
    r"""
    \{ (?P<key>\w+) (?P<new>!)? (?: : (?P<type>\w+))? (?P<adjective>~)? (?: = (?P<pronoun>[^}]+))? \}
    | < (?P<phrase>\w+) (?: : (?P<phrase_type>\w+))? [ ]
    | (?P<open>[\[(]) (?P<number>\d?)
    | (?P<close>[>\])])
    | \^ (?P<cue>\d?)
    | (?P<border>[ ]\|[ ])
    """,
    re.VERBOSE,
)
_NAME, _PRONOUN, _PHRASE, _CONTENT, _EVIDENCE, _CUE = "{=<[(^"
_LEVELS = {_NAME: None, _PRONOUN: "PRO", _PHRASE: "NOM"}


class Slot(NamedTuple):
    """Where the words for a variable go. pronouns: the words themselves, one of them by the entity's voice."""

    variable: int
    form: int
    pronouns: tuple[str, ...]


class Variable(NamedTuple):
    """What a template leaves open.

    kind: an entity type in capitals, or a kind of time in small letters. new: not spoken of before.
    described: an entity of its own, called by the words of its first mention.
    """

    kind: str
    new: bool
    described: bool


class Place(NamedTuple):
    """A span of a template: from the border in front of one piece to the border in front of another."""

    start: int
    end: int


class Mention(NamedTuple):
    """level: None for what depends on the words."""

    place: Place
    variable: int
    level: str | None


class Relation(NamedTuple):
    """head, tail: indexes of mentions."""

    type: str
    head: int
    tail: int
    modality: str


class Attribution(NamedTuple):
    """source: index of a mention."""

    cue: Place
    content: tuple[Place, ...]
    source: int | None
    kind: str


class Stance(NamedTuple):
    """holder: index of a mention."""

    evidence: Place
    holder: int | None
    target: str
    label: str
    basis: str
    commitment: str
    expression: str


@dataclass(frozen=True, eq=False)
class Template:
    """One sentence or several that belong together. All lists are in the order of the text."""

    pieces: tuple[str | Slot, ...]
    variables: tuple[Variable, ...]
    sentences: tuple[Place, ...]
    mentions: tuple[Mention, ...]
    relations: tuple[Relation, ...]
    attributions: tuple[Attribution, ...]
    stances: tuple[Stance, ...]

    @cached_property
    def split(self) -> bool:
        """Whether what is said stands in two places."""
        return any(len(attribution.content) > 1 for attribution in self.attributions)

    @cached_property
    def length(self) -> int:
        """About how many characters it will have."""
        return sum(len(piece) if isinstance(piece, str) else _NAME_LENGTH for piece in self.pieces)


def read_templates() -> tuple[Template, ...]:
    """All templates of sentences.txt."""
    lines = (line for line in SENTENCES.read_text("utf-8").splitlines() if not line.startswith("#"))
    blocks = re.split(r"\n{2,}", "\n".join(lines).strip())
    return tuple(_template(*block.split("\n  ")) for block in blocks)


class _Span(NamedTuple):
    """A marked span. mark: how it opens; key: of a mention, or the number of what is said, of a cue or of evidence."""

    place: Place
    mark: str
    key: str


def _template(sentence: str, *notes: str) -> Template:
    sentence = sentence.replace("\n", " ")
    pieces: list[str | Slot] = []
    spans: list[_Span] = []
    opened: list[tuple[int, str, str]] = []
    sentences = [0]
    variables = _variables(sentence)
    letters = list(variables)
    position = 0
    for mark in _MARK.finditer(sentence):
        if mark.start() > position:
            pieces.append(sentence[position : mark.start()])
        position = mark.end()
        here = len(pieces)
        if mark["key"]:
            pronouns = tuple(mark["pronoun"].split("|")) if mark["pronoun"] else ()
            form = ADJECTIVE if mark["adjective"] else FIRST if mark["type"] else AGAIN
            pieces.append(Slot(letters.index(mark["key"][0]), form, pronouns))
            spans.append(_Span(Place(here, here + 1), _PRONOUN if pronouns else _NAME, mark["key"]))
        elif mark["phrase"]:
            opened.append((here, _PHRASE, mark["phrase"]))
        elif mark["open"]:
            opened.append((here, mark["open"], mark["number"] or "1"))
        elif mark["border"]:
            pieces.append(" ")
            sentences += here, here + 1
        elif mark["cue"] is not None and not (opened and opened[-1][1] == _CUE):
            opened.append((here, _CUE, mark["cue"] or "1"))
        else:
            start, kind, key = opened.pop()
            spans.append(_Span(Place(start, here), kind, key))
    if position < len(sentence):
        pieces.append(sentence[position:])
    sentences.append(len(pieces))
    spans.sort()
    mentions = [span for span in spans if span.mark in _LEVELS]
    return Template(
        pieces=tuple(pieces),
        variables=tuple(variables.values()),
        sentences=tuple(map(Place, sentences[::2], sentences[1::2])),
        mentions=tuple(Mention(span.place, letters.index(span.key[0]), _LEVELS[span.mark]) for span in mentions),
        **_annotations(notes, spans, {span.key: index for index, span in enumerate(mentions)}),
    )


def _variables(sentence: str) -> dict[str, Variable]:
    """What is open in a template, by the letter of its keys."""
    variables = {}
    for mark in _MARK.finditer(sentence):
        if mark["type"]:
            variables[mark["key"][0]] = Variable(mark["type"], new=bool(mark["new"]), described=False)
        elif mark["phrase_type"]:
            variables[mark["phrase"][0]] = Variable(mark["phrase_type"], new=True, described=True)
    return variables


class _Annotations(TypedDict):
    relations: tuple[Relation, ...]
    attributions: tuple[Attribution, ...]
    stances: tuple[Stance, ...]


def _annotations(notes: Sequence[str], spans: Sequence[_Span], mentions: Mapping[str, int]) -> _Annotations:
    """What stands below a sentence. mentions: their indexes by key."""
    places: dict[tuple[str, str], list[Place]] = {}
    for span in spans:
        places.setdefault((span.mark, span.key), []).append(span.place)
    relations: list[Relation] = []
    attributions: list[Attribution] = []
    stances: list[Stance] = []
    for note in notes:
        verb, _, rest = note.partition(" ")
        if verb == "says":
            number = str(len(attributions) + 1)
            source, kind = rest.split(": ")
            (cue,), content = places[_CUE, number], places[_CONTENT, number]
            attributions.append(Attribution(cue, tuple(content), mentions.get(source), kind))
        elif verb == "holds":
            number = str(len(stances) + 1)
            holder, values = rest.split(": ")
            (evidence,) = places.get((_EVIDENCE, number)) or places[_EVIDENCE, "1"]
            stances.append(Stance(evidence, mentions.get(holder), *values.split()))
        else:
            for relation in note.split(", "):
                kind, head, tail, *modality = relation.split()
                relations.append(Relation(kind, mentions[head], mentions[tail], *(modality or ["asserted"])))
    return {
        "relations": tuple(relations),
        "attributions": tuple(sorted(attributions, key=lambda each: each.cue)),
        "stances": tuple(sorted(stances, key=lambda each: each.evidence)),
    }
