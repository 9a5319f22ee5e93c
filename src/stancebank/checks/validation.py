"""Checking a corpus: every rule over every part, findings in the order of the corpus."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Importing a module of rules registers them.
from stancebank.checks import labels, reading, references, spans, structure, texts  # noqa: F401
from stancebank.checks.findings import Finding
from stancebank.checks.registry import CORPUS_RULES, FAULT_RULES, PART_RULES, TABLE_RULES, Hit, Rule
from stancebank.checks.tables import Table
from stancebank.corpus import TARGETS_FILE, Corpus, Part
from stancebank.faults import Fault
from stancebank.files import read_inside
from stancebank.json_places import json_path, value_position
from stancebank.layers import LAYERS, TARGETS

_AROUND = 40  # code points shown on either side of a span, inside its paragraph


@dataclass(frozen=True)
class PartResult:
    """What checking a part gave: its findings and the ids of its documents, None where they could not be read."""

    findings: tuple[Finding, ...]
    document_ids: tuple[str, ...] | None


def check_corpus(corpus: Corpus) -> Iterator[Finding]:
    """The findings of all rules, part by part, in the order of the files.

    Rules build on each other: where files could not be read as what they should
    be, only that is reported, since the rest would follow from it.
    """
    broken = list(_fault_findings(corpus.faults))
    yield from broken
    if broken or corpus.targets is None or corpus.scheme is None:
        return
    yield from _table_findings(corpus, {TARGETS.name: Table(TARGETS, corpus.targets, corpus.scheme)}, None)
    documents = {}
    for name in corpus.part_names:
        result = check_part(corpus.read_part(name))
        yield from result.findings
        if result.document_ids is not None:
            documents[name] = result.document_ids
    for rule, function in CORPUS_RULES:
        for fault in function(corpus, documents):
            yield _of_fault(rule, fault)


def check_part(part: Part) -> PartResult:
    """The findings of all rules over one part; a plain function of the part's files."""
    broken = tuple(_fault_findings(part.faults))
    if broken:
        documents = part.frames.get("documents")
        return PartResult(broken, None if documents is None else tuple(documents["doc_id"]))
    assert part.corpus.scheme is not None
    tables = {name: Table(LAYERS[name], rows, part.corpus.scheme) for name, rows in part.frames.items()}
    findings = list(_table_findings(part.corpus, tables, part))
    hits = ((rule, hit) for rule, function in PART_RULES for hit in function(part))
    findings += _locate(part.corpus, hits, tables, part)
    order = {part.file(name): index for index, name in enumerate(LAYERS)}
    findings.sort(key=lambda finding: (order[finding.file], finding.line or 0, finding.column or 0))
    return PartResult(tuple(findings), tuple(part["documents"]["doc_id"]))


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
        fault.record,
        fault.what,
        fault.fix,
    )


def _table_findings(corpus: Corpus, tables: dict[str, Table], part: Part | None) -> Iterator[Finding]:
    hits = ((rule, hit) for table in tables.values() for rule, function in TABLE_RULES for hit in function(table))
    return _locate(corpus, hits, tables, part)


def _locate(
    corpus: Corpus, hits: Iterable[tuple[Rule, Hit]], tables: dict[str, Table], part: Part | None
) -> Iterator[Finding]:
    lines: dict[str, list[bytes]] = {}
    documents: dict[str, str] = {}
    for rule, hit in hits:
        file = part.file(hit.layer) if part else TARGETS_FILE
        if hit.layer not in lines:
            data, _ = read_inside(corpus.root, file)
            lines[hit.layer] = (data or b"").split(b"\n")
        if hit.span and part and not documents:
            documents = dict(part["documents"].select("doc_id", "text").iter_rows())
        table = tables[hit.layer]
        yield Finding(
            rule.id,
            rule.name,
            rule.severity,
            file,
            hit.row + 1,
            value_position(lines[hit.layer][hit.row].decode(), hit.path) + 1,
            json_path(hit.path) if hit.path else "",
            table.rows[table.layer.id_column][hit.row],
            hit.what,
            hit.fix,
            _context(documents, *hit.span) if hit.span else "",
        )


def _context(documents: dict[str, str], doc_id: str, start: int, end: int) -> str:
    text = documents.get(doc_id, "")
    if not 0 <= start <= end <= len(text):
        return ""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    last = len(text) if last < 0 else last
    lead = "..." if start - first > _AROUND else ""
    trail = "..." if last - end > _AROUND else ""
    before, after = text[max(first, start - _AROUND) : start], text[end : min(last, end + _AROUND)]
    return f"{lead}{before}[{text[start:end]}]{after}{trail}"
