"""Two passes over a document side by side, with each thing on which they differ and what was decided on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from itertools import combinations
from typing import NamedTuple

from stancebank.agreement.decisions import Decision, Subject
from stancebank.agreement.disagreements import disagreements
from stancebank.corpus.part import Part
from stancebank.pages.reading.document_reading import DocumentReading
from stancebank.pages.reading.record_sentences import sentence
from stancebank.pages.site.marked_text import Segment, paragraphs
from stancebank.pages.site.page_links import Labels, Words, key, linked

ROOT = "../"


class Decided(NamedTuple):
    """A decision on a page. rule, reason: empty where an edition must not show them, since they quote texts."""

    decision: str
    values: str
    rule: str
    reason: str


class Difference(NamedTuple):
    """A thing on which two passes differ. a, b: what each says; empty where it has no such record."""

    layer: str
    kind: str
    fields: str
    a_id: str | None
    b_id: str | None
    a: list[Words]
    b: list[Words]
    decided: Decided | None


class Pair(NamedTuple):
    """Two passes over a document: annotators, texts where the edition has any, and differences."""

    a: str
    b: str
    a_text: list[list[Segment]]
    b_text: list[list[Segment]]
    differences: list[Difference]
    others: list[tuple[str, Decided]]


class Found(NamedTuple):
    """A disagreement without words. a, b: ids in the two passes."""

    doc_id: str
    layer: str
    a: str | None
    b: str | None
    kind: str
    fields: tuple[str, ...]


def found_differences(passes: Sequence[Part]) -> dict[tuple[str, str], list[Found]]:
    """The disagreements of every two passes over a part, by annotators. Raises StanceBankError without SciPy."""
    return {
        (a.annotator or "", b.annotator or ""): [
            Found(each.doc_id, each.layer, each.a_id, each.b_id, each.kind, each.fields) for each in disagreements(a, b)
        ]
        for a, b in combinations(passes, 2)
    }


def pairs(
    readings: Mapping[str, DocumentReading],
    found: Mapping[tuple[str, str], Iterable[Found]],
    decisions: Sequence[Decision],
    labels: Labels,
    *,
    reasons: bool,
) -> Iterator[Pair]:
    """Every two passes over a document.

    readings: the document in each pass, by annotator. found: its disagreements. decisions: on it. reasons:
    whether the page shows rules and reasons.
    """
    by_subject: dict[Subject, Decision] = {each.subject: each for each in decisions}
    first = True
    for (a, b), of_pair in found.items():
        differences = [
            _difference(each, readings[a], readings[b], by_subject, labels, reasons=reasons) for each in of_pair
        ]
        subjects = {(each.doc_id, each.layer, each.a, each.b, each.fields) for each in of_pair}
        others = [each for each in decisions if each.subject not in subjects] if first else []
        named = [(_ids(each), _decided(each, reasons=reasons)) for each in others]
        a_text = _with_differences(paragraphs(readings[a], labels), {key(e.layer, e.a) for e in of_pair if e.a})
        b_text = _with_differences(paragraphs(readings[b], labels), {key(e.layer, e.b) for e in of_pair if e.b})
        yield Pair(a, b, a_text, b_text, differences, named)
        first = False


def _with_differences(lines: Iterable[list[Segment]], differing: Set[str]) -> list[list[Segment]]:
    """The lines of a text, with another look where a record is on which the passes differ."""
    return [
        [
            each._replace(classes=f"{each.classes} dif") if not differing.isdisjoint(each.keys.split()) else each
            for each in line
        ]
        for line in lines
    ]


def _difference(
    found: Found,
    a: DocumentReading,
    b: DocumentReading,
    decisions: Mapping[Subject, Decision],
    labels: Labels,
    *,
    reasons: bool,
) -> Difference:
    a_said, b_said = _said(a, found.layer, found.a, labels), _said(b, found.layer, found.b, labels)
    decision = decisions.get((found.doc_id, found.layer, found.a, found.b, found.fields))
    decided = None if decision is None else _decided(decision, reasons=reasons)
    return Difference(found.layer, found.kind, ", ".join(found.fields), found.a, found.b, a_said, b_said, decided)


def _said(reading: DocumentReading, layer: str, id: str | None, labels: Labels) -> list[Words]:
    """What a pass states with a record; nothing without one."""
    if id is None:
        return []
    return linked(sentence(reading, layer, reading.records[layer][id]), labels, ROOT, here=False)


def _ids(decision: Decision) -> str:
    return f"{decision.layer} {decision.a or '-'} / {decision.b or '-'}"


def _decided(decision: Decision, *, reasons: bool) -> Decided:
    if not reasons:
        return Decided(decision.decision, "", "", "")
    values = ", ".join(f"{name} {value}" for name, value in decision.values.items())
    return Decided(decision.decision, values, decision.rule, decision.reason)
