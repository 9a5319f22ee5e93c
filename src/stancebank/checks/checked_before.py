"""What earlier checks found, in the user's cache: a part that is as it was is not checked again.

An entry holds for one state of what a part's findings follow from: the bytes of its files and seeds, what the
register says of the seeds, the scheme, the settings, the shared layers, the annotators, the day, and the software.
It lies outside the corpus, since a corpus may come from others. Where it cannot be read or written, or is damaged,
the part is checked as if there were none.
"""

from __future__ import annotations

import contextlib
import datetime
import io
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import msgspec
import polars as pl

from stancebank.checks.findings import Finding
from stancebank.checks.part_results import PartId, PartResult
from stancebank.checks.selection import Selection
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.faults import StanceBankError
from stancebank.schema.own_code import code_digest
from stancebank.storage.files import Read, new_file, sha256

_FOLDER = "findings"
_DAYS = 30
"""After which an entry that no check has used goes."""

Check = Callable[[Sequence[Part], Selection], list[PartResult]]


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
    """The results of earlier checks of a corpus."""

    corpus: Corpus

    def check(self, check: Check, selection: Selection, group: Sequence[PartId]) -> list[PartResult]:
        """What checking parts, or passes over them, gives: as it was found before, or else by a check, and kept."""
        found: dict[PartId, PartResult] = {}
        new: dict[PartId, tuple[Part, list[str]]] = {}
        for of in group:
            part = self.corpus.hold_part(of.part, [of.annotator])
            files = [f"{file} {_digest(read)}" for file, read in part.held.items()]
            known = _read(self._file(selection, of))
            if known is not None and known.warnings >= selection.warnings:
                seeds = self.corpus.read_seeds(known.seeds)
                if known.state == self._state(files, known.seeds, seeds):
                    found[of] = _result(known, selection)
                    continue
            new[of] = self.corpus.read_part(of.part, of.annotator, part), files
        for of, result in zip(new, check([part for part, _ in new.values()], selection), strict=True):
            found[of] = result
            self._keep(selection, of, result, *new[of])
        return [found[of] for of in group]

    def _keep(self, selection: Selection, of: PartId, result: PartResult, part: Part, files: Sequence[str]) -> None:
        names = part["documents"]["seed"].to_list() if result.readable else []
        state = self._state(files, names, part.seed_files if names else ())
        frames = (_as_bytes(result.documents), _as_bytes(result.sketches))
        _write(
            self._file(selection, of),
            _Entry(
                state, names, selection.warnings, result.findings, frames[0], result.readable, frames[1], result.untried
            ),
        )

    @cached_property
    def _shared(self) -> str:
        """What the findings of all parts follow from."""
        corpus = self.corpus
        said = [code_digest(), pl.__version__, sys.version, datetime.datetime.now(datetime.UTC).date().isoformat()]
        said += [each.model_dump_json() for each in (corpus.settings, corpus.scheme, corpus.register)]
        said += [each.model_dump_json() for each in corpus.seeds.rights.values()]
        said += [f"{name} {rows.write_ndjson()}" for name, rows in sorted(corpus.shared.items())]
        return sha256("\0".join(said).encode())

    def _state(self, files: Sequence[str], seeds: Sequence[str], read: Sequence[Read]) -> str:
        registered = self.corpus.seeds.table.filter(pl.col("file").is_in(seeds))
        return sha256("\0".join([self._shared, *files, *map(_digest, read), registered.write_ndjson()]).encode())

    def _file(self, selection: Selection, of: PartId) -> Path:
        """Where the result is kept: one for each part and choice of rules, with warnings or without."""
        import platformdirs  # which a check without a cache does not need

        asked = [str(self.corpus.root), *of, selection.select, selection.ignore]
        return platformdirs.user_cache_path("stancebank") / _FOLDER / sha256(repr(asked).encode())


def _digest(read: Read) -> str:
    data, fault = read
    return str(fault) if data is None else sha256(data)


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


def _read(file: Path) -> _Entry | None:
    """An entry whose digest is in front of it; None for anything else."""
    try:
        digest, _, content = file.read_bytes().partition(b"\n")
        if digest != sha256(content).encode():
            return None
        entry = _DECODER.decode(content)
        os.utime(file)
    except (OSError, msgspec.MsgspecError):
        return None
    return entry


def _write(file: Path, entry: _Entry) -> None:
    content = msgspec.msgpack.encode(entry)
    with contextlib.suppress(OSError, StanceBankError):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sweep(file.parent)
        with new_file(file) as stream:
            stream.write(sha256(content).encode() + b"\n" + content)


@lru_cache(maxsize=1)
def _sweep(folder: Path) -> None:
    """Remove the entries that no check has used of late."""
    oldest = time.time() - _DAYS * 24 * 60 * 60
    for each in folder.iterdir():
        if each.is_file() and each.stat().st_mtime < oldest:
            each.unlink(missing_ok=True)
