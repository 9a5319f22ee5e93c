"""From an export of Label Studio to the corpus and to passes; nothing is written before all is read."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import read_records
from stancebank.corpus.remarks import Remark
from stancebank.corpus.seeds import NO_SEEDS
from stancebank.faults import excerpt, readable
from stancebank.schema.layers import DOCUMENTS
from stancebank.schema.paths import layer_file
from stancebank.storage.files import cannot_write, prepared_files, read_inside
from stancebank.storage.journal import settle
from stancebank.storage.temporary_folders import temporary_folder
from stancebank.studio.importing.decoding import decode_task, glance
from stancebank.studio.importing.export_files import plain_export
from stancebank.studio.importing.notices import Notice
from stancebank.studio.importing.part_import import Gathering, PartImporter, PartTasks
from stancebank.studio.importing.people import People, account
from stancebank.studio.importing.remark_files import remark_files
from stancebank.studio.importing.stored_records import Staging
from stancebank.studio.importing.task_reading import ImportedDocument
from stancebank.studio.importing.task_stream import located_tasks
from stancebank.studio.layout.merge_base import is_merge_base, merge_base_corpus
from stancebank.studio.layout.tasks import Way
from stancebank.work.engines import Engine, here

Progress = Callable[[int, int], object]
"""Is told how many tasks have been read, of how many."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an export.

    notices: in the order of the file. documents: those that were taken, in its order too. marked: how many
    documents are newly in each state of progress. written: files, from where they were written to; empty where
    nothing was to be changed. annotators: the ids of those who have begun something. remarks: those that are new.
    remarks_gone: notes that annotators have removed. renamed: how many labels were read under a new name, by old and
    new name.
    """

    notices: tuple[Notice, ...]
    documents: tuple[ImportedDocument, ...]
    marked: Mapping[str, int]
    written: tuple[str, ...]
    annotators: tuple[str, ...]
    remarks: tuple[Remark, ...] = ()
    remarks_gone: tuple[Remark, ...] = ()
    renamed: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def refused(self) -> int:
        """How many notices refuse something."""
        return sum(notice.outcome == "refused" for notice in self.notices)


def import_annotations(
    corpus: Corpus,
    stream: BinaryIO | Path,
    *,
    base: Path | None = None,
    out: Path | None = None,
    names: Mapping[str, str] | None = None,
    addresses: Mapping[str, str] | None = None,
    way: Way | None = None,
    write: bool = True,
    engine: Engine = here,
    progress: Progress = lambda *_: None,
) -> Imported:
    """Bring the annotations of an export into the corpus or into passes, all of them or none.

    stream: the export, or a folder of the files of one; read in bounded memory. base: folder of what was
    sent, the corpus itself without it; it is brought up to date unless out is given.
    out: where to write corpus/ and annotation/passes/, the corpus root without it.
    names: annotators by e-mail address or id on the server. addresses: e-mail addresses by id on the server, besides
    those that the export has. way: where the work on tasks goes that do not say it, to the gold without it. write:
    whether anything is written. engine: where the parts are read. A task says where its annotations go: each
    annotator's to a pass, or one annotation to the corpus, where it is merged with what has been changed
    there since. What a notice refuses stays as it was. Raises StanceBankError where the
    corpus, the base or the export cannot be read, or where writing fails.
    """
    if out is not None and out.resolve() == corpus.root.resolve():
        out = None
    corpus = replace(corpus, seeds=NO_SEEDS)  # nothing here needs them, and they can be many
    if base is not None:
        settle(base)
    sent = corpus if base is None else merge_base_corpus(corpus, base)
    known = base if base is not None and is_merge_base(base) else None
    with _named_file(stream) as given, plain_export(given) as export, Staging() as files, Staging() as new_base:
        tasks, named = _tasks_by_part(corpus, export)
        people = People(names or {}, named | dict(addresses or {}), apart=not write)
        importer = PartImporter(corpus, sent, known, export, people, way, write, elsewhere=out is not None)
        gathering = _gather(importer, tasks, files, new_base, engine, progress)
        people.require_distinct(gathering.working)
        beside = remark_files(corpus.root, gathering.remarks, gathering.work)
        if write:
            _write(out or corpus.root, files, beside.files, known if out is None else None, new_base)
        written = (*files.names(), *(file for file, _ in beside.files if write))
        notices = (*gathering.notices(), *_absent(people, gathering))
        annotators = tuple(sorted({people.annotator(who) for who in gathering.working if who.name}))
        return Imported(
            *(notices, tuple(gathering.documents()), gathering.marked, written, annotators),
            *(beside.new, beside.gone, gathering.renamed),
        )


@contextlib.contextmanager
def _named_file(stream: BinaryIO | Path) -> Iterator[Path]:
    """The stream as a file that other processes can open: the one that it reads, else a copy."""
    if isinstance(stream, Path):
        yield stream
        return
    path = _path_of(stream)
    if path is not None:
        yield path
        return
    with temporary_folder() as folder:
        copy = folder / "export.json"
        with copy.open("wb") as written:
            shutil.copyfileobj(stream, written)
        yield copy


def _path_of(stream: BinaryIO) -> Path | None:
    """Where the regular file that is open can be opened again; None where it cannot."""
    try:
        path = Path(stream.name).absolute()
        opened, there = os.fstat(stream.fileno()), path.stat()
    except (AttributeError, TypeError, OSError, ValueError):
        return None
    return path if stat.S_ISREG(there.st_mode) and os.path.samestat(opened, there) else None


def _tasks_by_part(corpus: Corpus, export: Path) -> tuple[list[PartTasks], dict[str, str]]:
    """The tasks of an export by the part that has their document, and the addresses of its accounts by their number.

    The parts are in order, and after them the tasks of none.
    """
    found = {name: PartTasks(name) for name in (*corpus.part_names, None)}
    parts = dict(_documents(corpus))
    addresses: dict[str, str] = {}

    def document_of(raw: bytes) -> str | None:
        seen = glance(raw)
        for said in seen[1] if seen else ():
            who = account(said)
            if who.address and who.number:
                addresses[who.number] = who.address
        return seen[0] if seen else None

    with export.open("rb") as stream:
        for number, task in enumerate(located_tasks(stream, document_of)):
            document = task.document
            if document is None:
                careful, _ = decode_task(task.raw, ())
                document = careful.data.doc_id if careful else ""
            found[parts.get(document)].add(number, task.offset, len(task.raw))
    return [tasks for tasks in found.values() if len(tasks)], addresses


def _documents(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Each document and its part."""
    for name in corpus.part_names:
        file = layer_file(name, DOCUMENTS.name)
        data, fault = read_inside(corpus.root, file)
        frame, faults = read_records(data, corpus.layers[DOCUMENTS.name], file) if data is not None else (None, [])
        for doc_id in readable(frame, [fault] if fault else faults)["doc_id"]:
            yield doc_id, name


def _gather(
    importer: PartImporter,
    tasks: Sequence[PartTasks],
    files: Staging,
    base: Staging,
    engine: Engine,
    progress: Progress,
) -> Gathering:
    """What comes of all parts."""
    gathering = Gathering()
    done, total = 0, sum(map(len, tasks))
    for each, part in zip(tasks, engine(importer, tasks), strict=True):
        gathering.add(part)
        files.add(part.files)
        base.add(part.base)
        done += len(each)
        progress(done, total)
    return gathering


def _absent(people: People, gathering: Gathering) -> Iterator[Notice]:
    """The accounts that were named and met nowhere."""
    for name in people.absent(gathering.met):
        what = f"{excerpt(name)} has annotated nothing in this export"
        fix = "nothing, if that is intended; otherwise correct the address or number"
        yield Notice("annotator-absent", (), what, fix)


def _write(
    root: Path, files: Staging, beside: Sequence[tuple[str, bytes]], base: Path | None, new_base: Staging
) -> None:
    """Write every file that changes, and bring the base up to date; all or none.

    A base outside of the root has a journal of its own and changes after the root: where the
    process is killed between the two, the same import again finds its changes made.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(root, error) from error
    inside = base is not None and base.resolve().is_relative_to(root.resolve())
    prefix = f"{base.resolve().relative_to(root.resolve()).as_posix()}/" if base is not None and inside else ""
    ours = ((f"{prefix}{file}", data) for file, data in new_base.contents())
    with prepared_files(root, chain(files.contents(), beside, ours if inside else ())) as put:
        if base is None or inside:
            put()
        else:
            with prepared_files(base, new_base.contents()) as put_base:
                put()
                put_base()
