"""How far a command has come, said on standard error."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Iterator

from stancebank.commands.output import say

_PAUSE = 10.0  # seconds between two lines where nobody watches


@contextlib.contextmanager
def shown_progress(doing: str) -> Iterator[Callable[[int, int], None]]:
    """What to tell how many are done, of how many: a bar on a terminal, else a line now and then."""
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        task = bar.add_task(doing, total=None)

        def draw(done: int, of: int) -> None:
            bar.start()  # not before there is something to show; again it does nothing
            bar.update(task, completed=done, total=of)

        try:
            yield draw
        finally:
            bar.stop()
        return
    said = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal said
        if time.monotonic() - said >= _PAUSE:
            said = time.monotonic()
            say(f"{doing}: {done:,} of {of:,}", err=True)

    yield tell
