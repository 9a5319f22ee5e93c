"""Exporting: the tasks of a corpus as one JSON array, and beside it the base that they come back to."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import orjson

from stancebank.corpus import Corpus, require_readable
from stancebank.engines import Engine, here
from stancebank.faults import StanceBankError, excerpt
from stancebank.files import new_file, new_folder, write_files
from stancebank.studio.base import base_files, is_base, sidecar
from stancebank.studio.tasks import Mode, part_tasks
from stancebank.studio.without_collections import without_collections

Advance = Callable[[int], object]
"""Is called after each part, with the number of its tasks."""


def export_file(
    corpus: Corpus,
    file: Path,
    mode: Mode,
    documents: Collection[str] | None = None,
    *,
    engine: Engine = here,
    advance: Advance = lambda _: None,
) -> int:
    """Write the tasks of a sound corpus to a file, and their base into the folder beside it; gives their number.

    documents: ids of those to export; all without it. engine: where the tasks are made.
    Raises StanceBankError for an id that no document has, and where writing fails; both
    are then as they were.
    """
    with new_folder(sidecar(file), is_base) as folder, new_file(file) as stream:
        return export_stream(corpus, stream, mode, documents, base=folder, engine=engine, advance=advance)


def export_stream(
    corpus: Corpus,
    stream: BinaryIO,
    mode: Mode,
    documents: Collection[str] | None = None,
    base: Path | None = None,
    *,
    engine: Engine = here,
    advance: Advance = lambda _: None,
) -> int:
    """Write the tasks of a sound corpus to a stream, part by part; gives their number.

    base: folder that keeps what was written, for the way back.
    engine: where the tasks are made. Raises StanceBankError for an id that no document has.
    """
    left = None if documents is None else set(documents)
    exporter = PartExporter(corpus, mode, None if left is None else frozenset(left), with_base=base is not None)
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

    documents: ids of those to export; None for all.
    """

    corpus: Corpus
    mode: Mode
    documents: frozenset[str] | None
    with_base: bool

    def __call__(self, name: str) -> PartExport:
        """Make the tasks of a part."""
        part = self.corpus.read_part(name)
        require_readable(part.faults)
        sent = [doc_id for doc_id in part["documents"]["doc_id"] if self.documents is None or doc_id in self.documents]
        if not sent:
            return PartExport((), b"", {})
        made = BytesIO()
        with without_collections():
            for task in part_tasks(part, self.mode, set(sent)):
                made.write(b",\n" if made.tell() else b"")
                made.write(orjson.dumps(task))
        base = base_files(part, sent, blank=self.mode is Mode.texts) if self.with_base else {}
        return PartExport(tuple(sent), made.getvalue(), base)
