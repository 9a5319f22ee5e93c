"""The rules: small functions with a stable id, whose docstrings are their documentation."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from stancebank.checks.findings import Severity
from stancebank.checks.tables import Table
from stancebank.corpus import Corpus, Part
from stancebank.faults import Fault
from stancebank.json_places import JsonPath


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule found something: a row of a layer, before its file and line are known.

    path: way to the value in the record; empty for the whole record.
    span: document, start and end of the text to show, where that helps.
    """

    layer: str
    row: int
    path: JsonPath
    what: str
    fix: str
    span: tuple[str, int, int] | None = None


Faults = tuple[Fault, ...]
Documents = Mapping[str, Sequence[str]]
FaultRule = Callable[[Faults], Iterable[Fault]]
CorpusRule = Callable[[Corpus, Documents], Iterable[Fault]]
TableRule = Callable[[Table], Iterable[Hit]]
PartRule = Callable[[Part], Iterable[Hit]]
F = TypeVar("F", bound=FaultRule | CorpusRule | TableRule | PartRule)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a corpus can be wrong.

    documentation: what the rule finds, why it matters and how to mend it: the
    docstring of the function that checks it.
    """

    id: str
    name: str
    severity: Severity
    documentation: str


RULES: dict[str, Rule] = {}
FAULT_RULES: list[tuple[Rule, FaultRule]] = []
CORPUS_RULES: list[tuple[Rule, CorpusRule]] = []
TABLE_RULES: list[tuple[Rule, TableRule]] = []
PART_RULES: list[tuple[Rule, PartRule]] = []


def fault_rule(id: str, name: str) -> Callable[[FaultRule], FaultRule]:
    """Register a rule that picks its faults among those that reading met."""
    return _register(id, name, "error", FAULT_RULES)


def corpus_rule(id: str, name: str) -> Callable[[CorpusRule], CorpusRule]:
    """Register a rule over the corpus as a whole, given the ids of the documents of each part."""
    return _register(id, name, "error", CORPUS_RULES)


def table_rule(id: str, name: str) -> Callable[[TableRule], TableRule]:
    """Register a rule over one layer by itself."""
    return _register(id, name, "error", TABLE_RULES)


def part_rule(id: str, name: str, severity: Severity = "error") -> Callable[[PartRule], PartRule]:
    """Register a rule over the layers of a part together."""
    return _register(id, name, severity, PART_RULES)


def _register(id: str, name: str, severity: Severity, rules: list[tuple[Rule, F]]) -> Callable[[F], F]:
    def add(function: F) -> F:
        if id in RULES or any(known.name == name for known in RULES.values()):
            raise ValueError(f"the rule {id} {name} is registered twice")
        RULES[id] = Rule(id, name, severity, inspect.getdoc(function) or "")
        rules.append((RULES[id], function))
        return function

    return add
