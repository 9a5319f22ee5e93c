"""Work on the workers of a Dask cluster, which ends in words where the cluster is lost."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import multiprocessing
import pickle
import time
import warnings
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import wait
from typing import TYPE_CHECKING, Any, TypeVar

from stancebank.faults import StanceBankError, StoppedError, excerpt, printable
from stancebank.storage.waiting import OverdueError, within
from stancebank.work.memory import give_back_memory
from stancebank.work.ordered_work import AHEAD, PATIENCE, LostWorkError, available_cores, in_order, share_of_cores

if TYPE_CHECKING:
    from distributed import Client, LocalCluster

T = TypeVar("T")
R = TypeVar("R")

_STARTING = 300  # seconds for the processes of a cluster on this machine to start
REPLACEMENT = 120  # seconds for a worker to start where the last one was lost, also on a busy machine
_LOOK = 1  # seconds between two looks at a cluster


class _GoneError(StoppedError):
    """Nothing works on the cluster any more."""


def on_cluster(client: Client, function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """An engine of the workers of a Dask cluster, which starts lost work again itself."""
    from distributed import CancelledError, KilledWorker
    from distributed.comm.core import CommClosedError

    # Unpickled there once for each worker, and once more where that worker is lost.
    held = client.submit(pickle.loads, pickle.dumps(function), pure=False)
    taken = 0
    gone = False

    def submit(item: T) -> Any:  # noqa: ANN401  (Dask's future)
        return client.submit(_apply, held, pickle.dumps(item), pure=False)

    def result_of(future: Any) -> Any:  # noqa: ANN401
        nonlocal gone
        try:
            try:
                data = _result_on(client, future)
            except KilledWorker:  # Dask counts a worker that was killed against all that it had in hand, not one item
                data = _result_on(client, submit(items[taken]))
            return pickle.loads(data)  # noqa: S301  (what our own function gave)
        except (_GoneError, CommClosedError):
            gone = True
            raise

    try:
        results = in_order(submit, items, lambda: AHEAD * _cores_of(client), lambda _: gone, result_of)
        for result in results:
            taken += 1
            yield result
    except KilledWorker:
        raise LostWorkError(items[taken]) from None
    except ImportError as error:
        what = f"the workers of the cluster lack what is here: {printable(str(error))}"
        raise StanceBankError(what, "install the same version of stancebank, with the same extras, for them") from None
    except (CancelledError, CommClosedError) as error:
        what = f"the cluster gave no result for {printable(str(items[taken]))}: {printable(str(error))}"
        raise StoppedError(what, "see to the scheduler and its workers, then run the command again") from None


def _result_on(client: Client, future: Any) -> Any:  # noqa: ANN401  (Dask's future, and what it gives)
    """The result of a future, which is fetched with the work done again as long as there are workers.

    StoppedError where no worker is left and none comes, and where the scheduler does not answer.
    """

    async def fetched() -> Any:  # noqa: ANN401
        return await future

    loop: Any = client.loop
    coming = asyncio.run_coroutine_threadsafe(fetched(), loop.asyncio_loop)
    try:
        seen = time.monotonic()
        while not wait([coming], _LOOK).done:
            if _cores_of(client):
                seen = time.monotonic()
            elif time.monotonic() - seen > REPLACEMENT:
                what = "the cluster has lost all of its workers, and no other has come"
                raise _GoneError(what, "start workers there, then run the command again")
        return coming.result(timeout=0)
    finally:
        coming.cancel()


def _cores_of(client: Client) -> int:
    """How many cores the workers of a cluster have together; StoppedError where its scheduler does not answer."""
    from distributed.comm.core import CommClosedError

    try:
        scheduler: Any = client.scheduler
        cores: dict[str, int] = client.sync(scheduler.ncores, callback_timeout=PATIENCE)  # type: ignore[no-untyped-call]
    except TimeoutError:
        what = f"the scheduler of the cluster has not answered for {PATIENCE} seconds"
        raise _GoneError(what, "see to the scheduler, then run the command again") from None
    except OSError as error:
        raise CommClosedError(str(error)) from error
    return sum(cores.values())


def _apply(function: Callable[[Any], object], item: bytes) -> bytes:
    """Apply a function to an item; both ways pickled here, since Dask sends a named tuple in a dict as a plain one."""
    give_back_memory()  # a worker may be new, and Dask has glibc give back small blocks too, which takes long
    return pickle.dumps(function(pickle.loads(item)))  # noqa: S301


@contextlib.contextmanager
def cluster_client(address: str | None, workers: int | None) -> Iterator[Client]:
    """A client of a scheduler, which has a worker; without an address of a cluster on this machine.

    Raises StanceBankError where there is none.
    """
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError:
        what = "a cluster needs distributed, which is not installed"
        raise StanceBankError(what, "pip install 'stancebank[cluster]', or use --workers") from None
    with contextlib.ExitStack() as closing, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sending large graph")  # the corpus' register, once
        where: Any = address
        if address is None:
            # Else each worker looks at its stack a hundred times a second, which takes time from the work.
            closing.enter_context(dask.config.set({"distributed.worker.profile.enabled": False}))
            where = _local_cluster(workers or available_cores())
            closing.callback(_close_cluster, where)
        gc.collect()  # a client that never connected closes itself when collected, for ever if another is just starting
        try:
            client = within(2 * PATIENCE, lambda: Client(where, timeout=PATIENCE))  # type: ignore[no-untyped-call]
            closing.callback(_close_client, client)
            within(2 * PATIENCE, lambda: client.wait_for_workers(1, timeout=PATIENCE))
        except (OSError, ValueError, TypeError, TimeoutError, OverdueError) as error:
            place = "on this machine" if address is None else f"at {excerpt(address)}"
            what = f"no Dask cluster with a worker answers {place}: {printable(str(error))}"
            raise StanceBankError(what, "start a scheduler and its workers, or correct the address") from None
        yield client


def _local_cluster(workers: int) -> LocalCluster:
    from distributed import LocalCluster

    try:
        return within(
            _STARTING,
            lambda: LocalCluster(  # type: ignore[no-untyped-call]
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=0,  # none, as that of a process without Dask
                host="127.0.0.1",
                dashboard_address="127.0.0.1:0",
                silence_logs=logging.CRITICAL,
                env={"POLARS_MAX_THREADS": str(share_of_cores(workers))},
            ),
        )
    except (OSError, RuntimeError, TimeoutError, OverdueError) as error:
        _kill_workers()
        what = f"no Dask cluster could be started on this machine: {printable(str(error) or type(error).__name__)}"
        raise StanceBankError(what, "use fewer workers, or --workers without --cluster") from None


def _close_client(client: Client) -> None:
    with contextlib.suppress(TimeoutError):
        client.close(timeout=PATIENCE)  # type: ignore[no-untyped-call]


def _close_cluster(cluster: LocalCluster) -> None:
    try:
        within(PATIENCE, cluster.close)
    except OverdueError:
        _kill_workers()


def _kill_workers() -> None:
    """End what a cluster on this machine has started, which is else waited for when this process ends."""
    for process in multiprocessing.active_children():
        if process.name.startswith("Dask Worker"):
            process.kill()
