"""The matrix of stances: targets in rows, actors in columns, and what they hold in the cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from stancebank.corpus.corpus import Corpus
from stancebank.pages.site.collected import SEPARATOR, Cell
from stancebank.pages.site.page_links import Labels
from stancebank.pages.site.page_names import actor_page, target_page
from stancebank.views.identities import DOCUMENT

_MOST_ACTORS = 14
_MOST_TARGETS = 25


class Sign(NamedTuple):
    """A stance label as pages show it: its mark, its name, the number of its colour."""

    mark: str
    name: str
    colour: int | None


class Matrix(NamedTuple):
    """actors: page and name. rows: page and proposition of a target, and a sign for each actor, or None.

    actors_left, targets_left: how many are not shown.
    """

    actors: list[tuple[str, str]]
    rows: list[tuple[str, str, list[Sign | None]]]
    signs: list[Sign]
    actors_left: int
    targets_left: int


_Who = tuple[str, str]


def signs(corpus: Corpus, labels: Labels) -> dict[str, Sign]:
    """The sign of each stance label."""
    return {
        label.name: Sign(label.mark or str(number), label.name, labels.colour("stance_labels", label.name))
        for number, label in enumerate(corpus.scheme.stance_labels, 1)
    }


def _apart(known_by: str, identity: str) -> str:
    """What tells an actor from another of the same name: the document, the actor's id or the item."""
    return identity.rpartition("/")[0] if known_by == DOCUMENT else identity


def matrix(corpus: Corpus, cells: Iterable[Cell], labels: Labels) -> Matrix | None:
    """The targets with most actors and the actors on most targets; None where nobody holds anything.

    Several labels in one cell give the scheme's label of a conflict.
    """
    known = dict(corpus.targets.select("target_id", "proposition").rows())
    held: dict[tuple[str, _Who], str] = {}
    names: dict[_Who, str] = {}
    actors, targets = Counter[_Who](), Counter[str]()
    for cell in cells:
        if cell.known_by and cell.target in known:
            who = (cell.known_by, cell.identity)
            held[cell.target, who] = cell.labels
            names.setdefault(who, cell.called)
            actors[who] += 1
            targets[cell.target] += 1
    if not held:
        return None
    by_label = signs(corpus, labels)
    conflict = by_label.get(corpus.scheme.conflict or "", Sign("?", "different stances", None))
    columns = [who for who, _ in sorted(actors.items(), key=lambda item: (-item[1], names[item[0]], item[0]))]
    rows = [target for target, _ in sorted(targets.items(), key=lambda item: (-item[1], item[0]))]
    shown = columns[:_MOST_ACTORS]

    def sign(target: str, who: _Who) -> Sign | None:
        found = held.get((target, who))
        if found is None:
            return None
        return conflict if SEPARATOR in found else by_label.get(found, Sign("?", found, None))

    several = Counter(names.values())
    apart = {who: f"{name} ({_apart(*who)})" if several[name] > 1 else name for who, name in names.items()}
    return Matrix(
        [(actor_page(*who), apart[who]) for who in shown],
        [(target_page(t), known[t], [sign(t, who) for who in shown]) for t in rows[:_MOST_TARGETS]],
        [*by_label.values()],
        len(columns) - len(shown),
        max(0, len(rows) - _MOST_TARGETS),
    )
