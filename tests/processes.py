"""Waiting for what other processes do."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")

QUIT = "\nimport os, sys; sys.stdout.flush(); os._exit(0)"
"""Ends a script that has read with Arrow: its threads (pyarrow 26 at least) may abort a process that ends soon."""


def wait_for(condition: Callable[[], T], seconds: float = 60) -> T:
    """What the condition gives as soon as that is true; AssertionError where it is not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come to that")
