"""What the last validation of a corpus found, for as long as nothing in it changes: told without reading a record.

It is known before any library that reads corpora is loaded.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from stancebank.checks.findings import Finding
from stancebank.checks.kept_results import circumstances, kept_file, read_kept, write_kept
from stancebank.schema.paths import ANNOTATION, CORPUS, SCHEMAS, SEEDS
from stancebank.storage.folder_state import FolderState, folder_state

FOLDERS = (CORPUS, ANNOTATION, SCHEMAS, SEEDS)
"""What a validation reads."""
_MOST = 10_000  # findings of a corpus that are kept


class Validated(NamedTuple):
    """What a validation finds, and what corpus.yaml says of failing on warnings and of the most findings shown."""

    findings: Iterable[Finding]
    strict: bool
    max: int | None


class _Entry(msgspec.Struct):
    state: str
    findings: tuple[Finding, ...]
    strict: bool
    max: int | None


_DECODER = msgspec.msgpack.Decoder(_Entry)


@dataclass(frozen=True)
class ValidatedBefore:
    """The last validation of a corpus with the same rules, and the corpus as it is now."""

    file: Path
    files: FolderState
    state: str

    @classmethod
    def of(cls, root: Path, select: Sequence[str] | None, ignore: Sequence[str] | None) -> ValidatedBefore | None:
        """That of a root and of rules that were asked for; None where the state of its files cannot be told."""
        files = folder_state(root, FOLDERS)
        if files is None:
            return None
        state = hashlib.sha256("\0".join(circumstances()).encode())
        for file, digest in files.digests.items():
            state.update(f"\0{digest} {file}".encode(errors="surrogateescape"))
        return cls(kept_file("validation", str(root.absolute()), select, ignore), files, state.hexdigest())

    def known(self) -> Validated | None:
        """What it found, where nothing has changed; otherwise None."""
        known = read_kept(self.file, _DECODER)
        return Validated(known.findings, known.strict, known.max) if known and known.state == self.state else None

    def keeping(self, validated: Validated) -> Validated:
        """A validation that is kept once all its findings have been taken, unless something changed meanwhile."""
        return validated._replace(findings=self._keep(validated))

    def _keep(self, validated: Validated) -> Iterator[Finding]:
        kept: list[Finding] = []
        for finding in validated.findings:
            if len(kept) <= _MOST:
                kept.append(finding)
            yield finding
        if len(kept) <= _MOST and self.files.still_holds():
            write_kept(self.file, _Entry(self.state, tuple(kept), validated.strict, validated.max))
