"""The editions: what of a part, of a corpus and of a view each of them shows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import polars as pl

from stancebank.annotators import Annotators
from stancebank.corpus import Corpus, Part
from stancebank.editions.columns import changed, makes_sense_without_text, without_text
from stancebank.editions.copies import WITHHELD, Copies
from stancebank.editions.masking import masked
from stancebank.layers import PART_LAYERS, TARGETS
from stancebank.scheme import VOCABULARIES
from stancebank.seeds import Seeds
from stancebank.views.registry import View

EditionName = Literal["full", "standoff", "masked"]
MEANINGS: Mapping[EditionName, str] = {
    "full": "the texts and everything else",
    "standoff": "offsets, labels and digests, and no character of the texts",
    "masked": "the texts with every letter and digit replaced, so that tokens keep length and shape",
}


@dataclass(frozen=True)
class Edition:
    """How much of the source's words a build shows.

    withhold: which of an annotator's words count as copied: copied, names that stand in
    the text and runs of five words; or runs, those runs alone. copies: such runs.
    secret: the key that all texts of the corpus give; empty for the full edition.
    """

    name: EditionName
    withhold: Literal["copied", "runs"] = "copied"
    copies: Copies = field(default_factory=Copies)
    secret: bytes = b""

    @property
    def full(self) -> bool:
        """Whether nothing is withheld."""
        return self.name == "full"

    @property
    def digest(self) -> str:
        """SHA-256 of what decides about what is withheld; without the texts nobody can guess what it is of."""
        found = [f"{run}\0{place}" for run, place in sorted(self.copies.found.items())]
        return hashlib.sha256(self.secret + "\0".join([self.name, self.withhold, *found]).encode()).hexdigest()

    def has(self, view: View) -> bool:
        """Whether the view is part of this edition."""
        return self.name != "standoff" or makes_sense_without_text(view)

    def view(self, view: View) -> View:
        """The view with the columns that this edition has."""
        return replace(view, columns=without_text(view.columns)) if self.name == "standoff" else view

    def part(self, part: Part, corpus: Corpus | None = None) -> Part:
        """The part as this edition shows it, for views to be made of.

        corpus: that of the part as this edition shows it, where it is at hand: to make it takes as long as the corpus.
        """
        if self.full:
            return part
        shown = self.corpus(part.corpus) if corpus is None else corpus
        return ShownPart(part.name, shown, self._frames(part), (), part.annotator, original=part, edition=self)

    def corpus(self, corpus: Corpus) -> Corpus:
        """The corpus with what its settings and registers copy from the texts withheld, and no examples of labels."""
        if self.full:
            return corpus
        settings, scheme, seeds, register = corpus.settings, corpus.scheme, corpus.seeds, corpus.register
        assert settings is not None
        assert scheme is not None
        assert seeds is not None
        assert register is not None
        rights = {key: r.model_copy(update={"statement": self.prose(r.statement)}) for key, r in seeds.rights.items()}
        origins = {value: self.prose(value) for value in seeds.table["origin"].unique()}
        origin = pl.Series([origins[value] for value in seeds.table["origin"]], dtype=pl.String)
        people = tuple(
            each.model_copy(update={name: self.prose(getattr(each, name)) for name in ("name", "instructions", "note")})
            for each in register.annotators
        )
        labels = {
            vocabulary: tuple(
                label.model_copy(update={"definition": self.prose(label.definition), "example": WITHHELD})
                for label in scheme.labels(vocabulary)
            )
            for vocabulary in VOCABULARIES
        }
        said = {name: self.prose(getattr(settings, name)) for name in ("title", "description", "annotation_license")}
        shown = replace(
            corpus,
            settings=settings.model_copy(update=said),
            scheme=scheme.model_copy(update=labels),
            seeds=Seeds(rights, seeds.table.with_columns(origin=origin)),
            register=Annotators(annotators=people),
        )
        return replace(shown, targets=self._targets(corpus))

    def prose(self, text: str) -> str:
        """A page or a line that people have written, with what it copies from the texts withheld."""
        return text if self.full else self.copies.elided(text)

    def copies_name(self, name: str, text: str) -> bool:
        """Whether an entity's name as a whole counts as copied from its document's text."""
        return self.withhold == "copied" and name in text

    def _words(self, value: str) -> str:
        return self.copies.masked(value) if self.name == "masked" else self.copies.elided(value)

    def _targets(self, corpus: Corpus) -> pl.DataFrame:
        assert corpus.targets is not None
        columns = [column.name for column in TARGETS.columns if column.source]
        return corpus.targets.with_columns(
            pl.Series(name, [v and self._words(v) for v in corpus.targets[name]], pl.String) for name in columns
        )

    def _frames(self, part: Part) -> dict[str, pl.DataFrame]:
        change: Callable[[str], str] | None = masked if self.name == "masked" else None
        frames = {name: changed(part[name], layer.columns, change) for name, layer in PART_LAYERS.items()}
        texts = dict(part["documents"].select("doc_id", "text").iter_rows())
        rows = part["entities"].select("doc_id", "entity_id", "name").iter_rows()
        of = "" if part.annotator is None else f"{part.annotator}/"
        names = [self._name(name, texts[doc_id], f"[{of}{entity_id}]") for doc_id, entity_id, name in rows]
        return frames | {"entities": frames["entities"].with_columns(name=pl.Series(names, dtype=pl.String))}

    def _name(self, name: str, text: str, label: str) -> str:
        """An entity's name as this edition shows it: one that is copied is masked, or gives way to the label."""
        if self.copies_name(name, text):
            return masked(name) if self.name == "masked" else label
        shown = self._words(name)
        return label if shown == WITHHELD else shown


FULL = Edition("full")


@dataclass(frozen=True)
class ShownPart(Part):
    """A part as an edition shows it: tokens and passes are those of the original, and withheld alike."""

    original: Part = field(kw_only=True)
    edition: Edition = field(kw_only=True)

    @cached_property
    def tokens(self) -> pl.DataFrame:
        """The tokens of the original's sentences, masked: of a masked text a tokeniser would make others."""
        text = [masked(token) for token in self.original.tokens["text"]]
        return self.original.tokens.with_columns(text=pl.Series(text, dtype=pl.String))

    @cached_property
    def passes(self) -> tuple[Part, ...]:
        """The passes over the original as this edition shows them."""
        return tuple(self.edition.part(each, self.corpus) for each in self.original.passes)
