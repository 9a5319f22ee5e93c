"""Sentences corrected by hand: one split in two, two joined."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import with_rows
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, did_you_mean, excerpt, require_readable
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import SENTENCES
from stancebank.storage.files import read_inside, write_files

_Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Crossing:
    """A span of an annotation that goes over the boundary between two sentences.

    annotation: gold or the annotator. layer, record: what has it. text: what it reads.
    """

    annotation: str
    layer: str
    record: str
    text: str


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction changes: the file, sentences before and after by id with their text, spans over a boundary."""

    file: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    crossing: tuple[Crossing, ...]


def split_sentence(corpus: Corpus, document: str, sentence: str, at: int | str, *, dry_run: bool = False) -> Correction:
    """Split a sentence in two; the second has a new id, everything else stays, to the byte.

    at: where the second begins: a code point of the document's text, or words that the sentence
    has once. Both keep the kind. The correction tells which annotations go over the new boundary.
    dry_run: change nothing. Raises StanceBankError for a document or a sentence that is not there,
    a place that leaves nothing on one side, and words that the sentence does not have once.
    """
    part, text = _document(corpus, document)
    rows = _sentences(part, document)
    row = _sentence(rows, sentence)
    place = _place(text, row, at)
    first, second = text[row["start"] : place].rstrip(), text[place : row["end"]].lstrip()
    if not first or not second:
        what = f"nothing of the sentence {excerpt(sentence)} is on one side of {excerpt(str(at))}"
        raise StanceBankError(
            what, f"name a place between {row['start']} and {row['end']}, or words inside the sentence"
        )
    begin = row["end"] - len(second)
    new = {**row, "sentence_id": _new_id(rows), "start": begin}
    halves = [{**row, "end": row["start"] + len(first)}, new]
    crossing = tuple(_crossing(part, document, row["start"] + len(first), begin))
    return _written(part, text, [row], halves, crossing, dry_run=dry_run)


def join_sentences(corpus: Corpus, document: str, first: str, second: str, *, dry_run: bool = False) -> Correction:
    """Join two sentences that follow one another into one, which keeps the first one's id and kind.

    Everything else stays, to the byte. dry_run: change nothing. Raises StanceBankError for a document
    or a sentence that is not there, sentences with another between them, and those of two paragraphs.
    """
    part, text = _document(corpus, document)
    rows = _sentences(part, document)
    one, other = _sentence(rows, first), _sentence(rows, second)
    if rows.index(other) != rows.index(one) + 1:
        what = f"{excerpt(second)} is not the sentence behind {excerpt(first)}"
        raise StanceBankError(what, "name two sentences that follow one another, in their order")
    if one["paragraph"] != other["paragraph"]:
        what = f"{excerpt(first)} and {excerpt(second)} are in two paragraphs"
        raise StanceBankError(what, "a sentence does not go over a blank line")
    return _written(part, text, [one, other], [{**one, "end": other["end"]}], (), dry_run=dry_run)


def _document(corpus: Corpus, document: str) -> tuple[Part, str]:
    known: list[str] = []
    for name in corpus.part_names:
        part = corpus.sound_part(name)
        ids = part["documents"]["doc_id"]
        if document in ids:
            return part, part["documents"].filter(doc_id=document)["text"][0]
        known.extend(ids)
    what = f"{excerpt(document)} is not a document of the corpus{did_you_mean(document, known)}"
    raise StanceBankError(what, "name a document by its id; stancebank progress --by document lists them")


def _sentences(part: Part, document: str) -> Sequence[_Row]:
    return part["sentences"].filter(doc_id=document).sort("start").to_dicts()


def _sentence(rows: Sequence[_Row], sentence: str) -> _Row:
    found = [row for row in rows if row["sentence_id"] == sentence]
    if len(found) == 1:
        return found[0]
    known = [row["sentence_id"] for row in rows]
    hint = did_you_mean(sentence, known) if not found else ""
    what = f"the document has {len(found) or 'no'} sentences {excerpt(sentence)}{hint}"
    raise StanceBankError(what, "name a sentence by its id, as sentences.jsonl has it")


def _place(text: str, row: _Row, at: int | str) -> int:
    """Where the second part of a sentence begins."""
    start, end = row["start"], row["end"]
    if isinstance(at, int):
        if not start < at < end:
            what = f"{at} is not inside the sentence {excerpt(row['sentence_id'])}, {start} to {end}"
            raise StanceBankError(what, "name a code point inside it, or words of it")
        return at
    places = [found.start() for found in re.finditer(rf"(?={re.escape(at)})", text[start:end])] if at.strip() else []
    if len(places) != 1:
        what = f"the sentence {excerpt(row['sentence_id'])} has {excerpt(at)} {len(places)} times"
        raise StanceBankError(what, "name words that it has once, or a code point of the text")
    return int(start + places[0])


def _new_id(rows: Sequence[_Row]) -> str:
    """The next free id of a document's sentences."""
    numbers = [int(match[1]) for row in rows if (match := re.fullmatch(r"n(\d{1,18})", row["sentence_id"]))]
    return f"n{max(numbers, default=0) + 1}"


def _crossing(part: Part, document: str, last: int, first: int) -> Iterator[Crossing]:
    """Spans of gold and passes that begin before the end of one sentence and end behind the start of the next."""
    for each in (part, *part.passes):
        require_readable(each.faults)
        over = each.spans.filter(
            pl.col("layer") != SENTENCES.name,
            pl.col("item").is_null(),  # content may be of several sentences
            pl.col("doc_id") == document,
            pl.col("start") < last,
            pl.col("end") > first,
        )
        for span in over.iter_rows(named=True):
            layer = part.layers[span["layer"]]
            record = each[layer.name][layer.id_column][span["row"]]
            yield Crossing(each.annotator or GOLD, layer.name, record, span["text"])


def _written(
    part: Part,
    text: str,
    before: Sequence[_Row],
    after: Sequence[_Row],
    crossing: tuple[Crossing, ...],
    *,
    dry_run: bool,
) -> Correction:
    """The correction; the file is written unless it is a dry run."""
    file = part.file(SENTENCES.name)
    layer = part.layers[SENTENCES.name]
    data, fault = read_inside(part.corpus.root, file)
    require_readable([fault] if fault else [])
    gone = pl.DataFrame(before, schema=polars_schema(layer.columns), orient="row")
    frame = part["sentences"].with_columns(line=pl.Series((data or b"").split(b"\n")[: part["sentences"].height]))
    kept = frame.join(gone, on=["doc_id", "sentence_id"], how="anti", maintain_order="left")
    lines = b"".join(line + b"\n" for line in kept["line"])
    new = pl.DataFrame(after, schema=polars_schema(layer.columns), orient="row")
    if not dry_run:
        write_files(part.corpus.root, {file: with_rows(lines, kept.drop("line"), new, layer)})
    return Correction(file, _read(text, before), _read(text, after), crossing)


def _read(text: str, rows: Sequence[_Row]) -> dict[str, str]:
    return {row["sentence_id"]: text[row["start"] : row["end"]] for row in rows}
