"""Made-up files in the shapes of corpora and tools that people have: so many documents, the same each time.

Each writer fills a folder and tells what an import is to hold: rows by layer, over all passes.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from formats.inception import CONTENT, ENTITY, RELATION, Made, type_system

Span = tuple[int, int]
PEOPLE = ("Ms. Tanzer", "Ada Birk", "Zo\u00eb O\u2019Hara", "Sen. Roe", "\u6f22\u5b57 Lin", "Mara Vell")
PLACES = ("Norland", "the Harbour", "Strelsau", "U.S. Borland")
CUES = ("said", "told reporters", "insisted", "has long denied")
CLAIMS = (
    "we are ready",
    "nobody will sign",
    "it costs 3.5 million",
    "the \u201ctalks\u201d go on \U0001f600",
    "more is due\u00a0soon",
)


class Quote(NamedTuple):
    """Who says what, as places: content has one piece or two."""

    source: Span | None
    cue: Span
    content: tuple[Span, ...]


@dataclass
class Article:
    """A text with what is in it. names: places with types. leads: pairs of a person and a place, by index in names."""

    text: str = ""
    quotes: list[Quote] = field(default_factory=list)
    names: list[tuple[Span, str]] = field(default_factory=list)
    leads: list[tuple[int, int]] = field(default_factory=list)

    def put(self, words: str) -> Span:
        """Words at the end of the text, and where they are."""
        start = len(self.text)
        self.text += words
        return start, len(self.text)

    def name(self, words: str, type: str) -> Span:
        """A name at the end of the text."""
        place = self.put(words)
        self.names.append((place, type))
        return place


def article(number: int) -> Article:
    """A short text about nobody, with quotations in one piece and in two, without a source, and a relation or more."""
    rng = random.Random(number)
    made = Article()
    made.put(f"Report {number} from the coast.\n\n")
    for _ in range(rng.randint(2, 6)):
        one, other = rng.sample(CLAIMS, 2)
        kind = rng.randrange(4)
        if kind == 0:
            made.put("\u201c")
            first = made.put(f"{one},")
            made.put("\u201d ")
            source = made.name(rng.choice(PEOPLE), "PERSON")
            made.put(" ")
            cue = made.put(rng.choice(CUES))
            made.put(", \u201c")
            second = made.put(f"and {other}.")
            made.put("\u201d")
            made.quotes.append(Quote(source, cue, (first, second)))
        elif kind == 1:
            source = made.name(rng.choice(PEOPLE), "PERSON")
            made.put(" ")
            cue = made.put(rng.choice(CUES))
            made.put(" ")
            made.quotes.append(Quote(source, cue, (made.put(f"that {one}"),)))
            made.put(".")
        elif kind == 2:
            made.put("It was ")
            cue = made.put("reported")
            made.put(" ")
            made.quotes.append(Quote(None, cue, (made.put(f"that {one}"),)))
            made.put(".")
        else:
            made.name(rng.choice(PEOPLE), "PERSON")
            made.put(" leads ")
            made.name(rng.choice(PLACES), "GPE")
            made.put(".")
            made.leads.append((len(made.names) - 2, len(made.names) - 1))
        made.put(rng.choice([" ", "\n\n"]))
    made.put("That is all.\n")
    return made


def polnear(folder: Path, count: int) -> Counter[str]:
    """Files .ann as PolNeAR has them: several annotators, events at a copy of the cue, content in reading order."""
    held = Counter[str]()
    for number in range(count):
        rng, made = random.Random(-number), article(number)
        name = f"paper_2016-01-{number % 28 + 1:02}_item-{number}"
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.txt").write_bytes(made.text.encode())
        for annotator in rng.sample(["4b22", "d473", "4e07"], rng.choice([1, 1, 2, 3])):
            quotes = [each for each in made.quotes if rng.random() < 0.8]
            lines = [*_polnear_records(made.text, quotes, rng)]
            (folder / f"{name}_{annotator}.ann").write_bytes("\n".join([*lines, ""]).encode())
            held["attributions"] += len(quotes)
            held["mentions"] += sum(quote.source is not None for quote in quotes)
    return held


def _polnear_records(text: str, quotes: list[Quote], rng: random.Random) -> Iterator[str]:
    count = 0

    def record(label: str, *places: Span) -> Iterator[str]:
        nonlocal count
        count += 1
        offsets = ";".join(f"{start} {end}" for start, end in places)
        yield f"T{count}\t{label} {offsets}\t{' '.join(text[start:end] for start, end in places)}"

    for number, quote in enumerate(quotes, 1):
        content = quote.content[::-1] if rng.random() < 0.1 else quote.content
        parts = []
        for role, places in (("Content", content), ("Cue", (quote.cue,)), ("Source", (quote.source,))):
            if places[0] is not None:
                yield from record(role, *places)
                parts.append(f"{role}:T{count}")
        label = "Attribution" if quote.source else "Attribution-no-source"
        yield from record(label, quote.cue)
        yield f"E{number}\t{label}:T{count} {' '.join(parts)}"
    if rng.random() < 0.2:
        yield from record("Discuss", (0, 6))
        yield f"#1\tAnnotatorNotes T{count}\tnot sure"


def doccano(folder: Path, count: int) -> Counter[str]:
    """Two exports of doccano: a list of labels on each line, and entities with relations."""
    folder.mkdir(exist_ok=True)
    held, entity, lists, objects = Counter[str](), 0, [], []
    for number in range(count):
        made = article(number)
        held["mentions"] += len(made.names)
        if number % 2:
            labels = [[*place, type] for place, type in made.names]
            lists.append({"id": number, "text": made.text, "label": labels, "Comments": []})
            continue
        first = entity
        entities = [
            {"id": first + index, "label": type, "start_offset": place[0], "end_offset": place[1]}
            for index, (place, type) in enumerate(made.names)
        ]
        entity += len(entities)
        relations = [
            {"id": index, "from_id": first + head, "to_id": first + tail, "type": "leads"}
            for index, (head, tail) in enumerate(made.leads)
        ]
        held["relations"] += len(relations)
        objects.append({"id": number, "text": made.text, "entities": entities, "relations": relations, "Comments": []})
    for name, lines in (("lists", lists), ("objects", objects)):
        _write_lines(folder / f"{name}.jsonl", lines)
    return held


def _write_lines(path: Path, lines: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")


def prodigy(folder: Path, count: int) -> Counter[str]:
    """An export of Prodigy's rel.manual: tokens, relations between them with their spans, and answers of each kind."""
    folder.mkdir(exist_ok=True)
    held, lines = Counter[str](), []
    for number in range(count):
        made, answer = article(number), ("accept", "accept", "reject", "ignore")[number % 4]
        tokens, spans, relations = _tokens(made), [], []
        for (start, end), label in made.names:
            covered = [each["id"] for each in tokens if each["start"] < end and start < each["end"]]
            places = {"start": start, "end": end, "token_start": covered[0], "token_end": covered[-1]}
            spans.append({**places, "label": label})
        for label, pairs in (("leads", made.leads), ("No-rel", [(tail, head) for head, tail in made.leads])):
            for head, tail in pairs:
                ends = {"head": spans[head]["token_end"], "child": spans[tail]["token_end"]}
                both = {"head_span": spans[head], "child_span": spans[tail]}
                relations.append({**ends, **both, "label": label, "color": "#ffd882"})
        about = {"_input_hash": number, "_task_hash": -number, "_view_id": "relations", "answer": answer}
        lines.append({"text": made.text, "tokens": tokens, "spans": spans, "relations": relations, **about})
        if answer == "accept":
            held.update(mentions=len(made.names), relations=len(made.leads))
    _write_lines(folder / "annotations.jsonl", lines)
    return held


def _tokens(made: Article) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    at = 0
    for word in made.text.split(" "):
        if word:
            place = {"start": at, "end": at + len(word), "id": len(found)}
            found.append({"text": word, **place, "ws": True, "disabled": False})
        at += len(word) + 1
    return found


def inception(folder: Path, count: int) -> Counter[str]:
    """Documents of a project of INCEpTION: named entities, a relation layer, cues with slots, and a chain."""
    held, types = Counter[str](), type_system()
    for number in range(count):
        news = article(number)
        made = Made(news.text, f"report-{number}.txt", "ann", types=types)
        names = [made.at(ENTITY, place, value=type) for place, type in news.names]
        of_place = {place: each for (place, _), each in zip(news.names, names, strict=True)}
        for head, tail in news.leads:
            ends = {"Governor": names[head], "Dependent": names[tail]}
            made.at(RELATION, news.names[tail][0], label="leads", **ends)
        for quote in news.quotes:
            parts = [("Content", made.at(CONTENT, place)) for place in quote.content]
            parts += [("Source", of_place[quote.source])] if quote.source else []
            made.slots(quote.cue, parts)
        people = [place for place, type in news.names if type == "PERSON"]
        if people:
            made.chain(people)
        made.write(folder / f"report-{number}.xmi")
        found = {"mentions": len(names), "relations": len(news.leads), "attributions": len(news.quotes)}
        held.update(found)
        held["entities"] += len(names) - max(0, len(people) - 1)
    return held


def gum(folder: Path, count: int) -> Counter[str]:
    """Documents as GUM has them: all fields of Entity, nested mentions and those of two parts, bridging.

    Split antecedents, a range of words and empty nodes are in them, too.
    """
    folder.mkdir(exist_ok=True)
    held = Counter[str]()
    for number in range(count):
        made = article(number)
        marked = [
            _Marked(*place, type.replace("GPE", "place").lower(), made.text[slice(*place)])
            for place, type in made.names
        ]
        marked += [
            _Marked(made.names[head][0][0], made.names[tail][0][1], "event", f"event {head}")
            for head, tail in made.leads
        ]
        for quote in made.quotes:
            of = len(quote.content)
            for part, place in enumerate(quote.content, 1):
                words = f"words at {quote.content[0]}"
                marked.append(_Marked(*place, "abstract", words, f"[{part}/{of}]" if of > 1 else ""))
        lines, entities = _gum_lines(made.text, marked)
        name = f"GUM_news_coast{number}"
        head = ("# newdoc id = " + name, "# global.Entity = GRP-etype-infstat-salience-centering-minspan-link-identity")
        (folder / f"{name}.conllu").write_text("\n".join((*head, *lines)), "utf-8")
        held.update(documents=1, entities=entities)
        held["mentions"] += len(made.names) + len(made.leads) + len(made.quotes)
    return held


class _Marked(NamedTuple):
    """A mention, or a part of one: what all mentions of its entity share, and which part it is."""

    start: int
    end: int
    type: str
    entity: str
    part: str = ""


def _gum_lines(text: str, marked: list[_Marked]) -> tuple[list[str], int]:
    """The sentences of a text, a paragraph each, and how many entities are in it."""
    eids: dict[str, int] = {}
    opening: dict[int, list[tuple[int, str]]] = {}
    closing: dict[int, list[tuple[int, str]]] = {}
    for start, end, type, entity, part in marked:
        eid = f"{eids.setdefault(entity, len(eids) + 1)}{part}"
        rest = "-sgl-Ada_Birk" if entity == "Ada Birk" else "-coref"
        opening.setdefault(start, []).append((-end, f"({eid}-{type}-new-nnnnn-cf1-1{rest}"))
        closing.setdefault(end, []).append((-start, f"{eid})"))
    lines: list[str] = []
    for paragraph in re.finditer(r"\S.*", text):
        lines += [f"# sent_id = s-{len(lines)}", "# newpar = p", f"# text = {paragraph[0].rstrip()}"]
        for number, word in enumerate(re.finditer(r"\w+|[^\w\s]", paragraph[0]), 1):
            start, end = (paragraph.start() + at for at in word.span())
            brackets = "".join(each for _, each in sorted(opening.get(start, []), key=lambda each: each[0]))
            brackets += "".join(each for _, each in sorted(closing.get(end, []), key=lambda each: each[0]))
            misc = [f"Entity={brackets}"] if brackets else []
            misc += ["Bridge=1<2"] if brackets and number == 1 else ["SplitAnte=1<3,2<3"] if brackets else []
            misc += ["SpaceAfter=No"] if text[end : end + 1].strip() else []
            lines.append("\t".join((str(number), word[0], *["_"] * 7, "|".join(misc) or "_")))
        lines += ["\t".join((f"{number}.1", "_", *["_"] * 8)), ""]
    lines += ["# text = Don't!", "1-2\tDon't" + "\t_" * 7 + "\tSpaceAfter=No", "1\tDo" + "\t_" * 8]
    return [*lines, "2\tn't" + "\t_" * 8, "3\t!" + "\t_" * 8, "", ""], len(eids)


def dwie(folder: Path, count: int) -> Counter[str]:
    """Records of DWIE, a file each: concepts with tags of several types, of none, and without mentions; topics, frames.

    Every other record has its text in a file of its own.
    """
    folder.mkdir(exist_ok=True)
    held = Counter[str]()
    for number in range(count):
        made, id = article(number), f"DW_{number}"
        types = {made.text[start:end]: type for (start, end), type in made.names}
        words, concepts_of = [*types], {**types, "nobody": "PERSON"}
        mentions = [
            {"begin": start, "end": end, "text": name, "concept": words.index(name), "candidates": [], "scores": []}
            for (start, end), _ in made.names
            for name in (made.text[start:end],)
        ]
        concepts = [
            {"concept": index, "text": name, "keyword": False, "link": None, "tags": _dwie_tags(type, name)}
            for index, (name, type) in enumerate(concepts_of.items())
        ]
        leads = {(mentions[head]["concept"], mentions[tail]["concept"]) for head, tail in made.leads}
        relations = [{"s": head, "p": "leads", "o": tail} for head, tail in sorted(leads)]
        relations += [{"s": 0, "p": "leads", "o": len(words)}]
        record = {"id": id, "content": made.text, "tags": ["all", "train"], "iptc": ["11000000"], "frames": []}
        if number % 2:
            (folder / f"{id}.txt").write_bytes(made.text.encode())
            del record["content"]
        record |= {"mentions": mentions, "concepts": concepts, "relations": relations}
        (folder / f"{id}.json").write_text(json.dumps(record), "utf-8")
        held.update(documents=1, mentions=len(mentions), entities=len(words), relations=len(leads))
    return held


def _dwie_tags(type: str, name: str) -> list[str]:
    if name == "Strelsau":
        return ["type::none"]
    tags = ["topic::politics", "type::entity", f"type::{type.lower()}"]
    return [*tags, "type::politician"] if name.startswith("Sen.") else tags


class Shape(NamedTuple):
    """A kind of files: what writes them, and how they are imported. labels: a map, or add."""

    write: Callable[[Path, int], Counter[str]]
    format: str
    options: tuple[str, ...]
    labels: dict[str, dict[str, str]] | str


_OUT = "leave out"
SHAPES = {
    "polnear": Shape(
        polnear,
        "brat",
        ("--annotator", "(.+)_([^_]+)", "--skip-refused"),  # notes and Discuss have no place
        {
            "spans": {
                **{"Attribution": "attributions", "Attribution-no-source": "attributions", "Source": "mentions"},
                **{"Content": "attributions.content", "Cue": _OUT, "Discuss": _OUT},
            },
            "links": {"Cue": _OUT},
        },
    ),
    "doccano": Shape(doccano, "jsonl", ("--offsets", "code-points"), {}),
    "prodigy": Shape(prodigy, "jsonl", (), {"links": {"No-rel": _OUT}}),
    "inception": Shape(inception, "cas", (), {"spans": {"nam": "mentions"}}),
    "gum": Shape(gum, "conllu", ("--discontinuous", "first"), "add"),
    "dwie": Shape(
        dwie,
        "dwie",
        (),
        {"spans": {"person": "mentions PERSON", "politician": "mentions PERSON", "gpe": "mentions GPE"}},
    ),
}
