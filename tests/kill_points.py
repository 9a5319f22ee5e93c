"""Runs that end at a chosen change of the file system: before the n-th change below a folder, by a signal."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.symlink", "os.truncate", "shutil.rmtree"}
"""What Python tells an audit hook of before it changes the file system, besides open."""

COUNTED = 77
"""What a run exits with that was not ended: it made fewer changes."""


def end_at(folder: Path, point: int, number: int) -> None:
    """From now on count the changes below a folder, in this process, and send it the signal before one of them."""
    count = 0
    name = os.fsencode(folder)

    def below(arguments: tuple[object, ...]) -> bool:
        return any(isinstance(a, str | bytes | os.PathLike) and name in os.fsencode(a) for a in arguments)

    def hear(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        if event == "open":
            flags = arguments[2]
            changes = isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        else:
            changes = event in CHANGES
        if changes and below(arguments):
            count += 1
            if count == point:
                os.kill(os.getpid(), number)

    sys.addaudithook(hear)


def ended(run: Callable[[], object], folder: Path, point: int, number: int = signal.SIGKILL) -> int:
    """How a copy of this process ended that was sent a signal at a change: as waitpid tells, COUNTED for no signal."""
    child = os.fork()
    if not child:
        try:
            for request in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(request, lambda number, _: sys.exit(128 + number))
            end_at(folder, point, number)
            run()
            os._exit(COUNTED)
        except SystemExit as end:
            os._exit(int(end.code or 0))
        except BaseException:
            os._exit(99)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":  # FOLDER POINT SIGNAL ARGUMENT...: the command line
    from stancebank.commands import main

    signal.signal(signal.SIGINT, signal.default_int_handler)  # nohup and shells in the background ignore some
    for request in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(request, signal.SIG_DFL)
    end_at(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    sys.argv = ["stancebank", *sys.argv[4:]]
    main()
