"""The pages of a part's documents, and what the part gives for pages over all parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from stancebank.agreement.decisions import Decision
from stancebank.checks.findings import Finding
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.remarks import Remark
from stancebank.corpus.statistics import part_statistics
from stancebank.editions.edition import Edition
from stancebank.faults import StanceBankError
from stancebank.pages.reading.document_reading import DocumentReading, readings
from stancebank.pages.reading.record_sentences import NOBODY, plain, quoted, sentence
from stancebank.pages.reading.sound_records import SoundPart, problem_lines, sound_part, sound_passes
from stancebank.pages.site.collected import SEPARATOR, HeldStance, ListedDocument, PartContent, SaidWords
from stancebank.pages.site.document_page import DocumentPage, Identity, facts
from stancebank.pages.site.lists import clipped
from stancebank.pages.site.page_links import Labels
from stancebank.pages.site.page_names import document_page, passes_page
from stancebank.pages.site.passes_page import Found, found_differences, pairs
from stancebank.pages.site.search_index import label_terms, terms
from stancebank.pages.site.templating import write_page
from stancebank.schema.layers import ATTRIBUTIONS, ENTITIES, MENTIONS, STANCES
from stancebank.views.attribution_chains import WRITER
from stancebank.views.identities import identities


@dataclass(frozen=True)
class PartPages:
    """Writes the pages of a part: a plain function of the part's name.

    corpus: what of it is sound; shown: the same as the edition shows it. common: what all pages show.
    decisions, remarks: by document.
    """

    corpus: Corpus
    shown: Corpus
    edition: Edition
    folder: Path
    common: Mapping[str, Any]
    decisions: Mapping[str, Sequence[Decision]]
    remarks: Mapping[str, Sequence[Remark]]

    def __call__(self, name: str) -> PartContent:
        """Write the pages of the documents; gives what lists and search need of them."""
        labels = Labels(self.shown.scheme)
        gold = sound_part(self.corpus, name)
        passes = sound_passes(self.corpus, gold)
        shown = self.edition.part(gold.part, self.shown)
        shown_passes = [self.edition.part(each.part, self.shown) for each in passes]
        differences, untold = _differences(passes)
        who: dict[str, dict[str, Identity]] = {}
        for row in identities(shown).iter_rows(named=True):
            who.setdefault(row["doc_id"], {})[row["entity_id"]] = (row["known_by"], row["identity"], row["called"])
        findings = [*gold.findings, *(finding for each in passes for finding in each.findings)]
        of_document = _by_document(findings)
        content = PartContent(problems=list(problem_lines(findings)), statistics=part_statistics(gold.part))
        documents = gold.part["documents"]["doc_id"].to_list()
        in_passes = [readings(each) for each in shown_passes]
        for number, reading in enumerate(readings(shown)):
            beside = {(each := next(of)).part.annotator or "": each for of in in_passes}
            entities = who.get(reading.id, {})
            page = DocumentPage(reading, entities, labels)
            write_page(
                self.folder,
                page.page,
                "document.html",
                self.common,
                reading=reading,
                facts=facts(reading),
                lines=page.text(),
                layers=list(page.layers()),
                problems=list(problem_lines(of_document.get(reading.id, ()))),
                before=document_page(documents[number - 1]) if number else "",
                after=document_page(documents[number + 1]) if number + 1 < len(documents) else "",
                passes=passes_page(reading.id) if beside else "",
                annotators=list(beside),
                remarks=[_shown(each, self.shown) for each in self.remarks.get(reading.id, ())],
                rights=self.shown.seeds.rights.get(reading.document["rights"]),
            )
            if beside:
                self._write_passes(reading, beside, differences.get(reading.id, {}), untold, labels)
            problems = len(of_document.get(reading.id, ()))
            done = " ".join(layer for layer in self.shown.layers.annotated if reading.is_done(layer))
            facts_of = (reading.title, reading.document["date"], reading.document["language"], name, done)
            stances = list(_stances(reading, entities))
            content.documents.append(ListedDocument(reading.id, *facts_of, len(stances), problems))
            content.stances += stances
            content.sayings += _sayings(reading, entities)
            for term in set(_terms(reading, words=self.edition.full)):
                content.postings.setdefault(term, []).append(number)
        return content

    def _write_passes(
        self,
        reading: DocumentReading,
        beside: Mapping[str, DocumentReading],
        found: Mapping[tuple[str, str], Sequence[Found]],
        untold: str,
        labels: Labels,
    ) -> None:
        decisions = self.decisions.get(reading.id, ())
        reasons = self.edition.full  # they quote the texts
        write_page(
            self.folder,
            passes_page(reading.id),
            "passes.html",
            self.common,
            reading=reading,
            document=document_page(reading.id),
            annotators={name: self.shown.register.by_id.get(name) for name in beside},
            states={name: each.progress for name, each in beside.items()},
            pairs=list(pairs(beside, found, decisions, labels, reasons=reasons)),
            untold=untold,
            reasons=reasons,
        )


def _differences(passes: Sequence[SoundPart]) -> tuple[dict[str, dict[tuple[str, str], list[Found]]], str]:
    """The differences of every two passes, by document; and why there are none where they cannot be told."""
    try:
        found = found_differences([each.part for each in passes])
    except StanceBankError as error:
        return {}, error.what
    by_document: dict[str, dict[tuple[str, str], list[Found]]] = {}
    for pair, of_pair in found.items():
        for doc_id in passes[0].part["documents"]["doc_id"]:
            by_document.setdefault(doc_id, {})[pair] = []
        for each in of_pair:
            by_document[each.doc_id][pair].append(each)
    return by_document, ""


def _shown(remark: Remark, corpus: Corpus) -> str:
    """A remark in a line, without the name of somebody whom the register of annotators does not have."""
    known = remark.by in corpus.register.by_id
    line = (remark if known else msgspec.structs.replace(remark, by=None)).line()
    return f"{remark.annotator}: {line}" if remark.annotator else line


def _by_document(findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for each in findings:
        if each.document is not None:
            found.setdefault(each.document, []).append(each)
    return found


def _identity(reading: DocumentReading, mention: str | None, who: Mapping[str, Identity]) -> Identity:
    """Who a mention is of; the writer is nobody with a page."""
    entity = None if mention is None else reading.records[MENTIONS.name][mention]["entity_id"]
    if entity is None:
        return "", "", f"the {WRITER}" if mention is None else reading.name_of(mention, NOBODY)
    return who[entity]


def _stances(reading: DocumentReading, who: Mapping[str, Identity]) -> Iterator[HeldStance]:
    done = reading.is_done(STANCES.name)
    columns = reading.part.layers[STANCES.name].columns if STANCES.name in reading.part.layers else ()
    labelled = [column for column in columns if column.vocabulary]
    for id, record in reading.records[STANCES.name].items():
        further = [str(record[column.name] or column.absent) for column in labelled[1:]]
        chain = reading.chain(reading.grounds.get(id))
        yield HeldStance(
            record["target"],
            *_identity(reading, record["holder"], who),
            reading.document["date"],
            reading.id,
            reading.title,
            id,
            record[labelled[0].name] if labelled else None,
            ", ".join(further),
            clipped(quoted(record)),
            SEPARATOR.join([WRITER, *(reading.name_of(each["source"], NOBODY) for each in chain)]),
            done,
        )


def _sayings(reading: DocumentReading, who: Mapping[str, Identity]) -> Iterator[SaidWords]:
    for id, record in reading.records[ATTRIBUTIONS.name].items():
        if record["source"] is not None:
            identity = _identity(reading, record["source"], who)
            if identity[0]:
                said = clipped(plain(sentence(reading, ATTRIBUTIONS.name, record)[2:]))
                yield SaidWords(*identity, reading.document["date"], reading.id, reading.title, id, said)


def _terms(reading: DocumentReading, *, words: bool) -> Iterator[str]:
    """The terms of the search by which a document is found. words: whether those of its text are among them."""
    yield from terms(reading.id)
    yield from terms(reading.title)
    if words and reading.text is not None:
        yield from terms(reading.text)
    for entity in reading.records[ENTITIES.name].values():
        yield from terms(entity["name"])
    used = Counter[str]()
    for name, layer in reading.part.layers.parts.items():
        columns = [column.name for column in layer.columns if column.vocabulary]
        for record in reading.records[name].values() if columns else ():
            used.update(record[column] for column in columns if record[column] is not None)
    for label in used:
        yield from label_terms(label)
    for target in {record["target"] for record in reading.records[STANCES.name].values()}:
        yield from terms(reading.propositions.get(target, ""))
