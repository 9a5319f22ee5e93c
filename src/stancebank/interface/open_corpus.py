"""A corpus opened to be read, annotated, checked and saved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from stancebank.checks.findings import UnsoundCorpusError
from stancebank.checks.validation import unreadable
from stancebank.corpus.annotators import Annotator, Annotators, with_annotator
from stancebank.corpus.corpus import Corpus, Faulty, read_corpus
from stancebank.corpus.root_folder import find_root
from stancebank.faults import StanceBankError, counted, did_you_mean, excerpt, printable
from stancebank.interface.annotations import Annotations
from stancebank.interface.annotator_pass import Kind, Pass, new_entry
from stancebank.interface.corpus_work import CorpusWork
from stancebank.interface.document import Document
from stancebank.interface.new_texts import NewTexts
from stancebank.interface.part_records import PartRecords
from stancebank.interface.record_home import RecordHome
from stancebank.interface.saving import save_files
from stancebank.interface.shared_layers import SharedLayers
from stancebank.interface.shared_records import SHARED_RECORDS, Actor, SharedRecord, Target, unknown_record
from stancebank.revisions.draft import document_rows
from stancebank.schema.paths import ANNOTATORS_FILE, SCHEME_FILE, TEMPLATES
from stancebank.storage.addresses import address, local_folder

if TYPE_CHECKING:
    from stancebank.schema.scheme import Scheme


def open(root: Path | str | None = None, *, strict: bool = True) -> OpenCorpus:
    """A corpus, to read and change.

    root: its folder or an address such as s3://bucket/corpus, where it is only read; without one the corpus
    around the current folder. strict: a part with errors is refused when it is loaded; without, only what keeps
    its records from being told apart is. Raises UnsoundCorpusError with the findings where it is not sound, and
    StanceBankError where there is none.
    """
    place = find_root(address(root) if isinstance(root, str) else root)
    return OpenCorpus(_read(place), strict=strict)


def create(folder: Path | str, template: str = TEMPLATES[0]) -> OpenCorpus:
    """A new, empty corpus in a folder, as stancebank init makes it.

    template: the scheme to begin with: political-news, entities, stance, attribution or empty. Raises
    StanceBankError where there is a corpus already, for an unknown template, and where writing fails.
    """
    from stancebank.dataset.bundled import bundled_root
    from stancebank.pages.new_corpus import make_corpus, template_file

    if template not in TEMPLATES:
        what = f"there is no template {excerpt(template)}{did_you_mean(template, TEMPLATES)}"
        raise StanceBankError(what, f"use one of {', '.join(TEMPLATES)}")
    place = local_folder(str(folder))
    make_corpus(place, template_file(bundled_root(), template))
    return open(place)


def _read(root: Path) -> Corpus:
    corpus = read_corpus(root)
    if isinstance(corpus, Faulty):
        findings = [*unreadable(corpus)]
        first = findings[0]
        what = f"the corpus has {counted(len(findings), 'error')}, first {first.file}:{first.line}: {first.what}"
        raise UnsoundCorpusError(printable(what), "correct what stancebank validate reports", findings)
    return corpus


class OpenCorpus(CorpusWork, Annotations):
    """A corpus with its gold. Changes are kept in memory until save writes them, all or none."""

    def __init__(self, corpus: Corpus, *, strict: bool = True) -> None:
        self._strict = strict
        self._opened: set[tuple[str, str | None]] = set()
        self._passes: dict[str, Pass] = {}
        self._begin(corpus)

    def _begin(self, corpus: Corpus) -> None:
        """Have nothing loaded and nothing changed."""
        self._corpus = corpus
        self._parts: dict[str, PartRecords] = {}
        self._ids: dict[str, list[str]] = {}
        self._shared = SharedLayers(corpus)
        self._texts = NewTexts(corpus)
        self._scheme_read = corpus.read(SCHEME_FILE)[0]

    # Reading

    @property
    def root(self) -> Path:
        """Its folder or address."""
        return self._corpus.root

    @property
    def annotator(self) -> None:
        """None, for the gold."""
        return

    @property
    def scheme(self) -> Scheme:
        """The labels, with their definitions and roles."""
        return self._corpus.scheme

    @property
    def annotators(self) -> dict[str, Annotator]:
        """Who or what made the passes, as registered, by id."""
        return dict(self.unsaved_corpus().register.by_id)

    @property
    def targets(self) -> dict[str, Target]:
        """The propositions that stances are about, by id; none where the scheme has no stances."""
        return {id: Target(self._shared, id) for id in self._shared_ids(Target.layer)}

    @property
    def actors(self) -> dict[str, Actor]:
        """Who entities are across documents, by id; none where the scheme has no entities."""
        return {id: Actor(self._shared, id) for id in self._shared_ids(Actor.layer)}

    def _shared_ids(self, layer: str) -> list[str]:
        return [*self._shared.records(layer)] if layer in self._corpus.layers else []

    def part_names(self) -> tuple[str, ...]:
        """The parts, those of added texts too."""
        return tuple(sorted({*self._corpus.part_names, *self._parts}))

    def doc_ids(self, part: str) -> Sequence[str]:
        """The ids of the documents of a part, without loading the rest of it."""
        if part in self._parts:
            return self._parts[part].doc_ids
        if part not in self._ids:
            try:
                self._ids[part] = document_rows(self._corpus, part)["doc_id"].to_list()
            except StanceBankError:
                return self.part_records(part).doc_ids  # which tells all that is wrong with it
        return self._ids[part]

    def loaded_records(self, part: str) -> PartRecords | None:
        """The records of a part that is loaded; None of another."""
        return self._parts.get(part)

    def part_records(self, part: str) -> PartRecords:
        """The records of a part, loaded when they are first asked for."""
        if part not in self._parts:
            self._parts[part] = self._load(part, None, None)
        return self._parts[part]

    def loaded(self, part: str, of: Pass) -> PartRecords:
        """The records of a pass in a part."""
        return self._load(part, of.id, self.part_records(part))

    def _load(self, part: str, annotator: str | None, gold: PartRecords | None) -> PartRecords:
        """The records of a part. What is saved unfinished stays open, so its errors are looked for but once."""
        strict = self._strict and (part, annotator) not in self._opened
        loaded = PartRecords.load(self._corpus, part, annotator, gold, strict=strict)
        self._opened.add((part, annotator))
        return loaded

    def shared_record(self, layer: str, id: str) -> SharedRecord:
        """A target or an actor. Raises StanceBankError where there is none."""
        if id not in self._shared.records(layer):
            raise unknown_record(layer, id)
        return SHARED_RECORDS[layer](self._shared, id)

    # Adding

    def add_document(
        self,
        id: str,
        text: str,
        *,
        part: str | None = None,
        date: str | None = None,
        title: str | None = None,
        language: str | None = None,
        rights: str | None = None,
        origin: str | None = None,
        **fields: object,
    ) -> Document:
        """Add a text as a document; its sentences are found.

        part: without it year and month of date; date: of publication; language: detected without; rights: a
        key of the rights table; origin: where the text is from. fields: url, outlet, authors and the scheme's own.
        Raises StanceBankError where it cannot be added. Compares it with all texts of the corpus.
        """
        parts = {name: self.part_records(name).part for name in self._corpus.part_names}
        given = {"part": part, "date": date, "title": title, "language": language, "rights": rights, "origin": origin}
        document = self._texts.add(parts, id, text, {**given, **fields})
        self.part_records(document.part).add_document(document.record, document.sentences)
        return self.document(RecordHome(self, document.part, id))

    def add_target(self, id: str, proposition: str, **fields: object) -> Target:
        """Add a proposition that stances are about. Raises StanceBankError for a value that is not allowed."""
        self._shared.add(Target.layer, id, {"proposition": proposition, **fields})
        return Target(self._shared, id)

    def add_actor(self, id: str, name: str, **fields: object) -> Actor:
        """Add somebody that entities of several documents are. Raises StanceBankError as add_target does."""
        self._shared.add(Actor.layer, id, {"name": name, **fields})
        return Actor(self._shared, id)

    def as_annotator(
        self,
        id: str,
        *,
        kind: Kind | None = None,
        name: str | None = None,
        version: str | None = None,
        settings: str | None = None,
        prompt: str | None = None,
        date: str | None = None,
        instructions: str | None = None,
        note: str | None = None,
    ) -> Pass:
        """The pass of an annotator, begun where there is none; a context manager that drops it after an error.

        kind: what the annotator is; one that is new and of which nothing is said is a program, so that no program
        passes for a person. name: of the person, or of the model or program and its maker. version, settings, prompt:
        of a model or program, the last as SHA-256. date: of the pass, today without. instructions: what it was made
        from. Raises StanceBankError for an id that no pass can have, and where it is registered as something else.
        """
        if id not in self._passes:
            given: dict[str, str | None] = {"kind": kind, "name": name, "version": version, "settings": settings}
            given |= {"prompt": prompt, "date": date, "instructions": instructions, "note": note}
            self._passes[id] = Pass(self, id, new_entry(id, self._corpus.register.by_id.get(id), given))
        return self._passes[id]

    # Changes

    def changes(self) -> dict[str, bytes]:
        """The files that are not as they were read, by path from the root, as save would write them."""
        files = {file: data for part in self._parts.values() for file, data in part.changes().items()}
        files |= self._shared.changes() | self._texts.changes()
        register = None
        for each in self._passes.values():
            made = each.changes()
            files |= made
            if made and each.new_entry is not None:
                register = with_annotator(register or self._corpus.read(ANNOTATORS_FILE)[0], each.new_entry)
        return files if register is None else {**files, ANNOTATORS_FILE: register}

    def corpus_now(self) -> Corpus:
        """The corpus as it was read, with the targets and actors of now."""
        return self._shared.corpus()

    def unsaved_corpus(self) -> Corpus:
        """The corpus as it would be read if all changes were saved."""
        entries = [each.new_entry for each in self._passes.values() if each.new_entry is not None and each.changes()]
        made = tuple(map(Annotator.model_validate, entries))
        register = Annotators(annotators=(*self._corpus.register.annotators, *made))
        return replace(self._texts.corpus(self.corpus_now()), unsaved=self.changes(), register=register)

    def save(self) -> list[str]:
        """Write all changes, all files or none, and give their paths; what was not touched keeps its bytes.

        Raises StanceBankError where files were changed on disk since they were read, for a corpus elsewhere, and
        where writing fails.
        """
        files = self.changes()
        saved = save_files(self.root, files, self._basis())
        if saved:
            self.reload()
        return saved

    def reload(self) -> None:
        """Read the corpus again, without changes that were not saved. Documents and records stay the same handles."""
        for each in self._passes.values():
            each.begin()
        self._begin(_read(self.root))

    def _basis(self) -> Iterator[tuple[str, bytes | None]]:
        """The files that the changes build on, with the bytes that were read."""
        yield SCHEME_FILE, self._scheme_read
        yield from self._shared.basis()
        yield from self._texts.basis()
        for part in self._parts.values():
            if part.changes():
                yield from part.basis()
        for each in self._passes.values():
            yield from each.basis()

    def __repr__(self) -> str:
        return f"<OpenCorpus {excerpt(self._corpus.settings.name)} in {printable(str(self.root))}>"
