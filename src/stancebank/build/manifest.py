"""The manifest: what a built dataset holds and what it was made from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import msgspec
import orjson

from stancebank.build.parts import BuiltPart
from stancebank.build.shards import DATA_FOLDER, Shard
from stancebank.datasheet import DATASHEET

MANIFEST_FILE = "manifest.json"
CARD_FILE = "README.md"
_NAMES = {MANIFEST_FILE, CARD_FILE, DATASHEET, DATA_FOLDER}
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
    return tuple(replace(part, shards=tuple(s for s in said.files if s.part == part.name)) for part in said.parts)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What a manifest says of parts."""

    files: tuple[Shard, ...]
    parts: tuple[BuiltPart, ...]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was built: name and version of the corpus, versions of scheme and software, and the shards.

    redistribution: for each key of the rights table that a text has, whether it may be passed on.
    datasheet_sha256: of the corpus's datasheet, which the build carries; None where it has none.
    parts: what each part was built from, so that the next build makes anew only what has changed.
    """

    name: str
    version: str
    scheme: str
    software: str
    redistribution: Mapping[str, bool]
    shards: tuple[Shard, ...]
    datasheet_sha256: str | None = None
    parts: tuple[BuiltPart, ...] = ()

    def of(self, view: str, split: str | None = None) -> tuple[Shard, ...]:
        """The shards of a view, of one split where it is given."""
        return tuple(s for s in self.shards if s.view == view and split in (None, s.split))

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

    def content_digest(self, view: str) -> str:
        """SHA-256 of a view's content: of its shards' splits and content digests, in order."""
        return _digest(f"{shard.split} {shard.content_sha256}" for shard in self.of(view))

    def to_json(self) -> bytes:
        """The manifest as it is written."""
        content: dict[str, object] = {
            "generator": _GENERATOR,
            "name": self.name,
            "version": self.version,
            "scheme": self.scheme,
            "software": self.software,
            "redistribution": dict(self.redistribution),
            "content": {view: self.content_digest(view) for view in self.views},
            "files": [asdict(shard) for shard in self.shards],
            "parts": [
                {"name": p.name, "split": p.split, "sources": p.sources, "rights": p.rights, "statistics": p.statistics}
                for p in self.parts
            ],
        }
        if self.datasheet_sha256:
            content["datasheet"] = {"path": DATASHEET, "sha256": self.datasheet_sha256}
        return orjson.dumps(content, option=orjson.OPT_INDENT_2) + b"\n"


def _digest(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
