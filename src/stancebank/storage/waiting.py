"""Waits that end: an answer in time, or an error that says what did not come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeVar

T = TypeVar("T")


class OverdueError(Exception):
    """No answer came in time."""


def within(seconds: float, ask: Callable[[], T]) -> T:
    """The answer of a function of somebody else's that sets itself no limit; it runs in a thread.

    Raises what the function raises, and OverdueError where it is not done in time. The
    thread is then left behind and keeps no process from ending.
    """
    answer: Future[T] = Future()

    def run() -> None:
        try:
            answer.set_result(ask())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    if not wait([answer], seconds).done:
        raise OverdueError(f"no answer within {seconds:.0f} seconds")
    return answer.result(timeout=0)
