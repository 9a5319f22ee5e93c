"""What has become of each document on a server."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from stancebank.corpus import Corpus, require_readable
from stancebank.studio.client import Project, Server
from stancebank.studio.folder import studio_folder
from stancebank.studio.importing import import_annotations
from stancebank.studio.projects import base_folder
from stancebank.studio.pull import snapshot
from stancebank.studio.server_tasks import ServerTask, server_tasks

State = Literal["missing", "several tasks", "to do", "skipped", "done"]


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
        """missing: no task. to do: nobody has submitted anything. skipped: all that anybody did was to skip it."""
        if not self.tasks:
            return "missing"
        if len(self.tasks) > 1:
            return "several tasks"
        task = self.tasks[0]
        return "done" if task.done else "skipped" if task.skipped else "to do"

    @property
    def needs_attention(self) -> bool:
        """Whether there is something to do but to go on annotating."""
        return self.state in ("missing", "several tasks", "skipped") or any(task.drafts for task in self.tasks)


def project_status(corpus: Corpus, server: Server, project: Project) -> list[DocumentStatus]:
    """The status of each document, in the order of the corpus, then that of documents which it does not have."""
    documents: list[str] = []
    for name in corpus.part_names:
        part = corpus.read_part(name)
        require_readable(part.faults)
        documents += part["documents"]["doc_id"].to_list()
    tasks: dict[str, list[ServerTask]] = {document: [] for document in documents}
    export = snapshot(server, project.id, studio_folder(corpus.root))
    try:
        for task in server_tasks(export, server.users()):
            tasks.setdefault(task.document, []).append(task)
        folder = base_folder(corpus.root, server, project.id)
        with export.open("rb") as stream:
            imported = import_annotations(corpus, stream, base=folder if folder.is_dir() else None, write=False)
    finally:
        export.unlink(missing_ok=True)
    changes = Counter[str]()
    for each in imported.documents:
        changes[each.doc_id] += each.changed
    return [DocumentStatus(document, tuple(found), changes[document]) for document, found in tasks.items()]
