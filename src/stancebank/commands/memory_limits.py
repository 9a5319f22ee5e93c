"""Limits of memory and threads that a shell or a job sets: refused where too low to start, never a hang or a crash.

Native libraries end the process, or stop for ever, where the system refuses them memory. So under
a limit the command runs in a process of its own, which this one watches.
"""

from __future__ import annotations

import contextlib
import os
import resource
import select
import signal
import sys
import threading

from stancebank.faults import StanceBankError

NEEDED = {
    resource.RLIMIT_AS: ("address space", "-v", 2 << 30, 4 << 30),
    resource.RLIMIT_DATA: ("data", "-d", 1 << 29, 1 << 30),
}
"""What is limited, by which option of ulimit, how many bytes the libraries need, and how many are enough for most.

Most of the address space is never used.
"""
_MANY = 1 << 14
"""A limit of processes and threads of the user under which it is tried whether enough can be started."""
_REFUSED = b"memory allocation of "  # how Rust begins the line on memory that it did not get
_CRASHES = (signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGKILL)
_INTERVAL = 0.2  # seconds


class MemoryLimitError(StanceBankError):
    """A limit is too low to start, or memory ran out under it."""

    exit_code = 3


def watch_limits() -> None:
    """Nothing without a limit of memory; with one, continue in a child, whose status this process ends with.

    Raises MemoryLimitError where the limit, or that of threads, is too low to start with, and SystemExit in the parent.
    """
    if 0 <= (most := resource.getrlimit(resource.RLIMIT_NPROC)[0]) < _MANY:
        _require_threads(most)
    limits = {kind: resource.getrlimit(kind)[0] for kind in NEEDED}
    limits = {kind: limit for kind, limit in limits.items() if limit != resource.RLIM_INFINITY}
    for kind, limit in limits.items():
        name, option, needed, enough = NEEDED[kind]
        if limit < needed:
            what = f"the {name} of this process is limited to {_mebibytes(limit)}"
            fix = f"allow {_mebibytes(enough)}, as with ulimit {option} {enough >> 10} or ulimit {option} unlimited"
            raise MemoryLimitError(what, fix)
    if not limits:
        return
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads reserve memory, and try for ever to get it
    ours, theirs = os.pipe()
    child = os.fork()
    if child:
        os.close(theirs)
        sys.exit(_watched(child, ours, min(limits.values())))
    os.close(ours)
    os.dup2(theirs, 2)
    os.close(theirs)


def _require_threads(limit: int) -> None:
    """Raise MemoryLimitError where the user may not have the threads that the libraries start, which panic then."""
    needed = 4 * (os.cpu_count() or 1) + 16
    done = threading.Event()
    threads = [threading.Thread(target=done.wait, args=(60,), daemon=True) for _ in range(needed)]
    try:
        for thread in threads:
            thread.start()
    except RuntimeError:
        what = f"the processes and threads of this user are limited to {limit:,}, and {needed:,} more cannot be started"
        raise MemoryLimitError(what, "allow more, as with ulimit -u unlimited, or end other processes") from None
    finally:
        done.set()
        for thread in threads:
            if thread.ident is not None:
                thread.join(60)


def _watched(child: int, errors: int, limit: int) -> int:
    """The status of a child once it has ended. errors: its standard error, which is passed on.

    Raises MemoryLimitError where the child was refused memory, whatever became of it.
    """
    for request in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(request) != signal.SIG_IGN:
            signal.signal(request, lambda number, _: os.kill(child, number))
    refused, ended, status = False, 0, 0
    while not ended:
        ended, status = os.waitpid(child, os.WNOHANG)
        while select.select([errors], [], [], 0 if ended else _INTERVAL)[0]:
            data = os.read(errors, 1 << 16)
            if not data:  # it writes no more errors
                ended, status = (ended, status) if ended else os.waitpid(child, 0)
                break
            told, mark, _ = data.partition(_REFUSED)
            if not refused:
                _pass_on(told)
            if mark and not ended:
                refused = True
                os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(status)
    if code >= 0 and not refused:
        return code
    if refused or -code in _CRASHES:
        what = f"memory ran out: this process is limited to {_mebibytes(limit)}"
        raise MemoryLimitError(what, "raise the limit (ulimit -v, ulimit -d), or use fewer --workers")
    return 128 - code


def _pass_on(data: bytes) -> None:
    with contextlib.suppress(OSError):
        while data:
            data = data[os.write(2, data) :]


def _mebibytes(size: int) -> str:
    return f"{size >> 20:,} MiB"
