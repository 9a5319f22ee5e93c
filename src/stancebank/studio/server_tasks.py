"""What has become of each task on a server, as read from an export."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson

from stancebank.studio.task_stream import raw_tasks

# What Label Studio sets where somebody, and not an import, has made or changed an annotation.
_TRACES = ("updated_by", "last_action", "lead_time", "draft_created_at", "parent_prediction", "parent_annotation")
_AT_ONCE = 1.0  # seconds between made and changed of an annotation that was only imported


@dataclass(frozen=True, slots=True)
class ServerTask:
    """A task on a server, and who did what with it.

    document: the id in its data, empty where there is none. pushed: annotations as
    sent, which nobody has touched. done, skipped: who submitted or changed an
    annotation, and who cancelled one. drafts: who has not submitted their work.
    """

    number: int
    document: str
    pushed: int
    done: tuple[str, ...]
    skipped: tuple[str, ...]
    drafts: tuple[str, ...]
    predictions: int

    @property
    def has_work(self) -> bool:
        """Whether somebody's work would be lost with the task."""
        return bool(self.done or self.skipped or self.drafts or self.pushed > 1)


def server_tasks(export: Path, users: Mapping[int, str]) -> Iterator[ServerTask]:
    """The tasks of an export that Server.snapshot has written; users: names by number."""
    with export.open("rb") as stream:
        for raw in raw_tasks(stream):
            yield _server_task(orjson.loads(raw), users)


def _server_task(task: dict[str, Any], users: Mapping[int, str]) -> ServerTask:
    data = task.get("data")
    document = data.get("doc_id") if isinstance(data, dict) else None
    pushed, done, skipped = 0, [], []
    for annotation in task.get("annotations") or []:
        if annotation.get("was_cancelled"):
            skipped.append(_who(annotation, users))
        elif _is_touched(annotation):
            done.append(_who(annotation, users))
        else:
            pushed += 1
    drafts = [_name(draft.get("user"), users) for draft in task.get("drafts") or []]
    done, skipped, drafts = (sorted(set(names)) for names in (done, skipped, drafts))
    return ServerTask(
        number=int(task["id"]),
        document=document if isinstance(document, str) else "",
        pushed=pushed,
        done=tuple(done),
        skipped=tuple(skipped),
        drafts=tuple(drafts),
        predictions=len(task.get("predictions") or []),
    )


def _is_touched(annotation: Mapping[str, Any]) -> bool:
    if any(annotation.get(trace) for trace in _TRACES):
        return True
    made, changed = (datetime.fromisoformat(annotation[key]) for key in ("created_at", "updated_at"))
    return abs((changed - made).total_seconds()) > _AT_ONCE


def _who(annotation: Mapping[str, Any], users: Mapping[int, str]) -> str:
    return _name(annotation.get("updated_by") or annotation.get("completed_by"), users)


def _name(user: object, users: Mapping[int, str]) -> str:
    """The name of a user, given as number or, in an expanded export, as an object or as an address."""
    if isinstance(user, dict):
        return str(user.get("email") or user.get("id"))
    if isinstance(user, int):
        return users.get(user, f"user {user}")
    return str(user)
