"""The progress of a command, shown on standard error."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stancebank.commands.output import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SHORT = 2.0  # seconds of work for which nothing is shown
_PAUSE = 10.0  # seconds between two lines where nobody watches


class Shown:
    """Progress: a bar on a terminal, otherwise a line now and then, and nothing for short work."""

    def __init__(self, doing: str, parts: int = 0, *, quiet: bool = False) -> None:
        """Start the clock. doing: the work. parts: the number of calls of advance. quiet: show nothing."""
        self._doing, self._parts, self._quiet = doing, parts, quiet
        self._started = self._said = time.monotonic()
        self._done = self._documents = 0
        self._bar: tuple[Progress, TaskID] | None = None

    def advance(self, documents: int) -> None:
        """Count another part. documents: in that part."""
        self._done += 1
        self._documents += documents
        rate = self._documents / max(time.monotonic() - self._started, 1e-9)
        self.tell(self._done, self._parts, "parts", f"{self._documents:,} documents, {rate:,.0f} a second")

    def tell(self, done: int, of: int, unit: str = "", more: str = "") -> None:
        """Show that a number is done, of a total. unit: what is counted. more: a further remark."""
        now = time.monotonic()
        if self._quiet or now - self._started < _SHORT:
            return
        if sys.stderr.isatty():
            bar, task = self._bar = self._bar or self._new_bar()
            bar.start()  # again it does nothing
            bar.update(task, completed=done, total=of, unit=unit, more=more)
        elif now - self._said >= _PAUSE:
            self._said = now
            left = (now - self._started) / max(done, 1) * (of - done)
            remarks = [f"{done:,} of {of:,} {unit}".rstrip(), more, f"about {left:,.0f} s left"]
            say(f"{self._doing}: {', '.join(filter(None, remarks))}", err=True)

    def pause(self) -> None:
        """Hide the bar while something else is printed; the next step shows it again."""
        if self._bar is not None:
            self._bar[0].stop()

    def _new_bar(self) -> tuple[Progress, TaskID]:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}", markup=False),
            TimeRemainingColumn(),
            TextColumn("{task.fields[more]}", markup=False),
        )
        bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
        return bar, bar.add_task(self._doing, total=None, unit="", more="")


@contextlib.contextmanager
def shown(doing: str, parts: int = 0, *, quiet: bool = False) -> Iterator[Shown]:
    """Progress that ends with the block, with the arguments of Shown."""
    progress = Shown(doing, parts, quiet=quiet)
    try:
        yield progress
    finally:
        progress.pause()
