"""A part of a corpus: the frames of its layers, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import polars as pl

from stancebank.faults import Fault
from stancebank.schema.frames import (
    completed,
    equal_rows,
    first_equal,
    last_before,
    polars_schema,
    repeats_keys,
    rows_at,
)
from stancebank.schema.layers import DONE, KNOWN_LAYERS
from stancebank.schema.paths import PASSES
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import Layers
from stancebank.storage.files import Read, digest_of
from stancebank.text.code_points import CodePoints
from stancebank.text.quotations import quotations

if TYPE_CHECKING:
    from stancebank.corpus.corpus import Corpus

R = TypeVar("R")

_REFERENCES = {
    other: pairs
    for other in KNOWN_LAYERS.values()
    if (
        pairs := [
            (layer.name, column.name)
            for layer in KNOWN_LAYERS.values()
            if not layer.shared
            for column in layer.columns
            if column.refers_to == other.name
        ]
    )
}
"""By layer the columns of others that refer to it: layer and column."""


@dataclass(frozen=True)
class Part:
    """A folder of layers with the same documents: the unit of reading, checking and building.

    frames: a Polars frame by layer name with the columns that the scheme uses; row i
    is on line i + 1 of the layer's file.
    annotator: whose pass the annotated layers are from; None for the corpus's own.
    texts: the same part as it was read before: its documents alone, or the corpus's own where this is a pass.
    held: bytes of its files, and of those of its passes, that are not decoded yet.
    whole: the part that it was cut from, where it is not all of one.
    left_out: annotators whose passes over it are of no use here, and not among its passes.
    contents: the bytes of its files, where they are at hand after decoding.
    """

    name: str
    corpus: Corpus
    frames: Mapping[str, pl.DataFrame]
    faults: tuple[Fault, ...]
    annotator: str | None = None
    texts: Part | None = None
    held: dict[str, Read] = field(default_factory=dict)
    whole: Part | None = None
    left_out: tuple[str, ...] = ()
    contents: Mapping[str, Read] = field(default_factory=dict)
    _cuts: dict[tuple[str, ...], Part] = field(default_factory=dict, init=False, repr=False, compare=False)
    _derived: dict[Callable[[Part], Any], Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __getitem__(self, layer: str) -> pl.DataFrame:
        """The frame of a layer, with all columns that StanceBank knows; KeyError where it could not be read.

        What the scheme does not use is empty: a layer has no rows, a column is null.
        """
        known = self.layers.complete[layer]
        if layer not in self.layers:
            return polars_schema(known.columns).to_frame()
        return completed(self.frames[layer], known)

    @property
    def layers(self) -> Layers:
        """The layers that the scheme of the corpus uses."""
        return self.corpus.layers

    @property
    def scheme(self) -> Scheme:
        """The scheme of the corpus."""
        return self.corpus.scheme

    def file(self, layer: str) -> str:
        """The layer's file, from the root."""
        in_pass = self.annotator is not None and KNOWN_LAYERS[layer].in_passes
        return f"{f'{PASSES}/{self.annotator}' if in_pass else 'corpus'}/{self.name}/{layer}.jsonl"

    def owns_file(self, file: str) -> bool:
        """Whether a file is the part's own: a pass borrows documents and sentences from the corpus."""
        return self.annotator is None or file.startswith(f"{PASSES}/")

    @cached_property
    def passes(self) -> tuple[Part, ...]:
        """The annotators' passes over this part, in the order of their ids; none over a pass itself."""
        if self.annotator is not None:
            return ()
        if self.whole is not None:
            return tuple(each.cut(self["documents"]["doc_id"]) for each in self.whole.passes)
        made = (each for each in self.corpus.annotators_of(self.name) if each not in self.left_out)
        return tuple(self.corpus.read_part(self.name, each, self) for each in made)

    def without_passes(self, annotators: Collection[str]) -> Part:
        """The part without the passes of these annotators; the part itself without any."""
        if not annotators:
            return self
        part = replace(self, left_out=(*self.left_out, *annotators))
        kept = tuple(each for each in self.passes if each.annotator not in annotators)
        part.__dict__["passes"] = kept  # read once
        return part

    def cut(self, documents: pl.Series) -> Part:
        """The part with these documents alone, and so its passes; the part itself where it has no other."""
        kept, own = pl.col("doc_id").is_in(documents.implode()), self["documents"]
        if documents.equals(own["doc_id"]) or own.select(kept.all()).item():
            return self
        key = tuple(documents)
        if key not in self._cuts:
            frames = {layer: rows.filter(kept) for layer, rows in self.frames.items()}
            self._cuts[key] = replace(self, frames=frames, texts=None, held={}, whole=self)
        return self._cuts[key]

    @cached_property
    def seed_files(self) -> tuple[Read, ...]:
        """The bytes of each document's seed, or the fault that keeps it from being read; in document order."""
        if self.texts is not None and "documents" in self.texts.frames:
            return self.texts.seed_files
        return self.corpus.read_seeds(self["documents"]["seed"])

    @cached_property
    def digests(self) -> Mapping[str, str]:
        """What the files are that are held, by path, as storage.files.digest_of says it."""
        return {file: digest_of(read) for file, read in self.held.items()}

    @cached_property
    def seed_digests(self) -> tuple[str, ...]:
        """What each document's seed is, in document order, as storage.files.digest_of says it."""
        if self.texts is not None and "documents" in self.texts.frames:
            return self.texts.seed_digests
        return tuple(map(digest_of, self.seed_files))

    @cached_property
    def done(self) -> Mapping[str, set[str]]:
        """The ids of the documents, by layer, in which the layer is done."""
        found: dict[str, set[str]] = {}
        for doc_id, layer in self["progress"].filter(pl.col("state") == DONE).select("doc_id", "layer").iter_rows():
            found.setdefault(layer, set()).add(doc_id)
        return found

    @cached_property
    def repeats_ids(self) -> bool:
        """Whether an id occurs twice in a layer of the part, or in one that all parts share."""
        frames = {**self.corpus.shared, **self.frames}
        layers = self.layers.complete
        return any(repeats_keys(rows, layers[name]) for name, rows in frames.items() if not layers[name].tracks)

    @cached_property
    def document_texts(self) -> list[str]:
        """The texts of the documents, in their order."""
        return self["documents"]["text"].to_list()

    @cached_property
    def code_points(self) -> CodePoints:
        """The texts of the documents, in their order."""
        return CodePoints(self["documents"]["text"])

    @cached_property
    def references(self) -> Mapping[tuple[str, str], pl.DataFrame]:
        """Where the references of the part's records lead, by layer and column.

        row: in the layer. other: the row, in its own layer, of the record that is
        named; null where there is none. A row occurs once for each record with that id.
        """
        found = {}
        for other, pairs in _REFERENCES.items():
            named = [self._ids(layer, column, inside=not other.shared) for layer, column in pairs]
            shared = self.corpus.of_all(other.name).select(id=other.id_column) if other.shared else None
            placed = equal_rows(pl.concat(named), self._ids(other.name, other.id_column) if shared is None else shared)
            ends = np.cumsum([0, *(frame.height for frame in named)])
            own = pairwise(np.searchsorted(placed["row"].to_numpy(), ends).tolist())
            for pair, begin, (first, last) in zip(pairs, ends.tolist(), own, strict=False):
                found[pair] = placed[first:last].with_columns(pl.col("row") - begin)
        return found

    def _ids(self, layer: str, column: str, *, inside: bool = True) -> pl.DataFrame:
        """The ids in a column of a layer, and the numbers of the documents that they are in."""
        ids = self[layer].select(id=column)
        return ids.with_columns(document=self._document_numbers[layer]) if inside else ids

    @cached_property
    def document_rows(self) -> Mapping[str, pl.Series]:
        """By layer the row of each record's document: the first one of that id, null where there is none."""
        height = self["documents"].height
        return {layer: numbers.set(numbers >= height, None) for layer, numbers in self._document_numbers.items()}

    @cached_property
    def _document_numbers(self) -> Mapping[str, pl.Series]:
        """By layer a number for each record's document: its row, or one behind those for an id that is not there."""
        ids = {name: self[name]["doc_id"] for name, layer in KNOWN_LAYERS.items() if not layer.shared}
        numbers = first_equal(pl.concat(ids.values()).to_frame())  # documents come first
        ends = accumulate(map(len, ids.values()))
        return {name: numbers[end - len(ids[name]) : end] for name, end in zip(ids, ends, strict=True)}

    @cached_property
    def mentioned(self) -> pl.Series:
        """For each mention the row of its entity, null where it does not exist."""
        named = self.references["mentions", "entity_id"]
        return named.filter(pl.col("row").ne_missing(pl.col("row").shift()))["other"]

    @cached_property
    def entity_mentions(self) -> pl.DataFrame:
        """The mentions with what their entity is: row in the layer, the layer's columns, entity_name, entity_type.

        A mention whose entity does not exist is left out, unless the scheme has no entities at all.
        """
        entities = rows_at(self["entities"].select(entity_name="name", entity_type="type"), self.mentioned)
        mentions = pl.concat([self["mentions"].with_row_index("row"), entities], how="horizontal")
        if not self.mentioned.null_count() or "entities" not in self.layers:
            return mentions
        return mentions.filter(self.mentioned.is_not_null())

    @cached_property
    def named_mentions(self) -> pl.DataFrame:
        """Those of entity_mentions whose level is that of a name."""
        return self.entity_mentions.filter(pl.col("level").is_in(self.scheme.name_levels))

    @cached_property
    def relation_ends(self) -> pl.DataFrame:
        """The relations with the mentions at their ends.

        row: in the layer. head, tail: rows of the two mentions. head_entity,
        tail_entity, head_start, tail_start: of the two. A relation with an end that
        does not exist is left out.
        """
        ends = (self.references["relations", end].rename({"other": end}).drop_nulls() for end in ("head", "tail"))
        joined = next(ends).join(next(ends), on="row", maintain_order="left_right")
        for end in ("head", "tail"):
            columns = {f"{end}_entity": "entity_id", f"{end}_start": "start"}
            joined = joined.hstack(rows_at(self["mentions"].select(**columns), joined[end]))
        return joined

    @cached_property
    def tokens(self) -> pl.DataFrame:
        """The tokens of the part's sentences; columns and errors as in stancebank.text.tokens.tokens."""
        from stancebank.text.tokens import tokens

        return tokens(self["documents"], self["sentences"])

    @cached_property
    def spans(self) -> pl.DataFrame:
        """Every span of the part, one per row.

        layer, row: where it is stored. item: its index in an attribution's content, else null.
        doc_id, start, end. text: as stored, null for sentences, which repeat none.
        document: the row of its document, the first one of that id; null where the part does not have it.
        """
        columns = ["layer", "row", "item", "doc_id", "start", "end", "text", "document"]
        frames = []
        for name, layer in self.layers.parts.items():
            if layer.spans:
                text = pl.col("text") if "text" in layer.names else pl.lit(None, pl.String).alias("text")
                rows = self[name].with_row_index("row").with_columns(text, self.document_rows[name].alias("document"))
                frames.append(rows.with_columns(layer=pl.lit(name), item=pl.lit(None, pl.Int64)).select(columns))
        content = self["attributions"].with_row_index("row").select("row", "doc_id", "content")
        content = content.with_columns(
            item=pl.int_ranges(pl.col("content").list.len(), dtype=pl.Int64),
            document=self.document_rows["attributions"],
        )
        content = content.explode("content", "item", empty_as_null=False).unnest("content")
        frames.append(content.with_columns(layer=pl.lit("attributions")).select(columns))
        return pl.concat(frames)

    @cached_property
    def content_spans(self) -> pl.DataFrame:
        """Those of the spans that are in the content of an attribution, whose row they have."""
        return self.spans.filter(pl.col("item").is_not_null())

    @cached_property
    def located_spans(self) -> pl.DataFrame:
        """The spans of documents that the part has."""
        return self.spans.drop_nulls("document")

    @cached_property
    def readable_spans(self) -> pl.DataFrame:
        """The spans that have a code point and lie inside the text of their document."""
        spans = self.located_spans
        places = (spans[name].cast(pl.Int64).to_numpy() for name in ("document", "start", "end"))
        return spans.filter(self.code_points.inside(*places))

    @cached_property
    def placed_spans(self) -> pl.DataFrame:
        """The spans of the annotations, each with the sentence that it starts in or behind.

        The columns of spans. sentence: its row in the layer, null in front of the first.
        sentence_end: end of the furthest sentence up to there. paragraph: of the sentence.
        Spans of documents that the part does not have are left out.
        """
        spans = self.located_spans
        of_sentence = pl.col("layer") == "sentences"
        sentences = spans.filter(of_sentence).sort("document", "start", "end", maintain_order=True)
        spans = spans.filter(~of_sentence)
        of_sentences = sentences.select(
            sentence="row",
            sentence_end=pl.col("end").cum_max().over("document"),
            paragraph=self["sentences"]["paragraph"].gather(sentences["row"]),
        )
        return spans.hstack(rows_at(of_sentences, last_before(spans, sentences)))

    @cached_property
    def quotations(self) -> pl.DataFrame:
        """The quotations of the part's texts: document (row), start and end in code points, text; marks included."""
        texts = enumerate(self.document_texts)
        found = [(row, start, end, text[start:end]) for row, text in texts for start, end in quotations(text)]
        columns = zip(*found, strict=True) if found else ((), (), (), ())
        types = {"document": pl.UInt32, "start": pl.Int64, "end": pl.Int64, "text": pl.String}
        return pl.DataFrame(dict(zip(types, columns, strict=True)), schema=types)


def once(function: Callable[[Part], R]) -> Callable[[Part], R]:
    """Have what a function makes of a part kept with the part, as that of a cached property is."""

    @wraps(function)
    def kept(part: Part) -> R:
        if kept not in part._derived:
            part._derived[kept] = function(part)
        found: R = part._derived[kept]
        return found

    return kept
