"""Differences in words: one line each, in the terms of annotation."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import orjson

from stancebank.compare.differences import (
    STATE,
    DocumentChange,
    EntityChange,
    FieldChange,
    MetadataChange,
    RecordChange,
    TextChange,
)
from stancebank.compare.snapshots import SCHEME_FORMAT
from stancebank.corpus.states import ABSENT
from stancebank.faults import counted, excerpt, printable
from stancebank.schema.column import Column, plain_number
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.paths import SCHEME_FILE

_WORDS = 4


def first_words(text: str) -> str:
    """A quotation from a document, of no more than four words, so that a list of changes passes no text on."""
    words = text.split(maxsplit=_WORDS)
    return excerpt(text if len(words) <= _WORDS else f"{' '.join(words[:_WORDS])}...")


def shown_value(column: Column, value: object, quote: Callable[[str], str] = excerpt) -> str:
    """A value in one line: words of people and texts quoted, spans with their places, codes as they are."""
    if value is None:
        return column.absent
    if isinstance(value, list):
        return ", ".join(shown_value(column, each, quote) for each in value)
    if isinstance(value, dict):
        others = [c for c in column.items if c.name not in ("start", "end", "text") and value[c.name] is not None]
        span = f"{quote(value['text'])} {value['start']}..{value['end']}"
        return " ".join([span, *(f"{each.name} {shown_value(each, value[each.name], quote)}" for each in others)])
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(plain_number(value))
    return quote(value) if isinstance(value, str) and column.source else printable(str(value))


def record_line(change: RecordChange) -> str:
    """Such as ``s3 favor to against ("a seat at the table")``."""
    if KNOWN_LAYERS[change.layer].tracks:
        return _progress_line(change)
    subject = f" ({change.subject})" if change.subject else ""
    noun = KNOWN_LAYERS[change.layer].noun
    match change.kind:
        case "added":
            return f"{noun} {printable(change.b_id or '')} added{subject}"
        case "removed":
            return (
                f"{noun} {printable(change.a_id or '')} {'lost with its words' if change.lost else 'removed'}{subject}"
            )
    name = printable(change.a_id or "")
    if change.layer == "documents":
        name = "document"
    said = [_phrase(change.layer, each) for each in change.fields]
    if change.a_id != change.b_id and change.layer != "documents":
        said.insert(0, f"is now {printable(change.b_id or '')}")
    return f"{name} {', '.join(said) or 'changed'}{subject}"


def _progress_line(change: RecordChange) -> str:
    """Such as ``progress of stances: not begun to done``."""
    of = f"progress of {printable(change.a_id or change.b_id or '')}"
    said: list[str] = []
    for each in change.fields:
        column = _column(change.layer, each.name)
        if each.name == STATE:
            said.insert(0, f"{printable(str(each.a or ABSENT))} to {printable(str(each.b or ABSENT))}")
        else:
            said.append(f"{each.name} {shown_value(column, each.a)} to {shown_value(column, each.b)}")
    return f"{of}: {', '.join(said) or change.kind}"


def _column(layer: str, name: str) -> Column:
    """A column by its name; one of the scheme's own is taken for text."""
    known = KNOWN_LAYERS[layer]
    return known[name] if name in known.names else Column(name, "string", "", nullable=True, source="maybe")


def _phrase(layer: str, change: FieldChange) -> str:
    name = change.name.removesuffix("_id")
    a, b = _value(layer, change, change.a, change.a_shown), _value(layer, change, change.b, change.b_shown)
    if change.name == "span":
        return _span_phrase(change)
    if change.b is None and layer != "documents":
        return f"lost its {name} {a}"
    if change.a is None and layer != "documents":
        return f"gained the {name} {b}"
    if _column(layer, change.name).vocabulary:
        return f"{a} to {b}"
    return f"{name} {a} to {b}"


def _span_phrase(change: FieldChange) -> str:
    assert isinstance(change.a, dict)
    assert isinstance(change.b, dict)
    places = [f"{side['start']}..{side['end']}" for side in (change.a, change.b)]
    words = [first_words(side["text"]) if "text" in side else "" for side in (change.a, change.b)]
    said = [f"{word} {place}".strip() for word, place in zip(words, places, strict=True)]
    return f"reads otherwise at {places[0]}" if said[0] == said[1] else f"from {said[0]} to {said[1]}"


def _value(layer: str, change: FieldChange, value: object, shown: str) -> str:
    if value is None:
        return _column(layer, change.name).absent
    if isinstance(value, list):
        return shown_value(_column(layer, change.name), value, first_words)
    if shown:
        return f"{printable(str(value))} {shown}"
    if isinstance(value, dict) or _column(layer, change.name).vocabulary or _column(layer, change.name).refers_to:
        return printable(str(value))
    return excerpt(value) if isinstance(value, str) else shown_value(_column(layer, change.name), value)


def document_lines(change: DocumentChange) -> Iterator[str]:
    """What happened to a document as a whole, one line for each thing; the document itself is not named."""
    if change.kind in ("added", "removed"):
        held = {layer: number for layer, number in change.records.items() if number and not KNOWN_LAYERS[layer].tracks}
        records = [counted(number, _noun(layer, number)) for layer, number in held.items()]
        yield f"{change.kind}, with {', '.join(records)}" if records else change.kind
    if change.before is not None:
        yield f"was {printable(change.before)} before"
    if change.splits:
        a, b = (printable(split) if split else "no split" for split in change.splits)
        yield f"moved from {a} to {b}"
    if change.text is not None:
        yield _text(change.text)
    if not change.comparable:
        yield "its records were compared by their ids alone, since their digests depend on the text"


def _text(change: TextChange) -> str:
    if change.cut is None or change.put is None:
        return "its text was edited"
    spans = f"{change.reanchored:,} moved along, {change.edited:,} edited, {change.lost:,} lost"
    return f"its text was edited: {counted(change.cut, 'character')} cut, {change.put:,} put in; of its spans {spans}"


def _noun(layer: str, number: int) -> str:
    """The noun to which counted adds an s where there are several."""
    return "entitie" if layer == "entities" and number != 1 else KNOWN_LAYERS[layer].noun


def entity_line(change: EntityChange) -> str:
    """Such as ``e4 "Europe" split into e4 "Europe" (5 mentions) and e60 "EU" (3 mentions)``."""
    one = f"{printable(change.entity[0])} {excerpt(change.entity[1])}"
    others = [f"{printable(id)} {excerpt(name)} ({counted(number, 'mention')})" for id, name, number in change.others]
    several = f"{', '.join(others[:-1])} and {others[-1]}"
    return f"{one} split into {several}" if change.kind == "split" else f"{several} merged into {one}"


def metadata_line(change: MetadataChange, *, digests: bool) -> str:
    """Such as ``corpus/corpus.yaml: title "A" to "B"``."""
    place = f"{change.file}: {printable(change.key)}"
    if change.a is None or change.b is None:
        return f"{place} {'added' if change.a is None else 'removed'}"
    if digests and (change.file, change.key) != SCHEME_FORMAT:
        return f"{place} changed"
    if change.file == SCHEME_FILE and "." in change.key:
        return f"{place} {_label_phrase(orjson.loads(change.a), orjson.loads(change.b))}"
    return f"{place} {excerpt(change.a)} to {excerpt(change.b)}"


def _label_phrase(a: dict[str, object], b: dict[str, object]) -> str:
    """What a label of the scheme says otherwise: its fields, of which an example may quote a text."""
    names = [name for name in dict.fromkeys((*a, *b)) if a.get(name) != b.get(name)]
    return ", ".join(f"{name} {first_words(str(a.get(name)))} to {first_words(str(b.get(name)))}" for name in names)
