"""What a checker written by hand asks of decoded records, document by document, in plain Python.

The records may be of any library: their fields are attributes. The rules are those of StanceBank (docs/rules.md),
as far as a single value does not settle them; those the library's own models check.
"""

from __future__ import annotations

import datetime
import hashlib
import re
import sys
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from stancebank.schema.column import Column
from stancebank.schema.layers import ACTORS, PART_LAYERS, TARGETS, Layer
from stancebank.text.timex import is_timex3

# The rules that a corpus checked by hand, with models that are as strict as the layers, cannot break unnoticed.
CHECKED = (
    *("SB104", "SB107", "SB108", "SB109", "SB111", "SB112", "SB113", "SB114", "SB116", "SB117", "SB118"),
    *(f"SB2{number:02}" for number in range(1, 7)),
    *(f"SB3{number:02}" for number in range(1, 12)),
    *(f"SB4{number:02}" for number in range(1, 7)),
    *(f"SB5{number:02}" for number in range(1, 8)),
    *("SB601", "SB603", "SB604", "SB605", "SB606", "SB607", "SB608"),
)

Records = Sequence[Any]
Read = Callable[[Layer, bytes], Records]  # the records of a layer's file; raises ValueError for a record that is wrong
ByDocument = Mapping[str, Mapping[str, Records]]

_RECIPE = "plain-news/1"
_NEWLINES = {"lf": "\n", "crlf": "\r\n"}
_HEADER = re.compile(r"\ufeff?(?: date ([0-9]{4}-[0-9]{2}-[0-9]{2}) )?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_SPANS = ("sentences", "mentions", "attributions", "stances")
_INSIDE = tuple(layer for layer in PART_LAYERS.values() if layer.name != "documents")
_ID = {layer.name: attrgetter(layer.id_column) for layer in _INSIDE}
_PLACE = attrgetter("start", "end")


def patterned(layer: str, column: Column) -> bool:
    """Whether a column's pattern is to be looked at: what refers to a record can only name an id that has it."""
    refers = column.refers_to is not None or (column.name == "doc_id" and layer != "documents")
    return column.pattern is not None and not refers


def scheme(root: Path) -> dict[str, Any]:
    """The labels of a corpus, as its scheme.yaml has them."""
    found: dict[str, Any] = YAML(typ="safe").load(root / "schemas/scheme.yaml")
    return found


def check(root: Path, labels: Mapping[str, Any], read: Read) -> Iterator[str]:
    """What is wrong with a corpus: for each fault the rule and the record, or what the library says of a record."""
    relation_types = {label["name"]: label for label in labels["relation_types"]}
    targets = {record.target_id for record in _layer(root / "corpus/targets.jsonl", TARGETS, read)}
    actors = {record.actor_id for record in _layer(root / "corpus/actors.jsonl", ACTORS, read)}
    known: set[str] = set()
    parts = sorted(path for path in (root / "corpus").iterdir() if path.is_dir())
    if not parts:
        yield "SB601 corpus"
    for part in parts:
        try:
            layers = {name: _layer(part / layer.file_name, layer, read) for name, layer in PART_LAYERS.items()}
        except (OSError, ValueError) as error:
            yield f"{part.name}: {error}"
            continue
        documents = layers["documents"]
        if not documents:
            yield f"SB601 {part.name}"
        by_document = {layer.name: _by_document(layers[layer.name]) for layer in _INSIDE}
        ids = {document.doc_id for document in documents}
        for name, found in by_document.items():
            if not ids.issuperset(found):
                yield f"SB403 {part.name} {name}"
            if not _ordered(found):
                yield f"SB603 {part.name} {name}"
        if not _ordered([document.doc_id for document in documents]):
            yield f"SB603 {part.name} documents"
        if len(ids) < len(documents):
            yield f"SB401 {part.name} documents"
        if not known.isdisjoint(ids):
            yield f"SB406 {part.name}"
        known |= ids
        for document in documents:
            inside = {name: found.get(document.doc_id, ()) for name, found in by_document.items()}
            for rule in _document(document, inside, root / "seeds", targets, actors, relation_types):
                yield f"{rule} {part.name} {document.doc_id}"


def _layer(file: Path, layer: Layer, read: Read) -> Records:
    if layer.optional and not file.exists():
        return ()
    data = file.read_bytes()
    records = read(layer, data)
    lines = data.count(b"\n")
    if len(records) != lines:
        raise ValueError(f"{file.name}: {len(records)} records, {lines} line ends")
    return records


def _by_document(records: Records) -> dict[str, list[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    before = None
    for record in records:
        if record.doc_id != before:
            before = record.doc_id
            append = found[before].append
        append(record)
    return found


def _ordered(doc_ids: Iterable[str]) -> bool:
    return all(first <= second for first, second in pairwise(doc_ids))


def _document(
    document: Any,  # noqa: ANN401
    inside: Mapping[str, Records],
    seeds: Path,
    targets: set[str],
    actors: set[str],
    relation_types: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    text: str = document.text
    sentences, mentions, relations = inside["sentences"], inside["mentions"], inside["relations"]
    entity_types = {entity.entity_id: entity.type for entity in inside["entities"]}
    by_id = {mention.mention_id: mention for mention in mentions}
    yield from _text(document, seeds)
    yield from _ids(inside)
    yield from _spans(text, [*mentions, *inside["attributions"], *inside["stances"]])
    yield from _spans(text, [content for cue in inside["attributions"] for content in cue.content])
    yield from _sentences(text, sentences)
    yield from _mentions(mentions, entity_types)
    starts, ends = [sentence.start for sentence in sentences], [sentence.end for sentence in sentences]
    for name in _SPANS[1:]:
        for record in inside[name]:
            place = bisect_right(starts, record.start) - 1
            if place < 0 or record.end > ends[place]:
                yield "SB306"
    yield from _entities(inside["entities"], actors)
    yield from _relations(relations, by_id, entity_types, starts, relation_types)
    yield from _attributions(inside["attributions"], by_id)
    yield from _stances(inside["stances"], by_id, targets)


def _text(document: Any, seeds: Path) -> Iterator[str]:  # noqa: ANN401
    text = document.text
    if hashlib.sha256(text.encode()).hexdigest() != document.text_sha256:
        yield "SB201"
    if _CONTROL.search(text):
        yield "SB202"
    if document.recipe != _RECIPE:
        yield "SB206"
    try:
        datetime.date.fromisoformat(document.date)
    except ValueError:
        yield "SB503"
    try:
        seed = (seeds / document.seed).read_bytes()
    except OSError:
        yield "SB203"
        return
    if hashlib.sha256(seed).hexdigest() != document.seed_sha256:
        yield "SB204"
        return
    made = (document.header + text).replace("\n", _NEWLINES[document.newline])
    header = _HEADER.match(document.header + text)
    assert header is not None  # it may be empty
    if made.encode() != seed or header[0] != document.header or header[1] not in (None, document.date):
        yield "SB205"


def _ids(inside: Mapping[str, Records]) -> Iterator[str]:
    together: set[str] = set()
    count = 0
    for layer in _INSIDE:
        records = inside[layer.name]
        ids = list(map(_ID[layer.name], records))
        unique = set(ids)
        if len(unique) < len(ids):
            yield "SB401"
        together |= unique
        count += len(unique)
        keys: list[Any] = list(map(_natural, ids))
        if layer.spans:
            keys = list(zip(map(_PLACE, records), keys, strict=True))
        if keys != sorted(keys):
            yield "SB603"
    if len(together) < count:
        yield "SB402"


@cache
def _natural(id: str) -> tuple[str, int, int]:
    """A sort key under which m2 comes before m10."""
    text = id.rstrip("0123456789")
    digits = id[len(text) :]
    return text, int(digits or 0), len(digits)


def _spans(text: str, spans: Records) -> Iterator[str]:
    length = len(text)
    for span in spans:
        start, end = span.start, span.end
        if start >= end:
            yield "SB302"
        elif end > length:
            yield "SB303"
        elif text[start:end] != span.text:
            yield "SB301"
        elif span.text.isspace():
            yield "SB302"


def _sentences(text: str, sentences: Records) -> Iterator[str]:
    starts = list(_paragraphs(text))
    reached = 0
    for sentence in sentences:
        start, end = sentence.start, sentence.end
        if start >= end:
            yield "SB302"
        elif end > len(text):
            yield "SB303"
        else:
            reads = text[start:end]
            if reads != reads.strip():
                yield "SB310"
        if start < reached:
            yield "SB307"
        elif text[reached:start].strip():
            yield "SB308"
        reached = max(reached, end)
        place = bisect_right(starts, start)
        if sentence.paragraph != place - 1 or (place < len(starts) and end > starts[place]):
            yield "SB311"
    if text[reached:].strip():
        yield "SB308"


def _paragraphs(text: str) -> Iterator[int]:
    """Where the paragraphs start: what lies between blank lines and is not blank."""
    start = 0
    for gap in _BLANK_LINE.finditer(text):
        if text[start : gap.start()].strip():
            yield start
        start = gap.end()
    if text[start:].strip():
        yield start


def _mentions(mentions: Records, entity_types: Mapping[str, str]) -> Iterator[str]:
    if len({(mention.start, mention.end, mention.entity_id) for mention in mentions}) < len(mentions):
        yield "SB305"
    named = {mention.entity_id for mention in mentions}
    if not entity_types.keys() >= named:
        yield "SB404"
    if not named >= entity_types.keys():
        yield "SB405"
    open_ends: list[int] = []
    for start, negative in sorted((mention.start, -mention.end) for mention in mentions):
        while open_ends and open_ends[-1] <= start:
            open_ends.pop()
        if open_ends and open_ends[-1] < -negative:
            yield "SB304"
        open_ends.append(-negative)


def _entities(entities: Records, actors: set[str]) -> Iterator[str]:
    for entity in entities:
        if entity.actor is not None and entity.actor not in actors:
            yield "SB404"
        if (entity.type == "DATE") != (entity.value is not None):
            yield "SB505"
        elif entity.value is not None and not is_timex3(entity.value):
            yield "SB504"


def _relations(
    relations: Records,
    by_id: Mapping[str, Any],
    entity_types: Mapping[str, str],
    sentence_starts: Sequence[int],
    relation_types: Mapping[str, Mapping[str, Any]],
) -> Iterator[str]:
    seen = set()
    for relation in relations:
        head, tail = by_id.get(relation.head), by_id.get(relation.tail)
        if head is None or tail is None:
            yield "SB404"
            continue
        kind = relation_types[relation.type]
        if entity_types.get(head.entity_id) not in kind["domain"]:
            yield "SB506"
        if entity_types.get(tail.entity_id) not in kind["range"]:
            yield "SB507"
        if head.entity_id == tail.entity_id:
            yield "SB605"
        if head.start > tail.start and kind["symmetric"]:
            yield "SB606"
        sentence = bisect_right(sentence_starts, head.start)
        seen.add((sentence, relation.type, head.entity_id, tail.entity_id, relation.modality))
    if len(seen) < len(relations):  # dangling ones have been complained of
        yield "SB604"


def _attributions(attributions: Records, by_id: Mapping[str, Any]) -> Iterator[str]:
    if len({(cue.start, cue.end, cue.source) for cue in attributions}) < len(attributions):
        yield "SB607"
    for cue in attributions:
        if cue.source is not None and cue.source not in by_id:
            yield "SB404"
        if any(second.start < first.end for first, second in pairwise(cue.content)):
            yield "SB309"


def _stances(stances: Records, by_id: Mapping[str, Any], targets: set[str]) -> Iterator[str]:
    if len({(stance.start, stance.end, stance.holder, stance.target) for stance in stances}) < len(stances):
        yield "SB608"
    for stance in stances:
        if stance.target not in targets or (stance.holder is not None and stance.holder not in by_id):
            yield "SB404"


def report(complaints: Iterable[str]) -> None:
    """Print what was found; exit with 1 where something was."""
    found = list(complaints)
    for complaint in found[:10]:
        print(complaint)
    print(f"{len(found):,} complaints")
    sys.exit(1 if found else 0)
