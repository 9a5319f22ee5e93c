"""A document for a terminal: its text with spans in brackets, and what is annotated in it, as sentences."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from rich.table import Table
from rich.text import Text

from stancebank.agreement.annotation import Record
from stancebank.corpus.annotators import GOLD
from stancebank.corpus.remarks import Remark
from stancebank.faults import printable
from stancebank.pages.reading.document_reading import DocumentReading, Span
from stancebank.pages.reading.document_selection import Chosen, Line
from stancebank.pages.reading.record_sentences import mention_words, plain, sentence
from stancebank.pages.terminal_tables import printed
from stancebank.schema.column import UNDECIDED
from stancebank.schema.layers import DONE, ENTITIES, KNOWN_ANNOTATED, MENTIONS

_LEGEND = "[mention]entity:TYPE  <cue>attribution  {attribution ... its content}  {stance:LABEL ... its evidence}"
_STYLES = {"mentions": "cyan", "attributions": "yellow", "stances": "magenta"}
_JOINERS = "\u200c\u200d"


def on_screen(text: str) -> str:
    """A text as a terminal shows it: every blank as a space, and an escape for each character that a terminal obeys."""
    if text.isprintable():
        return text
    blanks = (" " if c.isspace() or unicodedata.category(c) == "Zs" else c for c in text)
    return "".join(c if c in _JOINERS else printable(c) for c in blanks)


def document_text(
    reading: DocumentReading,
    chosen: Chosen,
    problems: Sequence[str],
    remarks: Sequence[Remark] = (),
    *,
    width: int,
    color: bool,
) -> str:
    """The document in lines of at most this width in columns.

    problems: lines on the errors in its part. remarks: of annotators on the document, those on records that are shown
    or not there any more, and on no record, come last. The text comes first, then by layer what is annotated in it.
    """
    document, annotator = reading.document, reading.part.annotator
    facts = [document["doc_id"], reading.part.name, document["date"] or "no date", document["language"]]
    head = _grid("".join(f"{fact}  " for fact in facts) + (f"pass of {annotator}" if annotator else GOLD))
    tables = [head, _grid(reading.title, style="bold")]
    if problems:
        tables.append(_grid(*problems, style="red"))
    used = {span.layer for span in reading.spans} & chosen.records.keys()
    tables += [*_blocks(_grid(_LEGEND, style="dim") if used else None, _text(reading, chosen))]
    for layer, records in chosen.records.items():
        with_entities = layer == MENTIONS.name and ENTITIES.name in chosen.records
        where = ", listed with their entities" if with_entities and records else ""
        heading = _grid(f"{layer}: {_state(reading, layer, len(records))}{where}", style="bold")
        tables += _blocks(heading, None if with_entities else _listed(reading, layer, records))
    unused = [name for name in KNOWN_ANNOTATED if name not in reading.part.layers]
    if unused:
        tables += _blocks(_grid(f"not in the scheme: {', '.join(unused)}"), None)
    there = {id for layer in reading.records.values() for id in layer}
    shown = {id for layer, records in chosen.records.items() for id in (r[_id(reading, layer)] for r in records)}
    told = [remark.line() for remark in remarks if remark.id in shown or remark.id not in there]
    if told:
        tables += _blocks(_grid(f"remarks: {len(told):,}", style="bold"), _grid(*told))
    return printed(tables, width=width, color=color)


def _id(reading: DocumentReading, layer: str) -> str:
    return reading.part.layers[layer].id_column


def _blocks(*tables: Table | None) -> Iterator[Table]:
    """The tables, a blank line in front of them."""
    yield _grid("")
    yield from (table for table in tables if table is not None)


def _grid(*lines: str, style: str = "") -> Table:
    grid = Table.grid()
    for line in lines:
        grid.add_row(Text(on_screen(line), style, overflow="fold"))
    return grid


def _state(reading: DocumentReading, layer: str, count: int) -> str:
    row = reading.progress[layer]
    by = "".join(f", {row[name]}" for name in ("annotator", "date") if row[name])
    made = f", made from {row['made_from']}" if row["made_from"] else ""
    remark = f"; {row['remark']}" if row["remark"] else ""
    meaning = "" if row["state"] == DONE or count else ": not annotated yet"
    return f"{count:,} ({row['state']}{by}{made}{meaning}{remark})"


def _text(reading: DocumentReading, chosen: Chosen) -> Table | None:
    if not chosen.lines:
        return None
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(overflow="fold")
    spans = [span for span in reading.spans if span.layer in chosen.records]
    before: Line | None = None
    for line in chosen.lines:
        if before is not None and before.paragraph != line.paragraph:
            grid.add_row("", "")
        grid.add_row(Text(str(line.number or ""), "dim"), marked(reading, line, spans))
        before = line
    return grid


def marked(reading: DocumentReading, line: Line, spans: Sequence[Span]) -> Text:
    """A stretch of the text with the spans in it in brackets, which say what they are; crossing ones too."""
    assert reading.text is not None
    near = [span for span in spans if span.start < line.end and line.start < span.end]
    cuts = {line.start, line.end} | {
        place for span in near for place in (span.start, span.end) if line.start < place < line.end
    }
    places = sorted(cuts)
    text = Text(overflow="fold")
    for place, following in zip(places, [*places[1:], None], strict=True):
        for span in reversed([each for each in near if each.end == place]):
            text.append(on_screen(_closing(reading, span)), _STYLES.get(span.layer))
        if following is None:
            break
        for span in (each for each in near if each.start == place):
            text.append(on_screen(_opening(span)), _STYLES.get(span.layer))
        around = [span for span in near if span.start <= place < span.end]
        text.append(on_screen(reading.text[place:following]), " ".join(_style(each) for each in around))
    return text


def _style(span: Span) -> str:
    if span.content:
        return "italic"
    return "underline" if span.layer == "stances" else f"bold {_STYLES.get(span.layer, '')}"


def _opening(span: Span) -> str:
    if span.layer == MENTIONS.name:
        return "["
    if span.content:
        return f"{{{span.id} "
    return "<" if span.layer == "attributions" else f"{{{span.id}:{span.label or UNDECIDED} "


def _closing(reading: DocumentReading, span: Span) -> str:
    if span.layer == MENTIONS.name:
        entity = reading.records[MENTIONS.name][span.id]["entity_id"] or span.id
        return f"]{entity}:{span.label or UNDECIDED}"
    if span.layer == "attributions" and not span.content:
        return f">{span.id}"
    return f" {span.id}}}"


def _listed(reading: DocumentReading, layer: str, records: Sequence[Record]) -> Table | None:
    if not records:
        return None
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(overflow="fold", max_width=24)
    grid.add_column(overflow="fold")
    id_column = _id(reading, layer)
    for record in records:
        words = plain(sentence(reading, layer, record))
        if layer == ENTITIES.name:
            words += _mentions(reading, record)
        grid.add_row(Text(on_screen(f"  {record[id_column]}"), "dim"), Text(on_screen(words)))
    return grid


def _mentions(reading: DocumentReading, entity: Record) -> str:
    named = reading.mentions_of[entity["entity_id"]]
    said = ((each["mention_id"], *mention_words(reading, each)) for each in named)
    listed = (f"{id} {words} ({further})" if further else f"{id} {words}" for id, words, further in said)
    return "; " + ", ".join(listed) if named else "; no mention"
