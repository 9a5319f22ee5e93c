"""A corpus in its files: find it and read it strictly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from stancebank.corpus.annotators import Annotators, read_annotators
from stancebank.corpus.corpus_folder import CorpusFolder
from stancebank.corpus.jsonl import read_records
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import Seeds, read_seeds
from stancebank.corpus.settings import CorpusSettings
from stancebank.faults import Fault, printable, readable, require_readable
from stancebank.schema.frames import completed, polars_schema
from stancebank.schema.layers import ACTORS, DOCUMENTS, KNOWN_LAYERS, TARGETS, Layer
from stancebank.schema.paths import (
    CORPUS,
    CORPUS_FILE,
    part_folder,
    shared_file,
)
from stancebank.schema.scheme import Scheme
from stancebank.schema.scheme_layers import ALL_LAYERS, LEADING, Layers
from stancebank.schema.scheme_reading import read_scheme
from stancebank.storage.addresses import is_remote
from stancebank.storage.files import Read, entries, read_each, read_inside
from stancebank.storage.yaml_files import read_yaml


@dataclass(frozen=True)
class Corpus(CorpusFolder):
    """A corpus in which all that its parts share could be read; the parts are read one by one.

    shared: the frames of the layers that all parts share, by name.
    """

    settings: CorpusSettings
    scheme: Scheme
    seeds: Seeds
    shared: Mapping[str, pl.DataFrame]
    register: Annotators

    @property
    def layers(self) -> Layers:
        """The layers that its scheme uses."""
        return self.scheme.layers

    @property
    def targets(self) -> pl.DataFrame:
        """The propositions that stances are about; none where the scheme has no stances."""
        return self.of_all(TARGETS.name)

    @property
    def actors(self) -> pl.DataFrame:
        """Who entities are across documents; none where the scheme has no entities."""
        return self.of_all(ACTORS.name)

    def of_all(self, layer: str) -> pl.DataFrame:
        """The frame of a layer that all parts share, with all columns that StanceBank knows, used or not."""
        known = self.layers.complete[layer]
        if layer not in self.layers:
            return polars_schema(known.columns).to_frame()
        return completed(self.shared[layer], known)

    def sound(self) -> Corpus:
        """The corpus itself."""
        return self

    def read_part(self, name: str, annotator: str | None = None, texts: Part | None = None) -> Part:
        """The part of that name, read strictly; its frames lack each layer that has faults.

        annotator: whose annotated layers to read in place of the corpus's own.
        texts: where the same layers of the part were read already, and files of it that are not decoded yet.
        """
        part = Part(name, self, {}, (), annotator, texts, texts.held if texts else {})
        layers = self.layers.parts
        files = {part.file(layer.name): layer for layer in layers.values()}
        frames = {} if texts is None else {k: v for k, v in texts.frames.items() if texts.file(k) == part.file(k)}
        faults = [] if texts is None else [fault for fault in texts.faults if fault.file in files]
        for decoded in frames:
            part.held.pop(part.file(decoded), None)
        faulty = {fault.file for fault in faults}
        folder = part_folder(name, annotator)
        listed = [entry.name for entry in self.entries(folder)]
        frames |= {
            layer.name: polars_schema(layer.columns).to_frame()
            for layer in layers.values()
            if layer.optional and layer.file_name not in listed
        }
        files = {file: layer for file, layer in files.items() if layer.name not in frames and file not in faulty}
        for (file, layer), read in zip(files.items(), self._reads(list(files), part.held), strict=True):
            frame, found = _read_layer(read, file, layer)
            faults += found
            if frame is not None:
                frames[layer.name] = frame
        own = [layer.file_name for layer in layers.values() if layer.in_passes or annotator is None]
        for stray in (entry for entry in listed if entry not in own):
            what = f"not the file of a layer that belongs here; expected {', '.join(sorted(own))}"
            faults.append(_stray(f"{folder}/{printable(stray)}", what, self.layers))
        return replace(part, frames=frames, faults=tuple(faults))

    def _reads(self, files: Sequence[str], held: dict[str, Read]) -> Iterator[Read]:
        """The files in their order, those that are held handed on."""
        others = read_each(self.root, [file for file in files if file not in held and file not in self.unsaved])
        for file in files:
            if file in self.unsaved:
                yield self.read(file)
            else:
                yield held.pop(file) if file in held else next(others)

    def open_part(self, name: str) -> Part:
        """A part with the bytes of its files and of those of its passes, of which only the documents are decoded.

        Where they cannot be, it has no frame. read_part takes the rest from it.
        """
        part = self.hold_part(name, (None, *self.annotators_of(name)))
        file = part.file(DOCUMENTS.name)
        frame, _ = _read_layer(part.held[file], file, self.layers[DOCUMENTS.name])
        return part if frame is None else replace(part, frames={DOCUMENTS.name: frame})

    def hold_part(self, name: str, annotators: Sequence[str | None]) -> Part:
        """A part with the bytes of its files, as these annotators see it (None: the corpus's own), none decoded."""
        files = self.part_files(name, annotators)
        return Part(name, self, {}, (), held=dict(zip(files, read_each(self.root, files), strict=True)))

    def part_files(self, name: str, annotators: Sequence[str | None]) -> list[str]:
        """The files of a part as these annotators see it, by path, sorted: those that it should have, and has."""
        files = {Part(name, self, {}, (), each).file(layer) for each in annotators for layer in self.layers.parts}
        for folder in [part_folder(name, each) for each in annotators]:
            files |= {f"{folder}/{entry.name}" for entry in entries(self.root / folder)}
        return sorted(files)

    def sound_part(self, name: str, annotator: str | None = None, texts: Part | None = None) -> Part:
        """The part as read_part reads it; StanceBankError where it has faults."""
        part = self.read_part(name, annotator, texts)
        require_readable(part.faults)
        return part


@dataclass(frozen=True)
class Faulty(CorpusFolder):
    """A corpus in which something that its parts share could not be read.

    faults: what, and why. Of the others those that could not be read are None, or not among the shared layers.
    """

    faults: tuple[Fault, ...]
    settings: CorpusSettings | None
    scheme: Scheme | None
    seeds: Seeds | None
    shared: Mapping[str, pl.DataFrame]
    register: Annotators | None

    @property
    def layers(self) -> Layers:
        """The layers that its scheme uses; all where that could not be read."""
        return self.scheme.layers if self.scheme else ALL_LAYERS

    def sound(self) -> Corpus:
        """Raise StanceBankError, which names the first fault."""
        return readable(None, self.faults)


def read_corpus(root: Path) -> Corpus | Faulty:
    """The corpus at a root: its settings, scheme, registers and shared layers, or what of them could be read."""
    root = root if is_remote(root) else root.absolute()  # a worker may be in another folder
    settings, settings_faults = read_yaml(root, CORPUS_FILE, CorpusSettings, "settings")
    scheme, scheme_faults = read_scheme(root)
    seeds, seeds_faults = read_seeds(root)
    known = scheme.layers if scheme else ALL_LAYERS
    layers = known.shared
    files = {shared_file(name): layer for name, layer in layers.items()}
    listed = list(entries(root / CORPUS))
    shared, shared_faults = {}, []
    for file, layer in files.items():
        missing = layer.optional and layer.file_name not in (entry.name for entry in listed)
        frame, found = _read_layer((b"", None) if missing else read_inside(root, file), file, layer)
        shared_faults += found
        if frame is not None:
            shared[layer.name] = frame
    register, register_faults = read_annotators(root)
    faults = [*settings_faults, *scheme_faults, *seeds_faults, *shared_faults, *register_faults]
    for entry in listed:
        if not entry.is_folder and f"{CORPUS}/{entry.name}" not in (CORPUS_FILE, *files):
            names = "".join(f", {layer.file_name}" for layer in layers.values())
            what = f"not a file of a corpus; expected corpus.yaml{names} and a folder for each part"
            faults.append(_stray(f"{CORPUS}/{printable(entry.name)}", what, known))
    faults += CorpusFolder(root).stray_passes()
    if faults or settings is None or scheme is None or seeds is None or register is None:
        return Faulty(root, tuple(faults), settings, scheme, seeds, shared, register)
    return Corpus(root, settings, scheme, seeds, shared, register)


def _stray(file: str, what: str, used: Layers) -> Fault:
    """The fault of a file that belongs nowhere. what: is said of it unless it is of a layer that is not used."""
    name = file.rpartition("/")[2].removesuffix(".jsonl")
    fix = "correct its name, or move it out of the corpus"
    if file.endswith(".jsonl") and name in KNOWN_LAYERS and name not in used:
        needed = " or ".join(LEADING.get(name, ("fields",)))
        what = f"the scheme does not use the layer {name}: it has no {needed}"
        fix = f"remove the file, or give the scheme {needed}"
    return Fault("unexpected", file, what, fix)


def _read_layer(read: Read, file: str, layer: Layer) -> tuple[pl.DataFrame | None, list[Fault]]:
    data, fault = read
    return read_records(data, layer, file) if data is not None else (None, [fault] if fault else [])
