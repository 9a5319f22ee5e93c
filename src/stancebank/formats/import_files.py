"""The files that an import changes: documents, layers, progress, seeds, passes, targets and labels."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import polars as pl

from stancebank.corpus.additions import added_files
from stancebank.corpus.annotators import register_entry, with_annotator
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import with_rows
from stancebank.corpus.new_documents import NewDocument
from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.foreign_import import ForeignImport, Taken
from stancebank.formats.sentence_fitting import Record
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import DONE, ENTITIES, MENTIONS, OPEN, PROGRESS, TARGETS
from stancebank.schema.paths import ANNOTATORS_FILE, SCHEME_FILE, layer_file, shared_file
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import read_inside
from stancebank.storage.yaml_edits import YamlText

Follow = Callable[[Scheme], Mapping[str, bytes]]
"""What follows from a scheme alone: files by path."""


def import_files(work: ForeignImport, accepted: Sequence[Taken], date: str) -> dict[str, bytes]:
    """The files that change, by path from the root. date: of the import, for the register of annotators."""
    corpus = work.corpus
    new: dict[str, list[NewDocument]] = {}
    gold: dict[str, dict[str, list[Record]]] = {}
    passes: dict[tuple[str, str], dict[str, list[Record]]] = {}
    targets: dict[str, str] = {}
    for taken in accepted:
        if taken.new is not None:
            taken.new.sentences[:] = taken.sentences.records()
            new.setdefault(taken.part, []).append(taken.new)
        records = dict(taken.placed.records)
        records[PROGRESS.name] = _progress(work, taken)
        into = (
            gold.setdefault(taken.part, {})
            if taken.annotator is None
            else passes.setdefault((taken.annotator, taken.part), {})
        )
        for layer, rows in records.items():
            into.setdefault(layer, []).extend(rows)
        targets |= taken.placed.targets
    files = added_files(corpus, work.parts, new, gold) if new else {}
    for (annotator, part), of_pass in passes.items():
        files |= pass_layers(corpus, annotator, part, of_pass)
    files |= _register(corpus, dict.fromkeys(annotator for annotator, _ in passes), work.format, date)
    return files | _targets(corpus, targets)


def _progress(work: ForeignImport, taken: Taken) -> list[Record]:
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
        is_open = bool(taken.placed.problems) or (layer == ENTITIES.name and _lacks_identity(work, taken))
        left = len(taken.placed.problems)
        found.append(
            {
                **{"doc_id": taken.doc_id, "layer": layer, "state": OPEN if is_open else DONE},
                **{"annotator": taken.annotator, "date": None, "made_from": None},
                "remark": f"{left:,} items of {work.format} have no place" if left else None,
            }
        )
    return found


def _lacks_identity(work: ForeignImport, taken: Taken) -> bool:
    timed = work.corpus.scheme.timed_types
    entities = taken.placed.records[ENTITIES.name]
    return not work.has_identity or any(each.get("type") in timed and each["value"] is None for each in entities)


def pass_layers(corpus: Corpus, annotator: str, part: str, records: Mapping[str, Sequence[Record]]) -> dict[str, bytes]:
    """The files of a pass over a part, with more records, by layer, behind those that it has."""
    files = {}
    there = corpus.sound_part(part, annotator) if part in corpus.pass_parts(annotator) else None
    for name in corpus.layers.passes:
        layer = corpus.layers[name]
        file = layer_file(part, name, annotator)
        schema = polars_schema(layer.columns)
        rows = schema.to_frame() if there is None else there.frames[name]
        data = b"" if there is None else read_inside(corpus.root, file)[0] or b""
        files[file] = with_rows(data, rows, pl.DataFrame(records.get(name, []), schema=schema, orient="row"), layer)
    return files


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
    unset = {column.name: column.unset for column in layer.columns}
    records = [unset | {layer.id_column: id, "proposition": words} for id, words in targets.items()]
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
