"""From an export of Label Studio to the corpus and to passes; nothing is written before all is read."""

from __future__ import annotations

import contextlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from stancebank.annotators import GOLD
from stancebank.corpus import Corpus, require_readable
from stancebank.engines import Engine, here
from stancebank.faults import excerpt
from stancebank.files import cannot_write, prepared_files, read_inside
from stancebank.jsonl import read_records
from stancebank.layers import DOCUMENTS
from stancebank.studio.base import base_corpus, is_base
from stancebank.studio.decoding import decode_task, document_of
from stancebank.studio.gathering import Gathering
from stancebank.studio.notices import Notice
from stancebank.studio.parts import PartImporter, PartTasks
from stancebank.studio.people import People
from stancebank.studio.reading import ImportedDocument
from stancebank.studio.staging import Staging
from stancebank.studio.task_stream import placed_tasks

Progress = Callable[[int, int], object]
"""Is told how many tasks have been read, of how many."""


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
    engine: Engine = here,
    progress: Progress = lambda *_: None,
) -> Imported:
    """Bring the annotations of an export into the corpus or into passes, all of them or none.

    stream: the export; read in bounded memory. base: folder of what was
    sent, the corpus itself without it; it is brought up to date unless out is given.
    out: where to write corpus/ and annotation/passes/, the corpus root without it.
    names: annotators by e-mail address or id on the server. write: whether anything is
    written. engine: where the parts are read. Where a task has several annotations,
    each annotator of the export gets a pass, as also where names gives somebody one;
    else the annotations are the corpus's own, and are merged with what has been changed
    there since. What a notice refuses stays as it was. Raises StanceBankError where the
    corpus, the base or the export cannot be read, or where writing fails.
    """
    require_readable(corpus.faults)
    if out is not None and out.resolve() == corpus.root.resolve():
        out = None
    names = names or {}
    people = People(names, shared=any(name != GOLD for name in names.values()), apart=not write)
    corpus = replace(corpus, seeds=None)  # nothing here needs them, and they can be many
    sent = corpus if base is None else base_corpus(corpus, base)
    known = base if base is not None and is_base(base) else None
    with _named_file(stream) as export, Staging() as files, Staging() as new_base:
        tasks = _tasks_by_part(corpus, export)
        importer = PartImporter(corpus, sent, known, export, people, write, elsewhere=out is not None)
        gathering = _gather(importer, tasks, files, new_base, engine, progress)
        if gathering is None:
            importer = replace(importer, people=replace(people, shared=True))
            gathering = _gather(importer, tasks, files, new_base, engine, progress)
        assert gathering is not None
        importer.people.require_distinct(gathering.met)
        if write:
            _write(out or corpus.root, files, known if out is None else None, new_base)
        notices = (*gathering.notices(), *_absent(people, gathering))
        return Imported(notices, tuple(gathering.documents()), tuple(files.names()))


@contextlib.contextmanager
def _named_file(stream: BinaryIO) -> Iterator[Path]:
    """The stream as a file that other processes can open: the one that it reads, else a copy."""
    path = _path_of(stream)
    if path is not None:
        yield path
        return
    with tempfile.NamedTemporaryFile(prefix="stancebank-") as copy:
        shutil.copyfileobj(stream, copy)
        copy.flush()
        yield Path(copy.name)


def _path_of(stream: BinaryIO) -> Path | None:
    """Where the regular file that is open can be opened again; None where it cannot."""
    try:
        path = Path(stream.name).absolute()
        opened, there = os.fstat(stream.fileno()), path.stat()
    except (AttributeError, TypeError, OSError, ValueError):
        return None
    return path if stat.S_ISREG(there.st_mode) and os.path.samestat(opened, there) else None


def _tasks_by_part(corpus: Corpus, export: Path) -> list[PartTasks]:
    """The tasks of an export by the part that has their document; parts in order, then the tasks of none."""
    found = {name: PartTasks(name) for name in (*corpus.part_names, None)}
    parts = dict(_documents(corpus))
    with export.open("rb") as stream:
        for number, task in enumerate(placed_tasks(stream, document_of)):
            document = task.document
            if document is None:
                careful, _ = decode_task(task.raw, ())
                document = careful.data.doc_id if careful else ""
            found[parts.get(document)].add(number, task.offset, len(task.raw))
    return [tasks for tasks in found.values() if len(tasks)]


def _documents(corpus: Corpus) -> Iterator[tuple[str, str]]:
    """Each document and its part."""
    for name in corpus.part_names:
        file = f"corpus/{name}/{DOCUMENTS.file_name}"
        data, fault = read_inside(corpus.root, file)
        frame, faults = read_records(data, DOCUMENTS, file) if data is not None else (None, [])
        require_readable([*([fault] if fault else []), *faults])
        assert frame is not None
        for doc_id in frame["doc_id"]:
            yield doc_id, name


def _gather(
    importer: PartImporter,
    tasks: Sequence[PartTasks],
    files: Staging,
    base: Staging,
    engine: Engine,
    progress: Progress,
) -> Gathering | None:
    """What comes of all parts; None, and nothing kept, once a task shows that several people share the work."""
    gathering = Gathering()
    done, total = 0, sum(map(len, tasks))
    for each, part in zip(tasks, engine(importer, tasks), strict=True):
        if part.shared and not importer.people.shared:
            files.clear()
            base.clear()
            return None
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
        fix = "nothing, where that is so; else correct the address or number"
        yield Notice("annotator-absent", (), what, fix)


def _write(root: Path, files: Staging, base: Path | None, new_base: Staging) -> None:
    """Write every file that changes, and bring the base up to date; all files of a folder or none."""
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(root, error) from error
    with prepared_files(root, files.contents()) as put:
        if base is None:
            put()
        else:
            with prepared_files(base, new_base.contents()) as put_base:
                put()
                put_base()
