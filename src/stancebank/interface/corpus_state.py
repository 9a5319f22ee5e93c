"""What is loaded of a corpus and of the passes over it, and what was changed; all of it is saved together."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl

from stancebank.checks.findings import UnsoundCorpusError
from stancebank.checks.validation import unreadable
from stancebank.corpus.annotators import Annotator, Annotators, with_annotator
from stancebank.corpus.corpus import Corpus, Faulty, read_corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.interface.new_texts import NewTexts
from stancebank.interface.part_records import PartRecords
from stancebank.interface.record_home import RecordHome
from stancebank.interface.saving import save_files
from stancebank.interface.shared_layers import SharedLayers
from stancebank.interface.shared_records import SHARED_RECORDS, SharedRecord
from stancebank.revisions.draft import document_rows
from stancebank.schema.paths import ANNOTATORS_FILE, SCHEME_FILE
from stancebank.storage.addresses import require_local
from stancebank.storage.journal import changing


def sound_corpus(root: Path) -> Corpus:
    """The corpus of a root. Raises UnsoundCorpusError with the findings where it cannot be read."""
    corpus = read_corpus(root)
    if isinstance(corpus, Faulty):
        findings = [*unreadable(corpus)]
        first = findings[0]
        what = f"the corpus has {counted(len(findings), 'error')}, first {first.file}:{first.line}: {first.what}"
        other_format = (fault.fix for fault in corpus.faults if fault.kind == "scheme-version")
        fix = next(other_format, "correct what stancebank validate reports")
        raise UnsoundCorpusError(printable(what), fix, findings)
    return corpus


class AnnotationState(ABC):
    """The gold, or a pass: its parts, each loaded when it is first asked for.

    annotator: whose pass; None for the gold.
    """

    def __init__(self, annotator: str | None) -> None:
        self.annotator = annotator
        self.parts: dict[str, PartRecords] = {}

    @property
    @abstractmethod
    def whole(self) -> CorpusState:
        """The corpus that it belongs to."""

    def part_records(self, part: str) -> PartRecords:
        """The records of a part."""
        if part not in self.parts:
            self.parts[part] = self.whole.load(part, self.annotator)
        return self.parts[part]

    def corpus_now(self) -> Corpus:
        """The corpus as it was read, with the targets and actors of now."""
        return self.whole.shared.corpus()

    def shared_record(self, layer: str, id: str) -> SharedRecord:
        """A target or an actor. Raises StanceBankError where there is none."""
        self.whole.shared.record(layer, id)
        return SHARED_RECORDS[layer](self.whole, id)

    def parts_now(self, corpus: Corpus) -> Iterator[Part]:
        """The parts with their changes; those that are not loaded are read, and not kept. corpus: with its changes."""
        for name in corpus.part_names if self.annotator is None else corpus.pass_parts(self.annotator):
            loaded = self.parts.get(name)
            yield corpus.sound_part(name, self.annotator) if loaded is None else loaded.now(corpus)

    def part_changes(self) -> dict[str, bytes]:
        """The files of its layers that are not as they were read, by path from the root."""
        return {file: data for part in self.parts.values() for file, data in part.changes().items()}

    def part_basis(self) -> Iterator[tuple[str, bytes | None]]:
        """The files that these changes build on, with the bytes that were read."""
        for part in self.parts.values():
            if part.changes():
                yield from part.basis()


class PassState(AnnotationState):
    """A pass over a corpus. entry: what the register is to have of its annotator; None where it has it."""

    def __init__(self, corpus: CorpusState, annotator: str, entry: Mapping[str, str] | None) -> None:
        super().__init__(annotator)
        self._whole = corpus
        self.entry = entry

    @property
    def whole(self) -> CorpusState:
        """The corpus that it belongs to."""
        return self._whole


class CorpusState(AnnotationState):
    """A corpus as it was read, with all that was loaded and changed since.

    strict: parts with errors are refused. passes: those that were begun or asked for, by annotator.
    """

    def __init__(self, corpus: Corpus, *, strict: bool) -> None:
        super().__init__(None)
        self._strict = strict
        self._opened: set[tuple[str, str | None]] = set()
        self.passes: dict[str, PassState] = {}
        self._begin(corpus)

    def _begin(self, corpus: Corpus) -> None:
        """Have nothing loaded and nothing changed."""
        self.corpus = corpus
        self.parts = {}
        self.shared = SharedLayers(corpus)
        self._texts = NewTexts(corpus)
        self._ids: dict[str, Sequence[str]] = {}
        self._homes: dict[str, str] = {}
        self._read = {file: corpus.read(file)[0] for file in (SCHEME_FILE, ANNOTATORS_FILE)}

    @property
    def whole(self) -> CorpusState:
        """The corpus itself."""
        return self

    def part_names(self) -> tuple[str, ...]:
        """The parts, those of added texts too."""
        return tuple(sorted({*self.corpus.part_names, *self.parts}))

    def doc_ids(self, part: str) -> Sequence[str]:
        """The ids of the documents of a part, without loading the rest of it."""
        if part not in self._ids:
            try:
                there = part in self.corpus.part_names
                self._ids[part] = document_rows(self.corpus, part)["doc_id"].to_list() if there else []
            except StanceBankError:
                self._ids[part] = self.part_records(part).doc_ids  # which tells all that is wrong with it
            self._homes |= dict.fromkeys(self._ids[part], part)
        return self._ids[part]

    def home_of(self, doc_id: str, parts: Sequence[str]) -> str | None:
        """The one of the parts that a document is in; None where it is in none of them. Ids are read until then."""
        for part in parts:
            if self._homes.get(doc_id) in parts:
                break
            self.doc_ids(part)
        found = self._homes.get(doc_id)
        return found if found in parts else None

    def load(self, part: str, annotator: str | None) -> PartRecords:
        """The records of a part. What is saved unfinished stays open, so its errors are looked for but once."""
        gold = None if annotator is None else self.part_records(part)
        strict = self._strict and (part, annotator) not in self._opened
        loaded = PartRecords.load(self.corpus, part, annotator, gold, strict=strict)
        self._opened.add((part, annotator))
        return loaded

    def add_text(self, doc_id: str, text: str, fields: Mapping[str, Any]) -> RecordHome:
        """Add a text as a document. Raises StanceBankError where it cannot be added."""
        document = self._texts.add(doc_id, text, fields)
        self.part_records(document.part).add_document(document.record, document.sentences)
        self._ids[document.part] = sorted([*self.doc_ids(document.part), doc_id])
        self._homes[doc_id] = document.part
        return RecordHome(self, document.part, doc_id)

    def remove_shared(self, layer: str, id: str) -> None:
        """Remove a target or an actor. Raises StanceBankError where a record of the gold or of a pass names it."""
        self.shared.record(layer, id)
        corpus = self.unsaved_corpus()
        passes = (self.passes.get(each) or PassState(self, each, None) for each in corpus.annotators)
        for state in (self, *passes):
            for part in state.parts_now(corpus):
                for name, record, doc_id in _naming(part, layer, id):
                    what = (
                        f"{excerpt(id)} cannot be removed: {excerpt(doc_id)} names it in {name}, in {excerpt(record)}"
                    )
                    raise StanceBankError(what, "remove or change these records first, in the gold and in passes")
        self.shared.drop(layer, id)

    def register(self, seed: str, fields: Mapping[str, Any]) -> None:
        """Have the register of seeds have these values. Raises StanceBankError for rights that it does not list."""
        self._texts.register(seed, fields)

    def changes(self) -> dict[str, bytes]:
        """The files that are not as they were read, by path from the root."""
        files = self.part_changes() | self.shared.changes() | self._texts.changes()
        register = self._read[ANNOTATORS_FILE]
        for each in self.passes.values():
            made = each.part_changes()
            files |= made
            if made and each.entry is not None:
                register = files[ANNOTATORS_FILE] = with_annotator(register, each.entry)
        return files

    @property
    def annotators(self) -> Annotators:
        """The register, with the annotators of passes that are not saved."""
        entries = [each.entry for each in self.passes.values() if each.entry is not None and each.part_changes()]
        made = tuple(map(Annotator.model_validate, entries))
        return Annotators(annotators=(*self.corpus.register.annotators, *made))

    def unsaved_corpus(self) -> Corpus:
        """The corpus as it would be read if all changes were saved."""
        return replace(self._texts.corpus(self.corpus_now()), unsaved=self.changes(), register=self.annotators)

    def save(self) -> list[str]:
        """Write all changes, all files or none, and give their paths.

        Raises StanceBankError where a file was changed on disk since it was read, for a corpus elsewhere, and where
        writing fails.
        """
        if not self.changes():
            return []
        require_local(self.corpus.root)
        with changing(self.corpus.root):
            files = self.changes()
            save_files(self.corpus.root, files, self._basis())
            self.reload()
        return sorted(files)

    def reload(self) -> None:
        """Read the corpus again, without changes that were not saved."""
        for each in self.passes.values():
            each.parts = {}
        self._begin(sound_corpus(self.corpus.root))
        for each in self.passes.values():
            if each.annotator in self.corpus.register.by_id:
                each.entry = None

    def _basis(self) -> Iterator[tuple[str, bytes | None]]:
        """The files that the changes build on, with the bytes that were read."""
        yield from self._read.items()
        yield from self.shared.basis()
        yield from self._texts.basis()
        for each in (self, *self.passes.values()):
            yield from each.part_basis()


def _naming(part: Part, layer: str, id: str) -> Iterator[tuple[str, str, str]]:
    """The records of a part that name a target or an actor: layer, id and document."""
    for name, found in part.layers.parts.items():
        for column in found.columns:
            if column.refers_to == layer:
                rows = part[name].filter(pl.col(column.name) == id)
                yield from ((name, record, doc_id) for record, doc_id in rows.select(found.id_column, "doc_id").rows())
