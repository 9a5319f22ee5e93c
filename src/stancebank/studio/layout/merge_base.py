"""What was sent to Label Studio: the merge base that an export is compared with when it comes back.

A base is a folder with the layers of the documents that were sent, laid out as
in a corpus, and beside them which record a region became that an annotator made, and
what annotators had saved by the last import.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec
import orjson
import polars as pl

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.jsonl import write_records
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError, printable
from stancebank.schema.frames import row_order
from stancebank.schema.paths import CORPUS, CORPUS_FILE, layer_file
from stancebank.storage.files import read_inside, write_files
from stancebank.studio.layout.document_records import Names

Saved = dict[tuple[str, str], str]
"""By document and annotator, who is empty for the corpus's own, what tells the last saving from others."""
NamesByDocument = dict[tuple[str, str], dict[tuple[str, str], str]]
"""The names of regions by document and annotator, who is empty for the corpus's own."""


def sidecar(export: Path) -> Path:
    """The base that stancebank studio export writes beside an export. Raises StanceBankError where that is no file."""
    if not export.name:
        raise StanceBankError(f"{export} names no file", "name a file to write to, such as tasks.json")
    return export.with_name(f"{export.name}.base")


def found_sidecar(export: Path) -> Path | None:
    """The base beside an export, where there is one."""
    try:
        return sidecar(export) if is_merge_base(sidecar(export)) else None
    except (OSError, StanceBankError):  # such as a name that is too long, or none
        return None


def is_merge_base(folder: Path) -> bool:
    """Whether a folder is a base, and no corpus."""
    return (folder / CORPUS).is_dir() and not (folder / CORPUS_FILE).exists()


def merge_base_corpus(corpus: Corpus, folder: Path) -> Corpus:
    """The base as a corpus to read parts from; scheme and settings are those of the corpus."""
    return replace(corpus, root=folder)


def save_merge_base(folder: Path, part: Part, documents: Collection[str], *, blank: bool = False) -> None:
    """Keep documents of a sound part as they are now, in place of what the base has of them.

    blank: they are sent without annotations.
    """
    earlier = None
    if (folder / CORPUS / part.name).is_dir():
        earlier = merge_base_corpus(part.corpus, folder).sound_part(part.name)
    write_files(folder, merge_base_files(part, documents, earlier, blank=blank))


def merge_base_files(
    part: Part, documents: Collection[str], earlier: Part | None = None, *, blank: bool = False
) -> dict[str, bytes]:
    """The files of a base that keep documents of a sound part, with the other documents of an earlier base.

    blank: the documents are sent without annotations.
    """
    sent = pl.col("doc_id").is_in(list(documents))
    whole = earlier is None and part["documents"].select(sent.all()).item()
    files = {}
    for name, layer in part.layers.parts.items():
        if layer.tracks:
            continue
        data = read_inside(part.corpus.root, part.file(name))[0] if whole and not (blank and layer.in_passes) else None
        if data is None:
            rows = part[name].clear() if blank and layer.in_passes else part[name].filter(sent)
            rows = rows if earlier is None else pl.concat([earlier[name].filter(~sent), rows])
            data = write_records(rows.sort(row_order(layer), maintain_order=True), layer)
        files[layer_file(part.name, layer.name)] = data
    return files


def names_file(part: str) -> str:
    """Where a base keeps the names of regions, from its folder."""
    return f"regions/{part}.jsonl"


def saved_file(part: str) -> str:
    """Where a base keeps what annotators had saved by the last import, from its folder."""
    return f"saved/{part}.jsonl"


class _Saved(msgspec.Struct):
    doc_id: str
    annotator: str
    saved: str


Row = TypeVar("Row", bound=msgspec.Struct)


def _rows(folder: Path, file: str, of: type[Row], fix: str) -> list[Row]:
    """The rows of a file that a base keeps beside its corpus, none where it has none; StanceBankError with the fix."""
    data, _ = read_inside(folder, file)
    try:
        return msgspec.json.Decoder(of).decode_lines(data or b"")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise StanceBankError(f"{printable(str(folder / file))} is not what stancebank wrote", fix) from None


def read_saved(folder: Path, part: str) -> Saved:
    """What annotators had saved by the last import; nothing where the base does not know.

    Raises StanceBankError for a file that is not what was written.
    """
    rows = _rows(folder, saved_file(part), _Saved, "restore it or remove it")
    return {(row.doc_id, row.annotator): row.saved for row in rows}


def saved_lines(saved: Saved) -> bytes:
    """The file of what annotators had saved."""
    rows = ({"doc_id": doc_id, "annotator": who, "saved": said} for (doc_id, who), said in sorted(saved.items()))
    return b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows)


def forget_saved(folder: Path, part: str, documents: Collection[str]) -> None:
    """Let a base know nothing of earlier imports of documents, whose tasks are sent again."""
    saved = read_saved(folder, part)
    kept = {key: said for key, said in saved.items() if key[0] not in documents}
    if kept != saved:
        write_files(folder, {saved_file(part): saved_lines(kept)})


class _Name(msgspec.Struct):
    doc_id: str
    annotator: str
    layer: str
    region: str
    record: str


def read_names(folder: Path, part: str) -> NamesByDocument:
    """The names of regions that a base has; none where it keeps none.

    Raises StanceBankError for a file that is not what was written.
    """
    fix = "restore it; or remove it, and regions that are new get other ids"
    rows = _rows(folder, names_file(part), _Name, fix)
    found: NamesByDocument = {}
    for row in rows:
        found.setdefault((row.doc_id, row.annotator), {})[row.layer, row.region] = row.record
    return found


def names_lines(names: Mapping[tuple[str, str], Names]) -> bytes:
    """The file of the names of regions."""
    return b"".join(_lines(names.items()))


def _lines(names: Iterable[tuple[tuple[str, str], Names]]) -> Iterator[bytes]:
    for (doc_id, annotator), regions in sorted(names, key=lambda each: each[0]):
        for (layer, region), record in sorted(regions.items()):
            row = {"doc_id": doc_id, "annotator": annotator, "layer": layer, "region": region, "record": record}
            yield orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
