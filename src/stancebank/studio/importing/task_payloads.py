"""Annotations that do not lie in their tasks: in the files of a target storage, and in what a webhook is sent."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import msgspec
import orjson

from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.studio.importing.task_stream import located_tasks


class Payload(StrEnum):
    """What holds an annotation with the data of its task.

    task: an export's task. stored: an annotation with its task, as a target storage gets it. event: what a webhook is
    sent.
    """

    task = "task"
    stored = "stored"
    event = "event"


def payload(content: dict[str, Any]) -> Payload | None:
    """What an object is; None where it holds no annotation with its task."""
    if _event_name(content) is not None:
        return Payload.event
    if isinstance(content.get("data"), dict):
        return Payload.task
    if isinstance(content.get("result"), list) and _has_data(content.get("task")):
        return Payload.stored
    return None


class Unlike(NamedTuple):
    """What an object is that is no task, for people. fix: empty where an export as JSON is the way."""

    what: str
    fix: str = ""


def unlike_a_task(content: dict[str, Any]) -> Unlike | None:
    """What an object is, where that is known and no task."""
    if isinstance(content.get("tasks"), list):
        return Unlike("a page of tasks as the server lists them, of which there may be more")
    if "detail" in content or "status_code" in content:
        return Unlike(
            f"a server's answer of an error: {excerpt(str(content.get('detail') or content['status_code']))}",
            "correct the address or the token that it came from, and export the project as JSON",
        )
    if isinstance(content.get("result"), list):
        return Unlike("a list of annotations without the data of their tasks")
    if isinstance(content.get("from_name"), str):
        return Unlike("the result of one annotation without its task")
    if isinstance(content.get("doc_id"), str) and "data" not in content:
        return Unlike("an export as JSON_MIN, which leaves out what values belong to")
    if isinstance(content.get("images"), list) and isinstance(content.get("annotations"), list):
        return Unlike("an export as COCO")
    return None


class _Place(NamedTuple):
    file: int
    offset: int
    length: int


class TaskJoin:
    """Tasks of several files: each task once, with all annotations that the files have of it.

    Of an annotation that is there several times the last one counts, by its own date;
    one that a webhook reports as deleted is left out. Memory grows with the number of objects, not with their length.
    """

    def __init__(self) -> None:
        self.files: list[Path] = []
        self._tasks: dict[tuple[object, object], list[_Place]] = {}
        self._deleted: set[object] = set()

    def __len__(self) -> int:
        return len(self._tasks)

    def add_file(self, file: Path, name: str) -> None:
        """Take the objects of a file of JSON; those without an annotation and its task are left out.

        name: of the file, for people. Raises StanceBankError where one of them cannot be read.
        """
        number = len(self.files)
        self.files.append(file)
        with file.open("rb") as stream:
            for located in located_tasks(stream):
                content = _loaded(located.raw, name)
                task = _task_of(content)
                if task is not None:
                    key = task.get("id"), task["data"].get("doc_id")
                    self._tasks.setdefault(key, []).append(_Place(number, located.offset, len(located.raw)))
                if (_event_name(content) or "").endswith("DELETED"):
                    self._deleted.update(each.get("id") for each in _annotations(content))

    def write(self, stream: BinaryIO) -> None:
        """Write the tasks, one on each line."""
        for places in self._tasks.values():
            stream.write(orjson.dumps(self._joined(places), option=orjson.OPT_APPEND_NEWLINE))

    def _joined(self, places: list[_Place]) -> dict[str, Any]:
        task: dict[str, Any] = {}
        found: dict[object, dict[str, Any]] = {}
        for place in places:
            with self.files[place.file].open("rb") as stream:
                stream.seek(place.offset)
                content = orjson.loads(stream.read(place.length))
            task |= {key: value for key, value in (_task_of(content) or {}).items() if key != "annotations"}
            for annotation in _annotations(content):
                id = annotation.get("id") if "id" in annotation else object()
                earlier = found.get(id)
                if earlier is None or _moment(earlier) <= _moment(annotation):
                    found[id] = annotation
        kept = [each for id, each in found.items() if id not in self._deleted]
        return task | {"annotations": kept}


class _Event(msgspec.Struct):
    action: str


def _event_name(content: dict[str, Any]) -> str | None:
    """What has happened, where an object is what a webhook is sent; else None."""
    try:
        return msgspec.convert(content, _Event).action
    except msgspec.ValidationError:
        return None


def _loaded(raw: bytes, name: str) -> dict[str, Any]:
    try:
        content: dict[str, Any] = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = f"{printable(name)} is not valid JSON: {printable(error.msg)}"
        raise StanceBankError(what, "get it again; nothing was imported") from None
    return content


def _task_of(content: dict[str, Any]) -> dict[str, Any] | None:
    """The task of an object, without what it holds beside it; None where there is none with data."""
    kind = payload(content)
    if kind is Payload.task:
        return content
    task = content.get("task") if kind is not None else None
    return task if isinstance(task, dict) and _has_data(task) else None


def _annotations(content: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The annotations that an object holds."""
    if payload(content) is Payload.stored:
        yield {key: value for key, value in content.items() if key != "task"}
        return
    listed = content.get("annotations")
    for each in (content.get("annotation"), *(listed if isinstance(listed, list) else ())):
        if isinstance(each, dict):
            yield each


def _has_data(task: object) -> bool:
    return isinstance(task, dict) and isinstance(task.get("data"), dict)


def _moment(annotation: dict[str, Any]) -> str:
    """When it was changed last; dates as text, which a server always gives in one form."""
    moment = annotation.get("updated_at")
    return moment if isinstance(moment, str) else ""
