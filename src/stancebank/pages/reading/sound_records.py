"""What of a corpus can be read although it has errors: the records that are sound, and the findings on the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

import polars as pl

from stancebank.checks.findings import Finding
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_part, shared_findings, unreadable
from stancebank.corpus.annotators import Annotators
from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import NO_SEEDS
from stancebank.corpus.settings import CorpusSettings
from stancebank.faults import counted, printable, readable
from stancebank.schema.column import Column
from stancebank.schema.frames import polars_schema, record_key
from stancebank.schema.layers import DOCUMENTS, Layer

_UNREADABLE = CorpusSettings(
    name="corpus",
    title="A corpus whose settings cannot be read",
    description="Its settings cannot be read.",
    version="0.0.0",
    annotation_license="unknown",
    splits={"unknown": ["*"]},
)


@dataclass(frozen=True)
class SoundPart:
    """A part, or a pass over it, with its sound records alone.

    findings: the errors in it. Each reference of the part leads somewhere, ids are unique and each span is in its text.
    """

    part: Part
    findings: tuple[Finding, ...]


def sound_corpus(corpus: Corpus | Faulty) -> tuple[Corpus, tuple[Finding, ...]]:
    """A corpus with what its parts share as far as it could be read, and the errors in that.

    Raises StanceBankError where the scheme cannot be read, since it says what the layers are.
    """
    if isinstance(corpus, Corpus):
        findings = tuple(shared_findings(corpus, ERRORS_ALONE))
        shared = corpus.shared
    else:
        findings = tuple(unreadable(corpus))
        scheme = readable(corpus.scheme, corpus.faults if corpus.scheme is None else ())
        empty = {name: polars_schema(layer.columns).to_frame() for name, layer in scheme.layers.shared.items()}
        shared = empty | dict(corpus.shared)
        corpus = Corpus(
            corpus.root,
            corpus.settings or _UNREADABLE,
            scheme,
            corpus.seeds or NO_SEEDS,
            shared,
            corpus.register or Annotators(),
        )
    unique = {name: rows.unique(corpus.layers[name].id_column, keep="first", maintain_order=True)
              for name, rows in shared.items()}  # fmt: skip
    return replace(corpus, shared=unique), findings


def sound_part(corpus: Corpus, name: str) -> SoundPart:
    """A part in which only what is sound is left."""
    return _sound(corpus.read_part(name))


def sound_pass(corpus: Corpus, name: str, annotator: str | None) -> SoundPart:
    """An annotator's pass over a part in which only what is sound is left; without an annotator the part itself."""
    part = sound_part(corpus, name)
    return part if annotator is None else _sound(corpus.read_part(name, annotator), part.part)


def sound_passes(corpus: Corpus, part: SoundPart) -> tuple[SoundPart, ...]:
    """The passes over a sound part, by annotator."""
    name = part.part.name
    made = corpus.annotators_of(name)
    return tuple(_sound(corpus.read_part(name, each), part.part) for each in made)


def problem_lines(findings: Sequence[Finding], limit: int = 5) -> Iterator[str]:
    """Lines that tell people of errors: how many, the first of them, and what lists them all; none without any."""
    if findings:
        one = len(findings) == 1
        yield f"{counted(len(findings), 'error')}; what {'it is' if one else 'they are'} about is left out here"
        for each in findings[:limit]:
            yield f"  {printable(each.file)}{f':{each.line}' if each.line else ''}  {each.rule} {each.what}"
        yield "  stancebank validate lists all errors and how to correct them"


def _sound(part: Part, texts: Part | None = None) -> SoundPart:
    """texts: the part that a pass is over, with its sound documents and sentences."""
    findings = check_part(part, ERRORS_ALONE).findings
    layers = part.layers.parts
    empty = {name: polars_schema(layer.columns).to_frame() for name, layer in layers.items()}
    frames = empty | dict(part.frames)
    if texts is not None:
        frames |= {name: texts.frames[name] for name, layer in layers.items() if not layer.in_passes}
    for name, layer in layers.items():
        file = part.file(name)
        wrong = [
            each.line - 1 for each in findings if each.file == file and each.line and layer is not layers["documents"]
        ]
        rows = frames[name]
        if wrong:
            rows = rows.filter(~pl.int_range(pl.len()).is_in(wrong))
        frames[name] = rows.unique(record_key(layer), keep="first", maintain_order=True)
    frames = _linked(_in_their_texts(frames, layers), layers, part.corpus)
    return SoundPart(replace(part, frames=frames, faults=(), texts=None, held={}), findings)


def _in_their_texts(frames: dict[str, pl.DataFrame], layers: Mapping[str, Layer]) -> dict[str, pl.DataFrame]:
    """The frames without records of documents that are not there, and of spans that their text does not have."""
    documents = frames[DOCUMENTS.name].select("doc_id", document="text")
    kept = {}
    for name, rows in frames.items():
        if name == DOCUMENTS.name:
            kept[name] = rows
            continue
        joined = rows.join(documents, on="doc_id", how="inner", maintain_order="left")
        if layers[name].spans:
            joined = joined.filter(
                _fits(pl.col("start"), pl.col("end"), pl.col("text") if "text" in rows.columns else None)
            )
        for column in layers[name].columns:
            if any(item.name == "text" for item in column.items):
                joined = _with_fitting_items(joined, column)
        kept[name] = joined.drop("document")
    return kept


def _fits(start: pl.Expr, end: pl.Expr, text: pl.Expr | None) -> pl.Expr:
    length = pl.col("document").str.len_chars()
    inside = (start >= 0) & (start < end) & (end <= length)
    if text is None:
        return inside
    reads = pl.col("document").str.slice(start.clip(0), (end - start).clip(0))
    return inside & (reads == text)


def _with_fitting_items(rows: pl.DataFrame, column: Column) -> pl.DataFrame:
    """The rows whose every span in a list is in the text."""
    items = rows.with_row_index("_row").select("_row", "document", column.name).explode(column.name)
    item = pl.col(column.name).struct
    fits = _fits(item.field("start"), item.field("end"), item.field("text")).fill_null(value=False)
    wrong = items.filter(~fits)["_row"].unique()
    return rows.filter(~pl.int_range(pl.len(), dtype=pl.UInt32).is_in(wrong.implode()))


def _linked(frames: dict[str, pl.DataFrame], layers: Mapping[str, Layer], corpus: Corpus) -> dict[str, pl.DataFrame]:
    """The frames without records that refer to one that is not there, until each reference leads somewhere."""
    while True:
        before = sum(rows.height for rows in frames.values())
        for name, layer in layers.items():
            tests = [
                _leads(frames, layers, corpus, column.name, column.refers_to)
                for column in layer.columns
                if column.refers_to
            ]
            if tests:
                frames = frames | {name: reduce(lambda rows, test: rows.filter(test), tests, frames[name])}
        if sum(rows.height for rows in frames.values()) == before:
            return frames


def _leads(
    frames: dict[str, pl.DataFrame], layers: Mapping[str, Layer], corpus: Corpus, column: str, other: str
) -> pl.Expr:
    if other in layers:
        known = frames[other].select(pl.struct("doc_id", pl.col(layers[other].id_column).alias("id"))).to_series()
        leads = pl.struct("doc_id", pl.col(column).alias("id")).is_in(known.implode())
    else:
        leads = pl.col(column).is_in(corpus.of_all(other)[corpus.layers.complete[other].id_column].implode())
    return pl.col(column).is_null() | leads
