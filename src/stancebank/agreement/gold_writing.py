"""What adjudication gives, written into the gold: what was adjudicated, and not a byte beside it.

``annotation/adjudicated.jsonl`` keeps a digest of what adjudication last wrote of each
layer of a document, so that an edit since is seen and not overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from stancebank.agreement.adjudication import Adjudicated
from stancebank.agreement.annotation import documents_of
from stancebank.agreement.annotation_alignment import align
from stancebank.agreement.decisions import read_lines
from stancebank.agreement.disagreements import differences
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import part_hits
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import read_records, with_documents, write_records
from stancebank.corpus.part import Part
from stancebank.corpus.states import done_documents
from stancebank.faults import StanceBankError, printable
from stancebank.schema.frames import row_order
from stancebank.schema.layers import DONE, FROM_PASSES, KNOWN_LAYERS, PROGRESS
from stancebank.schema.paths import ADJUDICATED_FILE, CORPUS
from stancebank.storage.files import read_inside, sha256, write_files
from stancebank.storage.yaml_files import YamlModel


@dataclass(frozen=True, slots=True)
class Edited:
    """A document whose gold was edited since it was last adjudicated.

    differences: what would be overwritten, in lines for people; A is the gold, B is what was decided.
    """

    doc_id: str
    layers: tuple[str, ...]
    differences: tuple[str, ...]


@dataclass(frozen=True)
class Gold:
    """The gold after adjudication.

    files: content by path from the root, of those that change. written: the documents that
    change. unchanged: those that have what was decided already. edited: those whose gold was edited.
    """

    files: Mapping[str, bytes]
    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    edited: tuple[Edited, ...]


class _Written(YamlModel):
    """What adjudication last wrote of a layer of a document.

    sha256: of its records as lines of JSON, in order, keys sorted and those without a value left
    out, so that a new column that nobody has filled changes nothing.
    """

    doc_id: str
    layer: str
    sha256: str


def plan_gold(corpus: Corpus, results: Sequence[Adjudicated]) -> Gold:
    """The gold that adjudication gives. Nothing is written.

    Raises StanceBankError where it would break a rule that finds errors, and where what was
    last written cannot be read.
    """
    last = {
        (line.doc_id, line.layer): line.sha256
        for _, line in read_lines(corpus.root, ADJUDICATED_FILE, _Written, "what was last adjudicated")
    }
    now = dict(last)
    files: dict[str, bytes] = {}
    written: list[str] = []
    unchanged: list[str] = []
    edited: list[Edited] = []
    for result in results:
        gold = corpus.read_part(result.part)
        new = _replaced(corpus, gold, result)
        _require_sound(gold, new, result)
        files |= new
        before, after = documents_of(gold), _by_document(result.frames)
        for doc_id, layers in result.layers.items():
            frames = {layer: after.get((layer, doc_id), gold[layer].clear()) for layer in layers}
            own = before[doc_id]
            (unchanged if _same(own, frames) else written).append(doc_id)
            changed = [layer for layer, rows in frames.items() if _is_edited(own, rows, layer, last)]
            if changed:
                edited.append(Edited(doc_id, tuple(changed), tuple(_told(own, frames, changed))))
            now |= {(doc_id, layer): layer_digest(rows, layer) for layer, rows in frames.items()}
    lines = ({"doc_id": doc_id, "layer": layer, "sha256": digest} for (doc_id, layer), digest in sorted(now.items()))
    files[ADJUDICATED_FILE] = b"".join(orjson.dumps(line) + b"\n" for line in lines)
    changed_files = {file: data for file, data in files.items() if (read_inside(corpus.root, file)[0] or b"") != data}
    return Gold(changed_files, tuple(written), tuple(unchanged), tuple(edited))


def write_gold(corpus: Corpus, gold: Gold) -> list[str]:
    """Write the files that change, all or none; gives their paths. Raises StanceBankError where that fails."""
    write_files(corpus.root, gold.files)
    return list(gold.files)


def write_elsewhere(corpus: Corpus, results: Sequence[Adjudicated], folder: Path) -> list[str]:
    """Write the gold's layers of the parts to another folder, all or none; gives the files that were not so already."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, bytes] = {}
    for result in results:
        gold = corpus.read_part(result.part)
        new = _replaced(corpus, gold, result)
        _require_sound(gold, new, result)
        files |= {file.removeprefix(f"{CORPUS}/"): data for file, data in new.items()}
    changed = {file: data for file, data in files.items() if read_inside(folder, file)[0] != data}
    write_files(folder, changed)
    return list(changed)


def _replaced(corpus: Corpus, gold: Part, result: Adjudicated) -> dict[str, bytes]:
    """The files of a part's annotated layers and of its progress with the records of the documents replaced."""
    rows = _by_document(result.frames)
    files = {}
    for name in gold.layers.annotated:
        own = gold[name].partition_by("doc_id", as_dict=True)
        put: dict[str, bytes] = {}
        for doc_id, layers in result.layers.items():
            new = rows.get((name, doc_id), gold[name].clear())
            if name in layers and not new.equals(own.get((doc_id,), gold[name].clear())):
                put[doc_id] = write_records(new, gold.layers[name])
        files[gold.file(name)] = with_documents(_read(corpus, gold.file(name)), gold[name], put)
    file = gold.file(PROGRESS.name)
    data = _read(corpus, file)
    files[file] = with_documents(data, gold[PROGRESS.name], dict(_progress(gold, result, data)))
    return files


def _read(corpus: Corpus, file: str) -> bytes:
    return read_inside(corpus.root, file)[0] or b""


def _by_document(frames: Mapping[str, pl.DataFrame]) -> dict[tuple[str, str], pl.DataFrame]:
    return {
        (layer, doc_id): own
        for layer, rows in frames.items()
        for (doc_id,), own in rows.partition_by("doc_id", as_dict=True).items()
    }


def _progress(gold: Part, result: Adjudicated, data: bytes) -> Iterator[tuple[str, bytes]]:
    """The lines of progress of each document in which one changes; what was done already and has not changed stays."""
    rows = _by_document(result.frames)
    lines: dict[str, dict[str, bytes]] = {}
    states: dict[tuple[str, str], dict[str, Any]] = {}
    for line, row in zip(data.split(b"\n"), gold[PROGRESS.name].iter_rows(named=True), strict=False):
        lines.setdefault(row["doc_id"], {})[row["layer"]] = line + b"\n"
        states[row["doc_id"], row["layer"]] = row
    documents = documents_of(gold)
    for doc_id, layers in result.layers.items():
        own = dict(lines.get(doc_id, {}))
        for layer in layers:
            state = states.get((doc_id, layer))
            new = rows.get((layer, doc_id), gold[layer].clear())
            if state is not None and state["state"] == DONE and _sorted(documents[doc_id][layer], layer).equals(new):
                continue
            blank = dict.fromkeys(PROGRESS.names) | {"remark": state and state["remark"]}
            row = blank | {"doc_id": doc_id, "layer": layer, "state": DONE, "made_from": FROM_PASSES}
            if row != state:
                own[layer] = orjson.dumps(row) + b"\n"
        if own != lines.get(doc_id, {}):
            yield doc_id, b"".join(own[layer] for layer in sorted(own))


def _require_sound(gold: Part, files: Mapping[str, bytes], result: Adjudicated) -> None:
    """Nothing where no document that was adjudicated breaks a rule that finds errors; else StanceBankError."""
    frames = dict(gold.frames)
    for name in gold.layers.passes:
        frame, _ = read_records(files[gold.file(name)], gold.layers[name], gold.file(name))
        assert frame is not None
        frames[name] = frame
    new = replace(gold, frames=frames)
    for rule, hit in part_hits(new, ERRORS_ALONE):
        row = new[hit.layer].row(hit.row, named=True)
        if row.get("doc_id") in result.layers:
            record = row[KNOWN_LAYERS[hit.layer].id_column]
            what = f"what the decisions give breaks {rule.id} at {printable(record)} in {hit.layer}: {hit.what}"
            raise StanceBankError(what, "correct the decisions; nothing was written")


def _sorted(rows: pl.DataFrame, layer: str) -> pl.DataFrame:
    return rows.sort(row_order(KNOWN_LAYERS[layer]), maintain_order=True)


def layer_digest(rows: pl.DataFrame, layer: str) -> str:
    """What is kept in adjudicated.jsonl of the rows of a layer of a document."""
    records = _sorted(rows, layer).iter_rows(named=True)
    told = ({name: value for name, value in record.items() if value is not None} for record in records)
    return sha256(b"".join(orjson.dumps(record, option=orjson.OPT_SORT_KEYS) + b"\n" for record in told))


def _same(own: Part, frames: Mapping[str, pl.DataFrame]) -> bool:
    return all(own[layer].equals(rows) for layer, rows in frames.items())


def _is_edited(own: Part, rows: pl.DataFrame, layer: str, last: Mapping[tuple[str, str], str]) -> bool:
    """Whether the gold of a layer of a document is neither what was decided nor what was last written.

    What is empty and not done is not begun.
    """
    (doc_id,) = own["documents"]["doc_id"]
    begun = own[layer].height > 0 or len(done_documents(own, [layer])) > 0
    old = _sorted(own[layer], layer)
    return begun and not old.equals(rows) and last.get((doc_id, layer)) != layer_digest(old, layer)


def _told(own: Part, frames: Mapping[str, pl.DataFrame], layers: Sequence[str]) -> Iterator[str]:
    alignment = align(own, replace(own, frames={**own.frames, **frames}))
    for layer in layers:
        lines = [f"{layer}: {each.what}" for each in differences(alignment, layer)]
        yield from lines or [f"{layer}: the records have other ids"]
