"""Tasks that go from a server, such as those of documents that the corpus does not have any more."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from stancebank.corpus.corpus import Corpus
from stancebank.faults import StanceBankError, did_you_mean, excerpt
from stancebank.studio.server.client import Project, Server
from stancebank.studio.server.document_states import server_tasks
from stancebank.studio.server.projects import find_project, merge_base_folder
from stancebank.studio.server.studio_folder import alone, studio_folder
from stancebank.studio.server.upload import keep_copy


@dataclass(frozen=True, slots=True)
class Removed:
    """What went from a project.

    tasks: how many. worked: documents that somebody had begun. copy: an export of what was there.
    """

    project: Project
    tasks: int
    worked: tuple[str, ...]
    copy: Path


def remove_tasks(corpus: Corpus, server: Server, name: str | None, documents: Collection[str]) -> Removed:
    """Delete the tasks of documents on a server, after an export of the project is kept.

    name: of the project, or its number; without it the corpus's title. Raises StanceBankError for a document that has
    no task there, with nothing deleted.
    """
    folder = studio_folder(corpus.root)
    with alone(folder):
        project = find_project(server, corpus, name)
        there = [task for task in server.documents(project.id) if task.document]
        known = sorted({task.document for task in there})
        for document in documents:
            if document not in known:
                what = f"{excerpt(project.title)} has no task of a document {excerpt(document)}"
                raise StanceBankError(what + did_you_mean(document, known), "stancebank studio status lists them")
        copy = keep_copy(server, project.id, merge_base_folder(corpus.root, server, project.id), folder)
        worked = {task.document for task in server_tasks(copy) if task.has_work and task.document in documents}
        numbers = [task.number for task in there if task.document in documents]
        for number in numbers:
            server.delete_task(number)
    return Removed(project, len(numbers), tuple(sorted(worked)), copy)
