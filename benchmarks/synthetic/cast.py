"""Who and what a document speaks of: one of its entities for each variable of its templates."""

from __future__ import annotations

import datetime
import random
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from synthetic.names import Referent, named, stems, times
from synthetic.plans import MisfitError
from synthetic.templates import Template


class Role(NamedTuple):
    """What stands for a variable: None where its own words name it. fresh: spoken of for the first time."""

    referent: Referent | None
    fresh: bool


class _Name(NamedTuple):
    """Where somebody or something of that type is to be named: the template, and its variable."""

    template: int
    variable: int
    type: str


def cast(templates: Sequence[Template], entities: int, date: datetime.date, chance: random.Random) -> list[list[Role]]:
    """The roles of each template's variables, so that there are so many entities in all.

    In one template two variables of a type are two entities. Some of these must be new ones; which others are, the
    lot decides. date: the document's. Raises MisfitError where there are too many or too few variables.
    """
    roles = [[Role(None, fresh=True)] * len(template.variables) for template in templates]
    calendar = times(date)
    moments: set[str] = set()
    described = 0
    names: list[_Name] = []
    fresh: set[_Name] = set()
    met: Counter[str] = Counter()
    for number, template in enumerate(templates):
        here: Counter[str] = Counter()
        for index, (kind, is_new, is_described) in enumerate(template.variables):
            if is_described:
                described += 1
            elif kind in calendar:
                moment = chance.choice(calendar[kind])
                moments.add(moment.key)
                roles[number][index] = Role(moment, fresh=True)
            else:
                names.append(_Name(number, index, kind))
                if is_new or met[kind] <= here[kind]:
                    fresh.add(names[-1])
                    met[kind] += 1
                here[kind] += 1
    free = [name for name in names if name not in fresh]
    more = entities - described - len(moments) - len(fresh)
    if not 0 <= more <= len(free):
        raise MisfitError
    fresh.update(chance.sample(free, more))
    _name(names, fresh, roles, chance)
    return roles


def _name(names: Sequence[_Name], fresh: set[_Name], roles: list[list[Role]], chance: random.Random) -> None:
    """Give each name to somebody: to somebody new, or to one of those who came before, the first of them most often."""
    words = stems(chance)
    met: dict[str, list[Referent]] = {}
    for number, group in groupby(names, itemgetter(0)):
        here: set[str] = set()
        for name in group:
            others = met.setdefault(name.type, [])
            if name in fresh:
                others.append(named(name.type, words, chance))
                referent = others[-1]
            else:
                referent = others[int(len(others) * chance.random() ** 2)]
                while referent.key in here:
                    referent = chance.choice(others)
            here.add(referent.key)
            roles[number][name.variable] = Role(referent, name in fresh)
