"""The tasks of a project with all that is in them, by pages, in the form of an export.

An export of the server's own stays on its disk even when it is deleted, and takes one long request that proxies cut.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

PAGE = 50
"""Tasks asked for at once; an article with its annotations is some 100 kB."""

Ask = Callable[[str, Mapping[str, object]], Any]
"""Gives the JSON of a path and a query."""


def whole_tasks(
    ask: Ask, project: int, addresses: Mapping[str, str], repeat: Repeat, page: int = PAGE
) -> Iterator[Any]:
    """Each task of a project, in the order of their numbers.

    addresses: of accounts, by number; annotations name their owner by both. repeat: asks again where an answer fails in
    passing, and then for fewer tasks. A task that is made or deleted meanwhile moves no other one out of sight.
    """
    last = 0
    while tasks := repeat(lambda size, after=last: ask("api/tasks/", _query(project, after, size))["tasks"], page):
        for task in tasks:
            drafts = []
            if task.get("draft_exists") or task.get("drafts"):
                number = task["id"]
                drafts = repeat(lambda _, number=number: ask(f"api/tasks/{number}/drafts", {}), 1)
            yield _as_exported(task, drafts, addresses)
        last = max(task["id"] for task in tasks)


Repeat = Callable[[Callable[..., Any], int], Any]


def _query(project: int, after: int, size: int) -> dict[str, object]:
    later = {"filter": "filter:tasks:id", "operator": "greater", "type": "Number", "value": after}
    query = {"filters": {"conjunction": "and", "items": [later]}, "ordering": ["tasks:id"]}
    ask: dict[str, object] = {"project": project, "page": 1, "page_size": size, "fields": "all"}
    return ask | {"resolve_uri": "false", "query": json.dumps(query)}


def _as_exported(task: dict[str, Any], drafts: object, addresses: Mapping[str, str]) -> dict[str, Any]:
    """A task as an export has it, whose annotations say who has made them, not only by a number."""
    for annotation in task.get("annotations") or ():
        who = annotation.get("completed_by")
        if isinstance(who, int):
            annotation["completed_by"] = {"id": who, "email": addresses.get(str(who))}
    changed = task.get("updated_by")
    if isinstance(changed, list):
        task["updated_by"] = next((each.get("user_id") for each in changed if isinstance(each, dict)), None)
    return task | {"drafts": drafts}
