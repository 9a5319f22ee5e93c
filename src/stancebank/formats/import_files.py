"""The files that an import changes: documents, layers, progress, seeds, passes, targets and labels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import polars as pl

from stancebank.corpus.additions import seed_list
from stancebank.corpus.annotators import register_entry, with_annotator
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import with_rows
from stancebank.corpus.new_documents import NewDocument
from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.foreign_import import Accepted, ForeignImport, Kept
from stancebank.formats.sentence_fitting import Record
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import DOCUMENTS, DONE, ENTITIES, MENTIONS, OPEN, PROGRESS, SENTENCES, TARGETS, Layer
from stancebank.schema.paths import ANNOTATORS_FILE, SCHEME_FILE, SEEDS_FILE, layer_file, seed_file, shared_file
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import read_inside
from stancebank.storage.yaml_edits import YamlText

_BATCH, _MOST = 1 << 22, 500  # bytes and documents that are laid out at a time
Follow = Callable[[Scheme], Mapping[str, bytes]]
"""What follows from a scheme alone: files by path."""
Rows = Callable[[Kept], Sequence[Record]]
"""Gives the rows of a document in a layer."""


def import_files(
    work: ForeignImport, accepted: Sequence[Accepted], date: str
) -> Iterator[tuple[str, bytes | Iterable[bytes]]]:
    """The files that change, by path from the root, of which a piece at a time is held in memory.

    date: of the import, for the register of annotators.
    """
    corpus = work.corpus
    new: dict[str, list[Kept]] = {}
    gold: dict[str, list[Kept]] = {}
    passes: dict[tuple[str, str], list[Kept]] = {}
    targets: dict[str, str] = {}
    for each in sorted(accepted, key=lambda each: each.kept.doc_id):
        part, annotator = each.kept.part, each.kept.annotator
        if each.new is not None:
            new.setdefault(part, []).append(each.new)
        if annotator is None:
            gold.setdefault(part, []).append(each.kept)
        else:
            passes.setdefault((annotator, part), []).append(each.kept)
        targets |= each.kept.targets
    stubs: list[NewDocument] = []
    for part, documents in new.items():
        there = work.parts.get(part)
        for kept in documents:
            document = work.new(kept)
            yield seed_file(document.record["seed"]), document.data
            stubs.append(replace(document, data=b"", record=document.record | {"text": ""}, sentences=[]))
        for layer in corpus.layers.parts.values():
            is_text = layer.name in (DOCUMENTS.name, SENTENCES.name)
            sources = documents if is_text else gold.get(part, [])
            file, rows = layer_file(part, layer.name), _rows(work, layer)
            if there is None:
                yield file, _layer_bytes(corpus, layer, file, sources, rows, None)
            elif any(rows(kept) for kept in sources):
                yield file, _layer_bytes(corpus, layer, file, sources, rows, there.frames[layer.name])
    for (annotator, part), sources in passes.items():
        yield from pass_files(work, annotator, part, sources, partial(_progress, work))
    if stubs:
        yield SEEDS_FILE, seed_list(corpus, stubs)
    yield from _register(corpus, dict.fromkeys(annotator for annotator, _ in passes), work.format, date).items()
    yield from _targets(corpus, targets).items()


def pass_files(
    work: ForeignImport, annotator: str, part: str, sources: Sequence[Kept], progress: Rows
) -> Iterator[tuple[str, Iterable[bytes]]]:
    """The files of a pass over a part with more documents. progress: how far these are."""
    corpus = work.corpus
    before = corpus.sound_part(part, annotator) if part in corpus.pass_parts(annotator) else None
    for name in corpus.layers.passes:
        layer, file = corpus.layers[name], layer_file(part, name, annotator)
        rows = progress if name == PROGRESS.name else partial(work.records, layer=name)
        yield file, _layer_bytes(corpus, layer, file, sources, rows, None if before is None else before.frames[name])


def _layer_bytes(
    corpus: Corpus, layer: Layer, file: str, sources: Sequence[Kept], rows: Rows, there: pl.DataFrame | None
) -> Iterable[bytes]:
    """A layer's file with the rows of documents, which are in order, a batch at a time where it has no others."""
    schema = polars_schema(layer.columns)

    def frame(batch: Sequence[Kept]) -> pl.DataFrame:
        records = [{**layer.unset, **row} for kept in batch for row in rows(kept)]
        return pl.DataFrame(records, schema=schema, orient="row")

    if there is not None and there.height:
        data = read_inside(corpus.root, file)[0] or b""
        added = frame(sources)
        return (with_rows(data, there.select(added.columns), added, layer),)
    return (with_rows(b"", schema.to_frame(), frame(batch), layer) for batch in _batches(sources))


def _batches(sources: Sequence[Kept]) -> Iterator[list[Kept]]:
    batch: list[Kept] = []
    size = 0
    for kept in sources:
        if batch and (size + kept.at.size > _BATCH or len(batch) == _MOST):
            yield batch
            batch, size = [], 0
        batch.append(kept)
        size += kept.at.size
    if batch:
        yield batch


def _rows(work: ForeignImport, layer: Layer) -> Rows:
    """What gives the rows of a document in a layer of a part."""
    match layer.name:
        case DOCUMENTS.name:
            return lambda kept: [work.new(kept).record]
        case SENTENCES.name:
            return lambda kept: work.sentences(kept).records()
        case PROGRESS.name:
            return partial(_progress, work)
        case name if name in work.corpus.layers.passes:
            return partial(work.records, layer=name)
        case _:
            return lambda _: []


def _progress(work: ForeignImport, kept: Kept) -> list[Record]:
    """How far the layers are that the import brings: done, since its annotators annotated them throughout.

    What their format has no label for stays undecided. Entities are open where the format has no identity of mentions,
    or no value for a time; all layers are where items were left out.
    """
    corpus, found = work.corpus, []
    carried = set(work.labels.layers)
    if MENTIONS.name in carried:
        carried.add(ENTITIES.name)
    for layer in corpus.layers.annotated:
        if layer not in carried:
            continue
        is_open = bool(kept.problems) or (layer == ENTITIES.name and _lacks_identity(work, kept))
        found.append(
            {
                **{"doc_id": kept.doc_id, "layer": layer, "state": OPEN if is_open else DONE},
                **{"annotator": kept.annotator, "date": None, "made_from": None},
                "remark": f"{kept.problems:,} items of {work.format} have no place" if kept.problems else None,
            }
        )
    return found


def _lacks_identity(work: ForeignImport, kept: Kept) -> bool:
    timed = work.corpus.scheme.timed_types
    return not work.has_identity or any(
        each.get("type") in timed and each["value"] is None for each in work.records(kept, ENTITIES.name)
    )


def _register(corpus: Corpus, annotators: Mapping[str, Any], format: str, date: str) -> dict[str, bytes]:
    """The register with entries of annotators that it does not have; no program passes for a person by it."""
    data, changed = read_inside(corpus.root, ANNOTATORS_FILE)[0], False
    for annotator in annotators:
        if annotator not in corpus.register.by_id:
            values = {"id": annotator, "kind": "program", "name": annotator, "date": date, "instructions": "not known"}
            note = f"Imported from {format}; who or what annotated is not known, and the date is that of the import."
            data, changed = with_annotator(data, register_entry({**values, "note": note})), True
    return {ANNOTATORS_FILE: data} if changed and data is not None else {}


def _targets(corpus: Corpus, targets: Mapping[str, str]) -> dict[str, bytes]:
    if not targets:
        return {}
    layer = corpus.layers[TARGETS.name]
    records = [{**layer.unset, layer.id_column: id, "proposition": words} for id, words in targets.items()]
    file = shared_file(layer.name)
    schema = polars_schema(layer.columns)
    new = pl.DataFrame(records, schema=schema, orient="row")
    return {file: with_rows(read_inside(corpus.root, file)[0] or b"", corpus.shared[layer.name], new, layer)}


def with_labels(corpus: Corpus, missing: Sequence[str], follow: Follow) -> tuple[Scheme, dict[str, bytes]]:
    """The scheme with more labels, and the files that change with it. missing: each as VOCABULARY LABEL.

    follow: gives what is generated from the scheme. Raises StanceBankError for what no label can be called.
    """
    if not missing:
        return corpus.scheme, {}
    text = YamlText(SCHEME_FILE, (read_inside(corpus.root, SCHEME_FILE)[0] or b"").decode())
    for each in missing:
        vocabulary, _, label = each.partition(" ")
        text = text.with_entry((), vocabulary, {"name": label})
    scheme, faults = parse_scheme(text.data())
    if scheme is None or faults:
        what = f"the labels cannot be added to {SCHEME_FILE}: {faults[0].what if faults else excerpt(missing[0])}"
        raise StanceBankError(what, "give them other names in a map: --labels propose writes one")
    return scheme, {SCHEME_FILE: text.data(), **follow(scheme)}
