"""Files of tasks: those of a corpus as one JSON array, and beside it the merge base that they come back to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

import orjson

from stancebank.checks.findings import UnsoundCorpusError
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, Faulty
from stancebank.faults import StanceBankError, counted, excerpt
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.paths import ANNOTATORS_FILE, PASSES
from stancebank.storage.files import new_file, new_folder, write_files
from stancebank.studio.layout.merge_base import is_merge_base, merge_base_files, sidecar
from stancebank.studio.layout.proposals import merge_base_part, proposed_documents, sent_part
from stancebank.studio.layout.tasks import Mode, Way, part_tasks
from stancebank.work.engines import Engine, here
from stancebank.work.memory import without_collections

Advance = Callable[[int], object]
"""Is called after each part, with the number of its tasks."""


def export_file(
    corpus: Corpus,
    file: Path,
    mode: Mode,
    documents: Collection[str] | None = None,
    *,
    way: Way = Way.gold,
    annotator: str | None = None,
    engine: Engine = here,
    advance: Advance = lambda _: None,
) -> int:
    """Write the tasks of a sound corpus to a file, and their base into the folder beside it; gives their number.

    documents: ids of those to export; all without it. way: where the work on them goes.
    annotator: whose pass the tasks carry in place of the gold. engine: where the tasks
    are made. Raises StanceBankError for an id that no document has,
    and where writing fails; both are then as they were.
    """
    with new_folder(sidecar(file), is_merge_base) as folder, new_file(file) as stream:
        return export_stream(
            corpus, stream, mode, documents, folder, way=way, annotator=annotator, engine=engine, advance=advance
        )


def export_stream(
    corpus: Corpus,
    stream: BinaryIO,
    mode: Mode,
    documents: Collection[str] | None = None,
    base: Path | None = None,
    *,
    way: Way = Way.gold,
    annotator: str | None = None,
    engine: Engine = here,
    advance: Advance = lambda _: None,
) -> int:
    """Write the tasks of a sound corpus to a stream, part by part; gives their number.

    base: folder that keeps what was written, for the way back. way: where the work on them goes.
    annotator: whose pass the tasks carry in place of the gold. engine: where the tasks
    are made. Raises StanceBankError for an id that no document has.
    """
    if annotator is not None:
        documents = proposed_documents(corpus, annotator, documents, way)
    left = None if documents is None else set(documents)
    exporter = PartExporter(corpus, mode, way, None if left is None else frozenset(left), base is not None, annotator)
    number = 0
    for part in engine(exporter, corpus.part_names):
        if part.sent:
            stream.write(b",\n" if number else b"[\n")
            stream.write(part.tasks)
            number += len(part.sent)
        if base is not None:
            write_files(base, part.base)
        if left is not None:
            left.difference_update(part.sent)
        advance(len(part.sent))
    if left:
        raise StanceBankError(f"no document is called {excerpt(min(left))}", "name documents of the corpus")
    stream.write(b"\n]\n" if number else b"[]\n")
    return number


@dataclass(frozen=True, slots=True)
class PartExport:
    """The documents of a part that are sent, their tasks with commas between them, and the files of their base."""

    sent: tuple[str, ...]
    tasks: bytes
    base: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class PartExporter:
    """Makes the tasks of a sound corpus part by part; a plain function of a part's name that can go elsewhere.

    documents: ids of those to export; None for all. annotator: whose pass the tasks carry.
    """

    corpus: Corpus
    mode: Mode
    way: Way
    documents: frozenset[str] | None
    with_base: bool
    annotator: str | None = None

    def __call__(self, name: str) -> PartExport:
        """Make the tasks of a part."""
        part = sent_part(self.corpus, name, self.annotator)
        if part is None:
            return PartExport((), b"", {})
        sent = [doc_id for doc_id in part["documents"]["doc_id"] if self.documents is None or doc_id in self.documents]
        if not sent:
            return PartExport((), b"", {})
        made = BytesIO()
        with without_collections():
            for task in part_tasks(part, self.mode, set(sent), self.way):
                made.write(b",\n" if made.tell() else b"")
                made.write(orjson.dumps(task))
        base = (
            merge_base_files(merge_base_part(part, self.way), sent, blank=self.mode is Mode.texts)
            if self.with_base
            else {}
        )
        return PartExport(tuple(sent), made.getvalue(), base)


def require_sound(
    corpus: Corpus | Faulty,
    mode: Mode,
    engine: Engine = here,
    advance: Callable[[int], None] = lambda _: None,
    annotator: str | None = None,
) -> Corpus:
    """The corpus where what tasks carry of it breaks no rule that finds errors; else UnsoundCorpusError.

    What is wrong in annotators' passes does not matter, but for that of the annotator whose pass is sent, nor
    in annotations where only texts are sent. engine, advance: as check_corpus takes them.
    """
    findings = check_corpus(corpus, ERRORS_ALONE, engine, advance, cached=True)
    errors = sum(isinstance(corpus, Faulty) or _is_sent(finding.file, mode, annotator) for finding in findings)
    if errors:
        what = f"the corpus has {counted(errors, 'error')}, and nothing was sent"
        raise UnsoundCorpusError(what, "run stancebank validate and correct what it reports")
    return corpus.sound()


_NOT_SENT = (PASSES, ANNOTATORS_FILE)


def _is_sent(file: str, mode: Mode, annotator: str | None) -> bool:
    """Whether tasks carry something of a file."""
    if annotator is not None and file.startswith(f"{PASSES}/{annotator}/"):
        return True
    layer = KNOWN_LAYERS.get(PurePosixPath(file).stem)
    if layer is not None and layer.in_passes and (layer.tracks or mode is Mode.texts):
        return False
    return not file.startswith(_NOT_SENT)
