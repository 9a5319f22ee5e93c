"""The documents of tasks: which one a task is for, and what keeps its annotations from being read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from stancebank.faults import excerpt
from stancebank.storage.json_positions import JsonPath
from stancebank.studio.importing.decoding import Data, Task, shown, shown_id
from stancebank.studio.importing.notices import Notice
from stancebank.studio.layout.tasks import Mode, Way


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of a task's document while its annotations are read.

    task: its id, for people. way: where the work on it goes. says_way: whether the task
    says so. offered: the entities that could be chosen, by alias. blank: whether it was
    sent without annotations. made_of: digest of the records that were sent. ends: the source
    or holder that was sent of each region.
    """

    task: str
    path: JsonPath
    doc_id: str
    way: Way
    says_way: bool
    offered: Mapping[str, Mapping[str, object]]
    blank: bool
    made_of: object
    ends: Mapping[str, str | None]

    @property
    def number(self) -> int:
        """The index of the task in the export."""
        return int(self.path[0])

    def notice(
        self, kind: str, path: JsonPath, what: str, fix: str, annotator: str | None = None, region: str | None = None
    ) -> Notice:
        """A notice about it."""
        return Notice(kind, path, what, fix, self.task, self.doc_id, annotator, region)


class TaskDocuments:
    """Finds the documents of the tasks of a part.

    texts: of the part's documents, by their ids. version: the format of the corpus. way: where the
    work goes on tasks that do not say it, to the gold without it; those that say it must say the same.
    """

    def __init__(self, texts: Mapping[str, str], version: str, way: Way | None) -> None:
        self._texts = texts
        self._version = version
        self._way = way
        self._tasks: dict[str, str] = {}

    def open(self, number: int, task: Task) -> Document | Notice:
        """The document of a task, or why nothing is read for it. number: the index of the task in the export."""
        path: JsonPath = (number,)
        data, named = task.data, shown_id(task.id)
        if data.doc_id not in self._texts:
            what = f"the doc_id is {excerpt(data.doc_id)}, and the corpus has no such document"
            fix = "import it into the corpus that it was exported from; of a document that was removed or renamed here,"
            fix += " stancebank studio remove deletes the task on the server and keeps a copy"
            return Notice("document-unknown", (*path, "data", "doc_id"), what, fix, named)
        listed = data.entities if isinstance(data.entities, list) else ()
        offered = {each["alias"]: each for each in listed if _is_choice(each)}
        ends = {k: v for k, v in data.ends.items() if _is_end(v)} if isinstance(data.ends, dict) else {}
        way = way_of(data, self._way or Way.gold)
        says_way, blank = data.way is not None, data.mode == Mode.texts
        document = Document(named, path, data.doc_id, way, says_way, offered, blank, data.made_of, ends)
        if data.doc_id in self._tasks:
            what = f"the task {self._tasks[data.doc_id]} is for this document too, and neither was taken"
            fix = "if the file joins two exports, import each of them alone; if the project has both tasks,"
            fix += " delete the one that nobody has worked on, in Label Studio"
            return document.notice("document-twice", path, what, fix)
        self._tasks[data.doc_id] = named
        return self._amiss(document, data) or document

    def _amiss(self, document: Document, data: Data) -> Notice | None:
        place = (*document.path, "data")
        if data.text != self._texts[data.doc_id]:
            what = "the text is not that of the document in the corpus"
            fix = "import it with the text as it was; push --replace drops what was done with the old one"
            return document.notice("text-changed", (*place, "text"), what, fix)
        if data.scheme_version not in (self._version, None):
            what = f"the task is of format {excerpt(data.scheme_version)}, the corpus of format {self._version}"
            fix = "import it with the corpus as it was, then migrate the corpus and push with --replace"
            return document.notice("scheme-changed", (*place, "scheme_version"), what, fix)
        if data.way is not None and (data.way != document.way or self._way not in (None, document.way)):
            expected = f"--as says {self._way}" if self._way else f"expected {' or '.join(Way)}"
            what = f"the task says that work on it goes to {shown(data.way)}; {expected}"
            return document.notice("way-differs", (*place, "way"), what, "import it without --as")
        return None


def way_of(data: Data, default: Way = Way.gold) -> Way:
    """Where a task says that the work on it goes; default: where it does not say."""
    return Way(data.way) if data.way in tuple(Way) else default


def _is_choice(choice: object) -> bool:
    return isinstance(choice, dict) and isinstance(choice.get("alias"), str)


def _is_end(mention: object) -> bool:
    return mention is None or isinstance(mention, str)
