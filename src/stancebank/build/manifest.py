"""The manifest: what a built dataset holds and what it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec
import orjson

from stancebank.build.origins import CorpusOrigin
from stancebank.build.parts import BuiltPart
from stancebank.build.provenance import provenance
from stancebank.build.shards import DATA_FOLDER, Shard
from stancebank.datasheet import DATASHEET
from stancebank.editions.carried import CARRIED_FOLDER, CarriedFile
from stancebank.editions.edition import EditionName
from stancebank.layers import PART_LAYERS, TARGETS

MANIFEST_FILE = "manifest.json"
CARD_FILE = "README.md"
CROISSANT_FILE = "croissant.json"
PAGES = (CARD_FILE, DATASHEET, CROISSANT_FILE)
"""The files that a dataset may have beside its manifest and its shards."""

_NAMES = {MANIFEST_FILE, *PAGES, DATA_FOLDER, CARRIED_FOLDER}
_GENERATOR = "stancebank"


def is_build(folder: Path) -> bool:
    """Whether a folder holds a dataset that StanceBank built, and nothing else."""
    names = {entry.name for entry in folder.iterdir()} - {".DS_Store"}
    try:
        content = orjson.loads((folder / MANIFEST_FILE).read_bytes())
    except (OSError, ValueError):
        return False
    return names <= _NAMES and isinstance(content, dict) and content.get("generator") == _GENERATOR


def earlier_parts(folder: Path) -> tuple[BuiltPart, ...]:
    """What the parts of a built dataset were built from; none where there is no build, or one of another kind."""
    try:
        said = msgspec.json.decode((folder / MANIFEST_FILE).read_bytes(), type=_Parts)
    except (OSError, msgspec.MsgspecError, ValueError, RecursionError):
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
    return Page(path, len(data), hashlib.sha256(data).hexdigest())


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was built: name and version of the corpus, versions of scheme and software, and the files.

    redistribution: for each key of the rights table that a text has, whether it may be passed on.
    parts: what each part was built from, so that the next build makes anew only what has changed.
    origin: what the parts share; None only before it is known.
    pages: the card and other files beside the shards. edition: how much of the texts it shows.
    libraries: versions of the packages that decide about rows and bytes.
    carried: the stand-off form of the corpus, in editions.
    """

    name: str
    version: str
    scheme: str
    software: str
    redistribution: Mapping[str, bool]
    shards: tuple[Shard, ...]
    parts: tuple[BuiltPart, ...] = ()
    origin: CorpusOrigin | None = None
    pages: tuple[Page, ...] = ()
    edition: EditionName = "full"
    libraries: Mapping[str, str] = field(default_factory=dict)
    carried: tuple[CarriedFile, ...] = ()

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
            layer: _digest(f"{part.name} {part.origin.layers[layer]}" for part in self.parts) for layer in PART_LAYERS
        }
        return found if self.origin is None else found | {TARGETS.name: self.origin.targets}

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest as it is written, which stands for the whole dataset."""
        return hashlib.sha256(self.to_json()).hexdigest()

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
            "software": self.software,
        }
        return {
            "generator": _GENERATOR,
            **said,
            "libraries": dict(self.libraries),
            "redistribution": dict(self.redistribution),
            "content": {view: self.content_digest(view) for view in self.views},
            "layers": self.layer_digests(),
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
        if any(part.origin.layers.keys() != PART_LAYERS.keys() for part in said.parts):
            raise ValueError(f"a part has other layers than {', '.join(PART_LAYERS)}")
        return cls(
            said.name,
            said.version,
            said.scheme,
            said.software,
            said.redistribution,
            said.files,
            tuple(_with_files(said.parts, said.files, said.carried)),
            said.origin,
            said.pages,
            said.edition,
            said.libraries,
            said.carried,
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """What a manifest says itself and does not work out from the rest."""

    generator: str
    name: str
    version: str
    edition: EditionName
    scheme: str
    software: str
    libraries: dict[str, str]
    redistribution: dict[str, bool]
    files: tuple[Shard, ...]
    pages: tuple[Page, ...]
    parts: tuple[BuiltPart, ...]
    origin: CorpusOrigin
    carried: tuple[CarriedFile, ...] = ()


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
