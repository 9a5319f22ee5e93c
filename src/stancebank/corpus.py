"""A corpus in its files: find it and read it strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import polars as pl

from stancebank.addresses import is_remote
from stancebank.annotators import Annotators, read_annotators
from stancebank.code_points import CodePoints
from stancebank.corpus_settings import CorpusSettings
from stancebank.faults import Fault, StanceBankError, printable
from stancebank.files import Entry, Read, entries, read_each, read_inside, read_plain
from stancebank.jsonl import read_records
from stancebank.layers import PART_LAYERS, TARGETS, Layer
from stancebank.quotations import quotations
from stancebank.rows import rows_at
from stancebank.scheme import Scheme, read_scheme
from stancebank.seeds import Seeds, read_seeds
from stancebank.yaml_files import read_yaml

CORPUS_FILE = "corpus/corpus.yaml"
TARGETS_FILE = "corpus/targets.jsonl"
RESERVED_FOLDERS = frozenset({"releases"})
PASSES = "annotation/passes"


@dataclass(frozen=True)
class Corpus:
    """A corpus as far as it could be read; what could not be is None, with faults that say why."""

    root: Path
    settings: CorpusSettings | None
    scheme: Scheme | None
    seeds: Seeds | None
    targets: pl.DataFrame | None
    register: Annotators | None
    faults: tuple[Fault, ...]

    @cached_property
    def part_names(self) -> tuple[str, ...]:
        """The folders under corpus/ that hold layers, sorted."""
        folders = (entry.name for entry in entries(self.root / "corpus") if entry.is_folder)
        return tuple(name for name in folders if name not in RESERVED_FOLDERS)

    @cached_property
    def annotators(self) -> tuple[str, ...]:
        """Whose passes there are: the folders under annotation/passes, sorted."""
        return tuple(entry.name for entry in entries(self.root / PASSES) if entry.is_folder)

    @cached_property
    def pass_entries(self) -> Mapping[str, tuple[Entry, ...]]:
        """What stands in each annotator's folder, by the annotator's id."""
        return {annotator: tuple(entries(self.root / PASSES / annotator)) for annotator in self.annotators}

    def pass_parts(self, annotator: str) -> tuple[str, ...]:
        """The parts that an annotator has made a pass over, sorted."""
        parts = set(self.part_names)
        return tuple(entry.name for entry in self.pass_entries.get(annotator, ()) if entry.name in parts)

    def read_part(self, name: str, annotator: str | None = None) -> Part:
        """The part of that name, read strictly; its frames lack each layer that has faults.

        annotator: whose annotated layers to read in place of the corpus's own.
        """
        part = Part(name, self, {}, (), annotator)
        frames: dict[str, pl.DataFrame] = {}
        faults: list[Fault] = []
        files = {part.file(layer.name): layer for layer in PART_LAYERS.values()}
        for (file, layer), read in zip(files.items(), read_each(self.root, list(files)), strict=True):
            frame, found = _read_layer(read, file, layer)
            faults += found
            if frame is not None:
                frames[layer.name] = frame
        own = [layer.file_name for layer in PART_LAYERS.values() if layer.annotated or annotator is None]
        folder = f"{PASSES}/{annotator}/{name}" if annotator else f"corpus/{name}"
        for entry in entries(self.root / folder):
            if entry.name not in own:
                what = f"not the file of a layer that belongs here; expected {', '.join(sorted(own))}"
                fix = "correct its name, or move it out of the corpus"
                faults.append(Fault("unexpected", f"{folder}/{printable(entry.name)}", what, fix))
        return replace(part, frames=frames, faults=tuple(faults))


@dataclass(frozen=True)
class Part:
    """A folder of layers with the same documents: the unit of reading, checking and building.

    frames: a Polars frame by layer name with the columns of layers.py; row i
    stands on line i + 1 of the layer's file.
    annotator: whose pass the annotated layers are from; None for the corpus's own.
    """

    name: str
    corpus: Corpus
    frames: Mapping[str, pl.DataFrame]
    faults: tuple[Fault, ...]
    annotator: str | None = None

    def __getitem__(self, layer: str) -> pl.DataFrame:
        """The frame of a layer; KeyError where it could not be read."""
        return self.frames[layer]

    def file(self, layer: str) -> str:
        """The layer's file, from the root."""
        in_pass = self.annotator is not None and PART_LAYERS[layer].annotated
        return f"{f'{PASSES}/{self.annotator}' if in_pass else 'corpus'}/{self.name}/{layer}.jsonl"

    def owns_file(self, file: str) -> bool:
        """Whether a file is the part's own: a pass borrows documents and sentences from the corpus."""
        return self.annotator is None or file.startswith(f"{PASSES}/")

    @cached_property
    def passes(self) -> tuple[Part, ...]:
        """The annotators' passes over this part, in the order of their ids; none over a pass itself."""
        if self.annotator is not None:
            return ()
        made = (each for each in self.corpus.annotators if self.name in self.corpus.pass_parts(each))
        return tuple(self.corpus.read_part(self.name, each) for each in made)

    @cached_property
    def seed_files(self) -> tuple[Read, ...]:
        """The bytes of each document's seed, or the fault that keeps it from being read; in document order."""
        root, folder = self.corpus.root, self.corpus.root / "seeds"
        if is_remote(root):
            return tuple(read_each(root, [f"seeds/{seed}" for seed in self["documents"]["seed"]]))
        try:
            inside = folder.resolve(strict=True).is_relative_to(root.resolve())
        except (OSError, RuntimeError):
            inside = False
        return tuple(
            (inside and read_plain(folder, seed)) or read_inside(root, f"seeds/{seed}")
            for seed in self["documents"]["seed"]
        )

    @cached_property
    def code_points(self) -> CodePoints:
        """The texts of the documents, in their order."""
        return CodePoints(self["documents"]["text"])

    @cached_property
    def references(self) -> Mapping[tuple[str, str], pl.DataFrame]:
        """Where the references between layers of the part lead, by layer and column.

        row: in the layer. other: the row, in its own layer, of the record that is
        named; null where there is none. A row stands once for each record with that id.
        """
        found = {}
        for other in PART_LAYERS.values():
            pairs = [
                (layer.name, column.name)
                for layer in PART_LAYERS.values()
                for column in layer.columns
                if column.refers_to == other.name
            ]
            if pairs:
                named = [self[layer].select("doc_id", id=column).with_row_index("row") for layer, column in pairs]
                ids = self[other.name].select("doc_id", id=other.id_column).with_row_index("other")
                placed = pl.concat(frame.with_columns(pair=index) for index, frame in enumerate(named))
                placed = placed.join(ids, on=["doc_id", "id"], how="left", maintain_order="left_right")
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

        A mention whose entity does not exist is left out.
        """
        entities = rows_at(self["entities"].select(entity_name="name", entity_type="type"), self.mentioned)
        mentions = pl.concat([self["mentions"].with_row_index("row"), entities], how="horizontal")
        return mentions.filter(self.mentioned.is_not_null()) if self.mentioned.null_count() else mentions

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
        """The tokens of the part's sentences; columns and errors as in stancebank.tokens.tokens."""
        from stancebank.tokens import tokens

        return tokens(self["documents"], self["sentences"])

    @cached_property
    def spans(self) -> pl.DataFrame:
        """Every span of the part, one per row.

        layer, row: where it is stored. item: its index in an attribution's content, else null.
        doc_id, start, end. text: as stored, null for sentences, which repeat none.
        """
        columns = ["layer", "row", "item", "doc_id", "start", "end", "text"]
        frames = []
        for name, layer in PART_LAYERS.items():
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

        A span stands once for each document with that id.
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


def require_readable(faults: Sequence[Fault]) -> None:
    """Nothing where there are no faults; else StanceBankError, which names the first of them.

    Another version of the scheme comes before all others, since they may follow from it.
    """
    if faults:
        first = next((fault for fault in faults if fault.kind == "scheme-version"), faults[0])
        where = first.file if first.line is None else f"{first.file}:{first.line}"
        what = f"the corpus cannot be read: {printable(where)}: {first.what}"
        fix = "run stancebank validate and correct what it finds"
        raise StanceBankError(what, first.fix if first.kind == "scheme-version" else fix)


def find_root(start: Path | None) -> Path:
    """The corpus root: start itself, or without it the nearest folder upwards with a corpus.

    Raises StanceBankError where there is none, or an address cannot be reached.
    """
    if start is not None:
        if _has_corpus(start):
            return start
        what = f"{printable(str(start))} is no corpus root: {CORPUS_FILE} is missing"
        raise StanceBankError(what, "name the folder above corpus/, or make a corpus with: stancebank init DIR")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if _has_corpus(folder):
            return folder
    what = f"there is no corpus here: no folder upwards of {printable(str(here))} has {CORPUS_FILE}"
    raise StanceBankError(what, "name the root with --root DIR, or make a corpus with: stancebank init DIR")


def _has_corpus(folder: Path) -> bool:
    if not is_remote(folder):
        return (folder / CORPUS_FILE).is_file()
    _, fault = read_inside(folder, CORPUS_FILE)
    if fault is not None and fault.kind == "unreadable":  # mostly all of the place, for want of credentials
        raise StanceBankError(f"{printable(str(folder))}: {CORPUS_FILE}: {fault.what}", "check your rights to read it")
    return fault is None


def read_corpus(root: Path) -> Corpus:
    """The corpus at a root: its settings, scheme, seed register and targets; parts are read one by one."""
    root = root if is_remote(root) else root.absolute()  # a worker may be in another folder
    settings, settings_faults = read_yaml(root, CORPUS_FILE, CorpusSettings, "settings")
    scheme, scheme_faults = read_scheme(root)
    seeds, seeds_faults = read_seeds(root)
    targets, target_faults = _read_layer(read_inside(root, TARGETS_FILE), TARGETS_FILE, TARGETS)
    register, register_faults = read_annotators(root)
    faults = [*settings_faults, *scheme_faults, *seeds_faults, *target_faults, *register_faults]
    for entry in entries(root / "corpus"):
        if not entry.is_folder and f"corpus/{entry.name}" not in (CORPUS_FILE, TARGETS_FILE):
            what = "not a file of a corpus; expected corpus.yaml, targets.jsonl and a folder for each part"
            fix = "correct its name, or move it out of the corpus"
            faults.append(Fault("unexpected", f"corpus/{printable(entry.name)}", what, fix))
    corpus = Corpus(root, settings, scheme, seeds, targets, register, tuple(faults))
    return replace(corpus, faults=(*faults, *_stray_passes(corpus)))


def _stray_passes(corpus: Corpus) -> Iterator[Fault]:
    for annotator, found in corpus.pass_entries.items():
        for entry in found:
            if entry.name not in corpus.part_names:
                file = f"{PASSES}/{printable(annotator)}/{printable(entry.name)}"
                what = "a pass holds folders for parts of the corpus, and the corpus has no such part"
                yield Fault("unexpected", file, what, "correct its name, or move it out of the passes")


def _read_layer(read: Read, file: str, layer: Layer) -> tuple[pl.DataFrame | None, list[Fault]]:
    data, fault = read
    if data is None:
        assert fault is not None
        return None, [fault]
    return read_records(data, layer, file)
