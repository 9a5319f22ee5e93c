"""A corpus root made of an edition and texts: what stancebank build takes."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import polars as pl

from stancebank.annotators import ANNOTATORS_FILE
from stancebank.corpus import CORPUS_FILE, PASSES, TARGETS_FILE
from stancebank.datasheet import DATASHEET
from stancebank.editions.carried import CARRIED_LAYERS, SEALED, SEALED_FILES, SEEDS_JSONL, SEEDS_LAYER
from stancebank.editions.sealing import corpus_key, key, opened
from stancebank.faults import StanceBankError, counted, printable
from stancebank.frames import polars_schema, row_order
from stancebank.jsonl import write_records
from stancebank.layers import PART_LAYERS, TARGETS
from stancebank.rehydration.edition_folder import EditionFolder
from stancebank.rehydration.restoring import ANNOTATED, Record, Restorer
from stancebank.scheme import SCHEME_FILE
from stancebank.seeds import SEEDS_FILE


@dataclass(frozen=True)
class StandoffPart:
    """The stand-off form of a part: records by layer and document, and those of each pass."""

    name: str
    documents: tuple[Record, ...]
    layers: Mapping[str, Mapping[str, list[Record]]]
    passes: Mapping[str, Mapping[str, Mapping[str, list[Record]]]]


def read_standoff(edition: EditionFolder, name: str) -> StandoffPart:
    """The stand-off form of a part. Raises StanceBankError where it cannot be read."""
    layers = [layer for layer in PART_LAYERS if layer != "documents"]
    return StandoffPart(
        name,
        tuple(edition.layer("documents", name).iter_rows(named=True)),
        {layer: _by_document(edition.layer(layer, name)) for layer in layers},
        {
            annotator: {layer: _by_document(edition.layer(layer, name, annotator)) for layer in ANNOTATED}
            for annotator in edition.passes[name]
        },
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
        own = {layer: part.layers[layer].get(doc_id, []) for layer in ANNOTATED}
        for layer, records in restorer.annotations(own, doc_id).items():
            rows.setdefault(layer, []).extend(records)
        yield f"seeds/{document['seed']}", restorer.texts[doc_id].data
    yield from _files(f"corpus/{part.name}", rows)
    for annotator, layers in part.passes.items():
        rows = {layer: [] for layer in ANNOTATED}
        for document in documents:
            doc_id = document["doc_id"]
            own = {layer: layers[layer].get(doc_id, []) for layer in ANNOTATED}
            for layer, records in restorer.annotations(own, doc_id, annotator).items():
                rows[layer] += records
        yield from _files(f"{PASSES}/{annotator}/{part.name}", rows)


def sealed_files(
    edition: EditionFolder, texts: Mapping[str, Sequence[str]], *, same_bytes: bool
) -> Iterator[tuple[str, bytes]]:
    """The files that the edition carries sealed, which open with the original texts alone.

    texts: by part, in the order of its documents. same_bytes: the files that these came in
    are the original ones too; if not, what speaks of them is left out.
    """
    secrets = {name: key(of_part) for name, of_part in texts.items()}
    whole = _opened(edition, SEALED, corpus_key(secrets[name] for name in edition.parts), SEALED)
    for file, data in orjson.loads(whole).items():
        if file in SEALED_FILES and (same_bytes or file not in (CORPUS_FILE, SEEDS_FILE)):
            yield file, base64.b64decode(data)
    if not same_bytes:
        return
    for name, secret in secrets.items():
        for folder in (f"corpus/{name}", *(f"{PASSES}/{each}/{name}" for each in edition.passes[name])):
            for layer in PART_LAYERS:
                file = f"{folder}/{layer}.jsonl"
                if edition.has(f"{file}.{SEALED}"):
                    yield file, _opened(edition, f"{file}.{SEALED}", secret, file)


def open_files(edition: EditionFolder, restorer: Restorer, seeds: Mapping[str, Record]) -> Iterator[tuple[str, bytes]]:
    """What all parts share, as far as the edition says it openly.

    seeds: the documents that have a text, by the names of their seeds.
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
        row | {"sha256": seeds[row["file"]]["seed_sha256"]}
        for row in edition.records(SEEDS_JSONL, SEEDS_LAYER).iter_rows(named=True)
        if row["file"] in seeds
    ]
    yield SEEDS_FILE, _yaml({"rights": said["rights"], "seeds": rows})
    if "datasheet" in said:
        yield DATASHEET, said["datasheet"].encode()


def targets_file(edition: EditionFolder, restorer: Restorer) -> tuple[str, bytes]:
    """The targets, with what they copy from texts."""
    rows = list(edition.records(TARGETS_FILE, CARRIED_LAYERS[TARGETS.name]).iter_rows(named=True))
    for row in rows:
        for column in TARGETS.columns:
            if column.source:
                row[column.name] = restorer.shared(row, column.name, TARGETS.name, row["target_id"])
    frame = pl.DataFrame(rows, schema=polars_schema(TARGETS.columns), orient="row")
    return TARGETS_FILE, write_records(frame, TARGETS)


def _by_document(rows: pl.DataFrame) -> dict[str, list[Record]]:
    found: dict[str, list[Record]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault(row["doc_id"], []).append(row)
    return found


def _files(folder: str, rows: Mapping[str, Sequence[Record]]) -> Iterator[tuple[str, bytes]]:
    for name, records in rows.items():
        layer = PART_LAYERS[name]
        kept = [{column: record[column] for column in layer.names} for record in records]
        frame = pl.DataFrame(kept, schema=polars_schema(layer.columns), orient="row")
        yield f"{folder}/{layer.file_name}", write_records(frame.sort(row_order(layer), maintain_order=True), layer)


def _opened(edition: EditionFolder, file: str, secret: bytes, where: str) -> bytes:
    data = opened(edition.read(file), secret, where)
    if data is None:
        what = f"{printable(str(edition.folder))}: what is sealed in {printable(file)} does not open with its own texts"
        raise StanceBankError(what, "get the edition again, or build it anew")
    return zlib.decompress(data)


def _yaml(content: Any) -> bytes:  # noqa: ANN401  (what JSON holds, which is YAML too)
    return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"
