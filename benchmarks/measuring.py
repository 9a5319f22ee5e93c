"""Pieces of work as processes of their own: how long they take, and how much memory they and their children have."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_EVERY = 0.1  # seconds between two looks at the memory
_MEMORY = re.compile(rb"^Vm(HWM|RSS):\s+([0-9]+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Run:
    """One process from its start to its end.

    seconds: by the clock. cpu: seconds of all cores, with those children that it waited for. peak: the most memory
    that it and its children had at once, in MiB; what two of them share counts twice. output: what it printed.
    """

    seconds: float
    cpu: float
    peak: float
    output: bytes


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> Run:
    """Run a command to its end, in this folder.

    environment: variables beside those of this process. Raises RuntimeError with what it said last where it fails.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=said,
            cwd=Path(__file__).parent,
            env={**os.environ, **(environment or {})},
            start_new_session=True,
        )
        with _Memory(process.pid) as memory:
            try:
                _, status, usage = os.wait4(process.pid, 0)
            except BaseException:  # such as an interrupt, which does not reach another session
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                raise
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        said.seek(0)
        if process.returncode:
            last = (output.read() + said.read())[-2000:].decode(errors="replace")
            raise RuntimeError(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{last}")
        return Run(seconds, usage.ru_utime + usage.ru_stime, memory.peak, output.read())


class _Memory:
    """Looks at the memory of a session of processes, from entering to leaving.

    peak: the most found, in MiB: of all together at one look, or of one by the kernel's own mark, which misses no
    moment between two looks. (getrusage would also count what the process had been before it ran its program.)
    """

    def __init__(self, session: int) -> None:
        self.peak = 0.0
        self._session = session
        self._ended = threading.Event()
        self._watch = threading.Thread(target=self._look)

    def __enter__(self) -> _Memory:
        self._watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._watch.join()

    def _look(self) -> None:
        while not self._ended.wait(_EVERY):
            found = [_memory(pid) for pid in _processes(self._session)]
            together = sum(each.get(b"RSS", 0) for each in found)
            self.peak = max(self.peak, *(n / 1024 for n in (together, *(each.get(b"HWM", 0) for each in found))))


def _processes(session: int) -> Iterator[int]:
    for name in os.listdir("/proc"):  # noqa: PTH208  (ten times a second)
        if name.isdigit():
            with suppress(OSError):  # it has ended meanwhile
                # pid (name) state ppid pgrp session; the name may hold blanks and brackets
                behind_name = Path("/proc", name, "stat").read_bytes().rpartition(b")")[2].split()
                if int(behind_name[3]) == session:
                    yield int(name)


def _memory(pid: int) -> dict[bytes, int]:
    """Memory now (RSS) and at most so far (HWM), in KiB; empty for a process that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_bytes()
    except OSError:
        return {}
    return {kind: int(size) for kind, size in _MEMORY.findall(status)}


def in_turn(works: Mapping[str, Callable[[], Run]], runs: int, most: Mapping[str, int]) -> dict[str, list[Run]]:
    """Every work as often as asked for, in turn, so that a slow moment of the machine meets all of them.

    most: how often each is run at most.
    """
    found: dict[str, list[Run]] = {name: [] for name in works}
    for number in range(runs):
        for name in (name for name in works if number < most[name]):
            done = works[name]()
            found[name].append(done)
            say(f"run {number + 1} of {runs}: {name}: {done.seconds:.1f} s, {done.peak:.0f} MiB")
    return found


def machine(*packages: str) -> str:
    """What it was measured on, as a line; not whose machine it is."""
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1024**3
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("stancebank", *packages))
    day = datetime.datetime.now(datetime.UTC).date()
    return f"{day}, {os.cpu_count()} cores, {pages:.0f} GiB; Python {platform.python_version()}, {versions}."


def write_block(page: Path, marker: str, text: str) -> None:
    """Put the text between the two lines of a page that bear the marker; what stands around them is kept."""
    begin, end = f"<!-- {marker} -->\n", f"<!-- end of {marker} -->\n"
    before, found, rest = page.read_text("utf-8").partition(begin)
    _, closed, after = rest.partition(end)
    if not (found and closed):
        raise RuntimeError(f"{page} has no lines {begin.strip()} and {end.strip()}")
    page.write_text(f"{before}{begin}\n{text.strip()}\n\n{end}{after}", "utf-8")


def verdict(reached: bool) -> str:
    """How a page says whether a target was reached."""
    return "Reached" if reached else "**Not reached**"


def say(line: str) -> None:
    """Tell whoever waits how far it is."""
    print(line, file=sys.stderr, flush=True)
