"""Checking a corpus: every rule over every part, findings with their sentences in the order of the corpus."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, cached_property, partial
from itertools import chain, groupby
from operator import itemgetter

import polars as pl

from stancebank.checks import catalogue  # noqa: F401  (registers all rules)
from stancebank.checks.checked_before import CheckedBefore, State
from stancebank.checks.findings import Finding
from stancebank.checks.part_results import PartId, PartResult
from stancebank.checks.registry import (
    CORPUS_RULES,
    DOCUMENT_KEY,
    FAULT_RULES,
    PART_RULES,
    RULES,
    TABLE_RULES,
    Checked,
    Hit,
    Rule,
)
from stancebank.checks.selection import ALL_RULES, Exceptions, Selection
from stancebank.checks.tables import Table
from stancebank.checks.together import PartNames, groups, joined, parts_of
from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.corpus.corpus_folder import CorpusFolder
from stancebank.corpus.part import Part
from stancebank.corpus.span_context import NOTHING, Marked, MarkedText
from stancebank.corpus.states import done_documents
from stancebank.faults import Fault, counted
from stancebank.schema.paths import shared_file
from stancebank.storage.json_positions import json_path, value_position
from stancebank.text.resemblance import sketches
from stancebank.work.engines import Engine, here

_DOUBTS = {("SB201", ("text_sha256",)), ("SB205", ("text",))}
"""What says that a text is not the one that was annotated: rule, and path of the value."""

_ON_SPANS = ("SB3", "SB7")
"""Rules that compare spans with the text, or are about what annotators read in it."""

REPEATED = "SB212"
"""The rule that compares the texts of all parts."""


def check_corpus(
    corpus: Corpus | Faulty,
    selection: Selection = ALL_RULES,
    engine: Engine = here,
    advance: Callable[[int], None] = lambda _: None,
    *,
    cached: bool = False,
    digests: Mapping[str, str] | None = None,
) -> Iterator[Finding]:
    """The findings of the selected rules, part by part, in the order of the files.

    Rules build on each other: where files could not be read as what they should
    be, only that is reported, since the rest would follow from it; and where a text is
    not what its digest or its seed says, no span of its document is checked. What an
    exception of corpus.yaml covers is left out.
    engine: where the parts are checked. advance: called after each part, with the
    number of its documents. cached: a part that is as it was at an earlier check is not
    checked again; its findings are in the user's cache. digests: the SHA-256 of files by path,
    where they are known; a part whose files have these is not read either.
    """
    if isinstance(corpus, Faulty):
        yield from unreadable(corpus)
        return
    exceptions = Exceptions(corpus.settings.validation.exceptions, selection)
    before = CheckedBefore(corpus, digests or {}) if cached and not corpus.unsaved else None
    names = groups(corpus)
    known = {group: found for group in names if before and (found := before.unchanged(group, selection))}
    check = partial(check_together, corpus, selection, CheckedBefore(corpus) if before else None)
    with contextlib.closing(engine(check, [group for group in names if group not in known])) as new:
        results = (known.get(group) or next(new) for group in names)
        yield from exceptions.leave(_all_findings(corpus, selection, exceptions, results, advance))


def unreadable(corpus: Faulty) -> Iterator[Finding]:
    """What keeps the corpus from being read."""
    yield from _fault_findings(corpus.faults)


def part_ids(corpus: CorpusFolder) -> list[PartId]:
    """The parts of the corpus, then those of the passes, in the order in which they are checked."""
    return [*map(PartId, corpus.part_names), *_passes(corpus)]


def _passes(corpus: CorpusFolder) -> Iterator[PartId]:
    return (PartId(name, annotator) for annotator in corpus.annotators for name in corpus.pass_parts(annotator))


def check_together(
    corpus: Corpus, selection: Selection, before: CheckedBefore | None, names: PartNames
) -> dict[PartId, PartResult]:
    """Check parts of a corpus, then the passes over them, each unless the same was checked before.

    A pass stays as it was made, so nobody is warned of its likely mistakes, only of its progress.
    """
    annotators = {name: (None, *corpus.annotators_of(name)) for name in names}
    held = {name: corpus.hold_part(name, annotators[name]) for name in names}
    files = {
        name: {file: read for file, read in part.held.items() if file not in corpus.unsaved}
        for name, part in held.items()
    }
    states = {} if before is None else {name: before.state(part) for name, part in held.items()}
    texts = dict(held)
    results: dict[PartId, PartResult] = {}
    for annotator in (None, *corpus.annotators):
        asked = replace(selection, of_pass=annotator is not None)
        group = [PartId(name, annotator) for name in names if annotator in annotators[name]]
        known = {of: states[of.part].result(of, asked) for of in group if states}
        results |= {of: result for of, result in known.items() if result is not None}
        new = [of for of in group if of not in results]
        parts = [
            replace(corpus.read_part(of.part, of.annotator, texts[of.part]), contents=files[of.part]) for of in new
        ]
        for of, part, result in zip(new, parts, check_parts(parts, asked), strict=True):
            results[of] = result
            if texts[of.part] is held[of.part]:
                texts[of.part] = part
            if states:
                states[of.part].keep(asked, part, result)
    return results


def check_once(part: Part, selection: Selection, state: State | None) -> PartResult:
    """What check_part finds in a part, or in a pass; what an earlier check of the same found, where state knows it."""
    known = state.result(PartId(part.name, part.annotator), selection) if state else None
    if known is not None:
        return known
    result = check_part(part, selection)
    if state:
        state.keep(selection, part, result)
    return result


def check_parts(parts: Sequence[Part], selection: Selection = ALL_RULES) -> list[PartResult]:
    """What check_part finds in each of several parts, or of one annotator's passes over them."""
    suspects: dict[str, set[str]] = {}
    sound = joined(whole) if len(whole := [part for part in parts if not part.faults]) > 1 else None
    if sound is not None and not sound[0].repeats_ids:
        together, ordered = sound
        suspects = {part.name: set() for part in ordered}
        for rule, hits in groupby(part_hits(together, selection), key=itemgetter(0)):
            found = parts_of(ordered, ((hit.layer, hit.row) for _, hit in hits))
            of_tables = any(rule is each for each, _ in TABLE_RULES)  # one may look at the order of all rows
            for part in ordered if of_tables else (ordered[place] for place in found):
                suspects[part.name].add(rule.id)
    return [check_part(part, selection, suspects.get(part.name)) for part in parts]


def _all_findings(
    corpus: Corpus,
    selection: Selection,
    exceptions: Exceptions,
    results: Iterator[dict[PartId, PartResult]],
    advance: Callable[[int], None],
) -> Iterator[Finding]:
    yield from shared_findings(corpus, selection)
    documents, sketches, of_passes = {}, {}, {}
    for of, result in chain.from_iterable(each.items() for each in results):
        if of.annotator is None:
            yield from result.findings
            exceptions.complete &= result.readable
            exceptions.excuse(result.untried)
            if result.documents is not None:
                documents[of.part] = result.documents
            if result.sketches is not None:
                sketches[of.part] = result.sketches
        else:
            of_passes[of] = result.findings
        advance(0 if result.documents is None or of.annotator else result.documents.height)
    for of in _passes(corpus):
        yield from of_passes[of]
    yield from corpus_findings(corpus, selection, Checked(documents, exceptions.unused, sketches))


def shared_findings(corpus: Corpus, selection: Selection) -> Iterator[Finding]:
    """The findings of the selected rules over the layers that all parts share."""
    chosen = {rule.id for rule in RULES.values() if rule in selection}
    yield from _locate(corpus, _table_hits(corpus, corpus.shared, chosen), corpus.shared, None)


def corpus_findings(corpus: Corpus, selection: Selection, checked: Checked) -> Iterator[Finding]:
    """The findings of the selected rules over the corpus as a whole."""
    # In the order of their ids, since those on exceptions need to know what the others found.
    for rule, function in sorted(CORPUS_RULES, key=lambda registered: registered[0].id):
        if rule in selection:
            for fault in function(corpus, checked):
                yield _of_fault(rule, fault)


def check_part(part: Part, selection: Selection = ALL_RULES, only: Collection[str] | None = None) -> PartResult:
    """The findings of the selected rules over one part; a plain function of the part's files.

    Of an annotator's pass only the annotated layers are its own; the others are checked with the corpus.
    only: where it is known that no id is repeated, the ids of rules outside of which nothing is to be found.
    """
    documents = part.frames.get("documents")
    keys = None if documents is None else documents.select(DOCUMENT_KEY)
    sketched = _sketches(part) if RULES[REPEATED] in selection and part.annotator is None else None
    broken = tuple(_fault_findings(part.faults))
    if broken:
        own = tuple(found for found in broken if part.owns_file(found.file))
        return PartResult(own, keys, readable=False, sketches=sketched)
    hits = list(part_hits(part, selection, only))
    doubtful = texts_in_doubt(part, hits)
    hits = [*_without_what_follows(part, hits, doubtful)]
    hits = [(rule, hit) for rule, hit in hits if part.owns_file(part.file(hit.layer))]
    findings = list(_locate(part.corpus, hits, part.frames, part))
    order = {part.file(name): index for index, name in enumerate(part.layers.parts)}
    findings.sort(key=lambda finding: (order[finding.file], finding.line or 0, finding.column or 0))
    untried = frozenset(_untried_exceptions(part, {*doubtful.values()}))
    return PartResult(tuple(findings), keys, only is not None or not part.repeats_ids, sketched, untried)


def texts_in_doubt(part: Part, hits: Iterable[tuple[Rule, Hit]]) -> dict[int, str]:
    """The documents, row and id, whose text is not what its digest or its seed says, by what rules have found."""
    in_doubt = [hit.row for rule, hit in hits if (rule.id, hit.path) in _DOUBTS]
    return {row: part["documents"]["doc_id"][row] for row in in_doubt}


def _without_what_follows(
    part: Part, hits: Iterable[tuple[Rule, Hit]], doubtful: Mapping[int, str]
) -> Iterator[tuple[Rule, Hit]]:
    """The hits without those on spans of doubtful texts; the first on each such text says how many spans that are."""
    told: set[int] = set()
    documents = {*doubtful.values()}
    for rule, hit in hits:
        if (rule.id, hit.path) in _DOUBTS and hit.row not in told:
            told.add(hit.row)
            spans = part.spans.filter(pl.col("doc_id") == doubtful[hit.row]).height
            what = f"{hit.what}; so its {counted(spans, 'span')} are not checked, nor are those of passes"
            yield rule, replace(hit, what=what)
        elif not (documents and rule.id.startswith(_ON_SPANS) and part[hit.layer]["doc_id"][hit.row] in documents):
            yield rule, hit


def _untried_exceptions(part: Part, doubtful: Collection[str]) -> Iterator[int]:
    """The exceptions whose rule was not tried on a document that they may be for: it is not done, or in doubt."""

    @cache
    def untried(rule: Rule) -> set[str]:
        """The ids of the documents."""
        in_doubt = {*doubtful} if rule.id.startswith(_ON_SPANS) else set()
        unfinished = {*part["documents"]["doc_id"]} - {*done_documents(part, rule.needs)} if rule.needs else set()
        return in_doubt | unfinished

    for index, each in enumerate(part.corpus.settings.validation.exceptions):
        documents: set[str] = untried(RULES[each.rule]) if each.rule in RULES else set()
        if each.document in documents or (each.document is None and documents):
            yield index


def _sketches(part: Part) -> pl.DataFrame | None:
    """Those of the part's texts, where the corpus has several splits between which they could be repeated."""
    several = len(part.corpus.settings.splits) > 1
    return sketches(part["documents"]["text"]) if several and "documents" in part.frames else None


def part_hits(
    part: Part, selection: Selection = ALL_RULES, only: Collection[str] | None = None
) -> Iterator[tuple[Rule, Hit]]:
    """What the selected rules find in a part that could be read, rule by rule; of one that repeats ids only that.

    only: as check_part takes it.
    """
    chosen = {rule.id for rule in RULES.values() if rule in selection and (only is None or rule.id in only)}
    if not chosen:
        return
    yield from _table_hits(part.corpus, part.frames, chosen)
    if only is None and part.repeats_ids:  # a join would give each record as often as its id, times that of the other
        return
    for rule, function in PART_RULES:
        if rule.id in chosen:
            done = {*done_documents(part, rule.needs)} if rule.needs else None
            for hit in function(part):
                if done is None or part[hit.layer]["doc_id"][hit.row] in done:
                    yield rule, hit


def _table_hits(
    corpus: Corpus, frames: Mapping[str, pl.DataFrame], chosen: Collection[str]
) -> Iterator[tuple[Rule, Hit]]:
    for name, rows in frames.items():
        table = Table(corpus.layers[name], rows, corpus.scheme)
        for rule, function in TABLE_RULES:
            if rule.id in chosen:
                for hit in function(table):
                    yield rule, hit


def _fault_findings(faults: tuple[Fault, ...]) -> Iterator[Finding]:
    found = [_of_fault(FAULT_RULES[fault.kind], fault) for fault in faults]
    yield from sorted(found, key=lambda finding: (finding.file, finding.line or 0, finding.column or 0, finding.rule))


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
        file = part.file(hit.layer) if part else shared_file(hit.layer)
        if hit.layer not in lines:
            data, _ = (part.contents.get(file) if part else None) or corpus.read(file)
            lines[hit.layer] = (data or b"").split(b"\n")
        layer, rows = corpus.layers[hit.layer], frames[hit.layer]
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


Span = tuple[str, int, int]


class Contexts:
    """The sentences of a part, to show its records in."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._text = MarkedText(part)

    def context(self, hit: Hit) -> Marked:
        """What a rule found in its sentence, as MarkedText.sentence gives it.

        Without a span of its own, a relation shows its head and an entity its first
        mention.
        """
        span = hit.span or self._own_span(hit)
        return self._text.sentence(*span) if span else NOTHING

    def _own_span(self, hit: Hit) -> Span | None:
        if hit.layer not in self._part.frames:
            return None
        record = self._part[hit.layer].row(hit.row, named=True)
        if "start" in record:
            return record["doc_id"], record["start"], record["end"]
        if hit.layer == "relations":
            return self._mentions.get((record["doc_id"], record["head"]))
        if hit.layer == "entities":
            return self._first_mentions.get((record["doc_id"], record["entity_id"]))
        return None

    @cached_property
    def _mentions(self) -> dict[tuple[str, str], Span]:
        rows = self._part["mentions"].select("doc_id", "mention_id", "start", "end").iter_rows()
        return {(doc_id, mention_id): (doc_id, start, end) for doc_id, mention_id, start, end in rows}

    @cached_property
    def _first_mentions(self) -> dict[tuple[str, str], Span]:
        first = self._part["mentions"].sort("start", "end").unique(["doc_id", "entity_id"], keep="first")
        rows = first.select("doc_id", "entity_id", "start", "end").iter_rows()
        return {(doc_id, entity_id): (doc_id, start, end) for doc_id, entity_id, start, end in rows}
