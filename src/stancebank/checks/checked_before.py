"""What earlier checks found in the parts of a corpus: a part that is as it was is not checked again.

An entry holds for one state of what a part's findings follow from: the bytes of its files and seeds, what the
register says of the seeds, the scheme, the settings, the shared layers, the annotators, the day, and the software.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import msgspec
import polars as pl

from stancebank.checks.findings import Finding
from stancebank.checks.kept_results import circumstances, kept_file, read_kept, write_kept
from stancebank.checks.part_results import PartId, PartResult
from stancebank.checks.selection import Selection
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.schema.layers import DOCUMENTS
from stancebank.schema.paths import part_folder, seed_file
from stancebank.storage.files import digest_of, sha256


class _Entry(msgspec.Struct):
    """A result as it is kept; frames are in Arrow's IPC format.

    state: what it holds for. seeds: the names of those whose bytes belong to that. warnings: whether it has them.
    """

    state: str
    seeds: list[str]
    warnings: bool
    findings: tuple[Finding, ...]
    documents: bytes | None
    readable: bool
    sketches: bytes | None
    untried: frozenset[int]


_DECODER = msgspec.msgpack.Decoder(_Entry)
"""Made here: msgspec may crash where two threads ask for the first decoder of a type at once."""


@dataclass(frozen=True)
class CheckedBefore:
    """The results of earlier checks of a corpus.

    digests: the SHA-256 of files that need not be read for it, by path.
    """

    corpus: Corpus
    digests: Mapping[str, str] = field(default_factory=dict)

    def state(self, part: Part) -> State:
        """What a part and the passes over it are now. part: as Corpus.hold_part or open_part gives it."""
        documents = part.frames.get(DOCUMENTS.name)
        seeds = {} if documents is None else dict(zip(documents["seed"], part.seed_digests, strict=True))
        return State(self, part, part.digests, seeds)

    def unchanged(self, names: Iterable[str], selection: Selection) -> dict[PartId, PartResult] | None:
        """What earlier checks found in parts and the passes over them, by the digests; None where any is not known."""
        found: dict[PartId, PartResult] = {}
        for name in names if self.digests else ():
            annotators = (None, *self.corpus.annotators_of(name))
            files = {file: self._digest(file) for file in self.corpus.part_files(name, annotators)}
            state = State(self, Part(name, self.corpus, {}, ()), files, {})
            for of in (PartId(name, annotator) for annotator in annotators):
                result = state.result(of, selection)
                if result is None:
                    return None
                found[of] = result
        return found or None

    def seed_digests(self, seeds: Sequence[str]) -> Iterable[str]:
        """What seeds are, by their names."""
        if self.digests:
            return map(self._digest, map(seed_file, seeds))
        return map(digest_of, self.corpus.read_seeds(seeds))

    def _digest(self, file: str) -> str:
        return self.digests.get(file) or digest_of(self.corpus.read(file))

    @cached_property
    def shared(self) -> str:
        """What the findings of all parts follow from."""
        corpus = self.corpus
        said = [*circumstances()]
        said += [each.model_dump_json() for each in (corpus.settings, corpus.scheme, corpus.register)]
        said += [each.model_dump_json() for each in corpus.seeds.rights.values()]
        said += [f"{name} {rows.write_ndjson()}" for name, rows in sorted(corpus.shared.items())]
        return sha256("\0".join(said).encode())

    def file(self, selection: Selection, of: PartId) -> Path:
        """Where the result is kept: one for each part and choice of rules, with warnings or without."""
        return kept_file(str(self.corpus.root), *of, selection.select, selection.ignore)


@dataclass(frozen=True)
class State:
    """A part and its passes as they are.

    files: what their files are, by path. seeds: what seeds are, by name, as far as it was needed.
    """

    before: CheckedBefore
    part: Part
    files: Mapping[str, str]
    seeds: dict[str, str]

    def result(self, of: PartId, selection: Selection) -> PartResult | None:
        """What an earlier check of the same found in the part, or in a pass; None where none is known."""
        known = read_kept(self.before.file(selection, of), _DECODER)
        if known is None or known.warnings < selection.warnings:
            return None
        others = [name for name in known.seeds if name not in self.seeds]
        self.seeds.update(zip(others, self.before.seed_digests(others), strict=True))
        return _result(known, selection) if known.state == self._digest(of, known.seeds) else None

    def keep(self, selection: Selection, part: Part, result: PartResult) -> None:
        """Keep what a check has found in the part, or in a pass."""
        of = PartId(part.name, part.annotator)
        names = part["documents"]["seed"].to_list() if result.readable else []
        self.seeds.update(zip(names, part.seed_digests if names else (), strict=True))
        state = self._digest(of, names)
        frames = (_as_bytes(result.documents), _as_bytes(result.sketches))
        write_kept(
            self.before.file(selection, of),
            _Entry(
                state, names, selection.warnings, result.findings, frames[0], result.readable, frames[1], result.untried
            ),
        )

    def _digest(self, of: PartId, seeds: Sequence[str]) -> str:
        seen = replace(self.part, annotator=of.annotator)
        own = {seen.file(layer) for layer in seen.layers.parts}
        folder = f"{part_folder(*of)}/"
        files = [f"{file} {said}" for file, said in self.files.items() if file in own or file.startswith(folder)]
        registered = self.part.corpus.seeds.table.filter(pl.col("file").is_in(seeds)).write_ndjson()
        return sha256("\0".join([self.before.shared, *files, *map(self.seeds.__getitem__, seeds), registered]).encode())


def _result(entry: _Entry, selection: Selection) -> PartResult:
    found = entry.findings
    if not selection.warnings:
        found = tuple(each for each in found if each.severity == "error")
    return PartResult(found, _as_frame(entry.documents), entry.readable, _as_frame(entry.sketches), entry.untried)


def _as_bytes(frame: pl.DataFrame | None) -> bytes | None:
    if frame is None:
        return None
    stream = io.BytesIO()
    frame.write_ipc(stream)
    return stream.getvalue()


def _as_frame(data: bytes | None) -> pl.DataFrame | None:
    return None if data is None else pl.read_ipc(io.BytesIO(data))
