"""What became of everything on its way in or out: in = held + left out, kind by kind, with the reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

DOCUMENTS = "documents"
NO_PLACE_HERE = "have no place in this format"
_WIDTH = 14
_FOR_PEOPLE = {"links": "relations", "clusters": "entities"}


@dataclass
class Ledger:
    """Counts of what was held and what was left out.

    held, left_out: by kind; the second by kind and reason. undecided: values that nobody has decided, by
    layer.column. notices: what was overlooked or changed, by name.
    """

    held: Counter[str] = field(default_factory=Counter)
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)
    undecided: Counter[str] = field(default_factory=Counter)
    notices: Counter[str] = field(default_factory=Counter)

    def hold(self, kind: str, count: int = 1) -> None:
        """Count what has found its place."""
        self.held[kind] += count

    def leave(self, kind: str, why: str, count: int = 1) -> None:
        """Count what has none."""
        if count:
            self.left_out[kind, why] += count

    def add(self, other: Ledger) -> None:
        """Take in the counts of another."""
        self.held += other.held
        self.left_out += other.left_out
        self.undecided += other.undecided
        self.notices += other.notices

    def out(self, kind: str) -> int:
        """How many of a kind were left out."""
        return sum(count for (each, _), count in self.left_out.items() if each == kind)

    @property
    def kinds(self) -> tuple[str, ...]:
        """All kinds that were counted, in their first order."""
        return tuple(dict.fromkeys((*self.held, *(kind for kind, _ in self.left_out))))

    @property
    def counts(self) -> Mapping[str, tuple[int, int, int]]:
        """In, held and left out, by kind."""
        return {kind: (self.held[kind] + self.out(kind), self.held[kind], self.out(kind)) for kind in self.kinds}

    def lines(self) -> Iterator[str]:
        """The table, for people."""
        yield f"{'':{_WIDTH}}{'in':>10}{'kept':>10}{'left out':>10}"
        for kind, numbers in self.counts.items():
            yield f"{_FOR_PEOPLE.get(kind, kind):{_WIDTH}}" + "".join(f"{number:>10,}" for number in numbers)
        undecided = ", ".join(f"{name} {count:,}" for name, count in self.undecided.items() if count)
        yield f"made up 0; undecided {undecided or '0'}"
        for (kind, why), count in self.left_out.items():
            name = _FOR_PEOPLE.get(kind, kind)
            yield f"{count:,} {name} {why}" if why == NO_PLACE_HERE else f"left out: {count:,} {name}: {why}"
        for name, count in sorted((+self.notices).items()):
            yield f"notice: {name} {count:,}"
