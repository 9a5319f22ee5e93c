"""One state of a corpus as columns, read from its files, from a pass or from a built dataset."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from stancebank.corpus.remarks import Remark, remarks_beside
from stancebank.corpus.seeds import Seeds
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.schema.frames import completed, polars_schema
from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS
from stancebank.schema.paths import CORPUS_FILE, MANIFEST_FILE, SCHEME_FILE, SEEDS_FILE
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import ALL_LAYERS, Layers
from stancebank.storage.files import read_inside

SCHEME_FORMAT = (SCHEME_FILE, "format")

Metadata = Mapping[tuple[str, str], str]
"""What settings, seed register and scheme say: by file and key, a value as text."""


@dataclass(frozen=True)
class Snapshot:
    """One state of a corpus.

    name: what the user called it. version: of the corpus, None where it does not say.
    layers: by layer name a frame with all columns of used.complete. own: those that it speaks
    for; a pass borrows the documents. used: the layers of its scheme. splits: the columns doc_id and split, a split
    being null where it is not known; None where there are none. metadata_whole: whether
    what metadata lacks is not there, or only not known. annotator: whose pass it is. remarks: those
    beside it.
    """

    name: str
    version: str | None
    layers: Mapping[str, pl.DataFrame]
    own: tuple[str, ...] = tuple(KNOWN_LAYERS)
    splits: pl.DataFrame | None = None
    metadata: Metadata = field(default_factory=dict)
    metadata_whole: bool = True
    annotator: str | None = None
    used: Layers = ALL_LAYERS
    remarks: tuple[Remark, ...] = ()

    @property
    def documents(self) -> frozenset[str]:
        """The ids of the documents that it has."""
        if DOCUMENTS.name in self.layers:
            return frozenset(self.layers[DOCUMENTS.name]["doc_id"])
        return frozenset(id for frame in self.layers.values() if "doc_id" in frame.columns for id in frame["doc_id"])

    def only(self, documents: Iterable[str]) -> dict[str, pl.DataFrame]:
        """The layers with the records of these documents alone; shared layers, which belong to none, stay whole."""
        kept = pl.DataFrame({"doc_id": list(documents)}, schema={"doc_id": pl.String})
        return {
            name: frame.join(kept, on="doc_id", how="semi", maintain_order="left")
            if not KNOWN_LAYERS[name].shared
            else frame
            for name, frame in self.layers.items()
        }


def corpus_snapshot(root: Path, name: str) -> Snapshot:
    """The corpus at a root. Raises StanceBankError where it cannot be read."""
    with _naming(name):
        corpus = read_corpus(root).sound()
        parts = [corpus.sound_part(part) for part in corpus.part_names]
    splits = []
    for part in parts:
        of_part = corpus.settings.split_of(part.name)
        splits.append(part["documents"].select("doc_id", split=pl.lit(of_part, pl.String)))
    of_parts = tuple(name for name, layer in KNOWN_LAYERS.items() if not layer.shared)
    of_all = {name: corpus.of_all(name) for name, layer in KNOWN_LAYERS.items() if layer.shared}
    layers = {**_joined(parts, of_parts, corpus.layers), **of_all}
    placed = pl.concat([pl.DataFrame(schema={"doc_id": pl.String, "split": pl.String}), *splits])
    return Snapshot(
        name,
        corpus.settings.version,
        layers,
        splits=placed,
        metadata=_metadata(corpus),
        used=corpus.layers,
        remarks=remarks_beside(root, None),
    )


def pass_snapshot(root: Path, annotator: str, name: str) -> Snapshot:
    """An annotator's pass over the corpus at a root. Raises StanceBankError where it cannot be read."""
    with _naming(name):
        corpus = read_corpus(root).sound()
        parts = [corpus.sound_part(part, annotator) for part in corpus.pass_parts(annotator)]
    own = corpus.layers.passes
    layers = _joined(parts, (DOCUMENTS.name, *own), corpus.layers)
    return Snapshot(
        name,
        corpus.settings.version,
        layers,
        own=own,
        metadata_whole=False,
        annotator=annotator,
        used=corpus.layers,
        remarks=remarks_beside(root, annotator),
    )


def build_snapshot(folder: Path, name: str) -> Snapshot:
    """A built dataset, by its manifest; the layers are those among its configs.

    Raises StanceBankError where the manifest or a shard cannot be read or holds something else.
    """
    manifest = build_manifest(folder)
    if manifest is None:
        raise _no_build(name, f"{MANIFEST_FILE} is missing or not that of a build")
    shards: dict[str, list[pl.DataFrame]] = {}
    splits = []
    try:
        files = [(each["view"], each["split"], each["path"]) for each in manifest["files"]]
        metadata = {(CORPUS_FILE, "name"): str(manifest["name"]), SCHEME_FORMAT: str(manifest["format"])}
        version = str(manifest["version"])
    except (KeyError, TypeError):
        raise _no_build(name, f"{MANIFEST_FILE} does not list its files") from None
    for view, split, path in files:
        if view not in KNOWN_LAYERS:
            continue
        frame = _read_shard(folder, path, view, name)
        shards.setdefault(view, []).append(frame)
        if view == DOCUMENTS.name:
            splits.append(frame.select("doc_id", split=pl.lit(split, pl.String)))
    layers = {view: pl.concat(frames) for view, frames in shards.items()}
    for shared in (name for name in layers if KNOWN_LAYERS[name].shared):  # each split has a copy
        layers[shared] = layers[shared].unique(maintain_order=True)
    return Snapshot(
        name,
        version,
        layers,
        own=tuple(layer for layer in KNOWN_LAYERS if layer in layers),
        splits=pl.concat(splits) if splits else None,
        metadata=metadata,
        metadata_whole=False,
    )


def build_manifest(folder: Path) -> dict[str, Any] | None:
    """What the manifest of a built dataset says; None where the folder has none."""
    data, _ = read_inside(folder, MANIFEST_FILE)
    try:
        content = orjson.loads(data or b"")
    except ValueError:
        return None
    known = isinstance(content, dict) and content.get("generator") == "stancebank" and "files" in content
    return content if known else None


def _read_shard(folder: Path, path: object, view: str, name: str) -> pl.DataFrame:
    if not isinstance(path, str):
        raise _no_build(name, f"{MANIFEST_FILE} does not list its files")
    data, fault = read_inside(folder, path)
    if data is None:
        raise _no_build(name, f"{excerpt(path)}: {fault.what if fault else 'it cannot be read'}")
    known = KNOWN_LAYERS[view]
    try:
        frame = pl.read_parquet(data)
        if "text" in known.names and "text" not in frame.columns:
            raise pl.exceptions.ColumnNotFoundError("text")
        frame = frame.select(name for name in known.names if name in frame.columns)
        return completed(frame, known).cast(polars_schema(known.columns))
    except pl.exceptions.PolarsError:
        what = f"{excerpt(path)} is damaged or lacks columns of {view}, as in an edition without the texts"
        raise _no_build(name, what) from None


def _no_build(name: str, what: str) -> StanceBankError:
    return StanceBankError(
        f"{printable(name)} cannot be read as a built dataset: {what}", "build it again, in full: stancebank build"
    )


@contextlib.contextmanager
def _naming(name: str) -> Iterator[None]:
    """Have an error say which of the states cannot be read."""
    try:
        yield
    except StanceBankError as error:
        raise StanceBankError(f"{printable(name)}: {error.what}", error.fix) from None


def _joined(parts: Iterable[Part], names: Iterable[str], layers: Layers) -> dict[str, pl.DataFrame]:
    read = list(parts)
    return {
        name: pl.concat([polars_schema(layers.complete[name].columns).to_frame(), *(part[name] for part in read)])
        for name in names
    }


def _metadata(corpus: Corpus) -> Metadata:
    settings = corpus.settings
    said = {
        (CORPUS_FILE, key): getattr(settings, key) for key in ("name", "title", "description", "annotation_license")
    }
    said |= {(CORPUS_FILE, f"splits.{split}"): _text(patterns) for split, patterns in settings.splits.items()}
    return {**said, **_of_seeds(corpus.seeds), **_of_scheme(corpus.scheme)}


def _of_seeds(seeds: Seeds) -> Metadata:
    said = {
        (SEEDS_FILE, f"rights.{key}.{name}"): value if isinstance(value, str) else _text(value)
        for key, rights in seeds.rights.items()
        for name, value in rights.model_dump().items()
    }
    for row in seeds.table.iter_rows(named=True):
        said |= {(SEEDS_FILE, f"{row['file']}.{name}"): row[name] for name in ("date", "language", "origin", "rights")}
    for file, states in seeds.earlier.items():
        said[SEEDS_FILE, f"{file}.earlier"] = _text([state.model_dump() for state in states])
    return said


def _of_scheme(scheme: Scheme) -> Metadata:
    labels = {
        (SCHEME_FILE, f"{vocabulary}.{label.name}"): _text(label.model_dump(mode="json"))
        for vocabulary, of_vocabulary in scheme.vocabularies.items()
        for label in of_vocabulary
    }
    for each in scheme.fields:
        content = each.model_dump(mode="json", exclude={"labels"})
        labels[SCHEME_FILE, f"fields.{each.full_name}"] = _text(content)
    named = {"name": scheme.name, "version": scheme.version, "title": scheme.title, "language": scheme.language}
    own = {(SCHEME_FILE, key): value for key, value in named.items() if value is not None}
    return {SCHEME_FORMAT: scheme.format, **own, **labels}


def _text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
