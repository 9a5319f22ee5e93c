"""A corpus root made of an edition and texts: what stancebank build takes."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from stancebank.corpus.guidelines import is_guideline
from stancebank.corpus.jsonl import write_records
from stancebank.editions.carried import SEALED, SEALED_FILES, SEEDS_LAYER, carried_layer
from stancebank.editions.sealing import corpus_key, key, opened
from stancebank.faults import StanceBankError, counted, printable
from stancebank.rehydration.edition_folder import EditionFolder
from stancebank.rehydration.restored_records import Record, Restorer
from stancebank.schema.frames import polars_schema, row_order
from stancebank.schema.layers import PROGRESS
from stancebank.schema.paths import (
    ANNOTATORS_FILE,
    CORPUS_FILE,
    DATASHEET,
    SCHEME_FILE,
    SEEDS_FILE,
    SEEDS_JSONL,
    part_folder,
    seed_file,
    shared_file,
)
from stancebank.schema.scheme_layers import Layers

_PROGRESS_FILE = PROGRESS.file_name


@dataclass(frozen=True)
class StandoffPart:
    """The stand-off form of a part: records by layer and document, and those of each pass.

    tracked: those whose progress has a file: annotators of passes, None for the gold.
    """

    name: str
    documents: tuple[Record, ...]
    layers: Mapping[str, Mapping[str, list[Record]]]
    passes: Mapping[str, Mapping[str, Mapping[str, list[Record]]]]
    tracked: frozenset[str | None]


def read_standoff(edition: EditionFolder, name: str) -> StandoffPart:
    """The stand-off form of a part. Raises StanceBankError where it cannot be read."""
    layers = [layer for layer in edition.layers.parts if layer != "documents"]
    return StandoffPart(
        name,
        tuple(edition.layer("documents", name).iter_rows(named=True)),
        {layer: _by_document(edition.layer(layer, name)) for layer in layers},
        {
            annotator: {layer: _by_document(edition.layer(layer, name, annotator)) for layer in edition.layers.passes}
            for annotator in edition.passes[name]
        },
        frozenset(
            each for each in (None, *edition.passes[name]) if edition.has(f"{part_folder(name, each)}/{_PROGRESS_FILE}")
        ),
    )


def part_root_files(part: StandoffPart, restorer: Restorer) -> Iterator[tuple[str, bytes]]:
    """The files of a part, of the passes over it and of its seeds; documents without a text are left out."""
    documents = [restorer.document(each) for each in part.documents if each["doc_id"] in restorer.placements]
    if not documents:
        return
    rows: dict[str, list[Record]] = {"documents": documents, "sentences": []}
    for document in documents:
        doc_id = document["doc_id"]
        rows["sentences"] += restorer.sentences(part.layers["sentences"].get(doc_id, []), document)
        own = {layer: part.layers[layer].get(doc_id, []) for layer in restorer.layers.passes}
        for layer, records in restorer.annotations(own, doc_id).items():
            rows.setdefault(layer, []).extend(records)
        yield seed_file(document["seed"]), restorer.texts[doc_id].data
    yield from _files(part_folder(part.name), _tracked(part, None, rows), restorer.layers)
    for annotator, layers in part.passes.items():
        rows = {layer: [] for layer in restorer.layers.passes}
        for document in documents:
            doc_id = document["doc_id"]
            own = {layer: layers[layer].get(doc_id, []) for layer in restorer.layers.passes}
            for layer, records in restorer.annotations(own, doc_id, annotator).items():
                rows[layer] += records
        yield from _files(part_folder(part.name, annotator), _tracked(part, annotator, rows), restorer.layers)


def _tracked(
    part: StandoffPart, annotator: str | None, rows: Mapping[str, Sequence[Record]]
) -> Mapping[str, Sequence[Record]]:
    """The rows by layer, without those of a file that the corpus has not."""
    return {name: records for name, records in rows.items() if name != PROGRESS.name or annotator in part.tracked}


def sealed_files(
    edition: EditionFolder, texts: Mapping[str, Sequence[str]], *, same_bytes: bool
) -> Iterator[tuple[str, bytes]]:
    """The files that the edition carries sealed, which open with the original texts alone.

    texts: by part, in the order of its documents. same_bytes: the files that these came in
    are the original ones too; if not, what speaks of them is left out.
    """
    secrets = {name: key(of_part, edition.name) for name, of_part in texts.items()}
    whole = _opened(edition, SEALED, corpus_key(secrets[name] for name in edition.parts), SEALED)
    for file, data in orjson.loads(whole).items():
        if (file in SEALED_FILES or is_guideline(file)) and (same_bytes or file not in (CORPUS_FILE, SEEDS_FILE)):
            yield file, base64.b64decode(data)
    if not same_bytes:
        return
    for name, secret in secrets.items():
        for folder in (part_folder(name), *(part_folder(name, each) for each in edition.passes[name])):
            for layer in edition.layers.parts:
                file = f"{folder}/{layer}.jsonl"
                if edition.has(f"{file}.{SEALED}"):
                    yield file, _opened(edition, f"{file}.{SEALED}", secret, file)


def open_files(edition: EditionFolder, restorer: Restorer, seeds: Mapping[str, Record]) -> Iterator[tuple[str, bytes]]:
    """What all parts share, as far as the edition says it openly.

    seeds: digest and date of the texts that documents have, by the names of their seeds.
    """
    said = edition.said
    settings = dict(said["settings"])
    missing = counted(len(restorer.lost), "thing")
    note = (
        f" Put together from the {edition.name} edition without texts and other copies of them: {missing} not placed."
    )
    settings["description"] += note
    yield CORPUS_FILE, _yaml(settings)
    yield SCHEME_FILE, _yaml(said["scheme"])
    yield ANNOTATORS_FILE, _yaml(said["register"])
    rows = [
        row | seeds[row["file"]]
        for row in edition.records(SEEDS_JSONL, SEEDS_LAYER).iter_rows(named=True)
        if row["file"] in seeds
    ]
    yield SEEDS_FILE, _yaml({"rights": said["rights"], "seeds": rows})
    if "datasheet" in said:
        yield DATASHEET, said["datasheet"].encode()


def shared_files(edition: EditionFolder, restorer: Restorer) -> Iterator[tuple[str, bytes]]:
    """The layers that all parts share, with what they copy from texts."""
    for name, layer in restorer.layers.shared.items():
        carried = edition.records(shared_file(name), carried_layer(layer)).iter_rows(named=True)
        rows = [restorer.shared(row, layer) for row in carried]
        frame = pl.DataFrame(rows, schema=polars_schema(layer.columns), orient="row")
        yield shared_file(name), write_records(frame, layer)


def _by_document(rows: pl.DataFrame) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["doc_id"], []).append(row)
    return found


def _files(folder: str, rows: Mapping[str, Sequence[Record]], layers: Layers) -> Iterator[tuple[str, bytes]]:
    for name, records in rows.items():
        layer = layers[name]
        kept = [{column: record[column] for column in layer.names} for record in records]
        frame = pl.DataFrame(kept, schema=polars_schema(layer.columns), orient="row")
        yield f"{folder}/{layer.file_name}", write_records(frame.sort(row_order(layer), maintain_order=True), layer)


def _opened(edition: EditionFolder, file: str, secret: bytes, where: str) -> bytes:
    data = opened(edition.read(file), secret, where)
    if data is None:
        what = f"{printable(str(edition.folder))}: what is sealed in {printable(file)} does not open with its own texts"
        raise StanceBankError(what, "download or build the edition again")
    return zlib.decompress(data)


def _yaml(content: Any) -> bytes:  # noqa: ANN401  (what JSON holds, which is YAML too)
    return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"
