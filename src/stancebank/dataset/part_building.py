"""Building one part: read, checked and written as shards, or taken over where nothing it depends on has changed."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import Any

import msgspec
import polars as pl

from stancebank.checks.checked_before import CheckedBefore
from stancebank.checks.findings import Finding
from stancebank.checks.registry import DOCUMENT_KEY
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_once
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.statistics import part_statistics
from stancebank.dataset.built_before import BuiltBefore
from stancebank.dataset.origins import PartOrigin, part_origin
from stancebank.dataset.shards import SHARD_PATH, Shard, write, write_shards
from stancebank.dataset.software import software_digest
from stancebank.editions.carried import CARRIED_FOLDER, CarriedFile, part_files
from stancebank.editions.edition import FULL, Edition
from stancebank.faults import StanceBankError, StoppedError
from stancebank.schema.layers import DOCUMENTS
from stancebank.storage.addresses import answered
from stancebank.storage.files import read_inside, sha256
from stancebank.storage.slow_digest import slow_digest
from stancebank.views.registry import View, views_of

RECORDS_FOLDER = "parts"


@dataclass(frozen=True, slots=True)
class BuiltPart:
    """What was built of a part.

    sources: digest of all that its shards depend on. statistics: its counts, as
    Statistics.to_json gives them. rights: keys of the rights table that its texts have.
    origin: what it was made from. decisions: how many of the adjudication are on its documents.
    carried: its stand-off form, in editions. left_out: errors by annotator of the passes over it
    that are left out, since they have some.
    """

    name: str
    split: str
    sources: str
    rights: tuple[str, ...]
    statistics: dict[str, Any]
    origin: PartOrigin
    decisions: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
    shards: tuple[Shard, ...] = ()
    carried: tuple[CarriedFile, ...] = ()


@dataclass(frozen=True, slots=True)
class PartBuild:
    """How building a part went.

    findings: its errors, and in editions, which carry them, those of the passes over it.
    documents: their DOCUMENT_KEY, None where they could not be read. built: None where there are errors.
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
    unfinished: task views show documents whose layers are not done too. before: where what is made is remembered.
    checked: what earlier checks found, without which all is checked.
    """

    corpus: Corpus
    views: tuple[str, ...]
    folder: Path
    earlier: Path
    known: Mapping[str, BuiltPart]
    edition: Edition
    software: str
    unfinished: bool = False
    before: BuiltBefore | None = None
    checked: CheckedBefore | None = None

    def __call__(self, name: str) -> PartBuild:
        """Build a part, or take over the shards that an earlier run made of the same sources.

        Raises StanceBankError in a process that has other software than the one that began the build.
        """
        if software_digest(()) != self.software:
            what = "a worker has another stancebank, or other versions of its libraries, than what runs the command"
            raise StanceBankError(what, "install the same versions, with the same extras, for both")
        # The digest comes first: what is edited meanwhile costs another build of the part, but is never missed.
        documents = self.corpus.open_part(name)
        digest = part_sources(documents, self.views, self.edition, unfinished=self.unfinished)
        known = self.known.get(name)
        if known is not None and known.sources == digest and self._take_over_all(known):
            self._record(known)
            return PartBuild((), documents["documents"].select(DOCUMENT_KEY), known)
        state = self.checked.state(documents) if self.checked else None
        part = self.corpus.read_part(name, texts=documents)
        checked = check_once(part, ERRORS_ALONE, state)
        passes = {each.annotator or "": check_once(each, ERRORS_ALONE, state).findings for each in part.passes}
        of_passes = chain.from_iterable(passes.values())
        findings = checked.findings if self.edition.full else (*checked.findings, *of_passes)
        splits = self.corpus.settings.splits_of(name)
        if findings or len(splits) != 1 or digest is None:
            return PartBuild(findings, checked.documents, None)
        left_out = {annotator: len(errors) for annotator, errors in passes.items() if errors}
        part = part.without_passes(left_out)
        shown = self.edition.part(part, self._shown)
        built = BuiltPart(
            name,
            splits[0],
            digest,
            tuple(part["documents"]["rights"].unique().sort()),
            part_statistics(part).to_json(),
            part_origin(part, shown),
            left_out=left_out,
            shards=tuple(write_shards(shown, splits[0], self._views(), self.folder, unfinished=self.unfinished)),
            carried=tuple(self._carried(part)),
        )
        self._record(built)
        return PartBuild((), checked.documents, built)

    @cached_property
    def _shown(self) -> Corpus:
        """The corpus as the edition shows it."""
        return self.edition.corpus(self.corpus)

    def _views(self) -> Iterator[View]:
        known = views_of(self.corpus.scheme)
        return (self.edition.view(known[view]) for view in self.views if self.edition.has(known[view]))

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
                data, _ = read_inside(folder, shard.path)
            except StoppedError:
                raise
            except Exception:  # noqa: S112  (file systems elsewhere have errors of their own)
                continue
            if data is not None and sha256(data) == shard.sha256:
                if folder is not self.folder:
                    write(self.folder / shard.path, data)
                return True
        return False

    def _record(self, built: BuiltPart) -> None:
        """Say that all shards of the part are there, so that a run after one that was stopped knows it."""
        if self.before is not None and not self.before.made(built):
            self.before.add(built)
        write(self.folder / RECORDS_FOLDER / f"{built.name}.json", msgspec.json.encode(built))


def recorded_parts(folder: Path) -> Iterator[BuiltPart]:
    """The parts that a run which was stopped had finished in the folder."""
    records = folder / RECORDS_FOLDER
    for path in answered(records, lambda: [*records.iterdir()] if records.is_dir() else []):
        with contextlib.suppress(OSError, msgspec.MsgspecError, ValueError, RecursionError):  # stopped amid writing
            yield msgspec.json.decode(answered(path, path.read_bytes), type=BuiltPart)


def part_sources(
    part: Part, views: tuple[str, ...], edition: Edition = FULL, *, unfinished: bool = False
) -> str | None:
    """The digest of all that a part's shards and its errors depend on; None where its documents cannot be read.

    part: as Corpus.open_part gives it.
    That is the files of the part and of the passes over it, its seeds and what the
    register says of them, the scheme but for its examples, the shared layers, its splits, the
    views, whether task views show what is not done, the software, and of an edition what it withholds.
    """
    corpus = part.corpus
    if DOCUMENTS.name not in part.frames:
        return None
    said = [software_digest(views), *corpus.settings.splits_of(part.name), *(["unfinished"] if unfinished else [])]
    said += [f"{file} {digest}" for file, digest in part.digests.items()]
    said += part.seed_digests
    seeds = part["documents"].select(file="seed")
    seeds = seeds.join(corpus.seeds.table, on="file", how="left", maintain_order="left")
    said += [
        seeds.write_ndjson(),
        *(rows.write_ndjson() for rows in corpus.shared.values()),
        corpus.scheme.labels_json(),
    ]
    digest = sha256("\0".join(said).encode())
    return digest if edition.full else slow_digest(f"{digest} {edition.digest}")
