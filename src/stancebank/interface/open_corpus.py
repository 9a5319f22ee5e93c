"""A corpus opened to be read, annotated, checked and saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from stancebank.corpus.annotators import Annotator
from stancebank.corpus.root_folder import find_root
from stancebank.faults import StanceBankError, did_you_mean, excerpt, printable
from stancebank.interface.annotations import Annotations
from stancebank.interface.annotator_pass import Kind, Pass, new_entry
from stancebank.interface.corpus_state import CorpusState, PassState, sound_corpus
from stancebank.interface.corpus_work import CorpusWork
from stancebank.interface.document import Document
from stancebank.interface.shared_records import Actor, Target
from stancebank.schema.paths import TEMPLATES
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
    return OpenCorpus(CorpusState(sound_corpus(place), strict=strict))


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


class OpenCorpus(CorpusWork, Annotations):
    """A corpus with its gold. Changes are kept in memory until save writes them, all or none."""

    def __init__(self, state: CorpusState) -> None:
        super().__init__(state)
        self._whole = state

    @property
    def root(self) -> Path:
        """Its folder or address."""
        return self._whole.corpus.root

    @property
    def scheme(self) -> Scheme:
        """The labels, with their definitions and roles."""
        return self._whole.corpus.scheme

    @property
    def annotators(self) -> dict[str, Annotator]:
        """Who or what made the passes, as registered, by id."""
        return dict(self._whole.annotators.by_id)

    @property
    def targets(self) -> dict[str, Target]:
        """The propositions that stances are about, by id; none where the scheme has no stances."""
        return {id: Target(self._whole, id) for id in self._shared_ids(Target.layer)}

    @property
    def actors(self) -> dict[str, Actor]:
        """Who entities are across documents, by id; none where the scheme has no entities."""
        return {id: Actor(self._whole, id) for id in self._shared_ids(Actor.layer)}

    def _shared_ids(self, layer: str) -> list[str]:
        return [*self._whole.shared.records(layer)] if layer in self._whole.corpus.layers else []

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
        given = {"part": part, "date": date, "title": title, "language": language, "rights": rights, "origin": origin}
        return Document(self._whole.add_text(id, text, {**given, **fields}))

    def add_target(self, id: str, proposition: str, **fields: object) -> Target:
        """Add a proposition that stances are about. Raises StanceBankError for a value that is not allowed."""
        self._whole.shared.add(Target.layer, id, {"proposition": proposition, **fields})
        return Target(self._whole, id)

    def add_actor(self, id: str, name: str, **fields: object) -> Actor:
        """Add somebody that entities of several documents are. Raises StanceBankError as add_target does."""
        self._whole.shared.add(Actor.layer, id, {"name": name, **fields})
        return Actor(self._whole, id)

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
        passes = self._whole.passes
        given: dict[str, str | None] = {"kind": kind, "name": name, "version": version, "settings": settings}
        given |= {"prompt": prompt, "date": date, "instructions": instructions, "note": note}
        entry = new_entry(id, self._whole.corpus.register.by_id.get(id), given)
        if id not in passes:
            passes[id] = PassState(self._whole, id, entry)
        elif any(value is not None for value in given.values()):
            passes[id].entry = entry
        return Pass(passes[id])

    def changes(self) -> dict[str, bytes]:
        """The files that are not as they were read, by path from the root, as save would write them."""
        return self._whole.changes()

    def save(self) -> list[str]:
        """Write all changes, all files or none, and give their paths; what was not touched keeps its bytes.

        Documents and records stay valid. Raises StanceBankError where files were changed on disk since they were
        read, for a corpus elsewhere, and where writing fails.
        """
        return self._whole.save()

    def discard(self) -> None:
        """Drop all changes that were not saved, those of passes too."""
        self._whole.reload()

    def __repr__(self) -> str:
        return f"<OpenCorpus {excerpt(self._whole.corpus.settings.name)} in {printable(str(self.root))}>"
