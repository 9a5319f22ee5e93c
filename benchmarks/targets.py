"""What is to be reached: the rows of the table, each from the figures of one comparison."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from results import Found
from works import Places, Work

CORES = str(os.cpu_count())
MEMORY = 700  # MiB at most
GROWTH = 1.1  # of memory, and of the time for a document, from few to many documents
BARE = "bare Python"
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Target:
    """A row of the table. measured: the figure as text and whether it is reached, None where it is only stated."""

    path: str
    against: str
    to_reach: str
    measured: Callable[[Found], tuple[str, bool | None]]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is measured in turn. sizes: in bytes, by what they are of. note: what the page says below the figures."""

    title: str
    works: Callable[[Places], Mapping[str, Work]]
    targets: tuple[Target, ...]
    sizes: Callable[[Places], Mapping[str, int]] = lambda _: {}
    note: Callable[[], str] = lambda: ""


def at_most(path: str, own: str, against: str, times: float) -> Target:
    """The time of a piece of work is at most so many times that of another."""

    def measured(found: Found) -> tuple[str, bool]:
        ratio = found[own].second / found[against].second
        return f"{ratio:.2f} times", ratio <= times

    return Target(path, against, f"at most {times:g} times its time", measured)


def faster(path: str, own: str, against: str, times: float) -> Target:
    """So many times the documents per second of another, or more."""

    def measured(found: Found) -> tuple[str, bool]:
        ratio = found[own].rate / found[against].rate
        return f"{ratio:.2f} times", ratio >= times

    return Target(path, against, f"{times:g} times faster or better", measured)


def by_token(path: str, own: str, against: str, times: float | None = None) -> Target:
    """The tokens per second beside those of another: so many times as many, or only stated."""

    def measured(found: Found) -> tuple[str, bool | None]:
        ratio = found[own].token_rate / found[against].token_rate
        return f"{ratio:.1f} times its tokens per second", None if times is None else ratio >= times

    return Target(path, against, "stated" if times is None else f"{times:g} times faster per token or better", measured)


def stated(path: str, own: str, against: str) -> Target:
    """The time beside that of another."""

    def measured(found: Found) -> tuple[str, None]:
        return f"{found[own].second:.2f} s, {found[own].second / found[against].second:.1f} times", None

    return Target(path, against, "stated", measured)


def more(own: str, seconds: float) -> Target:
    """A command takes at most so many seconds more than Python alone."""

    def measured(found: Found) -> tuple[str, bool]:
        difference = found[own].second - found[BARE].second
        return f"{difference:.2f} s more", difference <= seconds

    return Target(own, BARE, f"at most {seconds:g} s more", measured)


def bounded(work: str) -> Target:
    """The memory for many documents is that for few, and below the bound."""

    def measured(found: Found) -> tuple[str, bool]:
        few, many = found[f"{work}, few"].peak, found[f"{work}, many"].peak
        return f"{few:.0f} and {many:.0f} MiB, ratio {many / few:.2f}", many / few < GROWTH and max(few, many) < MEMORY

    to_reach = f"ratio under {GROWTH}, under {MEMORY} MiB"
    return Target(f"peak memory, {work}", "itself, few documents", to_reach, measured)


def flat(work: str) -> Target:
    """One of many documents takes as long as one of few; what a million take."""

    def measured(found: Found) -> tuple[str, bool]:
        few, many = found[f"{work}, few"], found[f"{work}, many"]
        ratio, hours = few.rate / many.rate, _MILLION / many.rate / 3600
        return f"{100 * (ratio - 1):+.0f} % with {many.documents:,}; {hours:.1f} hours a million", ratio <= GROWTH

    to_reach = f"time per document within {100 * (GROWTH - 1):.0f} %"
    return Target(f"a million documents, {work}", "itself, few documents", to_reach, measured)


def within(work: str) -> Target:
    """The cluster takes no longer than the pool, but for 15 in a hundred."""

    def measured(found: Found) -> tuple[str, bool]:
        ratio = found[f"{work}, --cluster local"].second / found[f"{work}, --workers {CORES}"].second
        return f"{100 * (ratio - 1):+.0f} %", ratio <= 1.15

    return Target(f"dask local cluster, {work}", "the process pool", "within 15 %", measured)
