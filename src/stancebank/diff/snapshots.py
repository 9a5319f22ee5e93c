"""One state of a corpus as columns, read from its files, from a pass or from a built dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from stancebank.corpus import CORPUS_FILE, Corpus, Part, read_corpus, require_readable
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.files import read_inside
from stancebank.frames import polars_schema
from stancebank.layers import DOCUMENTS, LAYERS, PART_LAYERS, TARGETS
from stancebank.scheme import SCHEME_FILE, VOCABULARIES, Scheme
from stancebank.seeds import SEEDS_FILE, Seeds

BUILD_MANIFEST = "manifest.json"
SCHEME_VERSION = (SCHEME_FILE, "version")
ANNOTATED = tuple(layer.name for layer in PART_LAYERS.values() if layer.annotated)

Metadata = Mapping[tuple[str, str], str]
"""What settings, seed register and scheme say: by file and key, a value as text."""


@dataclass(frozen=True)
class Snapshot:
    """One state of a corpus.

    name: what the user called it. version: of the corpus, None where it does not say.
    layers: by layer name a frame with the layer's columns. own: those that it speaks
    for; a pass borrows the documents. splits: the columns doc_id and split, a split
    being null where it is not known; None where there are none. metadata_whole: whether
    what metadata lacks is not there, or only not known. annotator: whose pass it is.
    """

    name: str
    version: str | None
    layers: Mapping[str, pl.DataFrame]
    own: tuple[str, ...] = tuple(LAYERS)
    splits: pl.DataFrame | None = None
    metadata: Metadata = field(default_factory=dict)
    metadata_whole: bool = True
    annotator: str | None = None

    @property
    def documents(self) -> frozenset[str]:
        """The ids of the documents that it has."""
        if DOCUMENTS.name in self.layers:
            return frozenset(self.layers[DOCUMENTS.name]["doc_id"])
        return frozenset(id for frame in self.layers.values() if "doc_id" in frame.columns for id in frame["doc_id"])

    def only(self, documents: Iterable[str]) -> dict[str, pl.DataFrame]:
        """The layers with the records of these documents alone; targets, which belong to none, stay whole."""
        kept = pl.DataFrame({"doc_id": list(documents)}, schema={"doc_id": pl.String})
        return {
            name: frame.join(kept, on="doc_id", how="semi", maintain_order="left") if name != TARGETS.name else frame
            for name, frame in self.layers.items()
        }


def corpus_snapshot(root: Path, name: str) -> Snapshot:
    """The corpus at a root. Raises StanceBankError where it cannot be read."""
    corpus = read_corpus(root)
    _require_readable(corpus.faults, name)
    assert corpus.settings is not None
    assert corpus.targets is not None
    parts = []
    splits = []
    for part_name in corpus.part_names:
        part = corpus.read_part(part_name)
        _require_readable(part.faults, name)
        parts.append(part)
        of_part = (*corpus.settings.splits_of(part_name), None)[0]
        splits.append(part["documents"].select("doc_id", split=pl.lit(of_part, pl.String)))
    layers = {**_joined(parts, tuple(PART_LAYERS)), TARGETS.name: corpus.targets}
    placed = pl.concat([pl.DataFrame(schema={"doc_id": pl.String, "split": pl.String}), *splits])
    return Snapshot(name, corpus.settings.version, layers, splits=placed, metadata=_metadata(corpus))


def pass_snapshot(root: Path, annotator: str, name: str) -> Snapshot:
    """An annotator's pass over the corpus at a root. Raises StanceBankError where it cannot be read."""
    corpus = read_corpus(root)
    _require_readable(corpus.faults, name)
    assert corpus.settings is not None
    parts = [corpus.read_part(part, annotator) for part in corpus.pass_parts(annotator)]
    for part in parts:
        _require_readable(part.faults, name)
    layers = _joined(parts, (DOCUMENTS.name, *ANNOTATED))
    return Snapshot(name, corpus.settings.version, layers, own=ANNOTATED, metadata_whole=False, annotator=annotator)


def build_snapshot(folder: Path, name: str) -> Snapshot:
    """A built dataset, by its manifest; the layers are those among its configs.

    Raises StanceBankError where the manifest or a shard cannot be read or holds something else.
    """
    manifest = build_manifest(folder)
    if manifest is None:
        raise _no_build(name, f"{BUILD_MANIFEST} is missing or not that of a build")
    shards: dict[str, list[pl.DataFrame]] = {}
    splits = []
    try:
        files = [(each["view"], each["split"], each["path"]) for each in manifest["files"]]
        metadata = {(CORPUS_FILE, "name"): str(manifest["name"]), SCHEME_VERSION: str(manifest["scheme"])}
        version = str(manifest["version"])
    except (KeyError, TypeError):
        raise _no_build(name, f"{BUILD_MANIFEST} does not list its files") from None
    for view, split, path in files:
        if view not in LAYERS:
            continue
        frame = _read_shard(folder, path, view, name)
        shards.setdefault(view, []).append(frame)
        if view == DOCUMENTS.name:
            splits.append(frame.select("doc_id", split=pl.lit(split, pl.String)))
    layers = {view: pl.concat(frames) for view, frames in shards.items()}
    if TARGETS.name in layers:  # each split has a copy
        layers[TARGETS.name] = layers[TARGETS.name].unique(maintain_order=True)
    return Snapshot(
        name,
        version,
        layers,
        own=tuple(layer for layer in LAYERS if layer in layers),
        splits=pl.concat(splits) if splits else None,
        metadata=metadata,
        metadata_whole=False,
    )


def build_manifest(folder: Path) -> dict[str, Any] | None:
    """What the manifest of a built dataset says; None where the folder has none."""
    data, _ = read_inside(folder, BUILD_MANIFEST)
    try:
        content = orjson.loads(data or b"")
    except ValueError:
        return None
    known = isinstance(content, dict) and content.get("generator") == "stancebank" and "files" in content
    return content if known else None


def _read_shard(folder: Path, path: object, view: str, name: str) -> pl.DataFrame:
    if not isinstance(path, str):
        raise _no_build(name, f"{BUILD_MANIFEST} does not list its files")
    data, fault = read_inside(folder, path)
    if data is None:
        raise _no_build(name, f"{excerpt(path)}: {fault.what if fault else 'it cannot be read'}")
    columns = LAYERS[view].columns
    try:
        frame = pl.read_parquet(data, columns=[column.name for column in columns])
        return frame.cast(polars_schema(columns))
    except pl.exceptions.PolarsError:
        what = f"{excerpt(path)} is damaged or lacks columns of {view}, as in an edition without the texts"
        raise _no_build(name, what) from None


def _no_build(name: str, what: str) -> StanceBankError:
    return StanceBankError(
        f"{printable(name)} cannot be read as a built dataset: {what}", "build it again, in full: stancebank build"
    )


def _require_readable(faults: Iterable[Any], name: str) -> None:
    try:
        require_readable(tuple(faults))
    except StanceBankError as error:
        raise StanceBankError(f"{printable(name)}: {error.what}", error.fix) from None


def _joined(parts: Iterable[Part], layers: Iterable[str]) -> dict[str, pl.DataFrame]:
    read = list(parts)
    return {
        layer: pl.concat([polars_schema(LAYERS[layer].columns).to_frame(), *(part[layer] for part in read)])
        for layer in layers
    }


def _metadata(corpus: Corpus) -> Metadata:
    assert corpus.settings is not None
    assert corpus.seeds is not None
    assert corpus.scheme is not None
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
    return said


def _of_scheme(scheme: Scheme) -> Metadata:
    labels = {
        (SCHEME_FILE, f"{vocabulary}.{label.name}"): _text(label.model_dump(mode="json"))
        for vocabulary in VOCABULARIES
        for label in scheme.labels(vocabulary)
    }
    return {SCHEME_VERSION: scheme.version, **labels}


def _text(value: object) -> str:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
