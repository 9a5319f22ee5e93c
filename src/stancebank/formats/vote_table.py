"""Tables of votes: a text on each line, and what annotators hold of it, as GWSD and SemEval-2016 Task 6 have them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.formats.conventions import NO_STANCE, PROPOSITION
from stancebank.formats.foreign_document import Attribute, ForeignDocument, Item, Refused, Span
from stancebank.formats.given_files import Given, read_text, without_mark
from stancebank.formats.ledger import NO_PLACE_HERE, Ledger
from stancebank.formats.offsets import CODE_POINTS
from stancebank.schema.layers import STANCES
from stancebank.views.stance_votes import stance_votes

ENDINGS = (".tsv", ".csv", ".tab")
_TEXT, _ID, _TARGET, _TARGET_ID = "text", "doc_id", "target", "target_id"
_WORKER, _STANCE, _ANNOTATOR, _HOLDER, _WRITER = "worker", "stance", "annotator", "holder", "writer"
_NAMES: Mapping[str, tuple[str, ...]] = {
    _TEXT: ("text", "sentence", "tweet"),
    _ID: ("guid", "doc_id", "instance id", "id", "sent_id"),
    _TARGET: ("target",),
    _TARGET_ID: ("target_id",),
    _STANCE: ("stance", "label"),
    _ANNOTATOR: ("worker id", "annotator"),
    _HOLDER: ("holder",),
}
"""What columns are called, in small letters; of several the first is taken."""
_NO_ID = re.compile(r"[^A-Za-z0-9._-]+")
_QUOTED = re.compile(r'"(?:[^"]|"")*"')


@dataclass(frozen=True, slots=True)
class _Columns:
    """The columns of a table. known: by what they are; votes: by annotator, where each has one; others: all else."""

    known: Mapping[str, str]
    votes: Mapping[str, str]
    others: tuple[str, ...]


def columns_of(names: Sequence[str]) -> _Columns | None:
    """What the columns of a table are; None where it is no table of votes."""
    by_name = {name.strip().casefold(): name for name in reversed(names)}
    known = {what: by_name[name] for what, called in _NAMES.items() for name in reversed(called) if name in by_name}
    taken = {*known.values()}
    votes = {
        _annotator(name): name
        for name in names
        if name not in taken and name.casefold().startswith((f"{_WORKER}_", f"{_ANNOTATOR}_"))
    }
    if _TEXT not in known or not (votes or _STANCE in known):
        return None
    return _Columns(known, votes, tuple(name for name in names if name not in {*taken, *votes.values()}))


def _annotator(column: str) -> str:
    """Whose votes a column has: the name behind annotator_, a number with what is before it."""
    name = column.removeprefix(f"{_ANNOTATOR}_")
    return column.strip() if name.isdecimal() else name


def read_votes(given: Given) -> Iterator[Item]:
    """A document for each text and annotator; the stance is on the whole text, which is one sentence.

    Votes of annotators become documents of theirs, an aggregate a document of nobody's.
    """
    for path in given.files(ENDINGS):
        file = printable(str(path))
        try:
            name, annotator = given.document(path)
            content, marked = without_mark(read_text(path))
            table = _table(content, path)
            columns = columns_of(table.columns)
            if columns is None:
                what = f"{file} has no column for {' or '.join(_NAMES[_TEXT])}, or none for votes"
                raise StanceBankError(what, "name them in its first line: text, target, and stance or annotator_ID")
            if given.target is None and not {_TARGET, _TARGET_ID} & columns.known.keys():
                raise StanceBankError(f"{file} has no column for the target", "name the target with --target ID")
        except StanceBankError as error:
            yield Refused(file, file, error.what, error.fix)
            continue
        rows = _Rows(columns, name, file, given.target)
        for number, row in enumerate(table.iter_rows(named=True), 2):
            try:
                rows.take(row, number)
            except StanceBankError as error:
                yield Refused(f"{file}:{number}", file, error.what, error.fix)
        for index, document in enumerate(rows.documents.values()):
            document.annotator = document.annotator or annotator
            document.notices["bom-skipped"] += marked and index == 0
            yield document


def _table(content: str, path: Path) -> pl.DataFrame:
    """The table, all cells as they are. Raises StanceBankError for what is none."""
    first = content.partition("\n")[0]
    separator = max("\t;,", key=first.count)
    quote = '"' if separator != "\t" or _is_quoted(content) else None
    try:
        return pl.read_csv(content.encode(), separator=separator, quote_char=quote, infer_schema=False)
    except (pl.exceptions.PolarsError, ValueError) as error:
        what = f"{printable(path.name)} is no table: {printable(str(error).splitlines()[0])[:100]}"
        raise StanceBankError(what, "write as many cells on each line as in the first") from None


def _is_quoted(content: str) -> bool:
    """Whether quotation marks at the start of cells are those of the format: each cell ends with one, too."""
    cells = (cell for line in content.splitlines() for cell in line.split("\t") if cell.startswith('"'))
    return all(_QUOTED.fullmatch(cell) for cell in cells)


class _Rows:
    """Makes documents of rows: one for each text and annotator, which several rows may be of."""

    def __init__(self, columns: _Columns, name: str, file: str, target: str | None) -> None:
        self._columns, self._name, self._file, self._target = columns, name, file, target
        self._ids: dict[str, str] = {}  # of texts that have none of their own
        self.documents: dict[tuple[str, str | None], ForeignDocument] = {}

    def take(self, row: Mapping[str, str | None], number: int) -> None:
        """Add the votes of a row. Raises StanceBankError for a row that has no text or target, or another text."""
        cells = {what: (row[name] or "").strip() for what, name in self._columns.known.items()}
        target = cells.get(_TARGET_ID) or _slug(cells.get(_TARGET, "")) or self._target
        place = f"{self._file}:{number}"
        if target is None:
            raise StanceBankError(f"{place}: there is no target", "name it with --target ID")
        if not cells[_TEXT]:
            raise StanceBankError(f"{place}: the text is empty", "fill the cell, or remove the line")
        votes = {annotator: (row[name] or "").strip() for annotator, name in self._columns.votes.items()}
        documents = [
            self._vote(row, number, cells, target, annotator, label)
            for annotator, label in ((cells.get(_ANNOTATOR) or None, cells.get(_STANCE, "")), *votes.items())
            if label
        ]
        for name in self._columns.others if documents else ():
            documents[0].left_out["attributes", f"the column {excerpt(name)} has no place"] += bool(row[name])

    def _vote(
        self,
        row: Mapping[str, str | None],
        number: int,
        cells: Mapping[str, str],
        target: str,
        annotator: str | None,
        label: str,
    ) -> ForeignDocument:
        """The document of a text and an annotator, with one vote more."""
        text = row[self._columns.known[_TEXT]] or ""
        id = cells.get(_ID) or self._ids.setdefault(text, f"{self._name}-{len(self._ids) + 1}")
        key = (id, _pass(annotator))
        if key not in self.documents:
            place = f"{self._file}:{number}"
            document = ForeignDocument(
                id, place, self._file, text, key[1], sentences=[(0, len(text))], unit=CODE_POINTS
            )
            self.documents[key] = document
        document, where = self.documents[key], f"{Path(self._file).name}:{number}"
        if document.text != text:
            what = f"{self._file}:{number}: its text is not that of {excerpt(id)} at {printable(document.place)}"
            raise StanceBankError(what, "give each text its own id")
        if cells.get(_HOLDER, "") not in ("", _WRITER):
            document.left_out["spans", "their holder is no mention"] += 1
            return document
        span = Span(f"{len(document.spans)}/vote", label, ((0, len(text)),), text, where)
        document.spans.append(span)
        document.attributes.append(Attribute(span.id, _TARGET, target, where))
        document.attributes.append(Attribute(span.id, PROPOSITION, cells.get(_TARGET) or target, where))
        return document


def _pass(annotator: str | None) -> str | None:
    name = _slug(annotator) if annotator else None
    return f"{name}-1" if name == GOLD else name


def _slug(words: str) -> str:
    return _NO_ID.sub("-", words).strip("-._")[:128]


def write_votes(parts: Iterable[Part], ledger: Ledger) -> Iterator[tuple[str, bytes]]:
    """One file with a line for each document, holder and target: the stance of the gold, and that of each annotator."""
    rows: list[dict[str, Any]] = []
    for part in parts:
        texts = dict(part["documents"].select("doc_id", "text").iter_rows())
        votes = [vote for vote in stance_votes(part).iter_rows(named=True) if vote["doc_id"] in texts]
        rows += [_row(vote, texts[vote["doc_id"]]) for vote in votes]
        ledger.notices["document-without-votes"] += len(texts.keys() - {vote["doc_id"] for vote in votes})
        held = sum(vote["gold"] is not None for vote in votes)
        ledger.hold(STANCES.name, held)
        ledger.leave(STANCES.name, "undecided, or told by another expression", part[STANCES.name].height - held)
        ledger.hold("votes", sum(len(vote["votes"]) for vote in votes))
        for layer in part.layers.annotated:
            if layer != STANCES.name:
                ledger.leave(layer, NO_PLACE_HERE, part[layer].height)
    names = [_ID, _TEXT, _HOLDER, _TARGET_ID, _TARGET, _STANCE]
    annotators = sorted({name for row in rows for name in row} - {*names})
    schema = dict.fromkeys((*names, *annotators), pl.String)
    yield "votes.csv", pl.DataFrame(rows, schema=schema, orient="row").write_csv().encode()


def _row(vote: Mapping[str, Any], text: str) -> dict[str, Any]:
    found = {_ID: vote["doc_id"], _TEXT: text, _STANCE: vote["gold"]}
    found |= {name: vote[name] for name in (_HOLDER, _TARGET_ID, _TARGET)}
    return found | {f"{_ANNOTATOR}_{each['annotator']}": each["label"] or NO_STANCE for each in vote["votes"]}
