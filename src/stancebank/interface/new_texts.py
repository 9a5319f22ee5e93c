"""Texts that are added to a corpus in memory: documents with their sentences, seeds and the register of seeds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from stancebank.corpus.additions import KnownTexts, seed_list
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.new_documents import Defaults, NewDocument, as_given, new_document
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import NO_DATE, parse_seeds
from stancebank.corpus.text_sources import Candidate
from stancebank.faults import StanceBankError, excerpt, one_of, readable
from stancebank.interface.record_values import complete, is_text
from stancebank.revisions.draft import document_rows
from stancebank.schema.layers import DOCUMENTS, ID, SENTENCES
from stancebank.schema.paths import SEEDS_FILE, seed_file
from stancebank.storage.files import sha256
from stancebank.storage.yaml_edits import YamlText

_OPTION = re.compile(r"--([a-z]+)(?: [A-Z-]+)?")
"""An option of stancebank add, which is an argument here."""


REGISTERED = ("date", "language", "rights")
"""Fields of documents that the register of seeds has too."""


class NewTexts:
    """The texts that were added since a corpus was read, and what was changed in the register of seeds."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._documents: list[NewDocument] = []
        self._known: KnownTexts | None = None
        self._edits: dict[tuple[str, str], str] = {}
        self._read = corpus.read(SEEDS_FILE)[0]

    def add(self, doc_id: str, text: str, fields: Mapping[str, Any]) -> NewDocument:
        """A text as a document. fields: of the document. It is compared with all texts of the corpus.

        Raises StanceBankError where it cannot be added.
        """
        if not re.fullmatch(ID, doc_id):
            raise StanceBankError(f"{excerpt(doc_id)} is no id", "use letters, digits, dot, dash and underscore")
        if not isinstance(text, str) or not is_text(text):
            raise StanceBankError(f"the text of {excerpt(doc_id)} is no text", "give a string without half a character")
        given = {key: _words(value) for key, value in fields.items() if value is not None}
        candidate = Candidate(doc_id, text.encode(), doc_id, f"{doc_id}.txt", fields=given)
        as_given(
            Defaults(
                given.get("part"), given.get("date"), given.get("language"), given.get("rights"), given.get("origin")
            ),
            self._corpus.seeds.rights,
        )
        document, flaws = new_document(candidate, Defaults(), self._corpus.seeds.rights, self._corpus.scheme)
        if self._known is None:
            self._known = KnownTexts.of(
                self._corpus, {name: self._documents_of(name) for name in self._corpus.part_names}
            )
        flaws += self._known.conflicts(doc_id, doc_id, candidate.seed, sha256(candidate.data))
        if flaws or document is None:
            what = "; ".join(flaw.what.removeprefix(f"{doc_id}: ").removeprefix(f"{doc_id} ") for flaw in flaws)
            fixes = (_OPTION.sub(r"\1=", flaw.fix) for flaw in flaws)
            raise StanceBankError(f"{doc_id} cannot be added: {what}", "; ".join(fixes))
        self._known.add(document)
        self._documents.append(document)
        layers = self._corpus.layers
        record = complete(layers[DOCUMENTS.name], document.record)
        sentences = [complete(layers[SENTENCES.name], each) for each in document.sentences]
        return replace(document, record=record, sentences=sentences)

    def _documents_of(self, part: str) -> Part:
        return Part(part, self._corpus, {DOCUMENTS.name: document_rows(self._corpus, part)}, ())

    def register(self, seed: str, fields: Mapping[str, Any]) -> None:
        """Have the register have these values for a seed. Raises StanceBankError for rights that it does not list."""
        known = [*self._corpus.seeds.rights]
        if "rights" in fields and fields["rights"] not in known:
            what = f"the rights table has no key {excerpt(str(fields['rights']))}"
            raise StanceBankError(
                what, f"use one of {one_of(known)}, or describe it first under rights in {SEEDS_FILE}"
            )
        self._edits |= {(seed, key): NO_DATE if value is None else value for key, value in fields.items()}

    def changes(self) -> dict[str, bytes]:
        """The new seeds and the register, by path from the root, where it changes."""
        if not self._documents and not self._edits:
            return {}
        data = seed_list(self._corpus, self._documents) if self._documents else self._read or b""
        text = YamlText(SEEDS_FILE, data.decode())
        files = [*self._corpus.seeds.table["file"], *(document.record["seed"] for document in self._documents)]
        for (seed, key), value in self._edits.items():
            text = text.with_value(("seeds", files.index(seed), key), value)
        seeds = {seed_file(document.record["seed"]): document.data for document in self._documents}
        return seeds if text.data() == self._read else {**seeds, SEEDS_FILE: text.data()}

    def corpus(self, corpus: Corpus) -> Corpus:
        """A corpus with the register of now."""
        changes = self.changes()
        return replace(corpus, seeds=readable(*parse_seeds(changes[SEEDS_FILE]))) if SEEDS_FILE in changes else corpus

    def basis(self) -> Iterator[tuple[str, bytes | None]]:
        """The files that the changes build on, with the bytes that were read."""
        if self._documents or self._edits:
            yield SEEDS_FILE, self._read
            yield from ((seed_file(document.record["seed"]), None) for document in self._documents)


def _words(value: object) -> Any:  # noqa: ANN401  (words, or names of authors)
    """A value as a table would have it."""
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str | list | tuple) else str(value)
