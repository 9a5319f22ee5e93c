"""Where work over parts is done: in this process, in several, or on a Dask cluster.

An engine carries out one plain function over many items and gives the results in
the order of the items, so that what is made of them does not depend on the engine.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Protocol, TypeVar

from stancebank.faults import StanceBankError, excerpt
from stancebank.work.memory import give_back_memory
from stancebank.work.ordered_work import available_cores, in_order

T = TypeVar("T")
R = TypeVar("R")

LOCAL = "local"  # the address that stands for a cluster on this machine
_THREADS = 2  # of in_threads; items under way, and one more is done or waits


class Engine(Protocol):
    """Carries out work over items."""

    def __call__(self, function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
        """The function's result for each item, in the order of the items.

        Function, items and results must be able to be pickled. What the function
        raises is raised here. Where the results are closed before their end, what is
        under way ends first. Raises LostWorkError where what worked on an item was
        killed time and again, and StoppedError where a cluster is lost.
        """


def here(function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """The engine that works in this process, on one item after the other."""
    yield from map(function, items)


def in_threads(function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """The engine that works in this process, on two items at a time.

    It gains where a function spends its time in libraries that let other threads run
    meanwhile, as Polars and Arrow do, and takes the memory of two items.
    """
    if len(items) == 1 or available_cores() == 1:
        yield from here(function, items)
    else:
        with ThreadPoolExecutor(_THREADS) as threads:
            yield from in_order(lambda item: threads.submit(function, item), items, lambda: _THREADS, Future.cancel)


@contextlib.contextmanager
def engine(workers: int | None = None, cluster: str | None = None, alone: Engine = here) -> Iterator[Engine]:
    """An engine, which is closed when the block ends.

    workers: processes on this machine; 1 for this process alone, and None for it too,
    which then works as alone says. cluster: address of a Dask scheduler, which has its
    own workers, or LOCAL for a cluster on this machine with as many as are named, or
    else as there are cores. Raises StanceBankError where distributed is not installed,
    where no scheduler or no worker answers, and for a number of workers beside the
    address of a scheduler.
    """
    if workers is not None and cluster is not None and cluster != LOCAL:
        what = f"the cluster at {excerpt(cluster)} has as many workers as it has, and a number was given"
        raise StanceBankError(what, "leave out --workers, or start more workers there")
    if cluster is not None:
        from stancebank.work.dask_cluster import cluster_client, on_cluster

        with cluster_client(None if cluster == LOCAL else cluster, workers) as client:
            yield partial(on_cluster, client)
    elif workers is None or workers == 1:
        give_back_memory()
        yield here if workers else alone
    else:
        from stancebank.work.worker_processes import in_processes

        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Failed to kill subprocesses")  # there are none; loky looks with pgrep
            yield partial(in_processes, workers)
