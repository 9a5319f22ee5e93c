"""Building one part: read, checked and written as shards, or taken over where nothing it depends on has changed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec
import polars as pl

from stancebank.build.origins import PartOrigin, part_origin
from stancebank.build.shards import SHARD_PATH, Shard, write, write_shards
from stancebank.build.software import software_digest
from stancebank.checks.findings import Finding
from stancebank.checks.registry import DOCUMENT_KEY
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_part
from stancebank.corpus import Corpus, Part
from stancebank.editions.carried import CARRIED_FOLDER, CarriedFile, part_files
from stancebank.editions.edition import FULL, Edition
from stancebank.faults import StanceBankError
from stancebank.files import entries, read_each, read_inside
from stancebank.jsonl import read_records
from stancebank.layers import DOCUMENTS, PART_LAYERS
from stancebank.seeds import sha256
from stancebank.statistics import part_statistics
from stancebank.views.registry import VIEWS, View

RECORDS_FOLDER = "parts"


@dataclass(frozen=True, slots=True)
class BuiltPart:
    """What was built of a part.

    sources: digest of all that its shards depend on. statistics: its counts, as
    Statistics.to_json gives them. rights: keys of the rights table that its texts have.
    origin: what it was made from. decisions: how many of the adjudication are on its documents.
    carried: its stand-off form, in editions.
    """

    name: str
    split: str
    sources: str
    rights: tuple[str, ...]
    statistics: dict[str, Any]
    origin: PartOrigin
    decisions: int = 0
    shards: tuple[Shard, ...] = ()
    carried: tuple[CarriedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PartBuild:
    """How building a part went.

    findings: its errors, and those of the passes over it. documents: their
    DOCUMENT_KEY, None where they could not be read. built: None where there are errors.
    """

    findings: tuple[Finding, ...]
    documents: pl.DataFrame | None
    built: BuiltPart | None


@dataclass(frozen=True)
class PartBuilder:
    """Builds the parts of a corpus one by one; a plain function of a part's name that can go to another process.

    views: names of those to build. folder: where the shards go. earlier: the folder of
    the build before, which may not be there. known: what was built before, here or there, by part.
    edition: what is shown of each part; the views that it has not are left out.
    software: the digest of this package and its libraries where the build was begun.
    """

    corpus: Corpus
    views: tuple[str, ...]
    folder: Path
    earlier: Path
    known: Mapping[str, BuiltPart]
    edition: Edition
    software: str

    def __call__(self, name: str) -> PartBuild:
        """Build a part, or take over the shards that an earlier run made of the same sources.

        Raises StanceBankError in a process that has other software than the one that began the build.
        """
        if software_digest(()) != self.software:
            what = "a worker has another stancebank, or other versions of its libraries, than what runs the command"
            raise StanceBankError(what, "install the same versions, with the same extras, for both")
        assert self.corpus.settings is not None
        # The digest comes first: what is edited meanwhile costs another build of the part, but is never missed.
        documents = documents_alone(self.corpus, name)
        digest = part_sources(documents, self.views, self.edition)
        known = self.known.get(name)
        if known is not None and known.sources == digest and self._take_over_all(known):
            self._record(known)
            return PartBuild((), documents["documents"].select(DOCUMENT_KEY), known)
        part = self.corpus.read_part(name)
        checked = check_part(part, ERRORS_ALONE)
        passes = (check_part(each, ERRORS_ALONE).findings for each in part.passes)
        findings = (*checked.findings, *chain.from_iterable(passes))
        splits = self.corpus.settings.splits_of(name)
        if findings or len(splits) != 1 or digest is None:
            return PartBuild(findings, checked.documents, None)
        shown = self.edition.part(part, self._shown)
        built = BuiltPart(
            name,
            splits[0],
            digest,
            tuple(part["documents"]["rights"].unique().sort()),
            part_statistics(part).to_json(),
            part_origin(shown),
            shards=tuple(write_shards(shown, splits[0], self._views(), self.folder)),
            carried=tuple(self._carried(part)),
        )
        self._record(built)
        return PartBuild((), checked.documents, built)

    @cached_property
    def _shown(self) -> Corpus:
        """The corpus as the edition shows it."""
        return self.edition.corpus(self.corpus)

    def _views(self) -> Iterator[View]:
        return (self.edition.view(VIEWS[view]) for view in self.views if self.edition.has(VIEWS[view]))

    def _carried(self, part: Part) -> Iterator[CarriedFile]:
        if not self.edition.full:
            for path, data in part_files(part, self.edition):
                write(self.folder / path, data)
                yield CarriedFile(part.name, path, len(data), sha256(data))

    def _take_over_all(self, known: BuiltPart) -> bool:
        return all(map(self._take_over, known.shards)) and all(map(self._take_over, known.carried))

    def _take_over(self, shard: Shard | CarriedFile) -> bool:
        """Have a file of an earlier run in the folder; False where it is not there any more as it was."""
        if not re.fullmatch(
            rf"{SHARD_PATH}|{CARRIED_FOLDER}/(corpus|annotation/passes)(/[^/\\\\.][^/\\\\]*)+", shard.path
        ):
            return False
        for folder in (self.folder, self.earlier):
            try:
                data = (folder / shard.path).read_bytes()
            except Exception:  # noqa: S112  (file systems elsewhere have errors of their own)
                continue
            if sha256(data) == shard.sha256:
                if folder is not self.folder:
                    write(self.folder / shard.path, data)
                return True
        return False

    def _record(self, built: BuiltPart) -> None:
        """Say that all shards of the part are there, so that a run after one that was stopped knows it."""
        write(self.folder / RECORDS_FOLDER / f"{built.name}.json", msgspec.json.encode(built))


def recorded_parts(folder: Path) -> Iterator[BuiltPart]:
    """The parts that a run which was stopped had finished in the folder."""
    records = folder / RECORDS_FOLDER
    for path in records.iterdir() if records.is_dir() else ():
        with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError, RecursionError):  # stopped amid writing
            yield msgspec.json.decode(path.read_bytes(), type=BuiltPart)


def documents_alone(corpus: Corpus, name: str) -> Part:
    """A part of which only the documents are read, where they can be."""
    part = Part(name, corpus, {}, ())
    file = part.file(DOCUMENTS.name)
    data, _ = read_inside(corpus.root, file)
    documents = None if data is None else read_records(data, DOCUMENTS, file)[0]
    return part if documents is None else replace(part, frames={DOCUMENTS.name: documents})


def part_sources(part: Part, views: tuple[str, ...], edition: Edition = FULL) -> str | None:
    """The digest of all that a part's shards and its errors depend on; None where it cannot be read.

    That is the files of the part and of the passes over it, its seeds and what the
    register says of them, the scheme but for its examples, the targets, its splits, the
    views, the software, and of an edition what it withholds.
    """
    corpus = part.corpus
    assert corpus.settings is not None
    assert corpus.scheme is not None
    assert corpus.seeds is not None
    assert corpus.targets is not None
    if DOCUMENTS.name not in part.frames:
        return None
    passes = [
        part,
        *(replace(part, annotator=each) for each in corpus.annotators if part.name in corpus.pass_parts(each)),
    ]
    files = {each.file(layer) for each in passes for layer in PART_LAYERS}
    folders = sorted({PurePosixPath(file).parent.as_posix() for file in files})
    files |= {f"{folder}/{entry.name}" for folder in folders for entry in entries(corpus.root / folder)}
    said = [software_digest(views), *corpus.settings.splits_of(part.name)]
    for file, (data, fault) in zip(sorted(files), read_each(corpus.root, sorted(files)), strict=True):
        said.append(f"{file} {sha256(data) if data is not None else fault}")
    said += [str(fault) if data is None else sha256(data) for data, fault in part.seed_files]
    seeds = part["documents"].select(file="seed")
    seeds = seeds.join(corpus.seeds.table, on="file", how="left", maintain_order="left")
    said += [seeds.write_ndjson(), corpus.targets.write_ndjson(), corpus.scheme.labels_json()]
    digest = sha256("\0".join(said).encode())
    return digest if edition.full else sha256(f"{digest} {edition.digest}".encode())
