"""What was measured, as it is kept in results.json, and the pages that are written from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import msgspec
from measuring import Run, verdict, write_block

if TYPE_CHECKING:
    from targets import Comparison, Target

FILE = Path(__file__).with_name("results.json")
PAGE = Path(__file__).with_name("RESULTS.md")
COST_PAGE = Path(__file__).parents[1] / "docs/scale.md"
COST = ("memory-validate", "memory-build")  # the comparisons that know it
MANY = ", many"  # how the names of their works end
_MILLION = 1_000_000


class Measured(msgspec.Struct, frozen=True, omit_defaults=True):
    """A piece of work as often as it was run. seconds, cpus, peaks: of each run, as in measuring.Run.

    tokens: of all documents; 0 where nobody has counted them.
    """

    documents: int
    seconds: list[float]
    cpus: list[float]
    peaks: list[float]
    tokens: int = 0

    @classmethod
    def of(cls, documents: int, runs: Sequence[Run], tokens: int = 0) -> Measured:
        """The figures of some runs."""
        return cls(
            documents,
            [round(run.seconds, 3) for run in runs],
            [round(run.cpu, 3) for run in runs],
            [round(run.peak, 1) for run in runs],
            tokens,
        )

    @property
    def second(self) -> float:
        """The median of the seconds."""
        return median(self.seconds)

    @property
    def rate(self) -> float:
        """Documents per second."""
        return self.documents / self.second

    @property
    def token_rate(self) -> float:
        """Tokens per second."""
        return self.tokens / self.second

    @property
    def peak(self) -> float:
        """The most memory of all runs, in MiB."""
        return max(self.peaks)


Found = Mapping[str, Measured]


class Result(msgspec.Struct, frozen=True):
    """A comparison as it was measured last. machine: a line for people. sizes: in bytes."""

    machine: str
    works: dict[str, Measured]
    sizes: dict[str, int] = {}


def read() -> dict[str, Result]:
    """What was measured so far, by the name of the comparison."""
    return msgspec.json.decode(FILE.read_bytes(), type=dict[str, Result]) if FILE.exists() else {}


def write(results: Mapping[str, Result], comparisons: Mapping[str, Comparison]) -> None:
    """Keep what was measured, and write the pages anew."""
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    write_block(PAGE, "results", page(results, comparisons))
    if all(name in results for name in COST):
        write_block(COST_PAGE, "cost", cost([results[name] for name in COST]))


def page(results: Mapping[str, Result], comparisons: Mapping[str, Comparison]) -> str:
    """The table of what is to be reached, then all figures."""
    table = ["| path | against | to reach | measured | |\n|---|---|---|---|---|\n"]
    figures: list[str] = []
    machine, seconds = "", 0.0
    for name, comparison in comparisons.items():
        if name in results:
            result = results[name]
            table += (_row(target, result.works) for target in comparison.targets)
            figures.append(f"### {comparison.title}\n\n")
            figures += (f"{result.machine}\n\n",) if result.machine != machine else ()
            figures += (*_figures(result), comparison.note())
            machine = result.machine
            seconds += sum(sum(work.seconds) for work in result.works.values())
    return "".join((*table, f"\nAll runs together: {seconds / 60:.0f} minutes.\n\n", *figures))


def _row(target: Target, found: Found) -> str:
    measured, reached = target.measured(found)
    said = "" if reached is None else verdict(reached).lower()
    return f"| {target.path} | {target.against} | {target.to_reach} | {measured} | {said} |\n"


def _figures(result: Result) -> Iterator[str]:
    counted = any(work.tokens for work in result.works.values())
    yield "| | documents | seconds | least .. most | documents per second |"
    yield f"{' tokens per second |' if counted else ''} CPU seconds | memory |\n|---{'|--:' * (6 + counted)}|\n"
    for name, work in result.works.items():
        documents, rate = (f"{work.documents:,}", f"{work.rate:,.0f}") if work.documents else ("-", "-")
        yield f"| {name} | {documents} | {work.second:.2f} | {min(work.seconds):.2f} .. {max(work.seconds):.2f} "
        yield f"| {rate} |{f' {work.token_rate:,.0f} |' if counted else ''}"
        yield f" {median(work.cpus):.2f} | {f'{work.peak:.0f} MiB' if work.peak else '-'} |\n"
    yield "\n"


def cost(measured: Sequence[Result]) -> str:
    """What a million documents cost, from what many documents have taken in one process."""
    lines = [f"{machine}\n\n" for machine in dict.fromkeys(result.machine for result in measured)]
    lines.append("| a million documents, one process | | measured with |\n|---|--:|--:|\n")
    for result in measured:
        name, work = next((name, work) for name, work in result.works.items() if name.endswith(MANY))
        hours = work.second / work.documents * _MILLION / 3600
        lines.append(f"| {name.removesuffix(MANY)} | {hours:.1f} hours | {work.documents:,} documents: ")
        lines.append(f"{work.second:.0f} s, {work.peak:.0f} MiB |\n")
        few = min(each.documents for each in result.works.values())  # what was written last
        for of, size in result.sizes.items():
            lines.append(f"| {of} on disk | {size / few * _MILLION / 1e9:.1f} GB ")
            lines.append(f"| {few:,} documents: {size / 1e9:.2f} GB |\n")
    return "".join(lines)
