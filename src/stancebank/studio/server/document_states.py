"""What the tasks on a server say, and so what has become of each document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import msgspec
import orjson

from stancebank.corpus.corpus import Corpus
from stancebank.schema.layers import DONE, OPEN, SKIPPED
from stancebank.studio.importing.decoding import Data, loose_annotation
from stancebank.studio.importing.import_run import Progress, import_annotations
from stancebank.studio.importing.people import People, shown_person
from stancebank.studio.importing.task_documents import way_of
from stancebank.studio.importing.task_marks import is_as_sent, task_marks
from stancebank.studio.importing.task_stream import raw_tasks
from stancebank.studio.server.client import Project, Server
from stancebank.studio.server.projects import merge_base_folder, snapshot
from stancebank.studio.server.studio_folder import studio_folder


@dataclass(frozen=True, slots=True)
class ServerWork:
    """How far somebody is with a task. who: their address. state: of progress. drafts: how many are not submitted."""

    who: str
    state: str
    drafts: int


@dataclass(frozen=True, slots=True)
class ServerTask:
    """A task on a server, and who did what with it.

    document: the id in its data, empty where there is none. pushed: annotations as
    sent, which nobody has touched. work: by annotator, who in a project of corrections
    is who made the last change.
    """

    number: int
    document: str
    pushed: int
    work: tuple[ServerWork, ...]
    predictions: int

    @property
    def has_work(self) -> bool:
        """Whether somebody's work would be lost with the task."""
        return bool(self.work or self.pushed > 1)


def server_tasks(export: Path, addresses: Mapping[str, str] | None = None) -> Iterator[ServerTask]:
    """The tasks of an export that Server.snapshot has written. addresses: of accounts, by number."""
    people = People({}, addresses or {}, apart=True)
    with export.open("rb") as stream:
        for raw in raw_tasks(stream):
            yield _server_task(orjson.loads(raw), people)


def _server_task(task: dict[str, Any], people: People) -> ServerTask:
    try:
        data = msgspec.convert(task.get("data"), Data)
    except msgspec.ValidationError:
        data = Data("", "")
    annotations = [each for each in map(loose_annotation, task.get("annotations") or []) if each is not None]
    worked = [each for each in annotations if each.was_cancelled or not is_as_sent(each, data)]
    marks = task_marks(data, way_of(data), worked, task.get("drafts"), people)
    return ServerTask(
        number=int(task["id"]),
        document=data.doc_id,
        pushed=len(annotations) - len(worked),
        work=tuple(ServerWork(shown_person(mark.who), mark.state, mark.drafts) for mark in marks),
        predictions=len(task.get("predictions") or []),
    )


State = Literal["missing", "several tasks", "to do", "open", "skipped", "done"]


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """A document of the corpus, or of a task whose document the corpus does not have.

    tasks: those of the document. changes: how many there are against what was sent.
    """

    document: str
    tasks: tuple[ServerTask, ...]
    changes: int

    @property
    def state(self) -> State:
        """missing: no task. to do: nobody has begun. open: nobody has submitted it. skipped: somebody did only that."""
        if not self.tasks:
            return "missing"
        if len(self.tasks) > 1:
            return "several tasks"
        states = {work.state for work in self.tasks[0].work}
        return "done" if DONE in states else "open" if OPEN in states else "skipped" if SKIPPED in states else "to do"

    @property
    def needs_attention(self) -> bool:
        """Whether there is something to do but to go on annotating."""
        begun = any(work.drafts or work.state == SKIPPED for task in self.tasks for work in task.work)
        return begun or self.state in ("missing", "several tasks")


def project_status(
    corpus: Corpus, server: Server, project: Project, progress: Progress = lambda *_: None
) -> list[DocumentStatus]:
    """The status of each document, in the order of the corpus, then that of documents which it does not have."""
    documents: list[str] = []
    for name in corpus.part_names:
        part = corpus.sound_part(name)
        documents += part["documents"]["doc_id"].to_list()
    tasks: dict[str, list[ServerTask]] = {document: [] for document in documents}
    export = snapshot(server, project.id, studio_folder(corpus.root))
    try:
        addresses = server.addresses()
        for task in server_tasks(export, addresses):
            tasks.setdefault(task.document, []).append(task)
        folder = merge_base_folder(corpus.root, server, project.id)
        with export.open("rb") as stream:
            base = folder if folder.is_dir() else None
            imported = import_annotations(
                corpus, stream, base=base, addresses=addresses, write=False, progress=progress
            )
    finally:
        export.unlink(missing_ok=True)
    changes = Counter[str]()
    for each in imported.documents:
        changes[each.doc_id] += each.changed
    return [DocumentStatus(document, tuple(found), changes[document]) for document, found in tasks.items()]
