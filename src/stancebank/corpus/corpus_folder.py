"""The folder of a corpus: which parts it has, and which passes over them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from stancebank.faults import Fault, printable
from stancebank.schema.paths import CORPUS, PASSES, RESERVED_FOLDERS, SEEDS, seed_file
from stancebank.storage.addresses import is_remote
from stancebank.storage.files import Entry, Read, entries, read_each, read_inside, read_plain


@dataclass(frozen=True)
class CorpusFolder:
    """The folder of a corpus: which parts it has, and which passes over them.

    unsaved: files, by path from the root, that are read as these bytes until they are written.
    """

    root: Path
    unsaved: Mapping[str, bytes] = field(default_factory=dict, kw_only=True)

    def read(self, file: str) -> Read:
        """A file of the corpus, as storage.files.read_inside gives it."""
        return (self.unsaved[file], None) if file in self.unsaved else read_inside(self.root, file)

    def read_seeds(self, seeds: Iterable[str]) -> tuple[Read, ...]:
        """The bytes of seeds by their names, in order, each as read gives them."""
        if self.unsaved:
            return tuple(self.read(seed_file(seed)) for seed in seeds)
        if is_remote(self.root):
            return tuple(read_each(self.root, [seed_file(seed) for seed in seeds]))
        folder = self.root / SEEDS
        try:
            inside = folder.resolve(strict=True).is_relative_to(self.root.resolve())
        except (OSError, RuntimeError):
            inside = False
        return tuple((inside and read_plain(folder, seed)) or read_inside(self.root, seed_file(seed)) for seed in seeds)

    def entries(self, folder: str) -> Iterator[Entry]:
        """The entries of a folder of the corpus, by name, as storage.files.entries gives them."""
        found = {entry.name: entry for entry in entries(self.root / folder)}
        for file in self.unsaved:
            if file.startswith(f"{folder}/"):
                name, further, _ = file.removeprefix(f"{folder}/").partition("/")
                found.setdefault(name, Entry(name, bool(further)))
        yield from sorted(found.values())

    @cached_property
    def part_names(self) -> tuple[str, ...]:
        """The folders under corpus/ that hold layers, sorted."""
        folders = (entry.name for entry in self.entries(CORPUS) if entry.is_folder)
        return tuple(name for name in folders if name not in RESERVED_FOLDERS)

    @cached_property
    def annotators(self) -> tuple[str, ...]:
        """Whose passes there are: the folders under annotation/passes, sorted."""
        return tuple(entry.name for entry in self.entries(PASSES) if entry.is_folder)

    @cached_property
    def pass_entries(self) -> Mapping[str, tuple[Entry, ...]]:
        """The content of each annotator's folder, by the annotator's id."""
        return {annotator: tuple(self.entries(f"{PASSES}/{annotator}")) for annotator in self.annotators}

    def pass_parts(self, annotator: str) -> tuple[str, ...]:
        """The parts that an annotator has made a pass over, sorted."""
        parts = set(self.part_names)
        return tuple(entry.name for entry in self.pass_entries.get(annotator, ()) if entry.name in parts)

    def annotators_of(self, part: str) -> tuple[str, ...]:
        """Whose passes there are over a part, sorted."""
        return self._annotators_of.get(part, ())

    @cached_property
    def _annotators_of(self) -> Mapping[str, tuple[str, ...]]:
        made: dict[str, tuple[str, ...]] = {}
        for annotator in self.annotators:
            for part in self.pass_parts(annotator):
                made[part] = (*made.get(part, ()), annotator)
        return made

    def stray_passes(self) -> Iterator[Fault]:
        """The faults of what a pass holds besides folders for parts of the corpus."""
        for annotator, found in self.pass_entries.items():
            for entry in found:
                if entry.name not in self.part_names:
                    file = f"{PASSES}/{printable(annotator)}/{printable(entry.name)}"
                    what = "a pass holds folders for parts of the corpus, and the corpus has no such part"
                    yield Fault("unexpected", file, what, "correct its name, or move it out of the passes")
