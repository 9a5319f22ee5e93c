"""Where work over parts is done: in this process, in several, or on a Dask cluster.

An engine carries out one plain function over many items and gives the results in
the order of the items, so that what is made of them does not depend on the engine.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import multiprocessing
import os
import pickle
import signal
import threading
import time
import traceback
import warnings
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from stancebank.faults import StanceBankError, StoppedError, excerpt, printable
from stancebank.memory import give_back_memory

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from distributed import Client

T = TypeVar("T")
R = TypeVar("R")

LOCAL = "local"  # the address that stands for a cluster on this machine
_TRIES = 2  # of an item whose process was killed
_AHEAD = 2  # items for each worker that are under way, or done, before the result of the first is taken
_THREADS = 2  # of in_threads; items under way, and one more is done or waits
_PATIENCE = 30  # seconds to wait for a scheduler, for its first worker, and for what it has under way after an error


class Engine(Protocol):
    """Carries out work over items."""

    def __call__(self, function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
        """The function's result for each item, in the order of the items.

        Function, items and results must be able to be pickled. What the function
        raises is raised here. Where the results are closed before their end, what is
        under way ends first. Raises LostWorkError where what worked on an item was
        killed time and again, and StoppedError where a cluster is lost.
        """


class LostWorkError(StoppedError):
    """What worked on an item was killed time and again."""

    def __init__(self, item: object) -> None:
        what = f"the process that worked on {printable(str(item))} was killed, and so was the next one that tried"
        super().__init__(what, "give it more memory or use fewer workers, then run the command again")


def here(function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """The engine that works in this process, on one item after the other."""
    yield from map(function, items)


def in_threads(function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """The engine that works in this process, on two items at a time.

    It gains where a function spends its time in libraries that let other threads run
    meanwhile, as Polars and Arrow do, and takes the memory of two items.
    """
    if len(items) == 1 or _cores() == 1:
        yield from here(function, items)
    else:
        with ThreadPoolExecutor(_THREADS) as threads:
            yield from _in_order(lambda item: threads.submit(function, item), items, lambda: _THREADS, Future.cancel)


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
        with _client(cluster, workers) as client:
            yield partial(_on_cluster, client)
    elif workers is None or workers == 1:
        give_back_memory()
        yield here if workers else alone
    else:
        yield partial(_in_processes, workers)


def _in_processes(workers: int, function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """An engine of processes on this machine, each with a thread here that hands it one item after the other.

    A thread knows on which item its process was when it was killed, and starts another.
    """
    held = pickle.dumps(function)
    processes: dict[int, _Process] = {}

    def apply(item: T) -> R:
        thread = threading.get_ident()
        for _ in range(_TRIES):
            if thread not in processes:
                processes[thread] = _Process(held, _share(workers))
            try:
                result: R = processes[thread].apply(item)
                return result
            except _KilledError:
                processes.pop(thread).close()
        raise LostWorkError(item)

    # The processes inherit the mask: what is interrupted is ended from here.
    threads = ThreadPoolExecutor(
        workers, initializer=signal.pthread_sigmask, initargs=(signal.SIG_BLOCK, [signal.SIGINT])
    )
    try:
        yield from _in_order(lambda item: threads.submit(apply, item), items, lambda: _AHEAD * workers, Future.cancel)
    finally:
        # What is under way ends first, since it may write where others then clear away.
        threads.shutdown(cancel_futures=True)
        for process in processes.values():
            process.close()


def _on_cluster(client: Client, function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """An engine of the workers of a Dask cluster, which starts lost work again itself."""
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    # Unpickled there once for each worker, and once more where that worker is lost.
    held = client.submit(pickle.loads, pickle.dumps(function), pure=False)
    current = iter(items)

    def submit(item: T) -> Any:  # noqa: ANN401  (Dask's future)
        return client.submit(_apply, held, item, pure=False)

    def ahead() -> int:
        try:
            return _AHEAD * sum(client.ncores().values())  # type: ignore[no-untyped-call]
        except OSError as error:
            raise CommClosedError(str(error)) from error

    try:
        for result in _in_order(submit, items, ahead, result=partial(_result_on, client)):
            next(current)
            yield result
    except KilledWorker:
        raise LostWorkError(next(current)) from None
    except ImportError as error:
        what = f"the workers of the cluster lack what is here: {printable(str(error))}"
        raise StanceBankError(what, "install the same version of stancebank, with the same extras, for them") from None
    except (CancelledError, CommClosedError) as error:
        what = f"the cluster gave no result for {printable(str(next(current)))}: {printable(str(error))}"
        raise StoppedError(what, "see to the scheduler and its workers, then run the command again") from None


def _result_on(client: Client, future: Any) -> Any:  # noqa: ANN401  (Dask's future, and what it gives)
    """The result of a future, once it is there; StoppedError where no worker is left and none comes."""
    from distributed import wait

    while True:
        try:
            wait(future, timeout=_PATIENCE)  # type: ignore[no-untyped-call]
        except TimeoutError:
            try:
                client.wait_for_workers(1, timeout=_PATIENCE)
            except TimeoutError:
                what = "the cluster has lost all of its workers, and no other has come"
                raise StoppedError(what, "start workers there, then run the command again") from None
        else:
            return future.result()


def _in_order(
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
        until = time.monotonic() + _PATIENCE
        for future in waiting:
            if not cancel(future):
                with contextlib.suppress(Exception):
                    future.result(timeout=max(0.0, until - time.monotonic()))


class _KilledError(Exception):
    """A process is gone, with what it worked on."""


class _Process:
    """A process on this machine that applies a function to one item after the other.

    The pool of the standard library would wait for ever for a process that is killed
    while it sends a result: both ends of its pipe are open in the parent.
    """

    def __init__(self, function: bytes, threads: int) -> None:
        """Start it. function: pickled. threads: how many it may have."""
        context = multiprocessing.get_context("spawn")  # a fork would lose the threads of Polars and Arrow
        self._pipe, there = context.Pipe()
        self._process = context.Process(target=_serve, args=(there, function, threads), daemon=True)
        self._process.start()
        there.close()

    def apply(self, item: object) -> Any:  # noqa: ANN401  (what the function gives)
        """The function's result; raises what the function raises, and _KilledError where the process is gone."""
        try:
            self._pipe.send(item)
            done, given = self._pipe.recv()
        except (EOFError, OSError):
            raise _KilledError from None
        if not done:
            raise given
        return given

    def close(self) -> None:
        """End it, unless it is gone."""
        self._pipe.close()
        self._process.join()


def _serve(pipe: Connection[Any, Any], function: bytes, threads: int) -> None:
    """Apply the function to what comes through the pipe, until its other end is closed or the parent is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    os.environ["POLARS_MAX_THREADS"] = str(threads)
    import pyarrow as pa

    pa.set_cpu_count(threads)
    give_back_memory()
    held = pickle.loads(function)  # noqa: S301  (what the parent pickled)
    while True:
        try:
            item = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, held(item)))
        except Exception as error:  # also of a result that cannot be pickled, of which nothing has been sent
            error.add_note(traceback.format_exc())
            pipe.send((False, error))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _apply(function: Callable[[T], R], item: T) -> R:
    give_back_memory()  # a worker may be new, and Dask has glibc give back small blocks too, which takes long
    return function(item)


@contextlib.contextmanager
def _client(address: str, workers: int | None) -> Iterator[Client]:
    try:
        import dask
        from distributed import Client, LocalCluster
    except ImportError:
        what = "a cluster needs distributed, which is not installed"
        raise StanceBankError(what, "pip install 'stancebank[cluster]', or use --workers") from None
    with contextlib.ExitStack() as closing, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")  # the corpus' register, once
        where: Any = address
        if address == LOCAL:
            count = workers or _cores()
            # Else each worker looks at its stack a hundred times a second, which takes time from the work.
            closing.enter_context(dask.config.set({"distributed.worker.profile.enabled": False}))
            where = closing.enter_context(
                LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=count,
                    threads_per_worker=1,
                    memory_limit=0,  # none, as that of a process without Dask
                    host="127.0.0.1",
                    dashboard_address="127.0.0.1:0",
                    silence_logs=logging.CRITICAL,
                    env={"POLARS_MAX_THREADS": str(_share(count))},
                )
            )
        gc.collect()  # a client that never connected closes itself when collected, for ever if another is just starting
        try:
            client = closing.enter_context(Client(where, timeout=_PATIENCE))  # type: ignore[no-untyped-call]
            client.wait_for_workers(1, timeout=_PATIENCE)
        except (OSError, ValueError, TypeError, TimeoutError) as error:
            what = f"no Dask cluster with a worker answers at {excerpt(address)}: {printable(str(error))}"
            raise StanceBankError(what, "start a scheduler and its workers, or correct the address") from None
        yield client


def _share(workers: int) -> int:
    """How many threads each of the workers on this machine may have."""
    return max(1, _cores() // workers)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
