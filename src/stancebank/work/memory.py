"""What becomes of freed memory: a process holds what a part needs and no more, and frees it at once."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # of mallopt, in glibc's malloc.h
_LARGE = 1 << 20  # bytes


def give_back_memory() -> None:
    """Have large blocks given back when they are freed, in this process and from now on.

    Arrow's own pool and glibc's heap keep them for later, and what the layers of a part
    took is then missing for its views: some 150 MiB of a process. Does nothing to the
    heap where there is no glibc.
    """
    import pyarrow as pa

    pa.set_memory_pool(pa.system_memory_pool())
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    mallopt(_MMAP_THRESHOLD, _LARGE)
    mallopt(_TRIM_THRESHOLD, _LARGE)


@contextmanager
def without_collections() -> Iterator[None]:
    """What is made in the block is freed by counting references; looking for cycles would take a tenth of its time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
