"""The manifest: what a built dataset holds and what it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import orjson

from stancebank.corpus.statistics import Statistics
from stancebank.dataset.origins import CorpusOrigin
from stancebank.dataset.part_building import BuiltPart
from stancebank.dataset.provenance import provenance
from stancebank.dataset.shards import DATA_FOLDER, Shard
from stancebank.editions.carried import CARRIED_FOLDER, CarriedFile
from stancebank.editions.edition import EditionName
from stancebank.schema.layers import DONE, KNOWN_LAYERS
from stancebank.schema.paths import (
    BUILT_GUIDELINES,
    BUILT_LICENSE,
    BUILT_SCHEME,
    CARD_FILE,
    CROISSANT_FILE,
    DATASHEET,
    DOCRED_FILES,
    MANIFEST_FILE,
)
from stancebank.storage.addresses import answered
from stancebank.storage.files import read_inside, sha256

PAGES = (CARD_FILE, DATASHEET, CROISSANT_FILE, BUILT_LICENSE, BUILT_SCHEME, *DOCRED_FILES)
"""The files that a dataset may have beside its manifest, its shards and its guidelines."""
_GUIDELINE = re.compile(rf"{BUILT_GUIDELINES}/[^/\\\x00-\x1f.][^/\\\x00-\x1f]*\.md")

_NAMES = {MANIFEST_FILE, *(path.partition("/")[0] for path in (*PAGES, DATA_FOLDER, CARRIED_FOLDER, BUILT_GUIDELINES))}
_GENERATOR = "stancebank"


def is_page(path: str) -> bool:
    """Whether a path from a dataset's folder is that of a page: of a file that is neither manifest nor shard."""
    return path in PAGES or _GUIDELINE.fullmatch(path) is not None


def is_build(folder: Path) -> bool:
    """Whether a folder holds a dataset that StanceBank built, and nothing else."""
    names = {entry.name for entry in answered(folder, lambda: [*folder.iterdir()])} - {".DS_Store"}
    try:
        content = orjson.loads(read_inside(folder, MANIFEST_FILE)[0] or b"")
    except ValueError:
        return False
    return names <= _NAMES and isinstance(content, dict) and content.get("generator") == _GENERATOR


def earlier_parts(folder: Path) -> tuple[BuiltPart, ...]:
    """What the parts of a built dataset were built from; none where there is no build, or one of another kind."""
    try:
        said = msgspec.json.decode(read_inside(folder, MANIFEST_FILE)[0] or b"", type=_Parts)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return ()
    return tuple(_with_files(said.parts, said.files, said.carried))


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a manifest says of parts."""

    files: tuple[Shard, ...]
    parts: tuple[BuiltPart, ...]
    carried: tuple[CarriedFile, ...] = ()


def _with_files(
    parts: Iterable[BuiltPart], shards: Iterable[Shard], carried: Iterable[CarriedFile]
) -> Iterator[BuiltPart]:
    shards_of: dict[str | None, list[Shard]] = {}
    carried_of: dict[str | None, list[CarriedFile]] = {}
    for shard in shards:
        shards_of.setdefault(shard.part, []).append(shard)
    for file in carried:
        carried_of.setdefault(file.part, []).append(file)
    for part in parts:
        yield replace(part, shards=tuple(shards_of.get(part.name, ())), carried=tuple(carried_of.get(part.name, ())))


@dataclass(frozen=True, slots=True)
class Page:
    """A file of a dataset that is no shard. path: from the dataset's folder. bytes: its size. sha256: of the file."""

    path: str
    bytes: int
    sha256: str


def page(path: str, data: bytes) -> Page:
    """A file of these bytes."""
    return Page(path, len(data), sha256(data))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was built: the corpus and its version, the scheme with its version, the format, the software, the files.

    redistribution: for each key of the rights table that a text has, whether it may be passed on.
    parts: what each part was built from, so that the next build rebuilds only what has changed.
    origin: what the parts share; None only before it is known.
    pages: the card and other files beside the shards. edition: how much of the texts it shows.
    libraries: versions of the packages that decide about rows and bytes.
    carried: the stand-off form of the corpus, in editions.
    unfinished: task views show documents whose layers are not done too.
    features: digest of the columns, types and label names that the card gives load_dataset, by view.
    """

    name: str
    version: str
    scheme: str
    format: str
    software: str
    redistribution: Mapping[str, bool]
    shards: tuple[Shard, ...]
    parts: tuple[BuiltPart, ...] = ()
    origin: CorpusOrigin | None = None
    pages: tuple[Page, ...] = ()
    edition: EditionName = "full"
    libraries: Mapping[str, str] = field(default_factory=dict)
    carried: tuple[CarriedFile, ...] = ()
    unfinished: bool = False
    features: Mapping[str, str] = field(default_factory=dict)

    def of(self, view: str, split: str | None = None) -> tuple[Shard, ...]:
        """The shards of a view, of one split where it is given."""
        return tuple(s for s in self.shards if s.view == view and split in (None, s.split))

    @property
    def listed(self) -> tuple[Page | Shard | CarriedFile, ...]:
        """Every file of the dataset but the manifest itself."""
        return (*self.pages, *self.shards, *self.carried)

    @property
    def views(self) -> tuple[str, ...]:
        """The views in the order in which they were built."""
        return tuple(dict.fromkeys(shard.view for shard in self.shards))

    def splits(self, view: str) -> tuple[str, ...]:
        """The splits in which a view has rows; all of its splits where it has none in any.

        datasets (to 5.2 at least) cannot load a split without rows, and one such
        split keeps the others of its config from loading.
        """
        shards = self.of(view)
        return tuple(dict.fromkeys(s.split for s in shards if s.rows or not any(s.rows for s in shards)))

    @property
    def datasheet_sha256(self) -> str | None:
        """SHA-256 of the corpus's datasheet, which the build carries; None where it has none."""
        return next((page.sha256 for page in self.pages if page.path == DATASHEET), None)

    def content_digest(self, view: str) -> str:
        """SHA-256 of a view's content: of its shards' splits and content digests, in order."""
        return _digest(f"{shard.split} {shard.content_sha256}" for shard in self.of(view))

    def layer_digests(self) -> dict[str, str]:
        """SHA-256 of each layer's content in the corpus: of its parts' names and content digests, in order."""
        found = {
            layer: _digest(f"{part.name} {part.origin.layers[layer]}" for part in self.parts)
            for layer in (self.parts[0].origin.layers if self.parts else ())
        }
        return found if self.origin is None else found | self.origin.shared

    @property
    def statistics(self) -> Statistics:
        """The counts of all parts. Raises TypeError, ValueError or AttributeError where they are none."""
        return sum((Statistics.from_json(part.statistics) for part in self.parts), Statistics())

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest as written, which covers the whole dataset."""
        return sha256(self.to_json())

    def to_json(self) -> bytes:
        """The manifest as it is written: nothing in it depends on when, where or how often it was built."""
        return orjson.dumps(self._content(), option=orjson.OPT_INDENT_2) + b"\n"

    def _content(self) -> dict[str, Any]:
        assert self.origin is not None
        said = {
            "name": self.name,
            "version": self.version,
            "edition": self.edition,
            "scheme": self.scheme,
            "format": self.format,
            "software": self.software,
        }
        return {
            "generator": _GENERATOR,
            **said,
            "libraries": dict(self.libraries),
            "redistribution": dict(self.redistribution),
            "unfinished": self.unfinished,
            "progress": progress(self.statistics),
            "content": {view: self.content_digest(view) for view in self.views},
            "layers": self.layer_digests(),
            "features": dict(self.features),
            "files": [asdict(shard) for shard in self.shards],
            "pages": [asdict(page) for page in self.pages],
            **({"carried": [asdict(file) for file in self.carried]} if self.carried else {}),
            "parts": [{k: v for k, v in asdict(part).items() if k not in ("shards", "carried")} for part in self.parts],
            "origin": asdict(self.origin),
            "provenance": provenance(said, self.libraries, self.origin, self.parts, self.shards),
        }

    @classmethod
    def from_json(cls, data: bytes) -> Manifest:
        """The manifest that to_json wrote: what it works out from the rest is not looked at.

        Raises ValueError, with what is wrong, for anything else.
        """
        try:
            said = msgspec.json.decode(data, type=_Said)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise ValueError(str(error)) from None
        if said.generator != _GENERATOR:
            raise ValueError("it is of another program")
        of_parts = [name for name, layer in KNOWN_LAYERS.items() if not layer.shared]
        if any(not part.origin.layers.keys() <= {*of_parts} for part in said.parts):
            raise ValueError(f"a part has other layers than {', '.join(of_parts)}")
        if len({frozenset(part.origin.layers) for part in said.parts}) > 1:
            raise ValueError("its parts have different layers")
        of_all = [name for name, layer in KNOWN_LAYERS.items() if layer.shared]
        if not said.origin.shared.keys() <= {*of_all}:
            raise ValueError(f"its parts share other layers than {', '.join(of_all)}")
        return cls(
            said.name,
            said.version,
            said.scheme,
            said.format,
            said.software,
            said.redistribution,
            said.files,
            tuple(_with_files(said.parts, said.files, said.carried)),
            said.origin,
            said.pages,
            said.edition,
            said.libraries,
            said.carried,
            said.unfinished,
            said.features,
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a manifest says itself and does not work out from the rest."""

    generator: str
    name: str
    version: str
    edition: EditionName
    scheme: str
    format: str
    software: str
    libraries: dict[str, str]
    redistribution: dict[str, bool]
    files: tuple[Shard, ...]
    pages: tuple[Page, ...]
    parts: tuple[BuiltPart, ...]
    origin: CorpusOrigin
    carried: tuple[CarriedFile, ...] = ()
    unfinished: bool = False
    features: dict[str, str] = field(default_factory=dict)


def progress(statistics: Statistics) -> dict[str, Any]:
    """How many documents there are, and in how many each layer is done; splits: the same of each split."""

    def counts(split: str | None = None) -> dict[str, Any]:
        by_layer = statistics.progress(split)
        # Each layer counts every document.
        documents = [sum(states.values()) for states in by_layer.values()] or [statistics.records["documents"]]
        return {
            "documents": documents[0],
            "done": {layer: states[DONE] for layer, states in by_layer.items()},
        }

    return counts() | {"splits": {split: counts(split) for split in statistics.splits}}


def _digest(lines: Iterable[str]) -> str:
    return sha256("\n".join(lines).encode())
