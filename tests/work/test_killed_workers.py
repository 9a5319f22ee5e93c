"""Workers that are killed at random moments: a run ends with the right results, or in words, and in time."""

from __future__ import annotations

import contextlib
import faulthandler
import os
import random
import signal
import threading
import time
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from processes import wait_for
from stancebank.faults import StoppedError
from stancebank.storage.waiting import within
from stancebank.work.engines import Engine, engine
from stancebank.work.ordered_work import LostWorkError

pytestmark = pytest.mark.deep("kills")

RUNS = int(os.environ.get("RUNS", "200"))
LIMIT = 180  # seconds for one run: both patiences of the cluster, and a busy machine
LOST = "the cluster has lost all of its workers, and no other has come"
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 1 << 32)


def work(weights: tuple[float, ...], item: int) -> tuple[int, bytes]:
    """A result of some size after some time."""
    time.sleep(weights[item])
    return item, content(weights, item)


def content(weights: tuple[float, ...], item: int) -> bytes:
    return bytes([item]) * int(weights[item] * 4_000_000)


def children(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have, as Linux lists them."""
    found = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            started = [int(child) for child in file.read_text().split()]
        except OSError:
            continue
        found += [each for child in started for each in (child, *children(child))]
    return found


def workers_of(kind: str) -> list[int]:
    """The workers of this process: not the trackers of resources."""
    mark = {"processes": b"popen_loky_posix", "cluster": b"spawn_main"}[kind]
    found = []
    for pid in children(os.getpid()):
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
        except OSError:
            continue
        if mark in command:
            found.append(pid)
    return found


def kill_some(kind: str, draw: random.Random, over: threading.Event) -> None:
    """Kill workers at moments of the run: at its start, when results wait to be fetched, and while they are."""
    rate = draw.choice([1, 4, 20])
    for _ in range(draw.randrange(1, 4)):
        if over.wait(draw.expovariate(rate)):
            return
        found = workers_of(kind)
        for pid in draw.sample(found, min(len(found), draw.choice([1, 1, 2]))):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def outcome(run: Engine, kind: str, seed: int) -> str:
    """How a run ended during which workers were killed; its results are fetched with pauses."""
    draw = random.Random(seed)
    weights = tuple(draw.expovariate(20) for _ in range(draw.randrange(1, 12)))
    over = threading.Event()
    killer = threading.Thread(target=kill_some, args=(kind, random.Random(seed), over))
    killer.start()
    results = []
    try:
        for result in run(partial(work, weights), range(len(weights))):
            results.append(result)
            time.sleep(draw.expovariate(20))
    except LostWorkError:
        return "work lost"
    except StoppedError as error:
        return error.what
    finally:
        over.set()
        killer.join(LIMIT)
    assert results == [(item, content(weights, item)) for item in range(len(weights))]
    return "results"


@pytest.mark.parametrize("kind", ["processes", "cluster"])
def test_a_run_whose_workers_are_killed_at_random_ends(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stancebank.work.dask_cluster.REPLACEMENT", 5)
    seeds = random.Random(SEED)
    ends: Counter[str] = Counter()
    with contextlib.ExitStack() as opened:
        run = opened.enter_context(engine(2, "local" if kind == "cluster" else None))
        for number in range(RUNS):
            try:
                end = within(LIMIT, partial(outcome, run, kind, seeds.randrange(1 << 32)))
            except BaseException as error:
                faulthandler.dump_traceback(all_threads=True)
                raise AssertionError(f"run {number} of SEED={SEED} did not end as it should") from error
            ends[end] += 1
            if end == LOST:  # Dask gives up a worker that is killed before it has started
                opened.close()
                run = opened.enter_context(engine(2, "local"))
    print(f"{kind}, SEED={SEED}: {dict(ends)}")  # noqa: T201
    assert ends.keys() <= {"results", "work lost", *([LOST] if kind == "cluster" else [])}
    assert ends["results"] >= RUNS / 2
    wait_for(lambda: not workers_of(kind))
