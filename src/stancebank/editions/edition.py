"""The editions: what of a part, of a corpus and of a view each of them shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

import polars as pl

from stancebank.corpus.annotators import Annotators
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import Seeds
from stancebank.editions.columns import Change, changed, makes_sense_without_text, without_digests, without_text
from stancebank.editions.copies import WITHHELD, Copies
from stancebank.editions.masking import masked
from stancebank.schema.column import Column
from stancebank.schema.labels import Label
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import Layers
from stancebank.storage.files import sha256
from stancebank.storage.slow_digest import slow_digest
from stancebank.views.registry import View

EditionName = Literal["full", "standoff", "masked"]
MEANINGS: Mapping[EditionName, str] = {
    "full": "the texts and everything else",
    "standoff": "offsets and labels, and no character of the texts",
    "masked": "the texts with every letter and digit replaced, so that tokens keep length and shape",
}


@dataclass(frozen=True)
class Edition:
    """How much of the source's words a build shows.

    withhold: which of an annotator's words count as copied: copied, names that occur in
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

    @cached_property
    def digest(self) -> str:
        """The slow digest of what decides about what is withheld."""
        found = [f"{run}\0{place}" for run, place in sorted(self.copies.found.items())]
        return slow_digest(sha256(self.secret + "\0".join([self.name, self.withhold, *found]).encode()))

    def has(self, view: View) -> bool:
        """Whether the view is part of this edition."""
        return self.name != "standoff" or makes_sense_without_text(view)

    def view(self, view: View) -> View:
        """The view with the columns that this edition has."""
        return view if self.full else replace(view, columns=self.columns(view.columns))

    def columns(self, columns: Iterable[Column]) -> tuple[Column, ...]:
        """Those of the columns that an edition with less than everything has."""
        return without_text(columns) if self.name == "standoff" else without_digests(columns)

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
        rights = {key: r.model_copy(update={"statement": self.prose(r.statement)}) for key, r in seeds.rights.items()}
        origins = {value: self.prose(value) for value in seeds.table["origin"].unique()}
        origin = pl.Series([origins[value] for value in seeds.table["origin"]], dtype=pl.String)
        people = tuple(
            each.model_copy(update={name: self.prose(getattr(each, name)) for name in ("name", "instructions", "note")})
            for each in register.annotators
        )
        said = {name: self.prose(getattr(settings, name)) for name in ("title", "description", "annotation_license")}
        shown = replace(
            corpus,
            settings=settings.model_copy(update=said),
            scheme=self._scheme(scheme),
            seeds=Seeds(rights, seeds.table.with_columns(origin=origin)),
            register=Annotators(annotators=people),
        )
        shared = {
            name: changed(rows, corpus.layers[name].columns, self._text, self._words)
            for name, rows in corpus.shared.items()
        }
        return replace(shown, shared=shared)

    def _scheme(self, scheme: Scheme) -> Scheme:
        """The scheme without what it copies from the texts, and without examples."""

        def shown(label: Label) -> Label:
            definition = None if label.definition is None else self.prose(label.definition)
            example = None if label.example is None else WITHHELD
            return label.model_copy(update={"definition": definition, "example": example})

        fields = tuple(each.model_copy(update={"meaning": self.prose(each.meaning)}) for each in scheme.fields)
        title = None if scheme.title is None else self.prose(scheme.title)
        return scheme.model_copy(update={"fields": fields, "title": title}).with_labels(shown)

    def prose(self, text: str) -> str:
        """A page or a line that people have written, with what it copies from the texts withheld."""
        return text if self.full else self.copies.elided(text)

    def copies_name(self, name: str, text: str) -> bool:
        """Whether a name as a whole counts as copied from its document's text."""
        return self.withhold == "copied" and name in text

    def _words(self, value: str) -> str:
        return self.copies.masked(value) if self.name == "masked" else self.copies.elided(value)

    @property
    def _text(self) -> Change | None:
        return masked if self.name == "masked" else None

    def _frames(self, part: Part) -> dict[str, pl.DataFrame]:
        frames = {}
        texts = dict(part["documents"].select("doc_id", "text").iter_rows())
        of = "" if part.annotator is None else f"{part.annotator}/"
        for layer in part.layers.parts.values():
            shown = changed(part[layer.name], layer.columns, self._text, self._words)
            for column in layer.columns:
                if column.source == "name":
                    rows = zip(
                        *(part[layer.name][each] for each in ("doc_id", layer.id_column, column.name)), strict=True
                    )
                    names = [name and self._name(name, texts[doc_id], f"[{of}{id}]") for doc_id, id, name in rows]
                    shown = shown.with_columns(pl.Series(column.name, names, pl.String))
            frames[layer.name] = shown
        return frames

    def _name(self, name: str, text: str, label: str) -> str:
        """A name as this edition shows it: one that is copied is masked, or gives way to the label."""
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
    def layers(self) -> Layers:
        """The layers with the columns that the edition has."""
        layers = self.corpus.layers
        stored, complete = (
            {name: replace(layer, columns=self.edition.columns(layer.columns)) for name, layer in of.items()}
            for of in (layers.all, layers.complete)
        )
        return Layers(stored, complete)

    @cached_property
    def tokens(self) -> pl.DataFrame:
        """The tokens of the original's sentences, masked: of a masked text a tokeniser would make others."""
        text = [masked(token) for token in self.original.tokens["text"]]
        return self.original.tokens.with_columns(text=pl.Series(text, dtype=pl.String))

    def cut(self, documents: pl.Series) -> Part:
        """As of any part; the original is cut alike."""
        part = super().cut(documents)
        if part is self or not isinstance(part, ShownPart):
            return part
        return replace(part, original=self.original.cut(documents))

    @cached_property
    def passes(self) -> tuple[Part, ...]:
        """The passes over the original as this edition shows them."""
        return tuple(self.edition.part(each, self.corpus) for each in self.original.passes)
