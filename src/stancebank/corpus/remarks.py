"""What annotators leave besides records: remarks, and how long they worked; each a list in annotation/, one a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Literal, TypeVar

import msgspec

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.schema.paths import REMARKS_FILE, WORK_FILE
from stancebank.storage.files import read_inside

RemarkKind = Literal["note", "comment"]


class Remark(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What somebody has written about a record or a document.

    annotator: whose pass it is beside; None for the gold. layer, id: of the record; None for the document as a whole.
    kind: a note on a record, or a comment on an annotation. by: the annotator who wrote it, or saved the annotation.
    date: the day, where it is known. open: whether it is a comment that nobody has resolved.
    """

    doc_id: str
    annotator: str | None
    layer: str | None
    id: str | None
    kind: RemarkKind
    text: str
    by: str | None = None
    date: str | None = None
    open: bool = False

    @property
    def says(self) -> tuple[str, str | None, str | None, str, str]:
        """What it says of what, whoever wrote it and whatever it is beside."""
        return self.doc_id, self.layer, self.id, self.kind, self.text

    def line(self) -> str:
        """The remark for people, on one line and safe to print."""
        about = self.id or "document"
        by = f" by {self.by}" if self.by else ""
        date = f", {self.date}" if self.date else ""
        return printable(f"{about}: {'unresolved ' if self.open else ''}{self.kind}{by}{date}: {self.text}")


class Work(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How an annotation came about, as the interface tells it.

    annotator: whose pass it is; None for the gold. by: who made it. changed_by: who saved it last. begun, saved:
    moments in UTC. seconds: for which it was open. prediction: what it is a copy of, as the model is called.
    """

    doc_id: str
    annotator: str | None
    by: str | None
    changed_by: str | None
    begun: str | None
    saved: str | None
    seconds: float | None
    prediction: str | None


Row = TypeVar("Row", Remark, Work)


def read_remarks(root: Path) -> list[Remark]:
    """The remarks of a corpus, comments that are open first. StanceBankError for a file that cannot be read."""
    return sorted(_rows(root, REMARKS_FILE, Remark), key=remark_order)


def remarks_beside(root: Path, annotator: str | None) -> tuple[Remark, ...]:
    """Those on a pass, or on the gold."""
    return tuple(each for each in read_remarks(root) if each.annotator == annotator)


def read_work(root: Path) -> list[Work]:
    """How the annotations of a corpus came about. StanceBankError for a file that cannot be read."""
    return _rows(root, WORK_FILE, Work)


def remark_order(remark: Remark) -> tuple[bool, str, str, str, str, str, str]:
    """Open ones first, then by document."""
    layer, id, date = (each or "" for each in (remark.layer, remark.id, remark.date))
    return not remark.open, remark.doc_id, remark.annotator or "", layer, id, date, remark.text


def work_order(work: Work) -> tuple[str, str]:
    """By document and annotator."""
    return work.doc_id, work.annotator or ""


def lines_of(rows: Iterable[Row], order: Callable[[Row], object]) -> bytes:
    """The file of some rows."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(row) + b"\n" for row in sorted(rows, key=order))  # type: ignore[arg-type]


def _rows(root: Path, file: str, of: type[Row]) -> list[Row]:
    data, _ = read_inside(root, file)
    decoder = msgspec.json.Decoder(of)
    rows = []
    for number, line in enumerate((data or b"").splitlines(), 1):
        try:
            rows.append(decoder.decode(line))
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            what = f"{file}:{number} is no line of that file: {excerpt(str(error))}"
            raise StanceBankError(what, "restore the line, or remove it") from None
    return rows
