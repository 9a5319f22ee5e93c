"""From an export of Label Studio to the corpus and to passes; nothing is written before all is read."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from stancebank.annotators import GOLD
from stancebank.corpus import PASSES, Corpus, require_readable
from stancebank.files import cannot_write, prepared_files, read_inside
from stancebank.layers import LAYERS
from stancebank.studio.base import names_file, names_lines
from stancebank.studio.notices import Notice
from stancebank.studio.people import People
from stancebank.studio.reading import ImportedDocument, Reader
from stancebank.studio.records import ANNOTATED
from stancebank.studio.staging import Place, Staging
from stancebank.studio.task_stream import raw_tasks


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an export.

    notices: in the order of the file. documents: those that were taken, in its order too. written: files, from
    where they were written to; empty where nothing was to be changed.
    """

    notices: tuple[Notice, ...]
    documents: tuple[ImportedDocument, ...]
    written: tuple[str, ...]

    @property
    def refused(self) -> int:
        """How many notices refuse something."""
        return sum(notice.outcome == "refused" for notice in self.notices)


def import_annotations(
    corpus: Corpus,
    stream: BinaryIO,
    *,
    base: Path | None = None,
    out: Path | None = None,
    names: Mapping[str, str] | None = None,
    write: bool = True,
) -> Imported:
    """Bring the annotations of an export into the corpus or into passes, all of them or none.

    stream: the export, seekable; read in bounded memory. base: folder of what was
    sent, the corpus itself without it; it is brought up to date unless out is given.
    out: where to write corpus/ and annotation/passes/, the corpus root without it.
    names: annotators by e-mail address or id on the server. write: whether anything is
    written. Where a task has several annotations, each annotator of the export gets a
    pass, as also where names gives somebody one; else the annotations are the corpus's
    own, and are merged with what has been changed there since. What a notice refuses
    stays as it was. Raises StanceBankError where the corpus, the base or the export
    cannot be read, or where writing fails.
    """
    require_readable(corpus.faults)
    with closing(Staging()) as staging, _without_collections():
        people = People(names or {}, shared=any(name != GOLD for name in (names or {}).values()), apart=not write)
        reader = _read(corpus, stream, base, people, staging)
        written = _write(reader, out) if write else ()
    return Imported(tuple(reader.notices), tuple(reader.documents.values()), written)


@contextmanager
def _without_collections() -> Iterator[None]:
    """What is made here is freed by counting references; looking for cycles in it would take a tenth of the time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _read(corpus: Corpus, stream: BinaryIO, base: Path | None, people: People, staging: Staging) -> Reader:
    """The whole export, read; from its start again once a task shows that several people share the work."""
    stream.seek(0)
    staging.clear()
    reader = Reader(corpus, base, people, staging)
    for number, raw in enumerate(raw_tasks(stream)):
        reader.task(number, raw)
        if reader.shared and not people.shared:
            return _read(corpus, stream, base, replace(people, shared=True), staging)
    reader.sent.cache_clear()  # writing needs other parts, and memory holds only so many
    reader.report_absent()
    return reader


def _write(reader: Reader, out: Path | None) -> tuple[str, ...]:
    """Write every file that changes, and bring the base up to date; all files of a folder or none."""
    places = reader.staging.places()
    written: list[str] = []

    def changed() -> Iterator[tuple[str, bytes]]:
        for place in places:
            for file, data in _files(reader, place, unchanged=out is not None):
                if out is not None or read_inside(reader.corpus.root, file)[0] != data:
                    written.append(file)
                    yield file, data

    if out is not None and out.resolve() == reader.corpus.root.resolve():
        out = None
    root = reader.corpus.root if out is None else out
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(root, error) from error
    with prepared_files(root, changed()) as put:
        if reader.base is None or out is not None:
            put()
        else:
            with prepared_files(reader.base, _new_base(reader, places)) as put_base:
                put()
                put_base()
    return tuple(written)


def _files(reader: Reader, place: Place, *, unchanged: bool) -> Iterator[tuple[str, bytes]]:
    """The layers of a part, with what was read in place of what was there; where nothing has changed, if asked for."""
    stored = reader.stored(place.part, place.annotator)
    new = {}
    for doc_id in stored.texts:
        staged = reader.staging.read(place, doc_id)
        if staged is not None and staged.lines is not None:
            new[doc_id] = staged.lines
    folder = f"{PASSES}/{place.annotator}" if place.annotator else "corpus"
    for index, layer in enumerate(ANNOTATED if new or unchanged else ()):
        lines = (new[doc_id][index] if doc_id in new else stored.lines(layer, doc_id) for doc_id in stored.texts)
        yield f"{folder}/{place.part}/{LAYERS[layer].file_name}", b"".join(lines)


def _new_base(reader: Reader, places: Sequence[Place]) -> Iterator[tuple[str, bytes]]:
    """The files of the base, with what annotators have made of the documents in place of what was sent."""
    for part in sorted({place.part for place in places} & reader.base_parts):
        sent, names = reader.sent(part), dict(reader.names(part))
        new = {}
        for place in (place for place in places if place.part == part):
            for doc_id in sent.texts:
                staged = reader.staging.read(place, doc_id)
                if staged is not None:
                    names[doc_id, place.annotator or ""] = dict(staged.names)
                    if place.annotator is None:
                        new[doc_id] = staged.sent
        for index, layer in enumerate(ANNOTATED if new else ()):
            lines = (new[doc_id][index] if doc_id in new else sent.lines(layer, doc_id) for doc_id in sent.texts)
            yield f"corpus/{part}/{LAYERS[layer].file_name}", b"".join(lines)
        yield names_file(part), names_lines(names)
