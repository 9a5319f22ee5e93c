"""Processes on this machine that apply a function to items, and are missed where they are killed."""

from __future__ import annotations

import contextlib
import functools
import itertools
import multiprocessing.resource_tracker
import os
import pickle
import shutil
import signal
import tempfile
import threading
import time
import traceback
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from stancebank.faults import StoppedError
from stancebank.storage.addresses import reason
from stancebank.storage.files import cannot_write
from stancebank.work.memory import give_back_memory
from stancebank.work.ordered_work import AHEAD, PATIENCE, LostWorkError, in_order, share_of_cores

T = TypeVar("T")
R = TypeVar("R")

_TRIES = 2  # of an item whose process was killed


def in_processes(workers: int, function: Callable[[T], R], items: Sequence[T]) -> Generator[R, None, None]:
    """An engine of processes on this machine, each with a thread here that hands it one item after the other."""
    with _Processes(function, share_of_cores(workers)) as processes:
        threads = ThreadPoolExecutor(workers)

        def result(future: Future[R]) -> R:
            try:
                return future.result()
            except KeyboardInterrupt:
                processes.end()
                raise

        try:
            yield from in_order(
                lambda item: threads.submit(processes.apply, item),
                items,
                lambda: AHEAD * workers,
                Future.cancel,
                result,
            )
        finally:
            processes.end()
            threads.shutdown(cancel_futures=True)


class _KilledError(Exception):
    """A process is gone, with what it worked on."""


class _Processes:
    """Processes on this machine, one for each thread that asks, which apply a function to items.

    Each is a pool of loky's with one worker: a pool of several fails all that is under
    way where one is killed, and does not say at which item. Function, items and results
    go through files, and what goes through loky's pipes is shorter than PIPE_BUF, so
    that it arrives whole or not at all: loky, like the pool of the standard library,
    waits for ever for the rest of a message whose sender was killed.
    """

    def __init__(self, function: Callable[[Any], Any], share: int) -> None:
        """share: how many threads each process may have."""
        from loky.backend.reduction import dump  # type: ignore[import-untyped]

        self._share = share
        self._running: dict[int, _Process] = {}
        self._starting = threading.Lock()
        self._ended = False
        self._numbers = itertools.count()
        self._folder = Path(tempfile.mkdtemp(prefix="stancebank-work-"))
        try:
            with (self._folder / "function").open("wb") as stream:
                dump(function, stream)  # with what the main module defines, which is not loaded there
        except BaseException as error:
            shutil.rmtree(self._folder, ignore_errors=True)
            if isinstance(error, OSError):
                raise cannot_write(self._folder, error) from None
            raise

    def __enter__(self) -> _Processes:
        from loky.backend import resource_tracker  # type: ignore[import-untyped]

        resource_tracker.register(str(self._folder), "folder")  # removed also where this process is killed
        return self

    def __exit__(self, *_: object) -> None:
        from loky.backend import resource_tracker

        shutil.rmtree(self._folder, ignore_errors=True)
        resource_tracker.unregister(str(self._folder), "folder")

    def apply(self, item: T) -> Any:  # noqa: ANN401  (what the function gives)
        """The function's result; LostWorkError where each process that tried was killed."""
        name = str(next(self._numbers))
        try:
            _put(self._folder / f"{name}.item", item)
        except OSError as error:
            raise cannot_write(self._folder, error) from None
        for _ in range(_TRIES):
            try:
                return self._applied(name)
            except _KilledError:
                continue
        raise LostWorkError(item)

    def _applied(self, name: str) -> Any:  # noqa: ANN401
        from loky.process_executor import BrokenProcessPool  # type: ignore[import-untyped]

        process, under_way = self._begun(name)
        try:
            failure = under_way.result()
        except BrokenProcessPool:
            process.end()
            process.wait_for_end()
            raise _KilledError from None
        if failure:
            raise cannot_write(self._folder, OSError(failure))
        result = self._folder / f"{name}.result"
        with result.open("rb") as stream:
            done, given = pickle.load(stream)  # noqa: S301  (what our own process pickled)
        result.unlink()
        if not done:
            raise given
        return given

    def _begun(self, name: str) -> tuple[_Process, Future[str]]:
        """The process of this thread, which has been given an item; another one where the last was killed."""
        from loky.process_executor import BrokenProcessPool

        thread = threading.get_ident()
        with self._starting:
            if self._ended:
                raise StoppedError("the work was interrupted", "run the command again")
            if thread in self._running:
                with contextlib.suppress(BrokenProcessPool):
                    return self._running[thread], self._running[thread].submit(str(self._folder), name)
            process = _Process(self._share)
            try:
                under_way = process.submit(str(self._folder), name)
            except OSError as error:
                what = f"a process cannot be started: {reason(error)}"
                raise StoppedError(what, "use fewer workers, then run the command again") from None
            self._running[thread] = process
            return process, under_way

    def end(self) -> None:
        """End all processes: those that work at once, those that wait in their own time."""
        with self._starting:
            self._ended = True
            for process in self._running.values():
                process.end()
        for process in self._running.values():
            process.wait_for_end()


class _Process:
    """A process on this machine, as a pool of loky's with one worker."""

    def __init__(self, threads: int) -> None:
        """threads: how many it may have."""
        from loky import ProcessPoolExecutor  # type: ignore[import-untyped]

        self._pool: Any = ProcessPoolExecutor(
            1,
            initializer=_begin,
            initargs=(os.getpid(),),
            # What a part takes is no leak, which loky would answer with another process.
            env={"POLARS_MAX_THREADS": str(threads), "LOKY_MAX_MEMORY_LEAK_SIZE": "1e18"},
        )

    def submit(self, folder: str, name: str) -> Future[str]:
        """Begin with an item; it is done, or the process is gone, when the result of the future is there."""
        # The tracker of the standard library, which is started with the first process, lets interrupts in.
        multiprocessing.resource_tracker.ensure_running()
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        under_way: Future[str] = self._pool.submit(_serve, folder, name)
        self._under_way = under_way
        self._manager = self._pool._executor_manager_thread  # it ends when the process has
        return under_way

    def end(self) -> None:
        """Tell it to end: at once where it works."""
        self._pool.shutdown(wait=False, kill_workers=not self._under_way.done())

    def wait_for_end(self) -> None:
        """Wait until it is gone; it is killed where that takes long."""
        self._manager.join(PATIENCE)
        for process in list(self._pool._processes.values()):
            process.kill()
        self._manager.join(PATIENCE)


def _begin(parent: int) -> None:
    threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()


def _end_with_parent(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(1)


@functools.cache
def _held(folder: str) -> Callable[[Any], Any]:
    """The function that a process applies, with what it needs set up."""
    import pyarrow as pa

    pa.set_cpu_count(int(os.environ["POLARS_MAX_THREADS"]))
    give_back_memory()
    function: Callable[[Any], Any] = pickle.loads(Path(folder, "function").read_bytes())  # noqa: S301  (the parent's)
    return function


def _serve(folder: str, name: str) -> str:
    """Apply the function to an item and write the result beside it; why it could not be written, or nothing."""
    result = Path(folder, f"{name}.result")
    try:
        item = pickle.loads(Path(folder, f"{name}.item").read_bytes())  # noqa: S301  (what the parent pickled)
        answer = (True, _held(folder)(item))
    except Exception as error:
        error.add_note(traceback.format_exc())
        answer = (False, error)
    try:
        try:
            _put(result, answer)
        except OSError:
            raise
        except Exception as error:  # of a result that cannot be pickled
            error.add_note(traceback.format_exc())
            _put(result, (False, error))
    except OSError as error:
        return reason(error)
    return ""


def _put(file: Path, value: object) -> None:
    with file.open("wb") as stream:
        pickle.dump(value, stream)
