"""Engines: one function over items, in this process, in several and on a cluster; also where a process is killed."""

from __future__ import annotations

import json
import os
import pickle
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Barrier, Timer, get_ident
from typing import Any, NamedTuple

import pytest

from processes import wait_for
from stancebank.faults import StanceBankError, StoppedError
from stancebank.work import engines
from stancebank.work.engines import Engine, engine, in_threads
from stancebank.work.ordered_work import LostWorkError

ITEMS = list(range(9))


def squared(base: int, item: int) -> int:
    time.sleep(0.05 if item % 2 else 0)  # so that some are done before those in front of them
    return base + item * item


def killed(mark: Path, item: int) -> int:
    """Kill the process it runs in at item 3, where the mark is a file that is not there: once, else each time."""
    if item == 3 and not mark.is_file():
        if mark.suffix:
            mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return item


class HalfSent:
    """Kills the process that pickles it."""

    def __reduce__(self) -> Any:
        os.kill(os.getpid(), signal.SIGKILL)


def killed_while_sending(mark: Path, item: int) -> list[Any]:
    """Have the process killed when half of its result of item 3 has been sent, where the mark is not there yet.

    What goes through a pipe in more than one write is killed half way too.
    """

    def send_half(pipe: Connection, data: bytes) -> None:
        whole = len(data) <= select.PIPE_BUF
        os.write(pipe.fileno(), data if whole else data[: len(data) // 2])
        if not whole:
            os.kill(os.getpid(), signal.SIGKILL)

    Connection._send = send_half
    if item == 3 and not mark.is_file():
        mark.touch()
        return [bytes(100_000), HalfSent()]
    if item == 4:
        raise StanceBankError("4" * 100_000)
    return [item, bytes(100_000)]


def stopped(item: int) -> int:
    raise StoppedError(f"{item} cannot be reached", "try again")


def refused(item: int) -> int:
    if item == 4:
        raise StanceBankError(f"{item} is refused", "leave it out")
    return item


@pytest.fixture(scope="module", params=["here", "threads", "processes", "cluster"])
def run(request: pytest.FixtureRequest) -> Iterator[Engine]:
    options: dict[str, dict[str, Any]] = {"here": {}, "threads": {"alone": in_threads}, "processes": {"workers": 2}}
    options["cluster"] = {"workers": 2, "cluster": "local"}
    with engine(**options[request.param]) as opened:
        yield opened


@pytest.fixture(scope="module", params=["processes", "cluster"])
def many(request: pytest.FixtureRequest) -> Iterator[Engine]:
    with engine(workers=2, cluster="local" if request.param == "cluster" else None) as opened:
        yield opened


@pytest.mark.deep("processes", quick=2)
def test_results_come_in_the_order_of_the_items(run: Engine) -> None:
    assert list(run(partial(squared, 1), ITEMS)) == [1 + item * item for item in ITEMS]
    assert list(run(partial(squared, 2), ITEMS[:1])) == [2]
    assert list(run(partial(squared, 2), [])) == []


class Place(NamedTuple):
    """What Dask's own way of sending makes a plain tuple of."""

    part: str
    number: int


def by_place(items: list[Place]) -> dict[Place, list[Place]]:
    return {each._replace(number=each.number + 1): [each] for each in items}


def test_items_and_results_are_of_the_types_that_they_were(run: Engine) -> None:
    [found] = run(by_place, [[Place("a", 1), Place("b", 2)]])
    assert {key.number: [each.part for each in places] for key, places in found.items()} == {2: ["a"], 3: ["b"]}


def test_results_come_before_all_items_are_done(run: Engine) -> None:
    results = run(partial(squared, 0), ITEMS)
    assert next(results) == 0
    assert list(results) == [item * item for item in ITEMS[1:]]


def test_an_error_is_that_of_the_function_and_the_engine_goes_on(run: Engine) -> None:
    results = run(refused, ITEMS)
    assert [next(results) for _ in range(4)] == [0, 1, 2, 3]
    with pytest.raises(StanceBankError) as error:
        next(results)
    assert (error.value.what, error.value.fix) == ("4 is refused", "leave it out")
    assert list(run(partial(squared, 0), ITEMS[:2])) == [0, 1]


def test_what_stops_the_work_elsewhere_stops_it_here(run: Engine) -> None:
    with pytest.raises(StoppedError, match="1 cannot be reached\n  fix: try again"):
        next(run(stopped, [1]))


def test_threads_work_on_two_items_at_once_and_one_process_on_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "available_cores", lambda: 2)
    two = Barrier(2)

    def meet(_: int) -> int:
        two.wait(timeout=60)
        return get_ident()

    with engine(alone=in_threads) as run:
        assert len(set(run(meet, ITEMS[:2]))) == 2
    with engine(workers=1, alone=in_threads) as run:
        assert set(run(lambda _: get_ident(), ITEMS)) == {get_ident()}


def test_the_work_is_done_elsewhere(many: Engine) -> None:
    assert os.getpid() not in set(many(partial(_pid), ITEMS))


def _pid(_: int) -> int:
    return os.getpid()


@pytest.mark.deep("processes", quick=1)
def test_what_a_killed_process_worked_on_is_done_again(many: Engine, tmp_path: Path) -> None:
    mark = tmp_path / "killed.once"
    assert list(many(partial(killed, mark), ITEMS)) == ITEMS
    assert mark.is_file()


def test_a_process_that_is_killed_while_it_sends_a_result_is_missed(tmp_path: Path) -> None:
    with engine(workers=2) as run:
        results = run(partial(killed_while_sending, tmp_path / "mark"), ITEMS)
        assert [next(results)[0] for _ in range(4)] == ITEMS[:4]
        with pytest.raises(StanceBankError, match="4" * 100_000):
            next(results)
    assert (tmp_path / "mark").is_file()


def test_a_result_that_cannot_be_sent_is_an_error() -> None:
    with engine(workers=2) as run, pytest.raises((AttributeError, pickle.PicklingError, TypeError)):
        list(run(_unsendable, ITEMS))


def _unsendable(item: int) -> Any:
    return lambda: item


def test_what_is_under_way_ends_before_the_results_are_closed(many: Engine, tmp_path: Path) -> None:
    results = many(partial(_begun_and_ended, tmp_path), ITEMS)
    next(results)
    results.close()
    begun = {path.stem for path in tmp_path.glob("*.begun")}
    assert begun
    assert {path.stem for path in tmp_path.glob("*.ended")} == begun


def _begun_and_ended(folder: Path, item: int) -> None:
    (folder / f"{item}.begun").touch()
    time.sleep(0.3)
    (folder / f"{item}.ended").touch()


@pytest.mark.deep("processes", quick=1)
def test_an_item_that_kills_each_process_is_named(many: Engine, tmp_path: Path) -> None:
    results = many(partial(killed, tmp_path / "always"), ITEMS)
    assert [next(results) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(LostWorkError, match=r"the process that worked on 3 was killed"):
        next(results)


PROGRAM = """
import os, sys, time
from stancebank.work.engines import engine

def work(item):
    open(os.path.join(sys.argv[1], str(os.getpid())), "w").close()
    time.sleep(600)

if __name__ == "__main__":
    with engine(workers=2) as run:
        list(run(work, [1, 2]))
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT])
def test_neither_process_nor_file_stays_behind_where_the_first_is_ended(end: signal.Signals, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    for folder in ("marks", "temporary"):
        (tmp_path / folder).mkdir()
    program = subprocess.Popen(
        [sys.executable, tmp_path / "program.py", tmp_path / "marks"],
        env={**os.environ, "TMPDIR": str(tmp_path / "temporary")},
        start_new_session=True,
    )
    try:
        wait_for(lambda: len([*(tmp_path / "marks").iterdir()]) == 2)
        marks = [mark.name for mark in (tmp_path / "marks").iterdir()]
        if end == signal.SIGINT:
            os.killpg(program.pid, end)  # as a terminal does
            program.wait(timeout=60)
    finally:
        program.kill()
        program.wait()
    wait_for(lambda: not any(Path(f"/proc/{pid}").exists() for pid in marks))
    wait_for(lambda: not [*(tmp_path / "temporary").iterdir()])


def test_an_address_without_a_scheduler_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancebank.work.dask_cluster.PATIENCE", 1)
    for address in ("tcp://127.0.0.1:9", "nonsense", "tcp://"):
        with pytest.raises(StanceBankError, match="no Dask cluster with a worker answers"), engine(cluster=address):
            pass


def test_an_address_where_nobody_speaks_is_a_clear_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancebank.work.dask_cluster.PATIENCE", 1)
    with socket.create_server(("127.0.0.1", 0)) as mute:
        address = f"tcp://127.0.0.1:{mute.getsockname()[1]}"
        with pytest.raises(StanceBankError, match="no Dask cluster with a worker answers"), engine(cluster=address):
            pass


def test_without_distributed_a_cluster_is_refused_with_the_way_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(StanceBankError, match=r"pip install 'stancebank\[cluster\]'"), engine(cluster="local"):
        pass


def test_a_number_of_workers_is_refused_beside_a_scheduler_that_has_its_own() -> None:
    with pytest.raises(StanceBankError, match="leave out --workers"), engine(2, "tcp://127.0.0.1:9"):
        pass


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize(
    ("lost", "end", "message"),
    [
        ("worker", signal.SIGKILL, "lost all of its workers"),
        ("scheduler", signal.SIGKILL, "no result for 7"),
        ("scheduler", signal.SIGSTOP, "has not answered for 3 seconds"),
    ],
)
def test_a_cluster_that_dies_ends_the_run(
    lost: str, end: signal.Signals, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = os.pathsep.join(map(str, Path(__file__).parents[:2]))  # the worker unpickles functions of this file
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([here, *filter(None, [os.environ.get("PYTHONPATH")])]))
    dask, said = Path(sys.executable).with_name("dask"), tmp_path / "scheduler.json"
    commands = {
        "scheduler": (dask, "scheduler", "--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"),
        "worker": (dask, "worker", "--no-nanny", "--no-dashboard", "--local-directory", tmp_path),
    }
    running = {
        name: subprocess.Popen([*command, "--scheduler-file", said], stderr=subprocess.DEVNULL)
        for name, command in commands.items()
    }
    try:
        address = json.loads(wait_for(lambda: said.is_file() and said.read_text("utf-8")))["address"]
        with engine(cluster=address) as run:
            monkeypatch.setattr("stancebank.work.dask_cluster.REPLACEMENT", 3)
            monkeypatch.setattr("stancebank.work.dask_cluster.PATIENCE", 3)
            results = run(partial(slow, tmp_path), [7])
            killer = Timer(0, lambda: wait_for((tmp_path / "begun").is_file) and running[lost].send_signal(end))
            killer.start()
            with pytest.raises(StoppedError, match=message):  # what is finished is kept
                next(results)
    finally:
        for program in running.values():
            program.kill()
            program.wait()


def slow(folder: Path, item: int) -> int:
    (folder / "begun").touch()
    time.sleep(600)
    return item
