"""Kinds of single corruptions of the project's corpus: what each changes breaks an invariant of the scheme.

A kind is a function of the sound files and a random generator. Where a change could by chance
give another sound corpus, its target is chosen so that it cannot. Kinds under KEEPING change the
bytes and nothing that the corpus says.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import count, pairwise
from pathlib import Path
from typing import Any

from conftest import PART, PROJECT, Record
from stancebank.schema import layers
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import sha256

Place = tuple[str, int, int | None]  # layer, row, item of an attribution's content

CORPUS, SCHEME, SEEDS = "corpus/corpus.yaml", "schemas/scheme.yaml", "seeds/seeds.yaml"
LAYERS = tuple(layer for layer in layers.LAYERS if layer != "actors")  # the project's corpus has none
IDS = {name: layer.id_column for name, layer in layers.LAYERS.items()}
VOCABULARIES = {
    (name, column.name): column.vocabulary
    for name in LAYERS
    for column in layers.LAYERS[name].columns
    if column.vocabulary
}
NULLABLE = {column.name for layer in layers.LAYERS.values() for column in layer.columns if column.nullable}
SPANNED = tuple(name for name, layer in layers.LAYERS.items() if layer.spans and "text" in layer.names)
_DULL = 20  # draws in a row of a kind that bring nothing new
# Keys of the YAML files whose value stands on their line and that none of the files can do without.
YAML_KEYS = {
    CORPUS: "name|title|version|annotation_license",
    SCHEME: "version|name|definition|example|group|domain|range|symmetric",
    SEEDS: "redistribution|file|sha256|date|language|rights",
}


class Raw(str):
    """JSON that is written as it stands."""


@dataclass(frozen=True)
class Change:
    """A changed corpus: bytes by path from the root, None for what is gone, else what puts something there.

    file: the corrupted file.
    """

    contents: Mapping[str, bytes | Callable[[Path], object] | None]
    file: str

    @property
    def key(self) -> str:
        """Equal for equal changes."""
        named = {path: getattr(content, "__name__", content) for path, content in self.contents.items()}
        return sha256(repr(sorted(named.items(), key=lambda item: item[0])).encode())

    @property
    def names(self) -> tuple[str, ...]:
        """What a message calls the corrupted file: its path, its layer's records, the seed."""
        name = self.file.rsplit("/", 1)[-1]
        if name.endswith(".jsonl"):
            return self.file, {"entities": "entity"}.get(name[:-6], name[:-7])
        return {SCHEME: ("scheme",), SEEDS: (SEEDS,), CORPUS: (CORPUS,)}.get(self.file, (self.file, "seed"))


@dataclass(frozen=True)
class Sound:
    """The sound corpus that is changed: its files by path from the root, without the releases of earlier states."""

    files: Mapping[str, bytes]

    def path(self, layer: str) -> str:
        return f"corpus/{layer}.jsonl" if layer == "targets" else f"corpus/{PART}/{layer}.jsonl"

    def data(self, layer: str) -> bytes:
        return self.files[self.path(layer)]

    def lines(self, file: str) -> list[bytes]:
        return self.files[file].splitlines(keepends=True)

    @cached_property
    def _kept(self) -> dict[str, list[Record]]:
        return {layer: [json.loads(line) for line in self.data(layer).splitlines()] for layer in LAYERS}

    def records(self, layer: str) -> list[Record]:
        """Fresh records, to be changed."""
        copies = [dict(record) for record in self._kept[layer]]
        for copy in copies:
            if "content" in copy:
                copy["content"] = [dict(item) for item in copy["content"]]
        return copies

    @property
    def document(self) -> Record:
        return self.records("documents")[0]

    @cached_property
    def text(self) -> str:
        return self.document["text"]

    @property
    def seed(self) -> str:
        return f"seeds/{self.document['seed']}"

    def span(self, start: int, end: int) -> Record:
        return {"start": start, "end": end, "text": self.text[start:end]}

    @cached_property
    def places(self) -> list[Place]:
        """Every span that repeats its text."""
        own = [(layer, row, None) for layer in SPANNED for row, _ in enumerate(self.records(layer))]
        items = [
            ("attributions", row, item)
            for row, record in enumerate(self.records("attributions"))
            for item, _ in enumerate(record["content"])
        ]
        return own + items

    @cached_property
    def entity_of(self) -> dict[str, str]:
        return {mention["mention_id"]: mention["entity_id"] for mention in self.records("mentions")}

    @cached_property
    def types(self) -> dict[str, str]:
        return {entity["entity_id"]: entity["type"] for entity in self.records("entities")}

    @cached_property
    def scheme(self) -> Scheme:
        scheme, _ = parse_scheme(self.files[SCHEME])
        assert scheme is not None
        return scheme

    @cached_property
    def labels(self) -> dict[str, tuple[str, ...]]:
        """The scheme's labels by vocabulary."""
        return {name: self.scheme.names(name) for name in VOCABULARIES.values()}

    @cached_property
    def relation_types(self) -> dict[str, tuple[tuple[str, ...], tuple[str, ...], bool]]:
        """Domain, range and whether it is symmetric, by name."""
        return {each.name: (each.domain, each.range, each.symmetric) for each in self.scheme.relation_types}

    def bytes(self, file: str, data: bytes) -> Change:
        return Change({file: data}, file)

    def write_lines(self, file: str, lines: Iterable[bytes]) -> Change:
        return self.bytes(file, b"".join(lines))

    def write(self, layer: str, records: Sequence[Record]) -> Change:
        return self.bytes(self.path(layer), "".join(written(record) + "\n" for record in records).encode())

    def edit(self, layer: str, row: int, /, **values: Any) -> Change:
        records = self.records(layer)
        records[row] |= values
        return self.write(layer, records)

    def edit_span(self, place: Place, **values: Any) -> Change:
        layer, row, item = place
        records = self.records(layer)
        (records[row] if item is None else records[row]["content"][item]).update(values)
        return self.write(layer, records)

    def span_at(self, place: Place) -> Record:
        layer, row, item = place
        record = self.records(layer)[row]
        return record if item is None else record["content"][item]

    def insert(self, layer: str, record: Record) -> Change:
        """One more record, in its place in the order."""
        return self.write(layer, sorted([*self.records(layer), record], key=lambda each: order(layer, each)))

    def fresh_id(self, layer: str) -> str:
        ids = [record[IDS[layer]] for record in self.records(layer)]
        return f"{ids[0].rstrip('0123456789')}{len(ids) + 1}"


@dataclass(frozen=True)
class Kind:
    """One way to corrupt, or with sound=True to rewrite, the corpus.

    elsewhere: a finding may stand where the gap is felt, and then its message names the file or its layer.
    slow: a run takes long; a fourth of what the other kinds give will do.
    """

    name: str
    make: Callable[[Sound, random.Random], Change]
    elsewhere: bool = False
    sound: bool = False
    slow: bool = False

    def draw(self, number: int) -> Change:
        """The change of that number; the same each time."""
        return self.make(SOUND, random.Random(f"{self.name} {number}"))


def draws(kinds: Iterable[Kind], total: int) -> Iterator[tuple[str, int]]:
    """Kind and number of changes that all differ, one of each kind in turn, until there are as many as asked for.

    A kind of which twenty in a row are known already gives no more.
    """
    seen: set[str] = set()
    misses = dict.fromkeys((kind.name for kind in kinds), 0)
    live = list(kinds)
    for number in count():
        for kind in [kind for kind in live if not kind.slow or number % 4 == 0]:
            change = kind.draw(number)
            misses[kind.name] += 1
            if change.key not in seen and any(SOUND.files.get(f) != data for f, data in change.contents.items()):
                seen.add(change.key)
                misses[kind.name] = 0
                yield kind.name, number
                if len(seen) == total:
                    return
            elif misses[kind.name] == _DULL:
                live.remove(kind)
        if not live:
            return


def few(kind: Kind, start: int, wanted: int = 3) -> list[Change]:
    """Changes of one kind that all differ, from a number on: as many as are wanted, if the kind has them."""
    changes: dict[str, Change] = {}
    for number in range(start, start + _DULL):
        change = kind.draw(number)
        if any(SOUND.files.get(file) != data for file, data in change.contents.items()):
            changes.setdefault(change.key, change)
        if len(changes) == wanted:
            break
    return [*changes.values()]


KINDS: dict[str, Kind] = {}
KEEPING: dict[str, Kind] = {}


def corrupts(name: str, *arguments: Any, elsewhere: bool = False, slow: bool = False) -> Callable[[Any], Any]:
    """List the decorated function as a kind of that name, with these arguments after the generator."""

    def add(function: Callable[..., Change]) -> Callable[..., Change]:
        assert name not in KINDS, name
        KINDS[name] = Kind(name, lambda sound, rng: function(sound, rng, *arguments), elsewhere, slow=slow)
        return function

    return add


def keeps(name: str) -> Callable[[Any], Any]:
    """List the decorated function as a kind that leaves the corpus sound."""

    def add(function: Callable[..., Change]) -> Callable[..., Change]:
        KEEPING[name] = Kind(name, function, sound=True)
        return function

    return add


def written(value: object) -> str:
    """Compact JSON; a list of pairs under the key None is an object that may repeat keys."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict) and any(key is None or isinstance(each, Raw | list) for key, each in value.items()):
        pairs = value[None] if None in value else value.items()
        return "{" + ",".join(f"{json.dumps(key)}:{written(each)}" for key, each in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def order(layer: str, record: Record) -> tuple[Any, ...]:
    """What the scheme sorts a layer's rows by."""
    name = record[IDS[layer]]
    digits = name[len(name.rstrip("0123456789")) :]
    natural = (name.removesuffix(digits), int(digits or 0), len(digits))
    return (record.get("doc_id", ""), record.get("start", 0), record.get("end", 0), *natural)


def objects(record: Record) -> Iterator[Record]:
    """The record and the objects inside it."""
    yield record
    yield from record.get("content", [])


def any_layer(rng: random.Random) -> str:
    return rng.choice(LAYERS)


def pick(sound: Sound, rng: random.Random) -> tuple[str, list[Record], Record]:
    """A layer, its records and an object in one of them: the record, or now and then one of its content."""
    layer = any_layer(rng)
    records = sound.records(layer)
    return layer, records, rng.choice(list(objects(rng.choice(records))))


def files_with_lines(sound: Sound, rng: random.Random) -> str:
    return sound.path(any_layer(rng))


# Spans


def spans_of(sound: Sound, noun: str) -> list[Place]:
    if noun == "content":
        return [place for place in sound.places if place[2] is not None]
    layer = {"mention": "mentions", "cue": "attributions", "evidence": "stances"}[noun]
    return [place for place in sound.places if place[0] == layer and place[2] is None]


@corrupts("mention: an end is off by one", "mention")
@corrupts("cue: an end is off by one", "cue")
@corrupts("content: an end is off by one", "content")
@corrupts("evidence: an end is off by one", "evidence")
def end_off_by_one(sound: Sound, rng: random.Random, noun: str) -> Change:
    place = rng.choice(spans_of(sound, noun))
    return sound.edit_span(place, end=sound.span_at(place)["end"] + rng.choice([-1, 1]))


@corrupts("mention: a start is off by one", "mention")
@corrupts("cue: a start is off by one", "cue")
@corrupts("content: a start is off by one", "content")
@corrupts("evidence: a start is off by one", "evidence")
def start_off_by_one(sound: Sound, rng: random.Random, noun: str) -> Change:
    place = rng.choice(spans_of(sound, noun))
    return sound.edit_span(place, start=sound.span_at(place)["start"] + rng.choice([-1, 1]))


@corrupts("mention: both offsets are moved", "mention")
@corrupts("cue: both offsets are moved", "cue")
@corrupts("content: both offsets are moved", "content")
@corrupts("evidence: both offsets are moved", "evidence")
def span_moved(sound: Sound, rng: random.Random, noun: str) -> Change:
    while True:
        place, by = rng.choice(spans_of(sound, noun)), rng.choice([-2, -1, 1, 2])
        span = sound.span_at(place)
        start, end = span["start"] + by, span["end"] + by
        if start < 0 or sound.text[start:end] != span["text"]:
            return sound.edit_span(place, start=start, end=end)


@corrupts("span: the text is misspelt")
def text_misspelt(sound: Sound, rng: random.Random) -> Change:
    place = rng.choice(sound.places)
    text = sound.span_at(place)["text"]
    at = rng.randrange(len(text))
    other = chr(ord(text[at]) ^ (1 << rng.randrange(5)))
    return sound.edit_span(place, text=text[:at] + other + text[at + 1 :])


@corrupts("span: a letter of the text is decomposed")
def text_decomposed(sound: Sound, rng: random.Random) -> Change:
    place = rng.choice(sound.places)
    text = sound.span_at(place)["text"]
    decomposed = unicodedata.normalize("NFD", text)
    if decomposed == text:  # no composed letter: give one an accent
        at = rng.randrange(len(text)) + 1
        decomposed = text[:at] + "\N{COMBINING ACUTE ACCENT}" + text[at:]
    return sound.edit_span(place, text=decomposed)


@corrupts("span: a look-alike stands in the text")
def text_look_alike(sound: Sound, rng: random.Random) -> Change:
    likes = {
        "a": "\N{CYRILLIC SMALL LETTER A}",
        "e": "\N{CYRILLIC SMALL LETTER IE}",
        "o": "\N{GREEK SMALL LETTER OMICRON}",
        " ": "\N{NO-BREAK SPACE}",
        "'": "\N{RIGHT SINGLE QUOTATION MARK}",
        "i": "i\N{ZERO WIDTH SPACE}",
        "r": "r\N{SOFT HYPHEN}",
    }
    while True:
        place = rng.choice(sound.places)
        text = sound.span_at(place)["text"]
        at = rng.randrange(len(text))
        if text[at] in likes:
            return sound.edit_span(place, text=text[:at] + likes[text[at]] + text[at + 1 :])


@corrupts("span: the text is in another case")
def text_case(sound: Sound, rng: random.Random) -> Change:
    place = rng.choice(sound.places)
    text = sound.span_at(place)["text"]
    return sound.edit_span(
        place, text=rng.choice([other for other in (text.upper(), text.swapcase()) if other != text])
    )


@corrupts("span: the text is of another span")
def text_of_another(sound: Sound, rng: random.Random) -> Change:
    while True:
        place, other = rng.sample(sound.places, 2)
        text = sound.span_at(other)["text"]
        if text != sound.span_at(place)["text"]:
            return sound.edit_span(place, text=text)


@corrupts("span: start and end are swapped")
def ends_swapped(sound: Sound, rng: random.Random) -> Change:
    place = rng.choice(sound.places)
    span = sound.span_at(place)
    return sound.edit_span(place, start=span["end"], end=span["start"])


@corrupts("span: it is empty")
def span_empty(sound: Sound, rng: random.Random) -> Change:
    place = rng.choice(sound.places)
    at = sound.span_at(place)["start"] + rng.randrange(2)
    return sound.edit_span(place, start=at, end=at, **rng.choice([{}, {"text": ""}]))


@corrupts("span: it is a blank")
def span_blank(sound: Sound, rng: random.Random) -> Change:
    at = rng.choice([found.start() for found in re.finditer(" ", sound.text)])
    return sound.edit_span(rng.choice(sound.places), **sound.span(at, at + 1))


@corrupts("offset: it is negative")
def offset_negative(sound: Sound, rng: random.Random) -> Change:
    return sound.edit_span(any_span(sound, rng), **{rng.choice(["start", "end"]): -rng.randrange(1, 4000)})


@corrupts("offset: it is beyond the text")
def offset_beyond_text(sound: Sound, rng: random.Random) -> Change:
    beyond = len(sound.text) + rng.choice([1, 2, rng.randrange(3, 10_000), 2**31, 2**63 - 1 - len(sound.text)])
    return sound.edit_span(any_span(sound, rng), **rng.choice([{"end": beyond}, {"start": beyond, "end": beyond + 1}]))


@corrupts("offset: it is beyond 64 bits")
def offset_beyond_64_bits(sound: Sound, rng: random.Random) -> Change:
    value = rng.choice([2**63, 2**64, 2**64 + rng.randrange(4000), 10**30, -(2**63) - 1])
    return sound.edit_span(any_span(sound, rng), **{rng.choice(["start", "end"]): value})


@corrupts("offset: it has 400 digits or more")
def offset_of_many_digits(sound: Sound, rng: random.Random) -> Change:
    digits = Raw(rng.choice("123456789") * rng.choice([400, 4300, 4301, 20_000]))
    return sound.edit_span(any_span(sound, rng), **{rng.choice(["start", "end"]): digits})


@corrupts("offset: it is a float")
def offset_float(sound: Sound, rng: random.Random) -> Change:
    place, key = any_span(sound, rng), rng.choice(["start", "end"])
    value = sound.span_at(place)[key]
    return sound.edit_span(place, **{key: Raw(rng.choice([f"{value}.0", f"{value}.5", f"{value}e0", f"{value}E-1"]))})


@corrupts("offset: it is a string")
def offset_string(sound: Sound, rng: random.Random) -> Change:
    place, key = any_span(sound, rng), rng.choice(["start", "end"])
    return sound.edit_span(place, **{key: str(sound.span_at(place)[key])})


def any_span(sound: Sound, rng: random.Random) -> Place:
    sentences: list[Place] = [("sentences", row, None) for row, _ in enumerate(sound.records("sentences"))]
    return rng.choice([*sound.places, *sentences])


@corrupts("mention: it crosses another one")
def mentions_cross(sound: Sound, rng: random.Random) -> Change:
    mentions = sound.records("mentions")
    while True:
        one, other = rng.sample(mentions, 2)
        sentence = next(s for s in sound.records("sentences") if s["start"] <= one["start"] < s["end"])
        if one["start"] < other["start"] < other["end"] - 1 < sentence["end"] and one["end"] <= other["start"]:
            break
    one |= sound.span(one["start"], rng.randrange(other["start"] + 1, other["end"]))
    return sound.write("mentions", sorted(mentions, key=lambda mention: order("mentions", mention)))


@corrupts("mention: it runs into the next sentence", "mentions")
@corrupts("cue: it runs into the next sentence", "attributions")
@corrupts("evidence: it runs into the next sentence", "stances")
def over_sentence_end(sound: Sound, rng: random.Random, layer: str) -> Change:
    sentences = sound.records("sentences")
    records = sound.records(layer)
    row = rng.choice([row for row, record in enumerate(records) if record["end"] < sentences[-1]["start"]])
    following = next(s for s in sentences if s["start"] >= records[row]["end"])
    records[row] |= sound.span(records[row]["start"], rng.randrange(following["start"] + 1, following["end"]))
    return sound.write(layer, sorted(records, key=lambda record: order(layer, record)))


@corrupts("content: it is out of order")
def content_out_of_order(sound: Sound, rng: random.Random) -> Change:
    attributions = sound.records("attributions")
    several = [row for row, attribution in enumerate(attributions) if len(attribution["content"]) > 1]
    content = attributions[rng.choice(several)]["content"]
    first = rng.randrange(len(content) - 1)
    content[first : first + 2] = content[first : first + 2][::-1]
    return sound.write("attributions", attributions)


@corrupts("content: it overlaps itself")
def content_overlaps(sound: Sound, rng: random.Random) -> Change:
    attributions = sound.records("attributions")
    content = rng.choice(attributions)["content"]
    item = rng.randrange(len(content))
    start, end = content[item]["start"], content[item]["end"]
    content.insert(item + 1, sound.span(rng.randrange(start, end), end))
    return sound.write("attributions", attributions)


@corrupts("content: the list is empty")
def content_empty(sound: Sound, rng: random.Random) -> Change:
    return sound.edit("attributions", rng.randrange(len(sound.records("attributions"))), content=[])


@corrupts("content: an item is no span")
def content_item_retyped(sound: Sound, rng: random.Random) -> Change:
    attributions = sound.records("attributions")
    content = rng.choice(attributions)["content"]
    content[rng.randrange(len(content))] = rng.choice([None, [], {}, "said", 5, [content[0]]])
    return sound.write("attributions", attributions)


# Sentences


@corrupts("sentence: a start is off by one", "start", elsewhere=True)
@corrupts("sentence: an end is off by one", "end", elsewhere=True)
def sentence_off_by_one(sound: Sound, rng: random.Random, key: str) -> Change:
    row = rng.randrange(len(sound.records("sentences")))
    return sound.edit("sentences", row, **{key: sound.records("sentences")[row][key] + rng.choice([-1, 1])})


@corrupts("sentence: both offsets are moved")
def sentence_moved(sound: Sound, rng: random.Random) -> Change:
    row, by = rng.randrange(len(sound.records("sentences"))), rng.choice([-2, -1, 1, 2])
    sentence = sound.records("sentences")[row]
    return sound.edit("sentences", row, start=sentence["start"] + by, end=sentence["end"] + by)


@corrupts("sentence: the paragraph is another")
def sentence_paragraph(sound: Sound, rng: random.Random) -> Change:
    sentences = sound.records("sentences")
    row = rng.randrange(len(sentences))
    others = {*range(len(sentences)), 10**6} - {sentences[row]["paragraph"]}
    return sound.edit("sentences", row, paragraph=rng.choice(sorted(others)))


@corrupts("sentence: it runs over a paragraph's end")
def sentence_over_paragraphs(sound: Sound, rng: random.Random) -> Change:
    sentences = sound.records("sentences")
    ends = [row for row, (one, two) in enumerate(pairwise(sentences)) if one["paragraph"] != two["paragraph"]]
    row = rng.choice(ends)
    sentences[row]["end"] = sentences.pop(row + 1)["end"]
    return sound.write("sentences", sentences)


# Fields


@corrupts("field: it is dropped")
def field_dropped(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    del target[rng.choice(list(target))]
    return sound.write(layer, records)


@corrupts("field: it is doubled")
def field_doubled(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    pairs = list(target.items())
    key, value = rng.choice(pairs)
    pairs.insert(rng.randrange(len(pairs) + 1), (key, rng.choice([value, None, 0, "x"])))
    target.clear()
    target[None] = pairs
    return sound.write(layer, records)


@corrupts("field: it is renamed")
def field_renamed(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    old = rng.choice(list(target))
    new = rng.choice([old.upper(), old + "s", old[:-1], f" {old}", "\N{ZERO WIDTH SPACE}" + old, ""])
    values = {new if key == old else key: value for key, value in target.items()}
    target.clear()
    target.update(values)
    return sound.write(layer, records)


@corrupts("field: it is unknown")
def field_added(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    target[rng.choice(["comment", "confidence", "lang", "x", "", "Text", "startt"])] = rng.choice(
        [None, 1, "x", [], {}]
    )
    return sound.write(layer, records)


@corrupts("field: it is null")
def field_null(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    target[rng.choice([key for key in target if key not in NULLABLE])] = None
    return sound.write(layer, records)


@corrupts("field: it is of another type")
def field_retyped(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    key = rng.choice(list(target))
    value = target[key]
    others = [[], {}, True, 1.5, [value], {"value": value}, str(value) if isinstance(value, int) else 7]
    target[key] = rng.choice([other for other in others if not (key == "content" and isinstance(other, list))])
    return sound.write(layer, records)


@corrupts("field: it is empty")
def field_empty(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    free = {"header", "note", "title"}  # may be empty: title and note by their form, header where the seed has none
    target[rng.choice([key for key, value in target.items() if isinstance(value, str) and key not in free])] = ""
    return sound.write(layer, records)


@corrupts("field: a name or proposition is blank")
def field_blank(sound: Sound, rng: random.Random) -> Change:
    layer, key = rng.choice([("entities", "name"), ("targets", "proposition")])
    blank = rng.choice([" ", "  ", "\N{NO-BREAK SPACE}", "\N{IDEOGRAPHIC SPACE}"])
    return sound.edit(layer, rng.randrange(len(sound.records(layer))), **{key: blank})


@corrupts("field: a Wikidata item is malformed")
def wikidata_malformed(sound: Sound, rng: random.Random) -> Change:
    layer = rng.choice(["entities", "targets"])
    item = rng.choice(["q145", "Q0145", "145", "Q", "", "P31", " Q145", "Q145 ", "Q145\n", "Q1 45", "Q" + "1" * 13])
    return sound.edit(layer, rng.randrange(len(sound.records(layer))), wikidata=item)


@corrupts("field: a control character stands in it")
def field_control(sound: Sound, rng: random.Random) -> Change:
    layer, key = rng.choice(
        [("entities", "name"), ("targets", "proposition"), ("targets", "note"), ("documents", "title")]
    )
    row = rng.randrange(len(sound.records(layer)))
    value = sound.records(layer)[row][key] or "Title"
    at = rng.randrange(len(value) + 1)
    return sound.edit(layer, row, **{key: value[:at] + rng.choice("\0\a\t\n\r\x1b\x7f\x85") + value[at:]})


# Labels and values


@corrupts("label: entity type outside the scheme", "entities", "type")
@corrupts("label: mention level outside the scheme", "mentions", "level")
@corrupts("label: relation type outside the scheme", "relations", "type")
@corrupts("label: modality outside the scheme", "relations", "modality")
@corrupts("label: attribution kind outside the scheme", "attributions", "kind")
@corrupts("label: stance label outside the scheme", "stances", "label")
@corrupts("label: basis outside the scheme", "stances", "basis")
@corrupts("label: commitment outside the scheme", "stances", "commitment")
@corrupts("label: expression outside the scheme", "stances", "expression")
def label_unknown(sound: Sound, rng: random.Random, layer: str, key: str) -> Change:
    row = rng.randrange(len(sound.records(layer)))
    label = sound.records(layer)[row][key]
    at = rng.randrange(len(label))
    others = [
        label.swapcase(),
        label[:at] + label[at + 1 :],
        label + label[at],
        f" {label}",
        f"{label}\n",
        "unknown",
        "O",
    ]
    return sound.edit(layer, row, **{key: rng.choice(others)})


@corrupts("label: one of another list")
def label_of_another_list(sound: Sound, rng: random.Random) -> Change:
    layer, key = rng.choice(list(VOCABULARIES))
    own = sound.labels[VOCABULARIES[layer, key]]
    others = [label for labels in sound.labels.values() for label in labels if label not in own]
    return sound.edit(layer, rng.randrange(len(sound.records(layer))), **{key: rng.choice(others)})


@corrupts("value: a TIMEX3 value is malformed")
def timex_malformed(sound: Sound, rng: random.Random) -> Change:
    values = (
        "last week|2025-2-16|2025/02/16|2025-W54|2025-W7|P|PT|P3|3Y|p3y|2025-13|2025-02-32|20250216|2025-Q5|PAST|now"
    )
    values += (
        "|2025-02-16 |2025-02-16\n|2025-02-16T25:00|2025-02-30|2023-02-29|2025-04-31|2025-00|2025-W00|2025-02-00|T"
    )
    row = rng.choice([row for row, entity in enumerate(sound.records("entities")) if entity["type"] == "DATE"])
    return sound.edit("entities", row, value=rng.choice(values.split("|")))


@corrupts("value: a DATE has none")
def date_without_value(sound: Sound, rng: random.Random) -> Change:
    row = rng.choice([row for row, entity in enumerate(sound.records("entities")) if entity["type"] == "DATE"])
    return sound.edit("entities", row, value=None)


@corrupts("value: another type than DATE has one")
def value_without_date(sound: Sound, rng: random.Random) -> Change:
    row = rng.choice([row for row, entity in enumerate(sound.records("entities")) if entity["type"] != "DATE"])
    return sound.edit("entities", row, value=rng.choice(["2025", "2025-02-16", "P3Y", "PAST_REF", ""]))


@corrupts("entity: a type that its relations do not take", elsewhere=True)
def entity_retyped(sound: Sound, rng: random.Random) -> Change:
    entities = sound.records("entities")
    types = [name for name in sound.labels["entity_types"] if name != "DATE"]
    while True:
        relation, end = rng.choice(sound.records("relations")), rng.randrange(2)
        entity = sound.entity_of[relation["tail" if end else "head"]]
        others = [name for name in types if name not in sound.relation_types[relation["type"]][end]]
        if others and sound.types[entity] != "DATE":
            row = [each["entity_id"] for each in entities].index(entity)
            return sound.edit("entities", row, type=rng.choice(others))


@corrupts("relation: a type that does not take its ends")
def relation_retyped(sound: Sound, rng: random.Random) -> Change:
    relations = sound.records("relations")
    choices = [
        (row, name)
        for row, relation in enumerate(relations)
        for name, (domain, range_, _) in sound.relation_types.items()
        if not _fits(sound, relation["head"], domain) or not _fits(sound, relation["tail"], range_)
    ]
    row, name = rng.choice(choices)
    return sound.edit("relations", row, type=name)


@corrupts("relation: head and tail are swapped")
def relation_turned(sound: Sound, rng: random.Random) -> Change:
    starts = {mention["mention_id"]: mention["start"] for mention in sound.records("mentions")}
    choices = []
    for row, relation in enumerate(sound.records("relations")):
        domain, range_, symmetric = sound.relation_types[relation["type"]]
        head, tail = relation["tail"], relation["head"]
        if (
            not _fits(sound, head, domain)
            or not _fits(sound, tail, range_)
            or (symmetric and starts[head] > starts[tail])
        ):
            choices.append((row, head, tail))
    row, head, tail = rng.choice(choices)
    return sound.edit("relations", row, head=head, tail=tail)


@corrupts("relation: from an entity to itself")
def relation_to_itself(sound: Sound, rng: random.Random) -> Change:
    row = rng.randrange(len(sound.records("relations")))
    one, other = rng.sample(["head", "tail"], 2)
    entity = sound.entity_of[sound.records("relations")[row][one]]
    return sound.edit("relations", row, **{other: rng.choice([m for m, e in sound.entity_of.items() if e == entity])})


def _fits(sound: Sound, mention: str, allowed: Sequence[str]) -> bool:
    return sound.types[sound.entity_of[mention]] in allowed


# Ids and references


@corrupts("id: it stands twice")
def id_twice(sound: Sound, rng: random.Random) -> Change:
    layer = rng.choice([layer for layer in LAYERS if layer != "documents"])
    records = sound.records(layer)
    one, other = rng.sample(records, 2)
    one[IDS[layer]] = other[IDS[layer]]
    return sound.write(layer, records)


@corrupts("id: it is another layer's too", elsewhere=True)
def id_of_another_layer(sound: Sound, rng: random.Random) -> Change:
    layer, other = rng.sample([layer for layer in LAYERS if layer not in ("documents", "targets", "progress")], 2)
    name = rng.choice(sound.records(other))[IDS[other]]
    return sound.edit(layer, rng.randrange(len(sound.records(layer))), **{IDS[layer]: name})


@corrupts("id: it is malformed")
def id_malformed(sound: Sound, rng: random.Random) -> Change:
    layer = rng.choice([layer for layer in LAYERS if layer != "documents"])
    row = rng.randrange(len(sound.records(layer)))
    name = sound.records(layer)[row][IDS[layer]]
    bad = [
        f" {name}",
        f"{name} ",
        f"{name}\n",
        f"{name}/1",
        f".{name}",
        f"../{name}",
        f"{name}\N{LATIN SMALL LETTER E WITH ACUTE}",
        "x" * 129,
    ]
    return sound.edit(layer, row, **{IDS[layer]: rng.choice([*bad, f"\N{FULLWIDTH DIGIT ONE}{name}", f"{name}\0"])})


@corrupts("id: two are swapped where they decide the order")
def ids_swapped(sound: Sound, rng: random.Random) -> Change:
    layer = rng.choice(["entities", "relations", "targets"])
    records = sound.records(layer)
    one, other = rng.sample(records, 2)
    one[IDS[layer]], other[IDS[layer]] = other[IDS[layer]], one[IDS[layer]]
    return sound.write(layer, records)


@corrupts("reference: a mention's entity dangles", "mentions", "entity_id")
@corrupts("reference: a head dangles", "relations", "head")
@corrupts("reference: a tail dangles", "relations", "tail")
@corrupts("reference: a source dangles", "attributions", "source")
@corrupts("reference: a holder dangles", "stances", "holder")
@corrupts("reference: a target dangles", "stances", "target")
@corrupts("reference: an actor dangles", "entities", "actor")
def reference_dangling(sound: Sound, rng: random.Random, layer: str, key: str) -> Change:
    name = rng.choice(
        ["nobody", "m0", "e999", "m9999", "M1", "E1", "m01", "r1", "s1", "a1", "n1", "Deploy-Peacekeepers"]
    )
    return sound.edit(layer, rng.randrange(len(sound.records(layer))), **{key: name})


@corrupts("reference: a record is of an unknown document")
def document_unknown(sound: Sound, rng: random.Random) -> Change:
    layer = rng.choice([layer for layer in LAYERS if layer not in ("documents", "targets")])
    doc_id = sound.document["doc_id"]
    other = rng.choice(["unknown", doc_id[:-1], f"{doc_id}0", doc_id.upper(), PART])
    return sound.edit(layer, rng.randrange(len(sound.records(layer))), doc_id=other)


@corrupts("reference: a document is renamed")
def document_renamed(sound: Sound, rng: random.Random) -> Change:
    return sound.edit("documents", 0, doc_id=f"d{rng.randrange(10**6)}")


# Records


@corrupts("record: it stands twice")
def record_twice(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    row = rng.randrange(len(lines))
    lines.insert(rng.choice([row, row, len(lines), 0]), lines[row])
    return sound.write_lines(file, lines)


@corrupts("mention: it is repeated under a fresh id", "mentions")
@corrupts("relation: it is repeated under a fresh id", "relations")
@corrupts("attribution: it is repeated under a fresh id", "attributions")
@corrupts("stance: it is repeated under a fresh id", "stances")
@corrupts("sentence: it is repeated under a fresh id", "sentences")
@corrupts("entity: it is repeated under a fresh id", "entities")
def record_repeated(sound: Sound, rng: random.Random, layer: str) -> Change:
    return sound.insert(layer, rng.choice(sound.records(layer)) | {IDS[layer]: sound.fresh_id(layer)})


@corrupts("relation: it is restated with other mentions of its entities")
def relation_restated(sound: Sound, rng: random.Random) -> Change:
    relations = sound.records("relations")
    relation = rng.choice(relations) | {"relation_id": sound.fresh_id("relations")}
    entity = sound.entity_of[relation["tail"]]
    relation["tail"] = rng.choice([mention for mention, each in sound.entity_of.items() if each == entity])
    return sound.insert("relations", relation)


@corrupts("attribution: it is split in two")
def attribution_split(sound: Sound, rng: random.Random) -> Change:
    attribution = rng.choice(sound.records("attributions"))
    start, end = attribution["start"], attribution["end"]
    sentence = next(s for s in sound.records("sentences") if s["start"] <= start < s["end"])
    content = [sound.span(end + 1, sentence["end"])]
    return sound.insert(
        "attributions", attribution | {"attribution_id": sound.fresh_id("attributions"), "content": content}
    )


@corrupts("stance: it is contradicted")
def stance_contradicted(sound: Sound, rng: random.Random) -> Change:
    stance = rng.choice(sound.records("stances"))
    label = rng.choice(sorted({"favor", "against", "neutral", "mixed"} - {stance["label"]}))
    return sound.insert("stances", stance | {"stance_id": sound.fresh_id("stances"), "label": label})


@corrupts("mention: one that is needed is gone", elsewhere=True)
def mention_gone(sound: Sound, rng: random.Random) -> Change:
    mentions = sound.records("mentions")
    needed = {r[end] for r in sound.records("relations") for end in ("head", "tail")}
    needed |= {a["source"] for a in sound.records("attributions")} | {s["holder"] for s in sound.records("stances")}
    entities = list(sound.entity_of.values())
    rows = [
        row
        for row, mention in enumerate(mentions)
        if mention["mention_id"] in needed or entities.count(mention["entity_id"]) == 1
    ]
    del mentions[rng.choice(rows)]
    return sound.write("mentions", mentions)


@corrupts("entity: one is gone", "entities", elsewhere=True)
@corrupts("sentence: one is gone", "sentences", elsewhere=True)
@corrupts("document: the only one is gone", "documents")
def record_gone(sound: Sound, rng: random.Random, layer: str) -> Change:
    records = sound.records(layer)
    del records[rng.randrange(len(records))]
    return sound.write(layer, records)


@corrupts("target: one that is needed is gone", elsewhere=True)
def target_gone(sound: Sound, rng: random.Random) -> Change:
    gone = rng.choice(sorted({stance["target"] for stance in sound.records("stances")}))
    return sound.write("targets", [record for record in sound.records("targets") if record["target_id"] != gone])


@corrupts("mention: the last one of an entity moves to another", elsewhere=True)
def entity_unmentioned(sound: Sound, rng: random.Random) -> Change:
    entities = list(sound.entity_of.values())
    row = rng.choice([row for row, entity in enumerate(entities) if entities.count(entity) == 1])
    return sound.edit("mentions", row, entity_id=rng.choice([entity for entity in entities if entity != entities[row]]))


@corrupts("rows: two neighbours are swapped")
def neighbours_swapped(sound: Sound, rng: random.Random) -> Change:
    file = sound.path(rng.choice([layer for layer in LAYERS if layer != "documents"]))
    lines = sound.lines(file)
    row = rng.randrange(len(lines) - 1)
    lines[row : row + 2] = lines[row : row + 2][::-1]
    return sound.write_lines(file, lines)


@corrupts("rows: one is moved")
def row_moved(sound: Sound, rng: random.Random) -> Change:
    file = sound.path(rng.choice([layer for layer in LAYERS if layer != "documents"]))
    lines = sound.lines(file)
    row, place = rng.sample(range(len(lines)), 2)
    lines.insert(place, lines.pop(row))
    return sound.write_lines(file, lines)


@corrupts("rows: they are shuffled")
def rows_shuffled(sound: Sound, rng: random.Random) -> Change:
    file = sound.path(rng.choice([layer for layer in LAYERS if layer != "documents"]))
    lines = sound.lines(file)
    while lines == sound.lines(file):
        rng.shuffle(lines)
    return sound.write_lines(file, lines)


# Lines and bytes of a layer


@corrupts("line: its end is cut off")
def line_cut(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    row = rng.randrange(len(lines))
    lines[row] = lines[row][: rng.randrange(len(lines[row]) - 1)] + b"\n"
    return sound.write_lines(file, lines)


@corrupts("file: it is cut inside a line")
def file_cut(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    return sound.bytes(file, sound.files[file][: _inside_a_line(sound.files[file], rng)])


@corrupts("file: its start is cut off inside a line")
def file_start_cut(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    return sound.bytes(file, sound.files[file][_inside_a_line(sound.files[file], rng) :])


def _inside_a_line(data: bytes, rng: random.Random) -> int:
    while True:
        at = rng.randrange(1, len(data) - 1)
        if data[at - 1 : at] != b"\n":
            return at


@corrupts("file: the newline at its end is gone")
def final_newline_gone(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    return sound.bytes(file, sound.files[file][:-1])


@corrupts("line: an empty or blank one stands between")
def line_empty(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    lines.insert(rng.randrange(len(lines) + 1), rng.choice([b"", b" ", b"\t", b"  "]) + b"\n")
    return sound.write_lines(file, lines)


@corrupts("line: two records stand on one")
def records_on_one_line(sound: Sound, rng: random.Random) -> Change:
    file = sound.path(rng.choice([layer for layer in LAYERS if layer != "documents"]))
    lines = sound.lines(file)
    row = rng.randrange(len(lines) - 1)
    between = rng.choice(["", " ", ",", "\r", "\N{LINE SEPARATOR}", "\x85", "\x1e", "\f"])
    lines[row] = lines[row].rstrip(b"\n") + between.encode()
    return sound.write_lines(file, lines)


@corrupts("line: a record stands on two")
def record_on_two_lines(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    row = rng.randrange(len(lines))
    commas = [match.end() for match in re.finditer(rb"[,{]", lines[row])]
    at = rng.choice(commas)
    lines[row] = lines[row][:at] + b"\n" + lines[row][at:]
    return sound.write_lines(file, lines)


@corrupts("line: CR LF ends one")
def line_crlf(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    row = rng.randrange(len(lines))
    lines[row] = lines[row][:-1] + b"\r\n"
    return sound.write_lines(file, lines)


@corrupts("file: CR LF ends every line")
def file_crlf(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    return sound.bytes(file, sound.files[file].replace(b"\n", rng.choice([b"\r\n", b"\n\r", b"\r"])))


@corrupts("file: a byte-order mark stands in it")
def byte_order_mark(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    row = rng.choice([0, rng.randrange(len(lines))])
    lines[row] = "\N{ZERO WIDTH NO-BREAK SPACE}".encode() + lines[row]
    return sound.write_lines(file, lines)


@corrupts("file: it is UTF-16 or UTF-32")
def file_utf_16(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice([*map(sound.path, LAYERS), CORPUS, SCHEME, SEEDS])
    return sound.bytes(
        file, sound.files[file].decode().encode(rng.choice(["utf-16", "utf-16-le", "utf-16-be", "utf-32"]))
    )


@corrupts("file: it is compressed")
def file_gzipped(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice([*map(sound.path, LAYERS), CORPUS, SCHEME, SEEDS])
    return sound.bytes(file, gzip.compress(sound.files[file], mtime=0))


@corrupts("file: a pointer of Git LFS stands in its place")
def file_lfs_pointer(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice([*map(sound.path, LAYERS), CORPUS, SCHEME, SEEDS])
    digest, size = sha256(sound.files[file]), len(sound.files[file])
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {size}\n"
    return sound.bytes(file, pointer.encode())


@corrupts("file: git's conflict markers stand in it")
def conflict_markers(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice([*map(sound.path, LAYERS), CORPUS, SCHEME, SEEDS])
    lines = sound.lines(file)
    row = rng.randrange(len(lines))
    lines[row : row + 1] = [b"<<<<<<< HEAD\n", lines[row], b"=======\n", lines[row], b">>>>>>> branch\n"]
    return sound.write_lines(file, lines)


@corrupts("file: it is one JSON array")
def file_array(sound: Sound, rng: random.Random) -> Change:
    layer = any_layer(rng)
    indent = rng.choice([None, 0, 1, 2, 4])
    return sound.bytes(sound.path(layer), json.dumps(sound.records(layer), indent=indent).encode() + b"\n")


@corrupts("byte: its high bit is flipped", elsewhere=True)
def high_bit(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice(list(sound.files))
    data = bytearray(sound.files[file])
    data[rng.randrange(len(data))] ^= 0x80
    return Change({file: bytes(data)}, file)


@corrupts("byte: a bit of the document's text or digest is flipped")
def document_bit(sound: Sound, rng: random.Random) -> Change:
    data = bytearray(sound.data("documents"))
    key = rng.choice([b'"text":"', b'"text":"', b'"text_sha256":"', b'"seed_sha256":"', b'"seed":"', b'"header":"'])
    start = data.index(key) + len(key)
    end = data.index(b'","', start)
    data[rng.randrange(start, end)] ^= 1 << rng.randrange(7)
    return sound.bytes(sound.path("documents"), bytes(data))


@corrupts("byte: a bit of the seed is flipped", elsewhere=True)
def seed_bit(sound: Sound, rng: random.Random) -> Change:
    data = bytearray(sound.files[sound.seed])
    data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return sound.bytes(sound.seed, bytes(data))


@corrupts("byte: NUL stands between")
def nul_byte(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice([*map(sound.path, LAYERS), CORPUS, SCHEME, SEEDS])
    at = rng.randrange(len(sound.files[file]) + 1)
    return sound.bytes(file, sound.files[file][:at] + b"\0" * rng.choice([1, 1, 512]) + sound.files[file][at:])


@corrupts("byte: it is Latin-1")
def latin_1(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice([*map(sound.path, LAYERS), CORPUS, SCHEME, SEEDS])
    data = sound.files[file]
    at = rng.choice([match.start() for match in re.finditer(rb"[a-zA-Z]", data)])
    return sound.bytes(file, data[:at] + rng.choice("\xe9\xfc\xa0\xdf").encode("latin-1") + data[at + 1 :])


# JSON


def _string_places(line: bytes) -> list[int]:
    return [match.start(1) for match in re.finditer(rb':"([^"\\])', line)]


def _line_changed(sound: Sound, file: str, row: int, line: bytes) -> Change:
    lines = sound.lines(file)
    lines[row] = line
    return sound.write_lines(file, lines)


def _in_a_string(sound: Sound, rng: random.Random, written: bytes) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    row = rng.randrange(len(lines))
    at = rng.choice(_string_places(lines[row]))
    return _line_changed(sound, file, row, lines[row][:at] + written + lines[row][at:])


@corrupts("JSON: half a surrogate pair, as an escape")
def lone_surrogate(sound: Sound, rng: random.Random) -> Change:
    return _in_a_string(
        sound, rng, rng.choice([b"\\ud83d", b"\\ude00", b"\\uDBFF", b"\\ude00\\ud83d", b"\\ud83d\\ud83d"])
    )


@corrupts("JSON: a control character in a string")
def raw_control(sound: Sound, rng: random.Random) -> Change:
    return _in_a_string(sound, rng, rng.choice([b"\t", b"\x01", b"\x1f", b"\x08", b"\x0c", b"\r"]))


@corrupts("JSON: an escape that there is not")
def escape_unknown(sound: Sound, rng: random.Random) -> Change:
    return _in_a_string(
        sound, rng, rng.choice([rb"\x41", rb"\a", rb"\'", rb"\u12", rb"\u{1F600}", rb"\U0001F600", rb"\0"])
    )


@corrupts("JSON: bytes that only resemble UTF-8")
def resembles_utf_8(sound: Sound, rng: random.Random) -> Change:
    alike = [
        b"\xc0\x80",
        b"\xc1\xbf",
        b"\xed\xa0\x80",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"\xfe",
    ]
    return _in_a_string(sound, rng, rng.choice(alike))


@corrupts("JSON: NaN or Infinity")
def not_a_number(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    target[rng.choice(list(target))] = Raw(rng.choice(["NaN", "Infinity", "-Infinity", "nan"]))
    return sound.write(layer, records)


@corrupts("JSON: arrays nest 10,000 deep")
def deep_nesting(sound: Sound, rng: random.Random) -> Change:
    deep = Raw(rng.choice(["[" * 10_000 + "]" * 10_000, '{"a":' * 10_000 + "1" + "}" * 10_000, "[" * 10_000]))
    layer, records, target = pick(sound, rng)
    if rng.random() < 0.2:
        records[rng.randrange(len(records))] = deep
    else:
        target[rng.choice(list(target))] = deep
    return sound.write(layer, records)


@corrupts("JSON: a token of another language")
def foreign_token(sound: Sound, rng: random.Random) -> Change:
    tokens = [
        "None",
        "True",
        "undefined",
        "'m1'",
        "0x1F",
        "007",
        "+1",
        ".5",
        "1.",
        "1_000",
        "-",
        "",
        '"a" "b"',
        "// x",
        "{1}",
    ]
    layer, records, target = pick(sound, rng)
    target[rng.choice(list(target))] = Raw(rng.choice(tokens))
    return sound.write(layer, records)


@corrupts("JSON: a bracket, comma, colon or quotation mark is gone")
def punctuation_gone(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    row = rng.randrange(len(sound.lines(file)))
    line = sound.lines(file)[row]
    at = rng.choice([match.start(1) for match in re.finditer(rb'("(?:[^"\\]|\\.)*")|([\[\]{},:])', line) if match[1]])
    structure = [match.start() for match in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]', line) if match[0][:1] != b'"']
    at = rng.choice([at, *structure])
    return _line_changed(sound, file, row, line[:at] + line[at + 1 :])


@corrupts("JSON: a comma or bracket too many")
def punctuation_added(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    row = rng.randrange(len(sound.lines(file)))
    line = sound.lines(file)[row]
    at = rng.choice([match.end() for match in re.finditer(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]', line)])
    return _line_changed(sound, file, row, line[:at] + rng.choice([b",", b"]", b"}", b":", b"[", b"{"]) + line[at:])


@corrupts("JSON: something stands before or behind the record")
def around_record(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    row = rng.randrange(len(sound.lines(file)))
    line = sound.lines(file)[row].rstrip(b"\n")
    more = rng.choice([b";", b"# note", b"// note", b"\xc2\xa0", b"\x0b", b"null", b"{}", b"1", b"\\", b"\xe2\x80\xa8"])
    return _line_changed(sound, file, row, rng.choice([more + line, line + more]) + b"\n")


@corrupts("JSON: the record is a list, a string or a number")
def not_an_object(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    lines = sound.lines(file)
    row = rng.randrange(len(lines))
    record = json.loads(lines[row])
    other = rng.choice([list(record.values()), [record], lines[row].decode(), 5, None, True, list(record), []])
    return _line_changed(sound, file, row, json.dumps(other).encode() + b"\n")


# Files


def any_file(sound: Sound, rng: random.Random) -> str:
    """Any file but corpus.yaml, without which a folder is no corpus and the command ends with 2."""
    return rng.choice([file for file in sound.files if file != CORPUS])


def folder(path: Path) -> None:
    path.mkdir()


def full_folder(path: Path) -> None:
    path.mkdir()
    (path / "file").write_text("{}\n")


def link_outside(path: Path) -> None:
    path.symlink_to(Path(__file__))


def link_to_nothing(path: Path) -> None:
    path.symlink_to("nowhere")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def pipe(path: Path) -> None:
    os.mkfifo(path)


@corrupts("file: it is gone", elsewhere=True)
def file_gone(sound: Sound, rng: random.Random) -> Change:
    """Progress may be missing: nothing is begun then."""
    file = sound.path("progress")
    while file == sound.path("progress"):
        file = any_file(sound, rng)
    return Change({file: None}, file)


@corrupts("file: it is a folder or a pipe", (folder, full_folder, pipe), elsewhere=True)
@corrupts(
    "file: it is a link out of the root, to nothing or to itself",
    (link_outside, link_to_nothing, link_to_itself),
    elsewhere=True,
)
def file_replaced(sound: Sound, rng: random.Random, by: Sequence[Callable[[Path], None]]) -> Change:
    file = any_file(sound, rng)
    return Change({file: rng.choice(by)}, file)


@corrupts("file: it is empty", elsewhere=True)
def file_emptied(sound: Sound, rng: random.Random) -> Change:
    """Relations, attributions and stances may be empty: nothing needs them."""
    needed = [sound.path(layer) for layer in ("documents", "sentences", "entities", "mentions", "targets")]
    file = rng.choice([*needed, CORPUS, SCHEME, SEEDS, sound.seed])
    return sound.bytes(file, b"")


@corrupts("file: two layers are swapped")
def layers_swapped(sound: Sound, rng: random.Random) -> Change:
    one, other = sorted(map(sound.path, rng.sample(LAYERS, 2)))
    return Change({one: sound.files[other], other: sound.files[one]}, other)  # targets, where they are one of the two


@corrupts("file: another layer stands in its place")
def layer_replaced(sound: Sound, rng: random.Random) -> Change:
    one, other = map(sound.path, rng.sample(LAYERS, 2))
    return sound.bytes(one, sound.files[other])


@corrupts("file: one layer is misspelt")
def layer_misspelt(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    new = rng.choice(
        [file.replace("s.jsonl", ".jsonl"), file[:-1], file + ".bak", file.replace(".jsonl", " (1).jsonl")]
    )
    tracks = file == sound.path("progress")  # may be missing; what stands in its place may not
    return Change({file: None, new: sound.files[file]}, new if tracks else file)


@corrupts("file: one too many")
def file_too_many(sound: Sound, rng: random.Random) -> Change:
    places = [
        "corpus/notes.txt",
        f"corpus/{PART}/README.md",
        f"corpus/{PART}/mention.jsonl",
        "seeds/leftover.txt",
        "seeds/sub",
    ]
    places += [
        f"corpus/{PART}/targets.jsonl",
        f"corpus/{PART}/mentions.jsonl~",
        f"corpus/{PART}/sub",
        "corpus/mentions.jsonl",
    ]
    file = rng.choice([*places, f"seeds/{rng.randrange(1000):03}.txt", f"corpus/{PART}/{rng.randrange(1000)}.jsonl"])
    return Change({file: folder if file.endswith("sub") else b"Somebody else's text.\n"}, file)


@corrupts("part: its name is malformed")
def part_renamed(sound: Sound, rng: random.Random) -> Change:
    names = [
        "2025 02",
        "-2025",
        "2025-02[1]",
        "2025:02",
        "p\N{LATIN SMALL LETTER E WITH ACUTE}t\N{LATIN SMALL LETTER E WITH ACUTE}",
        "a,b",
        "*",
        "x" * 129,
        "2025\n02",
        "_x",
    ]
    new = f"corpus/{rng.choice(names)}"
    moved = {file: data for file, data in sound.files.items() if file.startswith(f"corpus/{PART}/")}
    contents = dict.fromkeys(moved) | {file.replace(f"corpus/{PART}", new): moved[file] for file in moved}
    return Change(contents, new)


@corrupts("part: it is copied")
def part_copied(sound: Sound, rng: random.Random) -> Change:
    new = f"corpus/2025-{rng.randrange(3, 13):02}"
    files = [file for file in sound.files if file.startswith(f"corpus/{PART}/")]
    copy = {file.replace(f"corpus/{PART}", new): sound.files[file] for file in files}
    return Change(copy, f"{new}/documents.jsonl")


@corrupts("part: one more, without layers or without documents")
def part_empty(sound: Sound, rng: random.Random) -> Change:
    new = f"corpus/2025-{rng.randrange(3, 13):02}"
    if rng.random() < 0.5:
        return Change({new: folder}, f"{new}/documents.jsonl")
    return Change({f"{new}/{layer}.jsonl": b"" for layer in LAYERS[:-1]}, f"{new}/documents.jsonl")


# Documents and seeds


def _document(sound: Sound, **values: Any) -> Change:
    return sound.edit("documents", 0, **values)


def _text_changed(sound: Sound, rng: random.Random) -> str:
    text, at = sound.text, rng.randrange(len(sound.text))
    changed = [text[:at] + text[at + 1 :], text[:at] + "x" + text[at:], text[:at], text + "\n"]
    changed += [text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :], text[: at + 1] + text[at:]]
    return rng.choice([other for other in changed if other and other != text])


@corrupts("document: its text is changed")
def document_text(sound: Sound, rng: random.Random) -> Change:
    return _document(sound, text=_text_changed(sound, rng))


@corrupts("document: its text is decomposed")
def document_decomposed(sound: Sound, rng: random.Random) -> Change:
    decomposed = unicodedata.normalize("NFD", sound.text)
    at = rng.choice([match.end() for match in re.finditer("[a-zA-Z]", decomposed)])
    return _document(sound, text=decomposed[:at] + "\N{COMBINING DIAERESIS}" + decomposed[at:])


@corrupts("document: its text and digest are changed, its seed is not")
def document_text_and_digest(sound: Sound, rng: random.Random) -> Change:
    text = _text_changed(sound, rng)
    return _document(sound, text=text, text_sha256=sha256(text.encode()))


@corrupts("document: text, seed and digests are changed, spans are not")
def document_edited_throughout(sound: Sound, rng: random.Random) -> Change:
    """A letter more in the middle of a mention, everywhere but in the annotations."""
    mention = rng.choice([m for m in sound.records("mentions") if m["end"] - m["start"] > 1])
    at = rng.randrange(mention["start"] + 1, mention["end"])
    return _retold(sound, sound.text[:at] + rng.choice("xyz") + sound.text[at:])


@corrupts("document: a control character stands in text and seed")
def document_control(sound: Sound, rng: random.Random) -> Change:
    at = rng.choice([match.start() for match in re.finditer(" ", sound.text)])
    return _retold(sound, sound.text[:at] + rng.choice("\a\x0b\x0c\x1b\x7f\x85") + sound.text[at + 1 :])


def _retold(sound: Sound, text: str) -> Change:
    """The document with another text, and seed, digests and register to fit."""
    seed = (sound.document["header"] + text).encode()
    digest, before = sha256(seed), sound.document["seed_sha256"]
    changed = _document(sound, text=text, text_sha256=sha256(text.encode()), seed_sha256=digest)
    register = sound.files[SEEDS].replace(before.encode(), digest.encode())
    return Change({**changed.contents, sound.seed: seed, SEEDS: register}, sound.path("documents"))


@corrupts("document: a digest is another", ("text_sha256", "seed_sha256"))
def document_digest(sound: Sound, rng: random.Random, keys: Sequence[str]) -> Change:
    key = rng.choice(keys)
    digest = sound.document[key]
    others = [digest.upper(), digest[:-1], digest + "0", digest[::-1], f"sha256:{digest}", f"{digest}\n"]
    return _document(sound, **{key: rng.choice([*others, sha256(rng.randbytes(8))])})


@corrupts("document: the seed is another", "seed")
@corrupts("document: the header is another", "header")
@corrupts("document: the line end is another", "newline")
@corrupts("document: the recipe is unknown", "recipe")
@corrupts("document: the rights are not the register's", "rights")
@corrupts("document: the language is not the register's", "language")
def document_field(sound: Sound, rng: random.Random, key: str) -> Change:
    others = {
        "seed": [
            "../seeds.yaml",
            "seeds.yaml",
            "/etc/passwd",
            ".",
            "",
            "other.txt",
            "000.txt",
            "a/b.txt",
            "..",
            "x" * 300,
        ],
        "header": ["", " ", " date 2025-02-16 ", "\ufeff", " date 2025-02-17", "British ", "\0", "\n", "\r\n"],
        "newline": ["crlf", "cr", "LF", "\n", "", "lf\n", "lfcr"],
        "recipe": [
            "plain-news/2",
            "plain-news/0",
            "plain-news",
            "Plain-News/1",
            "plain-news/1 ",
            "html/1",
            "",
            "plain-news/01",
        ],
        "rights": ["nobodys", "public-domain", "", "Publisher-Reserved", "publisher_reserved", "publisher-reserved\n"],
        "language": ["de", "EN", "eng", "en-US", "english", "", "en_US", "en\n", "x"],
    }
    return _document(sound, **{key: rng.choice([other for other in others[key] if other != sound.document[key]])})


@corrupts("document: the date is impossible")
def document_date_impossible(sound: Sound, rng: random.Random) -> Change:
    days = [
        "2025-02-30",
        "2025-02-29",
        "2023-02-29",
        "2025-04-31",
        "2025-13-01",
        "2025-00-10",
        "2025-02-00",
        "2025-06-31",
    ]
    forms = [
        "17.2.2025",
        "2025-2-17",
        "20250217",
        "2025-02-17T00:00",
        "2025-02-17\n",
        "0000-01-01",
        "2025-W08-1",
        "today",
    ]
    return _document(sound, date=rng.choice(days + forms))


@corrupts("document: the date is not the register's")
def document_date(sound: Sound, rng: random.Random) -> Change:
    day = rng.choice([day for day in range(1, 29) if f"{day:02}" != sound.document["date"][-2:]])
    return _document(sound, date=f"{rng.choice(['2024', '2025', '2026'])}-02-{day:02}")


@corrupts("document: date and register agree against the header")
def document_date_against_header(sound: Sound, rng: random.Random) -> Change:
    date = f"{rng.choice(['2024', '2026'])}-{rng.randrange(1, 13):02}-{rng.randrange(1, 29):02}"
    before = f"date: {sound.document['date']}".encode()
    register = sound.files[SEEDS].replace(before, f"date: {date}".encode())
    return Change({**_document(sound, date=date).contents, SEEDS: register}, sound.path("documents"))


@corrupts("seed: it is edited", elsewhere=True)
def seed_edited(sound: Sound, rng: random.Random) -> Change:
    data = sound.files[sound.seed]
    at = rng.randrange(len(data))
    edits = [data[:at] + data[at + 1 :], data[:at] + b"x" + data[at:], data + b"\n", data.replace(b"\n", b"\r\n")]
    edits += [b"\xef\xbb\xbf" + data, data[:at], data.decode().encode("utf-16"), data[:at] + b"\r\n" + data[at:]]
    return sound.bytes(sound.seed, rng.choice(edits))


# YAML


def _yaml_line(sound: Sound, rng: random.Random, file: str) -> tuple[list[str], int, re.Match[str]]:
    """The file's lines, the index of one with a key that it cannot do without, and indent, dash, key, value."""
    lines = sound.files[file].decode().splitlines(keepends=True)
    pattern = re.compile(rf"(\s*(?:- )?)({YAML_KEYS[file]}): (.+)\n")
    row = rng.choice([row for row, line in enumerate(lines) if pattern.fullmatch(line)])
    found = pattern.fullmatch(lines[row])
    assert found is not None
    return lines, row, found


def _yaml(sound: Sound, file: str, lines: Sequence[str]) -> Change:
    return sound.bytes(file, "".join(lines).encode())


@corrupts("corpus.yaml: a key is dropped, renamed or doubled", CORPUS)
@corrupts("scheme.yaml: a key is dropped, renamed or doubled", SCHEME, slow=True)
@corrupts("seeds.yaml: a key is dropped, renamed or doubled", SEEDS)
def yaml_key(sound: Sound, rng: random.Random, file: str) -> Change:
    lines, row, found = _yaml_line(sound, rng, file)
    lead, key, value = found.groups()
    indent = lead.replace("-", " ")
    needed = file != SCHEME or key in ("format", "name", "version")
    lines[row] = rng.choice(
        [
            *(["", f"{lead}# {key}: {value}\n"] if needed else []),
            f"{lead}{key}s: {value}\n",
            f"{lead}{key.title()}: {value}\n",
            f"{lead}{key}: {value}\n{indent}{key}: {value}\n",
            f"{lead}{key}: {value}\n{indent}comment: {value}\n",
            f"{lead}{key}:{value}\n",
        ]
    )
    return _yaml(sound, file, lines)


@corrupts("corpus.yaml: a value is of another type", CORPUS)
@corrupts("scheme.yaml: a value is of another type", SCHEME, slow=True)
@corrupts("seeds.yaml: a value is of another type", SEEDS)
def yaml_type(sound: Sound, rng: random.Random, file: str) -> Change:
    """A seed's date may be nothing, which is null."""
    lines, row, found = _yaml_line(sound, rng, file)
    nothing = [] if (file, found[2]) == (SEEDS, "date") else [""]
    lines[row] = f"{found[1]}{found[2]}:{rng.choice([*nothing, ' {a: b}', ' [[a]]', ' {}', ' []', ' [{a: b}]'])}\n"
    return _yaml(sound, file, lines)


@corrupts("corpus.yaml: it is not YAML", CORPUS)
@corrupts("scheme.yaml: it is not YAML", SCHEME, slow=True)
@corrupts("seeds.yaml: it is not YAML", SEEDS)
def yaml_broken(sound: Sound, rng: random.Random, file: str) -> Change:
    lines, row, found = _yaml_line(sound, rng, file)
    lead, key, value = found.groups()
    broken = [
        "*nowhere",
        "@reserved",
        "`tick",
        "[open",
        "a: b: c",
        "{open",
        "} shut",
        "%x",
        "\x01",
        "&a *a",
        '"shut" x',
    ]
    lines[row] = rng.choice([f"\t{lead}{key}: {value}\n", *(f"{lead}{key}: {token}\n" for token in broken)])
    return _yaml(sound, file, lines)


@corrupts("corpus.yaml: it is cut", CORPUS, b"\nsplits:")
@corrupts("scheme.yaml: it is cut", SCHEME, b"\nversion:", slow=True)
@corrupts("seeds.yaml: it is cut", SEEDS, b"    rights: ")
def yaml_cut(sound: Sound, rng: random.Random, file: str, last: bytes) -> Change:
    """Cut before the last key that the file cannot do without."""
    return sound.bytes(file, sound.files[file][: rng.randrange(sound.files[file].rindex(last) + len(last) - 1)])


@corrupts("corpus.yaml: the version is no version")
def corpus_version(sound: Sound, rng: random.Random) -> Change:
    versions = [
        "one",
        "1",
        "1.0",
        "v1.0.0",
        "1.0.0-beta",
        "01.0.0",
        "1.0.0.0",
        '"0.1.0 "',
        "0.1.0, ",
        "0,1,0",
        '"0.1.0\\n"',
    ]
    data = re.sub(rb"(?m)^version: .*", lambda _: b"version: " + rng.choice(versions).encode(), sound.files[CORPUS])
    return sound.bytes(CORPUS, data)


@corrupts("corpus.yaml: the part is in no split, in two, or in all")
def corpus_splits(sound: Sound, rng: random.Random) -> Change:
    splits = [
        'train: ["2024*"]',
        "train: []",
        'train: ["*"]\n  test: ["2025-0?"]',
        'all: ["*"]',
        'train: "*"',
        "train: [[*]]",
    ]
    splits += [
        'a/b: ["*"]',
        f'train: ["{PART}"]\n  test: ["*"]',
        'train: ["2025-03", "2025"]',
        f'dev: ["{PART}x"]',
        '"": ["*"]',
    ]
    head, _ = re.split(rb"(?m)^  train: .*\n", sound.files[CORPUS], maxsplit=1)
    tail = sound.files[CORPUS][len(head) :].split(b"\n", 1)[1]
    return sound.bytes(CORPUS, head + f"  {rng.choice(splits)}\n".encode() + tail)


@corrupts("scheme.yaml: a label stands twice", slow=True)
def scheme_label_twice(sound: Sound, rng: random.Random) -> Change:
    sections = re.split(rb"(?m)^(?=\w)", sound.files[SCHEME])
    chosen = rng.choice([i for i, section in enumerate(sections) if section.count(b"\n  - name: ") > 1])
    one, other = rng.sample(re.findall(rb"\n  - name: \w+\n", sections[chosen]), 2)
    sections[chosen] = sections[chosen].replace(one, other)
    return sound.bytes(SCHEME, b"".join(sections))


@corrupts("scheme.yaml: a label is malformed or an end unknown", slow=True)
def scheme_label_malformed(sound: Sound, rng: random.Random) -> Change:
    lines = sound.files[SCHEME].decode().splitlines(keepends=True)
    keys = ("  - name: ", "    domain: [", "    range: [")
    row = rng.choice([row for row, line in enumerate(lines) if line.startswith(keys)])
    lead = next(key for key in keys if lines[row].startswith(key))
    bad = rng.choice(
        [
            '"two\\twords"',
            '" x"',
            '"x "',
            '""',
            '"x, y"',
            '"e\\u0301t"',
        ]
    )
    if lead.endswith("["):
        bad = rng.choice(["PERSONS, ", "person, ", "leads, ", '"", ', "NAM, "])
    lines[row] = f"{lead}{bad}\n" if not lead.endswith("[") else lines[row].replace("[", f"[{bad}", 1)
    return _yaml(sound, SCHEME, lines)


@corrupts("scheme.yaml: a mapping contradicts itself", slow=True)
def scheme_mapping(sound: Sound, rng: random.Random) -> Change:
    lines = sound.files[SCHEME].decode().splitlines(keepends=True)
    row = rng.choice([row for row, line in enumerate(lines) if re.match(r"      (wikidata|plover|ace): ", line)])
    key = lines[row].split(":")[0]
    bad = [
        "{match: none, id: P1}",
        "{match: exact}",
        "{match: near, id: P1}",
        "{id: P1}",
        "{match: close, label: x}",
        "none",
    ]
    lines[row] = f"{key}: {rng.choice(bad)}\n"
    return _yaml(sound, SCHEME, lines)


@corrupts("scheme.yaml: a label that is used is gone", elsewhere=True, slow=True)
def scheme_label_gone(sound: Sound, rng: random.Random) -> Change:
    layer, key = rng.choice(list(VOCABULARIES))
    label = rng.choice(sorted({record[key] for record in sound.records(layer)}))
    new = rng.choice([f"{label}x", f"x{label}", label.swapcase()])
    head, section = sound.files[SCHEME].decode().split(f"\n{VOCABULARIES[layer, key]}:", 1)
    section = section.replace(f"  - name: {label}\n", f"  - name: {new}\n", 1)
    return sound.bytes(SCHEME, f"{head}\n{VOCABULARIES[layer, key]}:{section}".encode())


@corrupts("seeds.yaml: rights that no table has")
def register_rights(sound: Sound, rng: random.Random) -> Change:
    one, other = rng.choice([(rb"(?m)^    rights: .*", "    rights: "), (rb"(?m)^  [\w-]+:$", "  ")])
    name = rng.choice(["nobodys", "public-domain", "Publisher", "x y", "1"])
    new = f"{other}{name}" + ("" if "rights" in other else ":")
    return sound.bytes(SEEDS, re.sub(one, new.encode(), sound.files[SEEDS], count=1))


@corrupts("seeds.yaml: an entry stands twice")
def register_twice(sound: Sound, rng: random.Random) -> Change:
    entries = re.findall(rb"(?m)^  - file:.*\n(?:    .*\n)*", sound.files[SEEDS])
    again = rng.choice(entries)
    if rng.random() < 0.7:
        again = re.sub(rb"(sha256: )(\w{8})", lambda found: found[1] + rng.randbytes(4).hex().encode(), again)
    return sound.bytes(SEEDS, sound.files[SEEDS] + again)


@corrupts("seeds.yaml: a seed's entry says something else", elsewhere=True)
def register_entry(sound: Sound, rng: random.Random) -> Change:
    lines, row, found = _yaml_line(sound, rng, SEEDS)
    while not found[1].startswith("  - ") and found[2] not in ("sha256", "date", "language"):
        lines, row, found = _yaml_line(sound, rng, SEEDS)
    day = f"2025-{rng.randrange(1, 13):02}-{rng.randrange(1, 32):02}"
    others = {
        "file": ["other.txt", "../x.txt", "x/y.txt", ".hidden", "000.txt"],
        "sha256": [sha256(rng.randbytes(8)), found[3][:-1], found[3].upper(), "0" * 64],
        "date": [day if day != found[3] else "2024-01-01", "2025-02-30", "today", "17.02.2025"],
        "language": ["de", "fr", "english!", "EN", "en-GB"],
    }
    lines[row] = f"{found[1]}{found[2]}: {rng.choice(others[found[2]])}\n"
    return _yaml(sound, SEEDS, lines)


# What keeps the corpus sound


@keeps("keys of a record in another order")
def keys_reordered(sound: Sound, rng: random.Random) -> Change:
    layer, records, target = pick(sound, rng)
    pairs = list(target.items())
    rng.shuffle(pairs)
    target.clear()
    target.update(pairs)
    return sound.write(layer, records)


@keeps("blanks between JSON tokens")
def blanks_between(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    row = rng.randrange(len(sound.lines(file)))
    tokens = re.findall(rb'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+', sound.lines(file)[row])
    blanks = [rng.choice([b"", b" ", b"\t", b"  "]) for _ in tokens]
    line = b"".join(part for pair in zip(blanks, tokens, strict=True) for part in pair)
    return _line_changed(sound, file, row, line + rng.choice([b"", b" "]) + b"\n")


@keeps("letters of strings and keys as escapes")
def letters_escaped(sound: Sound, rng: random.Random) -> Change:
    file = files_with_lines(sound, rng)
    row = rng.randrange(len(sound.lines(file)))
    strings = re.split(r'("(?:[^"\\]|\\.)*")', sound.lines(file)[row].decode())
    at = rng.randrange(1, len(strings), 2)
    value = json.loads(strings[at])
    strings[at] = '"' + "".join(json.dumps(c)[1:-1] if rng.random() < 0.5 else f"\\u{ord(c):04x}" for c in value) + '"'
    return _line_changed(sound, file, row, "".join(strings).encode())


@keeps("a comment or an empty line in YAML")
def yaml_comment(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice([CORPUS, SCHEME, SEEDS])
    lines, row, _ = _yaml_line(sound, rng, file)
    if rng.random() < 0.5:
        lines[row] = lines[row].rstrip("\n") + "  # a comment\n"
    else:
        lines.insert(row, rng.choice(["\n", "# a comment\n", "      # a comment\n", "  \n"]))
    return _yaml(sound, file, lines)


@keeps("a hidden file")
def hidden_file(sound: Sound, rng: random.Random) -> Change:
    file = rng.choice(["corpus", f"corpus/{PART}", "seeds"]) + rng.choice(
        ["/.DS_Store", "/.gitignore", "/.mentions.swp"]
    )
    return sound.bytes(file, rng.randbytes(8))


SOUND = Sound(
    {
        path.relative_to(PROJECT).as_posix(): path.read_bytes()
        for pattern in (f"corpus/{PART}/*", "corpus/*", SCHEME, "seeds/*")
        for path in sorted(PROJECT.glob(pattern))
        if path.is_file() and not path.name.startswith(".")
    }
)
