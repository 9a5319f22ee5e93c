"""How far a command has come, said on standard error."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from stancebank.commands.output import say

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

_SHORT = 2.0  # seconds that nobody needs to be told anything for
_PAUSE = 10.0  # seconds between two lines where nobody watches


class Shown:
    """How far work has come: a bar on a terminal, else a line now and then, and nothing of what is soon done."""

    def __init__(self, doing: str, parts: int = 0, *, quiet: bool = False) -> None:
        """Begin. doing: what is done. parts: how many advance will be called for. quiet: say nothing."""
        self._doing, self._parts, self._quiet = doing, parts, quiet
        self._started = self._said = time.monotonic()
        self._done = self._documents = 0
        self._bar: tuple[Progress, TaskID] | None = None

    def advance(self, documents: int) -> None:
        """Another part is done, with so many documents."""
        self._done += 1
        self._documents += documents
        rate = self._documents / max(time.monotonic() - self._started, 1e-9)
        self.tell(self._done, self._parts, "parts", f"{self._documents:,} documents, {rate:,.0f} a second")

    def tell(self, done: int, of: int, unit: str = "", more: str = "") -> None:
        """So many are done. unit: of what. more: what else there is to say."""
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
            said = [f"{done:,} of {of:,} {unit}".rstrip(), more, f"about {left:,.0f} s left"]
            say(f"{self._doing}: {', '.join(filter(None, said))}", err=True)

    def pause(self) -> None:
        """Take the bar away, so that something else can be printed; it comes back with the next step."""
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
    """Something to tell how far work has come, as Shown takes it."""
    progress = Shown(doing, parts, quiet=quiet)
    try:
        yield progress
    finally:
        progress.pause()
