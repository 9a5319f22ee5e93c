"""What was sent to Label Studio: the base that an export is compared with when it comes back.

A base is a folder with the layers of the documents that were sent, laid out as
in a corpus, and beside them which record a region became that an annotator made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import msgspec
import orjson
import polars as pl

from stancebank.corpus import CORPUS_FILE, Corpus, Part, require_readable
from stancebank.faults import StanceBankError, printable
from stancebank.files import read_inside, write_files
from stancebank.frames import row_order
from stancebank.jsonl import write_records
from stancebank.layers import PART_LAYERS
from stancebank.studio.records import Names

NamesByDocument = dict[tuple[str, str], dict[tuple[str, str], str]]
"""The names of regions by document and annotator, who is empty for the corpus's own."""


def sidecar(export: Path) -> Path:
    """The base that stancebank studio export writes beside an export."""
    return export.with_name(f"{export.name}.base")


def found_sidecar(export: Path) -> Path | None:
    """The base beside an export, where there is one."""
    try:
        return sidecar(export) if is_base(sidecar(export)) else None
    except OSError:  # such as a name that is too long
        return None


def is_base(folder: Path) -> bool:
    """Whether a folder is a base, and no corpus."""
    return (folder / "corpus").is_dir() and not (folder / CORPUS_FILE).exists()


def base_corpus(corpus: Corpus, folder: Path) -> Corpus:
    """The base as a corpus to read parts from; scheme and settings are those of the corpus."""
    return replace(corpus, root=folder)


def save_base(folder: Path, part: Part, documents: Collection[str], *, blank: bool = False) -> None:
    """Keep documents of a sound part as they are now, in place of what the base has of them.

    blank: they are sent without annotations.
    """
    earlier = None
    if (folder / "corpus" / part.name).is_dir():
        earlier = base_corpus(part.corpus, folder).read_part(part.name)
        require_readable(earlier.faults)
    write_files(folder, base_files(part, documents, earlier, blank=blank))


def base_files(
    part: Part, documents: Collection[str], earlier: Part | None = None, *, blank: bool = False
) -> dict[str, bytes]:
    """The files of a base that keep documents of a sound part, with the other documents of an earlier base.

    blank: the documents are sent without annotations.
    """
    sent = pl.col("doc_id").is_in(list(documents))
    whole = earlier is None and part["documents"].select(sent.all()).item()
    files = {}
    for name, layer in PART_LAYERS.items():
        data = read_inside(part.corpus.root, part.file(name))[0] if whole and not (blank and layer.annotated) else None
        if data is None:
            rows = part[name].clear() if blank and layer.annotated else part[name].filter(sent)
            rows = rows if earlier is None else pl.concat([earlier[name].filter(~sent), rows])
            data = write_records(rows.sort(row_order(layer), maintain_order=True), layer)
        files[f"corpus/{part.name}/{layer.file_name}"] = data
    return files


def names_file(part: str) -> str:
    """Where a base keeps the names of regions, from its folder."""
    return f"regions/{part}.jsonl"


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
    data, _ = read_inside(folder, names_file(part))
    try:
        rows = msgspec.json.Decoder(_Name).decode_lines(data or b"")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        what = f"{printable(str(folder / names_file(part)))} is not what stancebank wrote"
        raise StanceBankError(what, "restore it; or remove it, and regions that are new get other ids") from None
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
