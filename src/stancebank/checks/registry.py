"""The rules: small functions with a stable id, whose docstrings are their documentation."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from stancebank.checks.findings import Severity
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import Fault, FaultKind
from stancebank.storage.json_positions import JsonPath
from stancebank.text.docstrings import docstring

if TYPE_CHECKING:
    from stancebank.checks.tables import Table


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule found something: a row of a layer, before its file and line are known.

    path: way to the value in the record; empty for the whole record.
    span: document, start and end of the text to show, where it is not the record's own.
    """

    layer: str
    row: int
    path: JsonPath
    what: str
    fix: str
    span: tuple[str, int, int] | None = None

    @classmethod
    def in_span(cls, row: Mapping[str, Any], key: str, what: str, fix: str) -> Hit:
        """A hit at a key of a span, given as a row of Part.spans; that of a content span is in its attribution."""
        path: JsonPath = (key,) if row["item"] is None else ("content", row["item"], key)
        return cls(row["layer"], row["row"], path, what, fix, (row["doc_id"], row["start"], row["end"]))


# What rules over the whole corpus need to know of a document.
DOCUMENT_KEY = ("doc_id", "seed", "text_sha256")


@dataclass(frozen=True)
class Checked:
    """What is known once all parts are checked.

    documents: by part the DOCUMENT_KEY of each document, in order, without parts
    whose documents could not be read. unused_exceptions: gives the places in the list
    of corpus.yaml's exceptions of those that covered nothing so far. sketches: by part those of
    the documents' texts, in order, as text.resemblance gives them; of none where no rule compares texts.
    """

    documents: Mapping[str, pl.DataFrame]
    unused_exceptions: Callable[[], Sequence[int]]
    sketches: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    @cached_property
    def keys(self) -> pl.DataFrame:
        """All documents, in the order of the corpus: part, line in its layer, and DOCUMENT_KEY."""
        none = pl.DataFrame(schema=dict.fromkeys(DOCUMENT_KEY, pl.String))
        frames = [none.lazy().with_row_index("line", 1).with_columns(part=pl.lit("", pl.String))]
        for part, documents in self.documents.items():
            frames.append(documents.lazy().with_row_index("line", 1).with_columns(part=pl.lit(part)))
        return pl.concat(frames).collect()


FaultRule = Callable[[], None]
CorpusRule = Callable[[Corpus, Checked], Iterable[Fault]]
TableRule = Callable[["Table"], Iterable[Hit]]
PartRule = Callable[[Part], Iterable[Hit]]
F = TypeVar("F", bound=CorpusRule | TableRule | PartRule)

_SECTIONS = re.compile(r"^(Why|Example|Fix): *", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Rule:
    """One way in which a corpus can be wrong, with its documentation.

    finds: what the rule finds; why: why it matters; example: a finding, as it is
    reported; fix: how to correct it. All four are in the docstring of the function
    that checks the rule. group: what the rules of its hundred are about. bookkeeping: whether
    it is about how far the work is, and so warns of a pass too. needs: the layers that are done
    in the documents that it speaks of, since it is about something missing from them.
    """

    id: str
    name: str
    severity: Severity
    group: str
    finds: str
    why: str
    example: str
    fix: str
    bookkeeping: bool = False
    needs: tuple[str, ...] = ()


RULES: dict[str, Rule] = {}
FAULT_RULES: dict[FaultKind, Rule] = {}
CORPUS_RULES: list[tuple[Rule, CorpusRule]] = []
TABLE_RULES: list[tuple[Rule, TableRule]] = []
PART_RULES: list[tuple[Rule, PartRule]] = []


def unknown_rules(prefixes: Sequence[str]) -> list[str]:
    """Those that no rule's id starts with."""
    return [prefix for prefix in prefixes if not prefix or not any(rule.startswith(prefix) for rule in RULES)]


def fault_rule(id: str, name: str, kind: FaultKind) -> Callable[[FaultRule], FaultRule]:
    """Register the rule for faults of a kind, which reading meets; its function is its documentation alone."""

    def add(function: FaultRule) -> FaultRule:
        FAULT_RULES[kind] = _documented(id, name, "error", function)
        return function

    return add


def corpus_rule(id: str, name: str, severity: Severity = "error") -> Callable[[CorpusRule], CorpusRule]:
    """Register a rule over the corpus as a whole, given what the checks of its parts found out."""
    return _register(id, name, severity, CORPUS_RULES)


def table_rule(id: str, name: str) -> Callable[[TableRule], TableRule]:
    """Register a rule over one layer by itself."""
    return _register(id, name, "error", TABLE_RULES)


def part_rule(
    id: str, name: str, severity: Severity = "error", *, bookkeeping: bool = False, needs: tuple[str, ...] = ()
) -> Callable[[PartRule], PartRule]:
    """Register a rule over the layers of a part together. bookkeeping, needs: as in Rule."""
    return _register(id, name, severity, PART_RULES, bookkeeping, needs)


def _register(
    id: str,
    name: str,
    severity: Severity,
    rules: list[tuple[Rule, F]],
    bookkeeping: bool = False,
    needs: tuple[str, ...] = (),
) -> Callable[[F], F]:
    def add(function: F) -> F:
        rule = replace(_documented(id, name, severity, function), bookkeeping=bookkeeping, needs=needs)
        RULES[id] = rule
        rules.append((rule, function))
        return function

    return add


def _documented(id: str, name: str, severity: Severity, function: Callable[..., object]) -> Rule:
    """A new rule, registered with what its function's docstring says."""
    if id in RULES or any(known.name == name for known in RULES.values()):
        raise ValueError(f"the rule {id} {name} is registered twice")
    finds, *sections = _SECTIONS.split(docstring(function))
    texts = dict(zip(sections[::2], (text.strip() for text in sections[1::2]), strict=True))
    group = docstring(sys.modules[function.__module__])
    RULES[id] = Rule(
        id,
        name,
        severity,
        group.split("\n")[0].partition(": ")[2].rstrip("."),
        finds.strip(),
        texts.get("Why", ""),
        " ".join(texts.get("Example", "").split()),
        texts.get("Fix", ""),
    )
    return RULES[id]
