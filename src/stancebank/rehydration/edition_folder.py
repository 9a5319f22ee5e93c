"""An edition as it lies in a folder: read only as far as its manifest vouches for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
import orjson
import polars as pl

from stancebank.corpus.jsonl import read_records
from stancebank.editions.carried import CARRIED_FOLDER, CORPUS_JSON, DIGESTS_FORM, CarriedFile, carried_layer
from stancebank.faults import StanceBankError, excerpt, printable
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import ID, Layer
from stancebank.schema.paths import CORPUS, MANIFEST_FILE, PASSES
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import Layers
from stancebank.schema.scheme_reading import parse_scheme
from stancebank.storage.files import read_inside, sha256

_AGAIN = "download or build the edition again"


@dataclass(frozen=True, slots=True)
class _PartSaid:
    name: str
    sources: str


@dataclass(frozen=True, slots=True)
class _Said:
    """What of a manifest is needed here."""

    generator: str
    name: str
    version: str
    software: str
    parts: tuple[_PartSaid, ...]
    edition: str = "full"
    carried: tuple[CarriedFile, ...] = ()


@dataclass(frozen=True)
class EditionFolder:
    """A stand-off or masked edition. sources: what the manifest says of each part, by name."""

    folder: Path
    name: str
    software: str
    sources: Mapping[str, str]
    carried: Mapping[str, CarriedFile]

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of its parts, in order."""
        return tuple(self.sources)

    @cached_property
    def said(self) -> dict[str, Any]:
        """What it says of the corpus as a whole: settings, scheme, rights, register, views and software."""
        found = orjson.loads(self.read(CORPUS_JSON))
        assert isinstance(found, dict)
        return found

    @cached_property
    def scheme(self) -> Scheme:
        """The scheme that it carries. Raises StanceBankError where this software does not work on it."""
        scheme, faults = parse_scheme(orjson.dumps(self.said["scheme"], option=orjson.OPT_INDENT_2) + b"\n")
        if scheme is None:
            what = f"{printable(str(self.folder))}: its scheme cannot be used: {faults[0].what}"
            raise StanceBankError(what, f"use the StanceBank that built the edition, {printable(self.software)}")
        return scheme

    @property
    def layers(self) -> Layers:
        """The layers that its scheme uses."""
        return self.scheme.layers

    @cached_property
    def passes(self) -> Mapping[str, tuple[str, ...]]:
        """The annotators with a pass over each part, by part."""
        form = re.compile(rf"{CARRIED_FOLDER}/{PASSES}/({ID})/({ID})/[a-z]+\.jsonl")
        found = [match for path in self.carried if (match := form.fullmatch(path))]
        return {part: tuple(sorted({match[1] for match in found if match[2] == part})) for part in self.parts}

    def has(self, file: str) -> bool:
        """Whether the stand-off form has a file; named as in the corpus."""
        return f"{CARRIED_FOLDER}/{file}" in self.carried

    def read(self, file: str) -> bytes:
        """A file of the stand-off form. Raises StanceBankError where it is not what the manifest says it is."""
        path = f"{CARRIED_FOLDER}/{file}"
        listed = self.carried.get(path)
        if listed is None:
            what = f"the manifest in {printable(str(self.folder))} does not list {printable(path)}"
            raise StanceBankError(what, _AGAIN)
        data, fault = read_inside(self.folder, path)
        if data is None:
            what = f"{printable(str(self.folder))}: {printable(path)}: {fault.what if fault else 'cannot be read'}"
            raise StanceBankError(what, _AGAIN)
        if len(data) != listed.bytes or sha256(data) != listed.sha256:
            what = f"{printable(str(self.folder))}: {printable(path)} is not the file that the manifest lists"
            raise StanceBankError(what, _AGAIN)
        return data

    def layer(self, name: str, part: str, annotator: str | None = None) -> pl.DataFrame:
        """A layer of a part, or of an annotator's pass over it, in its stand-off form."""
        in_pass = annotator is not None and self.layers[name].in_passes
        place = f"{PASSES}/{annotator}" if in_pass else CORPUS
        file = f"{place}/{part}/{name}.jsonl"
        layer = carried_layer(self.layers[name])
        if layer.tracks and not self.has(file):
            return polars_schema(layer.columns).to_frame()
        return self.records(file, layer)

    def records(self, file: str, layer: Layer) -> pl.DataFrame:
        """The rows of a file. Raises StanceBankError where they are none of the layer."""
        rows, faults = read_records(self.read(file), layer, f"{CARRIED_FOLDER}/{file}")
        if rows is None:
            what = f"{printable(str(self.folder))}: {printable(faults[0].file)}:{faults[0].line}: {faults[0].what}"
            raise StanceBankError(what, _AGAIN)
        return rows


def read_edition(folder: Path) -> EditionFolder:
    """The edition in a folder, every file of its stand-off form checked against the manifest.

    Raises StanceBankError where there is none, where it is the full one, and where a file
    is missing or is not the one that the manifest lists.
    """
    where = printable(str(folder))
    data, fault = read_inside(folder, MANIFEST_FILE)
    if data is None:
        what = f"{where} is no edition: {MANIFEST_FILE}: {fault.what if fault else 'cannot be read'}"
        raise StanceBankError(what, "name the folder of an edition, with its manifest")
    try:
        said = msgspec.json.decode(data, type=_Said)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise StanceBankError(f"{where}: {MANIFEST_FILE} is no manifest: {printable(str(error))}", _AGAIN) from None
    if said.edition == "full":
        raise StanceBankError(f"{where} is the full edition, which has its texts", "name a stand-off or masked edition")
    for name in (said.name, *(part.name for part in said.parts)):
        if not re.fullmatch(ID, name):
            raise StanceBankError(f"{where}: {MANIFEST_FILE} has the name {excerpt(name)}, which is none", _AGAIN)
    listed = {each.path: each for each in said.carried}
    edition = EditionFolder(folder, said.name, said.software, {part.name: part.sources for part in said.parts}, listed)
    for path in listed:
        edition.read(path.removeprefix(f"{CARRIED_FOLDER}/"))
    try:
        digests = edition.said.get("digests")
    except (orjson.JSONDecodeError, AssertionError):
        raise StanceBankError(f"{where}: {CARRIED_FOLDER}/{CORPUS_JSON} is no JSON object", _AGAIN) from None
    if digests != DIGESTS_FORM:
        what = f"{where} knows its texts by other digests than this StanceBank derives"
        raise StanceBankError(what, f"use the StanceBank that built it, {printable(said.software)}")
    return edition
