"""Checking a corpus: every rule over every part, findings in the order of the corpus."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import polars as pl

from stancebank.checks import catalogue  # noqa: F401  (registers all rules)
from stancebank.checks.contexts import Contexts
from stancebank.checks.findings import Finding
from stancebank.checks.registry import (
    CORPUS_RULES,
    DOCUMENT_KEY,
    FAULT_RULES,
    PART_RULES,
    TABLE_RULES,
    Checked,
    Hit,
    Rule,
)
from stancebank.checks.selection import ALL_RULES, Exceptions, Selection
from stancebank.checks.tables import Table
from stancebank.corpus import TARGETS_FILE, Corpus, Part
from stancebank.engines import Engine, here
from stancebank.faults import Fault
from stancebank.files import read_inside
from stancebank.json_places import json_path, value_position
from stancebank.layers import LAYERS, PART_LAYERS, TARGETS
from stancebank.marked_text import NOTHING


class PartId(NamedTuple):
    """A part of a corpus, or an annotator's pass over it."""

    part: str
    annotator: str | None = None

    def __str__(self) -> str:
        return f"part {self.part}" if self.annotator is None else f"{self.annotator}'s pass over part {self.part}"


@dataclass(frozen=True)
class PartResult:
    """What checking a part gave.

    documents: their DOCUMENT_KEY, in order, None where they could not be read.
    readable: whether all its files could be read, so that every rule was tried.
    """

    findings: tuple[Finding, ...]
    documents: pl.DataFrame | None
    readable: bool


def check_corpus(
    corpus: Corpus,
    selection: Selection = ALL_RULES,
    engine: Engine = here,
    advance: Callable[[int], None] = lambda _: None,
) -> Iterator[Finding]:
    """The findings of the selected rules, part by part, in the order of the files.

    Rules build on each other: where files could not be read as what they should
    be, only that is reported, since the rest would follow from it. What an
    exception of corpus.yaml covers is left out.
    engine: where the parts are checked. advance: called after each part, with the
    number of its documents.
    """
    broken = list(unreadable(corpus))
    yield from broken
    if broken or corpus.settings is None:
        return
    exceptions = Exceptions(corpus.settings.validation.exceptions, selection)
    results = engine(partial(check_part_of, corpus, selection), part_ids(corpus))
    yield from exceptions.leave(_all_findings(corpus, selection, exceptions, results, advance))


def unreadable(corpus: Corpus) -> Iterator[Finding]:
    """What keeps the corpus from being read; where there is nothing, all it says of itself is there."""
    yield from _fault_findings(corpus.faults)


def part_ids(corpus: Corpus) -> list[PartId]:
    """The parts of the corpus, then those of the passes, in the order in which they are checked."""
    passes = (PartId(name, annotator) for annotator in corpus.annotators for name in corpus.pass_parts(annotator))
    return [*map(PartId, corpus.part_names), *passes]


def check_part_of(corpus: Corpus, selection: Selection, of: PartId) -> PartResult:
    """Read and check one part of a corpus, or an annotator's pass over it.

    A pass stays as it was made, so nobody is warned of its likely mistakes.
    """
    part = corpus.read_part(of.part, of.annotator)
    return check_part(part, selection if of.annotator is None else replace(selection, warnings=False))


def _all_findings(
    corpus: Corpus,
    selection: Selection,
    exceptions: Exceptions,
    results: Iterator[PartResult],
    advance: Callable[[int], None],
) -> Iterator[Finding]:
    yield from target_findings(corpus, selection)
    documents = {}
    for of, result in zip(part_ids(corpus), results, strict=True):
        yield from result.findings
        if of.annotator is None:
            exceptions.complete &= result.readable
            if result.documents is not None:
                documents[of.part] = result.documents
        advance(0 if result.documents is None or of.annotator else result.documents.height)
    yield from corpus_findings(corpus, selection, Checked(documents, exceptions.unused))


def target_findings(corpus: Corpus, selection: Selection) -> Iterator[Finding]:
    """The findings of the selected rules over the targets of a corpus that could be read."""
    assert corpus.targets is not None
    targets = {TARGETS.name: corpus.targets}
    yield from _locate(corpus, _table_hits(corpus, targets, selection), targets, None)


def corpus_findings(corpus: Corpus, selection: Selection, checked: Checked) -> Iterator[Finding]:
    """The findings of the selected rules over the corpus as a whole."""
    # In the order of their ids, since those on exceptions need to know what the others found.
    for rule, function in sorted(CORPUS_RULES, key=lambda registered: registered[0].id):
        if rule in selection:
            for fault in function(corpus, checked):
                yield _of_fault(rule, fault)


def check_part(part: Part, selection: Selection = ALL_RULES) -> PartResult:
    """The findings of the selected rules over one part; a plain function of the part's files.

    Of an annotator's pass only the annotated layers are its own; the others are checked with the corpus.
    """
    documents = part.frames.get("documents")
    keys = None if documents is None else documents.select(DOCUMENT_KEY)
    broken = tuple(_fault_findings(part.faults))
    if broken:
        return PartResult(tuple(found for found in broken if part.owns_file(found.file)), keys, readable=False)
    hits = ((rule, hit) for rule, hit in part_hits(part, selection) if part.owns_file(part.file(hit.layer)))
    findings = list(_locate(part.corpus, hits, part.frames, part))
    order = {part.file(name): index for index, name in enumerate(PART_LAYERS)}
    findings.sort(key=lambda finding: (order[finding.file], finding.line or 0, finding.column or 0))
    return PartResult(tuple(findings), keys, readable=True)


def part_hits(part: Part, selection: Selection = ALL_RULES) -> Iterator[tuple[Rule, Hit]]:
    """What the selected rules find in a part that could be read, rule by rule."""
    yield from _table_hits(part.corpus, part.frames, selection)
    for rule, function in PART_RULES:
        if rule in selection:
            for hit in function(part):
                yield rule, hit


def _table_hits(corpus: Corpus, frames: Mapping[str, pl.DataFrame], selection: Selection) -> Iterator[tuple[Rule, Hit]]:
    assert corpus.scheme is not None
    for name, rows in frames.items():
        table = Table(LAYERS[name], rows, corpus.scheme)
        for rule, function in TABLE_RULES:
            if rule in selection:
                for hit in function(table):
                    yield rule, hit


def _fault_findings(faults: tuple[Fault, ...]) -> Iterator[Finding]:
    found = [_of_fault(rule, fault) for rule, function in FAULT_RULES for fault in function(faults)]
    assert len(found) == len(faults), "each kind of fault belongs to one rule"
    yield from sorted(found, key=lambda finding: (finding.file, finding.line or 0, finding.column or 0))


def _of_fault(rule: Rule, fault: Fault) -> Finding:
    return Finding(
        rule.id,
        rule.name,
        rule.severity,
        fault.file,
        fault.line,
        fault.column,
        fault.path,
        fault.document,
        fault.record,
        fault.what,
        fault.fix,
    )


def _locate(
    corpus: Corpus, hits: Iterable[tuple[Rule, Hit]], frames: Mapping[str, pl.DataFrame], part: Part | None
) -> Iterator[Finding]:
    lines: dict[str, list[bytes]] = {}
    contexts = Contexts(part) if part else None
    for rule, hit in hits:
        file = part.file(hit.layer) if part else TARGETS_FILE
        if hit.layer not in lines:
            data, _ = read_inside(corpus.root, file)
            lines[hit.layer] = (data or b"").split(b"\n")
        layer, rows = LAYERS[hit.layer], frames[hit.layer]
        yield Finding(
            rule.id,
            rule.name,
            rule.severity,
            file,
            hit.row + 1,
            value_position(lines[hit.layer][hit.row].decode(), hit.path) + 1,
            json_path(hit.path) if hit.path else "",
            rows["doc_id"][hit.row] if "doc_id" in layer.names else None,
            rows[layer.id_column][hit.row],
            hit.what,
            hit.fix,
            *(contexts.context(hit) if contexts else NOTHING),
        )
