"""A part of a corpus: the frames of its layers, and what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, TypeVar

import polars as pl

from stancebank.faults import Fault
from stancebank.schema.frames import completed, polars_schema, repeats_keys, rows_at
from stancebank.schema.layers import DONE, KNOWN_LAYERS
from stancebank.schema.paths import PASSES
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import Layers
from stancebank.storage.files import Read
from stancebank.text.code_points import CodePoints
from stancebank.text.quotations import quotations

if TYPE_CHECKING:
    from stancebank.corpus.corpus import Corpus

R = TypeVar("R")


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
        for other in KNOWN_LAYERS.values():
            pairs = [
                (layer.name, column.name)
                for layer in KNOWN_LAYERS.values()
                if not layer.shared
                for column in layer.columns
                if column.refers_to == other.name
            ]
            if pairs:
                by = [] if other.shared else ["doc_id"]
                named = [self[layer].select(*by, id=column).with_row_index("row") for layer, column in pairs]
                rows = self.corpus.of_all(other.name) if other.shared else self[other.name]
                ids = rows.select(*by, id=other.id_column).with_row_index("other")
                placed = pl.concat(frame.with_columns(pair=index) for index, frame in enumerate(named))
                placed = placed.join(ids, on=[*by, "id"], how="left", maintain_order="left_right")
                for index, pair in enumerate(pairs):
                    found[pair] = placed.filter(pl.col("pair") == index).select("row", "other")
        return found

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
        """
        columns = ["layer", "row", "item", "doc_id", "start", "end", "text"]
        frames = []
        for name, layer in self.layers.parts.items():
            if layer.spans:
                text = pl.col("text") if "text" in layer.names else pl.lit(None, pl.String).alias("text")
                rows = self[name].with_row_index("row").with_columns(layer=pl.lit(name), item=pl.lit(None, pl.Int64))
                frames.append(rows.with_columns(text).select(columns))
        content = self["attributions"].with_row_index("row").select("row", "doc_id", "content")
        content = content.with_columns(item=pl.int_ranges(pl.col("content").list.len(), dtype=pl.Int64))
        content = content.explode("content", "item", empty_as_null=False).unnest("content")
        frames.append(content.with_columns(layer=pl.lit("attributions")).select(columns))
        return pl.concat(frames)

    @cached_property
    def located_spans(self) -> pl.DataFrame:
        """The spans of documents that the part has: the columns of spans, and document: the row of theirs.

        A span occurs once for each document with that id.
        """
        documents = self["documents"].select("doc_id").with_row_index("document")
        return self.spans.join(documents, on="doc_id", maintain_order="left_right")

    @cached_property
    def placed_spans(self) -> pl.DataFrame:
        """The spans of the annotations, each with the sentence that it starts in or behind.

        The columns of spans, and document: its row. sentence: its row in the layer,
        null in front of the first. sentence_end: end of the furthest sentence up to
        there. paragraph: of the sentence. Spans of documents that the part does not
        have are left out.
        """
        spans = self.located_spans
        if self["documents"]["doc_id"].is_duplicated().any():
            spans = spans.unique(["layer", "row", "item"], keep="first", maintain_order=True)
        of_sentence = pl.col("layer") == "sentences"
        sentences = spans.filter(of_sentence).sort("document", "start", "end", maintain_order=True)
        spans = spans.filter(~of_sentence)
        starts = sentences["start"].unique().sort()

        def key(frame: pl.DataFrame) -> pl.Series:
            """Document and start as one number, in their order."""
            return frame["document"].cast(pl.Int64) * (len(starts) + 1) + starts.search_sorted(frame["start"], "right")

        before = key(sentences).search_sorted(key(spans), "right").cast(pl.Int64) - 1
        sentences = sentences.select(
            of="document",
            sentence="row",
            sentence_end=pl.col("end").cum_max().over("document"),
            paragraph=self["sentences"]["paragraph"].gather(sentences["row"]),
        )
        placed = spans.hstack(rows_at(sentences, before.replace(-1, None)))
        there = pl.col("of") == pl.col("document")
        columns = ("sentence", "sentence_end", "paragraph")
        return placed.select(*spans.columns, *(pl.when(there).then(name).alias(name) for name in columns))

    @cached_property
    def quotations(self) -> pl.DataFrame:
        """The quotations of the part's texts: doc_id, start and end in code points, text; their marks included."""
        documents = self["documents"].select("doc_id", "text").iter_rows()
        found = [(doc_id, start, end, text[start:end]) for doc_id, text in documents for start, end in quotations(text)]
        columns = zip(*found, strict=True) if found else ((), (), (), ())
        types = {"doc_id": pl.String, "start": pl.Int64, "end": pl.Int64, "text": pl.String}
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
