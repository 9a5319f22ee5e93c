"""How freed memory goes back to the system, so that a process holds what a part needs and no more."""

from __future__ import annotations

import ctypes

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
