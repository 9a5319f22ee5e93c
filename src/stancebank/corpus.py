"""A corpus on disk: find it and read it strictly."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Annotated, Self

import polars as pl
from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from stancebank.annotators import Annotators, read_annotators
from stancebank.faults import Fault, StanceBankError, printable
from stancebank.files import read_inside
from stancebank.jsonl import read_records
from stancebank.layers import KEY, LINE, PARAGRAPHS, PART_LAYERS, TARGETS, Layer
from stancebank.quotations import quotations
from stancebank.scheme import Scheme, read_scheme
from stancebank.seeds import Seeds, read_seeds
from stancebank.yaml_files import Settings, read_yaml

CORPUS_FILE = "corpus/corpus.yaml"
TARGETS_FILE = "corpus/targets.jsonl"
RESERVED_FOLDERS = frozenset({"releases"})
PASSES = "annotation/passes"


def _split(name: str) -> str:
    if name == "all":
        raise ValueError("all is a word of load_dataset's own for all splits together; choose another name")
    return name


# YAML is read as plain strings, so a null is a word.
_Optional = Annotated[str | None, BeforeValidator(lambda value: None if value in ("", "~", "null") else value)]


class RuleException(Settings):
    """A finding that is meant: the id of a rule that warns, where it finds it, and why that is right.

    document, record: ids. file: path from the root. At least one of the three is given.
    """

    rule: str
    document: _Optional = None
    record: _Optional = None
    file: _Optional = None
    reason: Annotated[str, Field(pattern=r"\S")]

    @model_validator(mode="after")
    def _stands_somewhere(self) -> Self:
        if self.document is None and self.record is None and self.file is None:
            raise ValueError("say where: give a document, a record or a file")
        return self


class Validation(Settings):
    """What stancebank validate does without options.

    select, ignore: rules by id or prefix. strict: warnings fail. max: most findings shown.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    strict: bool = False
    max: Annotated[int, Field(ge=0)] | None = None
    exceptions: tuple[RuleException, ...] = ()


class CorpusSettings(Settings):
    """What corpus.yaml says.

    version: semantic version of the corpus, which every built config carries.
    annotation_license: terms of the annotations; the rights in the texts stand in seeds.yaml.
    splits: for each split the parts in it, as shell patterns; a part belongs to one split.
    validation: how it is checked.
    """

    name: Annotated[str, Field(pattern=f"^{KEY}$")]
    title: Annotated[str, Field(min_length=1, pattern=f"^{LINE}$")]
    description: Annotated[str, Field(min_length=1, pattern=f"^{PARAGRAPHS}$")]
    version: Annotated[str, Field(pattern=r"^(0|[1-9][0-9]*)(\.(0|[1-9][0-9]*)){2}$")]
    annotation_license: Annotated[str, Field(min_length=1, pattern=f"^{LINE}$")]
    splits: Annotated[
        dict[Annotated[str, Field(pattern=r"^\w+$"), AfterValidator(_split)], list[str]], Field(min_length=1)
    ]
    validation: Validation = Validation()

    def splits_of(self, part: str) -> list[str]:
        """The splits whose patterns match a part; one where the corpus is sound."""
        return [
            split
            for split, patterns in self.splits.items()
            if any(fnmatch.fnmatchcase(part, pattern) for pattern in patterns)
        ]


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
        folders = (entry.name for entry in _visible(self.root / "corpus") if entry.is_dir())
        return tuple(sorted(name for name in folders if name not in RESERVED_FOLDERS))

    @cached_property
    def annotators(self) -> tuple[str, ...]:
        """Whose passes there are: the folders under annotation/passes, sorted."""
        return tuple(entry.name for entry in _visible(self.root / PASSES) if entry.is_dir())

    def pass_parts(self, annotator: str) -> tuple[str, ...]:
        """The parts that an annotator has made a pass over, sorted."""
        return tuple(entry.name for entry in _visible(self.root / PASSES / annotator) if entry.name in self.part_names)

    def read_part(self, name: str, annotator: str | None = None) -> Part:
        """The part of that name, read strictly; its frames lack each layer that has faults.

        annotator: whose annotated layers to read in place of the corpus's own.
        """
        part = Part(name, self, {}, (), annotator)
        frames: dict[str, pl.DataFrame] = {}
        faults: list[Fault] = []
        for layer in PART_LAYERS.values():
            frame, found = _read_layer(self.root, part.file(layer.name), layer)
            faults += found
            if frame is not None:
                frames[layer.name] = frame
        own = [layer.file_name for layer in PART_LAYERS.values() if layer.annotated or annotator is None]
        folder = f"{PASSES}/{annotator}/{name}" if annotator else f"corpus/{name}"
        for entry in _visible(self.root / folder):
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
        made = (each for each in self.corpus.annotators if (self.corpus.root / PASSES / each / self.name).is_dir())
        return tuple(self.corpus.read_part(self.name, each) for each in made)

    @cached_property
    def seed_files(self) -> tuple[tuple[bytes | None, Fault | None], ...]:
        """The bytes of each document's seed, or the fault that keeps it from being read; in document order."""
        return tuple(read_inside(self.corpus.root, f"seeds/{seed}") for seed in self["documents"]["seed"])

    @cached_property
    def entity_mentions(self) -> pl.DataFrame:
        """The mentions with what their entity is: row in the layer, the layer's columns, entity_name, entity_type.

        A mention whose entity does not exist is left out.
        """
        entities = self["entities"].unique(["doc_id", "entity_id"], keep="first")
        entities = entities.select("doc_id", "entity_id", entity_name="name", entity_type="type")
        mentions = self["mentions"].with_row_index("row")
        return mentions.join(entities, on=["doc_id", "entity_id"], maintain_order="left")

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
    def placed_spans(self) -> pl.DataFrame:
        """The spans of the annotations, each with the sentence that it starts in or behind.

        The columns of spans; sentence: its row in the layer, null in front of the
        first. sentence_end: end of the furthest sentence up to there. paragraph: of
        the sentence. Spans of documents that the part does not have are left out.
        """
        reached = pl.col("end").cum_max().over("doc_id", order_by=["start", "end"])
        sentences = self["sentences"].with_row_index("sentence").with_columns(sentence_end=reached)
        sentences = sentences.select("doc_id", "start", "sentence", "sentence_end", "paragraph").sort("doc_id", "start")
        spans = self.spans.filter(pl.col("layer") != "sentences")
        spans = spans.join(self["documents"].select("doc_id"), on="doc_id", how="semi", maintain_order="left")
        return spans.sort("doc_id", "start").join_asof(sentences, on="start", by="doc_id", check_sortedness=False)

    @cached_property
    def quotations(self) -> pl.DataFrame:
        """The quotations of the part's texts: doc_id, start and end in code points, text; their marks included."""
        found = [
            (doc_id, start, end, text[start:end])
            for doc_id, text in self["documents"].select("doc_id", "text").iter_rows()
            for start, end in quotations(text)
        ]
        schema = {"doc_id": pl.String, "start": pl.Int64, "end": pl.Int64, "text": pl.String}
        return pl.DataFrame(found, schema=schema, orient="row")


def require_readable(faults: Sequence[Fault]) -> None:
    """Nothing where there are no faults; else StanceBankError, which names the first of them."""
    if faults:
        first = faults[0]
        where = first.file if first.line is None else f"{first.file}:{first.line}"
        what = f"the corpus cannot be read: {printable(where)}: {first.what}"
        raise StanceBankError(what, "run stancebank validate and correct what it finds")


def find_root(start: Path | None) -> Path:
    """The corpus root: start itself, or without it the nearest folder upwards with a corpus.

    Raises StanceBankError where there is none.
    """
    if start is not None:
        if (start / CORPUS_FILE).is_file():
            return start
        what = f"{printable(str(start))} is no corpus root: {CORPUS_FILE} is missing"
        raise StanceBankError(what, "name the folder above corpus/, or make a corpus with: stancebank init DIR")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CORPUS_FILE).is_file():
            return folder
    what = f"there is no corpus here: no folder upwards of {printable(str(here))} has {CORPUS_FILE}"
    raise StanceBankError(what, "name the root with --root DIR, or make a corpus with: stancebank init DIR")


def read_corpus(root: Path) -> Corpus:
    """The corpus at a root: its settings, scheme, seed register and targets; parts are read one by one."""
    settings, settings_faults = read_yaml(root, CORPUS_FILE, CorpusSettings, "settings")
    scheme, scheme_faults = read_scheme(root)
    seeds, seeds_faults = read_seeds(root)
    targets, target_faults = _read_layer(root, TARGETS_FILE, TARGETS)
    register, register_faults = read_annotators(root)
    faults = [*settings_faults, *scheme_faults, *seeds_faults, *target_faults, *register_faults]
    for entry in _visible(root / "corpus"):
        if not entry.is_dir() and f"corpus/{entry.name}" not in (CORPUS_FILE, TARGETS_FILE):
            what = "not a file of a corpus; expected corpus.yaml, targets.jsonl and a folder for each part"
            fix = "correct its name, or move it out of the corpus"
            faults.append(Fault("unexpected", f"corpus/{printable(entry.name)}", what, fix))
    corpus = Corpus(root, settings, scheme, seeds, targets, register, tuple(faults))
    return replace(corpus, faults=(*faults, *_stray_passes(corpus)))


def _stray_passes(corpus: Corpus) -> Iterator[Fault]:
    for annotator in corpus.annotators:
        for entry in _visible(corpus.root / PASSES / annotator):
            if entry.name not in corpus.part_names:
                file = f"{PASSES}/{printable(annotator)}/{printable(entry.name)}"
                what = "a pass holds folders for parts of the corpus, and the corpus has no such part"
                yield Fault("unexpected", file, what, "correct its name, or move it out of the passes")


def _read_layer(root: Path, file: str, layer: Layer) -> tuple[pl.DataFrame | None, list[Fault]]:
    data, fault = read_inside(root, file)
    if data is None:
        assert fault is not None
        return None, [fault]
    return read_records(data, layer, file)


def _visible(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        yield from sorted(entry for entry in folder.iterdir() if not entry.name.startswith("."))
