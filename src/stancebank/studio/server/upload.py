"""From the corpus to a server: every document once, whatever happens on the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import orjson

from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, counted, excerpt
from stancebank.studio.layout.merge_base import forget_saved, save_merge_base, sidecar
from stancebank.studio.layout.proposals import merge_base_part, proposal_mode, proposed_documents, sent_part
from stancebank.studio.layout.task_files import require_sound
from stancebank.studio.layout.tasks import Mode, Task, Way, part_tasks
from stancebank.studio.server.client import Project, Server, TooLargeError
from stancebank.studio.server.document_states import server_tasks
from stancebank.studio.server.projects import Work, merge_base_folder, open_project, snapshot
from stancebank.studio.server.studio_folder import alone, private_file, studio_folder

BATCH_DOCUMENTS = 50
BATCH_BYTES = 8 << 20
_CORRECTIONS = Work()


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push did.

    project: where it went. sent: documents that were not there. left: documents that
    were, and stay as they are. replaced: documents that were, and were sent again.
    """

    project: Project
    sent: int
    left: int
    replaced: int


def push(
    read: Corpus | Faulty,
    server: Server,
    project: str | None = None,
    mode: Mode | None = None,
    documents: Collection[str] | None = None,
    *,
    work: Work = _CORRECTIONS,
    annotator: str | None = None,
    replacing: bool = False,
    update_config: bool = False,
    instructions: str = "",
    kept: Callable[[Path], object] | None = None,
    progress: Callable[[int, int], object] | None = None,
    batch: int = BATCH_DOCUMENTS,
) -> Pushed:
    """Send documents to a project: those that are not there, with replacing those that are too.

    project: its number or title; without it the corpus's title; made where it is
    missing. mode: without it annotations to correct, for passes the texts. documents: their ids; without them all.
    work: the way of work of the project. annotator: whose pass is sent, as predictions, in place of the gold; of
    documents that the pass has. update_config: whether a labelling config that has changed
    is set there. instructions: what annotators can read in the project, as HTML. kept: is told where an export of
    the project is, before anything in it is replaced. progress: is told how many have
    been sent, of how many. batch: most documents in one request.

    A push that was cut off is completed by the next one. Raises UnsoundCorpusError
    where what is sent has errors, and StanceBankError for an unknown document, a
    project with another labelling config or way of work, two tasks of one document that
    both hold work, and where the server fails for good.
    """
    mode = proposal_mode(mode, work.way, annotator)
    corpus = require_sound(read, mode, annotator=annotator)
    wanted = _wanted(corpus, documents)
    if annotator is not None:
        wanted = proposed_documents(corpus, annotator, documents, work.way)
    folder = studio_folder(corpus.root)
    with alone(folder):
        target = open_project(server, corpus, project, work, update_config=update_config, instructions=instructions)
        there = _settled(server, target.id, folder)
        known = wanted & there.keys()
        again = known if replacing else set()
        if again:
            copy = keep_copy(server, target.id, merge_base_folder(corpus.root, server, target.id), folder)
            if kept is not None:
                kept(copy)
        outgoing = (wanted - known) | again
        done = 0
        for part, tasks in _batches(corpus, mode, work.way, outgoing, batch, annotator):
            ids = {task["data"]["doc_id"] for task in tasks}
            for document in ids & again:
                server.delete_task(there[document])
            base = merge_base_part(part, work.way)
            save_merge_base(merge_base_folder(corpus.root, server, target.id), base, ids, blank=mode is Mode.texts)
            forget_saved(merge_base_folder(corpus.root, server, target.id), part.name, ids)
            _deliver(server, target.id, tasks)
            done += len(tasks)
            if progress is not None:
                progress(done, len(outgoing))
        if outgoing:
            missing = outgoing - _settled(server, target.id, folder).keys()
            if missing:
                what = f"{counted(len(missing), 'document')} of {len(outgoing):,} have not arrived"
                raise StanceBankError(what, "the server may still be at it: look with stancebank studio status")
    return Pushed(target, len(outgoing - again), len(known - again), len(again))


def _wanted(corpus: Corpus, documents: Collection[str] | None) -> set[str]:
    there: set[str] = set()
    for name in corpus.part_names:
        part = corpus.sound_part(name)
        there.update(part["documents"]["doc_id"])
    for document in documents or ():
        if document not in there:
            raise StanceBankError(f"the corpus has no document {excerpt(document)}", "name documents by their doc_id")
    return there if documents is None else set(documents)


def _settled(server: Server, project: int, folder: Path) -> dict[str, int]:
    """The task of each document that is there; of those that are there twice, tasks without work are deleted but one.

    A request that was cut off may still have been carried out, and its documents sent again.
    """
    tasks: dict[str, list[int]] = {}
    for number, document, _ in server.documents(project):
        if document:
            tasks.setdefault(document, []).append(number)
    if any(len(numbers) > 1 for numbers in tasks.values()):
        export = snapshot(server, project, folder)
        try:
            worked = {task.number for task in server_tasks(export) if task.has_work}
        finally:
            export.unlink(missing_ok=True)
        for document, numbers in tasks.items():
            tasks[document] = [_settle(server, document, numbers, worked)]
    return {document: numbers[0] for document, numbers in tasks.items()}


def _settle(server: Server, document: str, numbers: list[int], worked: set[int]) -> int:
    with_work = [number for number in numbers if number in worked]
    if len(with_work) > 1:
        listed = " and ".join(map(str, with_work))
        what = f"document {excerpt(document)} has several tasks that somebody has worked on: {listed}"
        raise StanceBankError(what, "delete all but one of them in Label Studio")
    # The last one is what the base is of.
    kept = with_work[0] if with_work else numbers[-1]
    for number in numbers:
        if number != kept:
            server.delete_task(number)
    return kept


def keep_copy(server: Server, project: int, base: Path, folder: Path) -> Path:
    """Keep an export of the project as it is, and the base that it comes back to beside it; gives its file."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    copy = folder / "kept" / f"{moment}-{server.key}-{project}.json"
    with private_file(copy) as beside:
        server.snapshot(project, beside)
        if base.is_dir():
            shutil.copytree(base, sidecar(copy))
    return copy


def _batches(
    corpus: Corpus, mode: Mode, way: Way, documents: set[str], most: int, annotator: str | None
) -> Iterator[tuple[Part, list[Task]]]:
    """The tasks of documents in batches, each of one part."""
    for part in filter(None, (sent_part(corpus, name, annotator) for name in corpus.part_names)):
        for tasks in _bounded(part_tasks(part, mode, documents, way), most):
            yield part, tasks


def _bounded(tasks: Iterable[Task], most: int) -> Iterator[list[Task]]:
    batch: list[Task] = []
    size = 0
    for task in tasks:
        length = len(orjson.dumps(task))
        if batch and (len(batch) >= most or size + length > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(task)
        size += length
    if batch:
        yield batch


def _deliver(server: Server, project: int, tasks: list[Task]) -> None:
    """Send a batch, in halves where it is too large; where it is not clear whether it arrived, only what has not."""
    sent_before = False

    def send() -> None:
        nonlocal sent_before
        missing = tasks
        if sent_before:
            there = {task.document for task in server.documents(project)}
            missing = [task for task in tasks if task["data"]["doc_id"] not in there]
        sent_before = True
        if missing:
            server.import_tasks(project, missing)

    try:
        server.repeat(send)
    except TooLargeError as error:
        if len(tasks) == 1:
            document = excerpt(tasks[0]["data"]["doc_id"])
            raise StanceBankError(f"document {document} alone is too large: {error.what}", error.fix) from None
        half = len(tasks) // 2
        _deliver(server, project, tasks[:half])
        _deliver(server, project, tasks[half:])
