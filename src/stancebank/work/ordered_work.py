"""Work on items in parallel whose results come in the order of the items, wherever it is done."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from stancebank.faults import StoppedError, printable

T = TypeVar("T")

AHEAD = 2  # items for each worker that are under way, or done, before the result of the first is taken
PATIENCE = 30  # seconds to wait for a scheduler, for a worker, and for what is under way after an error


class LostWorkError(StoppedError):
    """What worked on an item was killed time and again."""

    def __init__(self, item: object) -> None:
        what = f"the process that worked on {printable(str(item))} was killed, and so was the next one that tried"
        super().__init__(what, "give it more memory or use fewer workers, then run the command again")


def in_order(
    submit: Callable[[T], Any],
    items: Sequence[T],
    ahead: Callable[[], int],
    cancel: Callable[[Any], bool] = lambda _: False,
    result: Callable[[Any], Any] = Future.result,
) -> Iterator[Any]:
    """The results of items in their order; so few are under way at once that those waiting to be taken stay few.

    ahead: how many may be submitted before the result of the first is taken.
    cancel: takes back what has not begun, and says whether it could. result: waits for what was submitted.
    """
    waiting: deque[Any] = deque()
    try:
        for item in items:
            waiting.append(submit(item))
            if len(waiting) > ahead():
                yield result(waiting.popleft())
        while waiting:
            yield result(waiting.popleft())
    finally:
        # What is under way ends first, since it may write where others then clear away; of a cluster it may be lost.
        until = time.monotonic() + PATIENCE
        for future in waiting:
            if not cancel(future):
                with contextlib.suppress(Exception):
                    future.result(timeout=max(0.0, until - time.monotonic()))


def share_of_cores(workers: int) -> int:
    """How many threads each of the workers on this machine may have."""
    return max(1, available_cores() // workers)


def available_cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
