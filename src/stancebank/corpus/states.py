"""How far a part's documents are: which layers of which are done."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import with_rows
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, excerpt, require_readable
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import DONE, PROGRESS
from stancebank.schema.paths import PASSES
from stancebank.storage.files import read_inside, write_files

ABSENT = "not begun"
"""The state of a layer of a document that progress does not list."""


def states(part: Part) -> pl.DataFrame:
    """The state of each annotated layer of each document, one row each, in the order of documents and layers.

    The columns of the layer progress; state is "not begun" where nothing is recorded.
    """
    layers = pl.DataFrame({"layer": part.layers.annotated}, schema={"layer": pl.String})
    rows = part["documents"].select("doc_id").join(layers, how="cross", maintain_order="left_right")
    recorded = part["progress"].unique(["doc_id", "layer"], keep="first", maintain_order=True)
    rows = rows.join(recorded, on=["doc_id", "layer"], how="left", maintain_order="left")
    return rows.with_columns(pl.col("state").fill_null(ABSENT))


def corpus_states(corpus: Corpus) -> pl.DataFrame:
    """The states of the gold and of all passes.

    The columns of states, and annotation ("gold" or the annotator), part, split (null for none).
    Raises StanceBankError where a part cannot be read.
    """
    schema = polars_schema(PROGRESS.columns)
    found = [schema.to_frame().with_columns(pl.lit("").alias(name) for name in ("annotation", "part", "split"))]
    for name in corpus.part_names:
        split = corpus.settings.split_of(name)
        gold = corpus.sound_part(name)
        for part in (gold, *gold.passes):
            require_readable(part.faults)
            of = {"annotation": part.annotator or GOLD, "part": name, "split": split}
            found.append(states(part).with_columns(pl.lit(value, pl.String).alias(key) for key, value in of.items()))
    return pl.concat(found)


def done_documents(part: Part, layers: Collection[str]) -> pl.Series:
    """The ids of the documents in which all of the layers are done, in the order of the part."""
    ids = part["documents"]["doc_id"]
    complete = {*ids}.intersection(*(part.done.get(layer, ()) for layer in layers))
    return ids.filter(pl.Series([doc_id in complete for doc_id in ids], dtype=pl.Boolean))


def of_done(part: Part, rows: pl.DataFrame, layers: Collection[str]) -> pl.DataFrame:
    """The rows, by their column doc_id, of documents in which all of the layers are done."""
    return rows.filter(pl.col("doc_id").is_in(done_documents(part, layers).implode()))


def done_layers(part: Part) -> pl.Series:
    """For each document of the part the list of its layers that are done, in the order of the layers."""
    finished = states(part).group_by("doc_id", maintain_order=True)
    layers = finished.agg(pl.col("layer").filter(pl.col("state") == DONE))
    ids = part["documents"].select("doc_id")
    return ids.join(layers, on="doc_id", how="left", maintain_order="left")["layer"].fill_null([])


def done(part: Part, layers: Collection[str]) -> Part:
    """The part cut down to the documents in which all of the layers are done; the part itself without layers."""
    return part.cut(done_documents(part, layers)) if layers else part


def done_in_all(parts: Sequence[Part], layers: Collection[str]) -> list[Part]:
    """Annotations of the same documents, cut down to those in which all of them have all of the layers done."""
    common = parts[0]["documents"]["doc_id"]
    for part in parts:
        common = common.filter(common.is_in(done_documents(part, layers).implode()))
    return [part.cut(common) for part in parts]


@dataclass(frozen=True, slots=True)
class Mark:
    """What is recorded of layers of documents; the fields are those of the layer progress."""

    state: str
    annotator: str | None = None
    date: str | None = None
    made_from: str | None = None
    remark: str | None = None


def marked_layers(corpus: Corpus, layers: Iterable[str], mark: Mark) -> list[dict[str, str | None]]:
    """What progress records of each of the layers of a document, without doc_id.

    Raises StanceBankError for a layer that the scheme does not use, and for values that progress does not allow.
    """
    values: dict[str, str | None] = {name: getattr(mark, name) for name in Mark.__slots__}
    for name, value in values.items():
        if not PROGRESS[name].fits(value):
            raise StanceBankError(f"{name} {excerpt(str(value))} is not valid: {PROGRESS[name].meaning}", "correct it")
    rows = [{"layer": layer, **values} for layer in layers]
    for row in rows:
        if row["layer"] not in corpus.layers.annotated:
            what = f"the scheme of the corpus does not use the layer {excerpt(str(row['layer']))}"
            raise StanceBankError(what, f"name one of {', '.join(corpus.layers.annotated) or 'none'}")
    return rows


def mark(
    corpus: Corpus, documents: Sequence[str], layers: Iterable[str], mark: Mark, annotator: str | None = None
) -> list[str]:
    """Record the state of layers of documents, all or nothing; gives the files that changed.

    annotator: whose pass it is of, the gold without one. Nothing else changes, to the byte.
    Raises StanceBankError for a document that the corpus or the pass does not have, for
    values that the layer does not allow, and where a part cannot be read or written.
    """
    if annotator is not None and annotator not in corpus.annotators:
        what = f"there is no pass {excerpt(annotator)}; there are {', '.join(corpus.annotators) or 'none'}"
        raise StanceBankError(what, f"name one of the folders in {PASSES}")
    recorded = marked_layers(corpus, layers, mark)
    names = corpus.part_names if annotator is None else corpus.pass_parts(annotator)
    parts = {name: corpus.sound_part(name, annotator) for name in names}
    home = {doc_id: name for name, part in parts.items() for doc_id in part["documents"]["doc_id"]}
    unknown = [doc_id for doc_id in documents if doc_id not in home]
    if unknown:
        where = "the corpus" if annotator is None else f"a part that {annotator} has a pass over"
        fix = "name documents by their ids; stancebank progress --by document lists them"
        raise StanceBankError(f"{excerpt(unknown[0])} is not a document of {where}", fix)
    rows: dict[str, list[Mapping[str, str | None]]] = {}
    for doc_id in dict.fromkeys(documents):
        rows.setdefault(home[doc_id], []).extend({"doc_id": doc_id, **row} for row in recorded)
    files: dict[str, bytes] = {}
    for name, new in rows.items():
        file = parts[name].file(PROGRESS.name)
        data = read_inside(corpus.root, file)[0] or b""
        frame = pl.DataFrame(new, schema=polars_schema(PROGRESS.columns), orient="row")
        written = with_rows(data, parts[name][PROGRESS.name], frame, PROGRESS)
        if written != data:
            files[file] = written
    write_files(corpus.root, files)
    return list(files)
