"""Whether a built dataset, or a copy of it, is what its manifest records.

The manifest is not trusted either: all that follows from something else is
recomputed, and the paths in it are followed only inside the folder.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from stancebank.corpus.statistics import Statistics
from stancebank.dataset.card_block import block_differences, card_block
from stancebank.dataset.card_text import documents_of
from stancebank.dataset.content_digest import content_digest
from stancebank.dataset.croissant import LABELS, SPLITS
from stancebank.dataset.data_statement import progress_line
from stancebank.dataset.label_codes import worded
from stancebank.dataset.manifest import Manifest, Page, is_page
from stancebank.dataset.part_building import BuiltPart
from stancebank.dataset.shards import SHARD_PATH, Shard
from stancebank.dataset.terms import CLEARED
from stancebank.editions.carried import CARRIED_FOLDER, CarriedFile
from stancebank.faults import StanceBankError, counted, printable
from stancebank.schema.layers import DOCUMENTS, KNOWN_LAYERS
from stancebank.schema.paths import CARD_FILE, CROISSANT_FILE, MANIFEST_FILE
from stancebank.storage.addresses import answered, is_remote
from stancebank.storage.files import Read, read_inside, sha256
from stancebank.views.documents import DONE_LAYERS
from stancebank.views.registry import layers_shown

# What git, the Hub's downloads and desktops put into a folder.
_FOREIGN = re.compile(r"\.gitattributes|\.git/.*|\.cache/huggingface/.*|(.*/)?\.DS_Store", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Difference:
    """A file that is not as recorded: its path from the dataset's folder, and what is otherwise.

    Both may hold anything that a manifest or a file can say.
    """

    file: str
    what: str


def read_manifest(folder: Path) -> tuple[Manifest, bytes]:
    """The manifest of a dataset's folder, and its bytes. Raises StanceBankError where there is none to be read."""
    data, fault = _read(folder, MANIFEST_FILE)
    where = printable(str(folder))
    if data is None:
        what = fault.what if fault and fault.kind != "missing" else "there is no such file"
        raise StanceBankError(f"{where} has no manifest: {MANIFEST_FILE}: {what}", "name the folder of a built dataset")
    try:
        return Manifest.from_json(data), data
    except ValueError as error:
        what = f"{where}: {MANIFEST_FILE} is no manifest that this version of StanceBank reads: {printable(str(error))}"
        raise StanceBankError(what, "verify it with the version that built it, or build it again") from None


def differences(
    folder: Path, manifest: Manifest, data: bytes, tell: Callable[[int, int], None] = lambda *_: None
) -> Iterator[Difference]:
    """Every file of the folder that is not as recorded, with what is otherwise; first what the manifest gets wrong.

    data: the manifest's bytes. tell: called before each shard, with how many are done of how
    many. Files of git and of the Hub's downloads do not count.
    Raises StanceBankError where the folder is elsewhere and cannot be reached.
    """
    for what in (*_contradictions(manifest, data), *_totals(manifest)):
        yield Difference(MANIFEST_FILE, what)
    listed = [MANIFEST_FILE, *(each.path for each in manifest.listed)]
    for path, count in Counter(listed).items():
        if count > 1:
            yield Difference(MANIFEST_FILE, f"lists {path} {count} times")
    for page in manifest.pages:
        if not is_page(page.path):
            yield Difference(MANIFEST_FILE, f"lists {page.path}, which is no file of a dataset")
            continue
        yield from (Difference(page.path, what) for what in _page(folder, page, manifest))
    for done, shard in enumerate(manifest.shards):
        tell(done, len(manifest.shards))
        if re.fullmatch(SHARD_PATH, shard.path) is None:
            yield Difference(MANIFEST_FILE, f"lists {shard.path}, which is no place for a shard")
            continue
        yield from (Difference(shard.path, what) for what in _shard(folder, shard, manifest))
    for carried in manifest.carried:
        if not carried.path.startswith(f"{CARRIED_FOLDER}/"):
            yield Difference(MANIFEST_FILE, f"lists {carried.path}, which is no place for the stand-off form")
            continue
        yield from (Difference(carried.path, what) for what in _file(folder, carried))
    for file in sorted(_files(folder) - {*listed}):
        if _FOREIGN.fullmatch(file) is None:
            yield Difference(file, f"is not in {MANIFEST_FILE}")


def _contradictions(manifest: Manifest, data: bytes) -> Iterator[str]:
    """What in a manifest is not what the rest of it gives."""
    try:
        said, given = orjson.loads(data), orjson.loads(manifest.to_json())
    except (TypeError, ValueError, AttributeError) as error:
        yield f"cannot be recomputed: {error}"
        return
    for key in sorted(said.keys() | given.keys()):
        if key in ("content", "layers") and isinstance(said.get(key), dict):
            for name in sorted(said[key].keys() | given[key].keys()):
                recorded, found = said[key].get(name), given[key].get(name)
                if recorded != found:
                    yield f"{key} of {name} is recorded as {recorded}, and is {found}"
        elif said.get(key) != given.get(key):
            yield f"{key} is not what the rest of it gives"
    if said == given and data != manifest.to_json():
        yield "is written otherwise than by stancebank build"


def _totals(manifest: Manifest) -> Iterator[str]:
    """Sums that do not add up: of parts, of what all parts share and of the whole."""
    by_part = Counter((shard.part, shard.view, shard.split if shard.part is None else "") for shard in manifest.shards)
    for (name, view, _), count in by_part.items():
        if count > 1:
            yield f"has {count} shards of the view {view} of {name or 'all parts'}"
    views = {shard.view for shard in manifest.shards if shard.part is not None}
    for part in manifest.parts:
        yield from _of_part(part, views, manifest.edition)
    known = {part.name: part.split for part in manifest.parts}
    for shard in manifest.shards:
        if shard.part is None and shard.split not in known.values():
            yield f"{shard.path} is of the split {shard.split}, which no part has"
        elif shard.part is not None and known.get(shard.part) != shard.split:
            yield f"{shard.path} is of no part of the split {shard.split}"
        elif f"-{shard.sha256[:16]}.parquet" != shard.path[-len("-.parquet") - 16 :]:
            yield f"{shard.path} is not named by its SHA-256, {shard.sha256}"
    for name, digest in manifest.origin.shared.items() if manifest.edition == "full" and manifest.origin else ():
        if not {shard.content_sha256 for shard in manifest.of(name)} <= {digest}:
            yield f"the {name} in the shards are not those that it was made from"
    rights = {key for part in manifest.parts for key in part.rights}
    if rights != manifest.redistribution.keys():
        yield "redistribution does not say what may be done with the texts of each of its parts"


def _of_part(part: BuiltPart, views: set[str], edition: str) -> Iterator[str]:
    shards = {shard.view: shard for shard in part.shards}
    if shards.keys() != views:
        yield f"the part {part.name} has no shard of {', '.join(sorted(views - shards.keys()))}"
    try:
        records: Mapping[str, int] = Statistics.from_json(part.statistics).records
    except (TypeError, ValueError, AttributeError):
        records = {}
    for layer in (name for name, layer in KNOWN_LAYERS.items() if not layer.shared):
        shard = shards.get(layer)
        if shard is None:
            continue
        if shard.rows != records.get(layer, 0):
            yield f"the part {part.name} has {records.get(layer, 0)} {layer}, its shard {shard.rows} rows"
        nested = layer == "documents"  # its view holds the other layers too
        if edition == "full" and not nested and shard.content_sha256 != part.origin.layers[layer]:
            yield f"the {layer} of the part {part.name} have another content than their shard"


def _page(folder: Path, page: Page, manifest: Manifest) -> Iterator[str]:
    data, fault = _read(folder, page.path)
    if data is None:
        yield fault.what if fault else "cannot be read"
        return
    yield from _bytes(data, page)
    if page.path == CARD_FILE:
        yield from _card(data, manifest)
        yield from _told(data, manifest)
    if page.path == CROISSANT_FILE:
        yield from _croissant(data, manifest)


def _file(folder: Path, recorded: CarriedFile) -> Iterator[str]:
    data, fault = _read(folder, recorded.path)
    if data is None:
        yield fault.what if fault else "cannot be read"
    else:
        yield from _bytes(data, recorded)


def _bytes(data: bytes, recorded: Page | Shard | CarriedFile) -> Iterator[str]:
    if len(data) != recorded.bytes:
        yield f"has {len(data):,} bytes, recorded are {recorded.bytes:,}"
    if (found := sha256(data)) != recorded.sha256:
        yield f"has the SHA-256 {found}, recorded is {recorded.sha256}"


def _shard(folder: Path, shard: Shard, manifest: Manifest) -> Iterator[str]:
    data, fault = _read(folder, shard.path)
    if data is None:
        yield fault.what if fault else "cannot be read"
        return
    yield from _bytes(data, shard)
    try:
        # In this thread: a pool of Arrow's (pyarrow 26 at least) may abort a process that ends soon after it was used.
        rows = pq.ParquetFile(pa.BufferReader(data)).read(use_threads=False)
        content = content_digest(worded(rows))
    except (pa.ArrowException, OSError, ValueError) as error:
        yield f"cannot be read as Parquet: {' '.join(str(error).split())[:200]}"
        return
    if rows.num_rows != shard.rows:
        yield f"has {rows.num_rows:,} rows, recorded are {shard.rows:,}"
    if shard.view == DOCUMENTS.name:
        yield from _progress(rows, shard, manifest)
    if content != shard.content_sha256:
        yield f"has rows with the content digest {content}, recorded is {shard.content_sha256}"


def _card(data: bytes, manifest: Manifest) -> Iterator[str]:
    """What load_dataset would be told otherwise than the manifest says."""
    try:
        said, text = card_block(data.decode())
        yield from block_differences(said, manifest)
        for key, cleared in manifest.redistribution.items():
            if not re.search(rf"^- `{re.escape(key)}`: .* {re.escape(CLEARED[cleared])}\.$", text, re.MULTILINE):
                yield f"says otherwise whether the texts under {key} {CLEARED[cleared]}"
    except Exception as error:  # the block is anybody's YAML
        yield f"has no block for load_dataset that can be read: {(str(error) or type(error).__name__)[:200]}"


def _told(data: bytes, manifest: Manifest) -> Iterator[str]:
    """What the card says otherwise of how many documents are done."""
    text = data.decode(errors="replace")
    with contextlib.suppress(TypeError, ValueError, AttributeError):  # told of already
        statistics = manifest.statistics
        if f"\n{progress_line(manifest, statistics)}\n" not in text:
            yield "says otherwise how many documents are done, or which of them task views show"
        for view in manifest.views:
            if layers_shown(view):
                line = documents_of(view, statistics, unfinished=manifest.unfinished)
                if f"\n{line}\n" not in text:
                    yield f"says otherwise which documents {view} shows"


def _progress(rows: pa.Table, shard: Shard, manifest: Manifest) -> Iterator[str]:
    """Layers that are done in other numbers of documents than is recorded of the part."""
    part = next((part for part in manifest.parts if part.name == shard.part), None)
    if part is None or DONE_LAYERS not in rows.column_names:
        return
    found = Counter(layer for layers in rows[DONE_LAYERS].to_pylist() for layer in layers or ())
    with contextlib.suppress(TypeError, ValueError, AttributeError):  # told of already
        statistics = Statistics.from_json(part.statistics)
        for layer in statistics.annotated:
            if found[layer] != (recorded := statistics.done((layer,))):
                yield f"has {layer} done in {counted(found[layer], 'document')}, recorded are {recorded:,}"


def _croissant(data: bytes, manifest: Manifest) -> Iterator[str]:
    """What tools that read Croissant would be told otherwise than the manifest says."""
    try:
        said: dict[str, Any] = orjson.loads(data)
        files = [each for each in said["distribution"] if each["@type"] == "cr:FileObject"]
        listed = [(each["contentUrl"], each["contentSize"], each["sha256"]) for each in files]
        described = {each["@id"] for each in said["recordSet"] if not each["@id"].startswith(LABELS)} - {SPLITS}
    except (ValueError, KeyError, TypeError) as error:
        yield f"is not Croissant: {error}"
        return
    if listed != [(shard.path, f"{shard.bytes} B", shard.sha256) for shard in manifest.shards]:
        yield f"lists other shards than {MANIFEST_FILE}"
    if described != {*manifest.views}:
        yield f"describes other views than {MANIFEST_FILE} has"
    if said.get("version") != manifest.version:
        yield f"gives the version {said.get('version')}, not {manifest.version}"


def _read(folder: Path, file: str) -> Read:
    """A file of the folder, as read_inside gives it; the Hub's cache has links to files beside its snapshots."""
    read = read_inside(folder, file)
    outside = read[1] is not None and read[1].kind == "outside" and not is_remote(folder)
    if outside and folder.resolve().parent.name == "snapshots":
        kept = folder.resolve().parents[1] / "blobs"
        place = (folder / file).resolve()
        if place.parent == kept:
            return read_inside(kept, place.name)
    return read


def _files(folder: Path) -> set[str]:
    """The paths of all files below the folder; links to folders are not followed and count as files."""
    if is_remote(folder):
        paths = answered(folder, lambda: [path for path in folder.rglob("*") if not path.is_dir()])
        return {path.relative_to(folder).as_posix() for path in paths}
    found = set()
    for place, folders, names in os.walk(folder):
        links = [name for name in folders if (Path(place) / name).is_symlink()]
        found |= {(Path(place) / name).relative_to(folder).as_posix() for name in (*names, *links)}
    return found
