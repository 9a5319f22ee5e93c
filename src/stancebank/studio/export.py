"""Exporting: the tasks of a corpus as one JSON array, and beside it the base that they come back to."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

import orjson

from stancebank.corpus import Corpus, Part, require_readable
from stancebank.faults import StanceBankError, excerpt
from stancebank.files import new_file, new_folder
from stancebank.studio.base import is_base, save_base, sidecar
from stancebank.studio.tasks import Mode, part_tasks


def export_file(corpus: Corpus, file: Path, mode: Mode, documents: Collection[str] | None = None) -> int:
    """Write the tasks of a sound corpus to a file, and their base into the folder beside it; gives their number.

    documents: ids of those to export; all without it. Raises StanceBankError for an id
    that no document has, and where writing fails; both are then as they were.
    """
    with new_folder(sidecar(file), is_base) as folder, new_file(file) as stream:
        return export_stream(corpus, stream, mode, documents, base=folder)


def export_stream(
    corpus: Corpus,
    stream: BinaryIO,
    mode: Mode,
    documents: Collection[str] | None = None,
    base: Path | None = None,
) -> int:
    """Write the tasks of a sound corpus to a stream, part by part; gives their number.

    base: folder that keeps what was written, for the way back.
    Raises StanceBankError for an id that no document has.
    """
    left = None if documents is None else set(documents)
    number = 0
    for part in _parts(corpus):
        sent = [doc_id for doc_id in part["documents"]["doc_id"] if left is None or doc_id in left]
        for task in part_tasks(part, mode, set(sent)) if sent else ():
            stream.write((b",\n" if number else b"[\n") + orjson.dumps(task))
            number += 1
        if sent and base is not None:
            save_base(base, part, sent, blank=mode is Mode.texts)
        if left is not None:
            left.difference_update(sent)
    if left:
        raise StanceBankError(f"no document is called {excerpt(min(left))}", "name documents of the corpus")
    stream.write(b"\n]\n" if number else b"[]\n")
    return number


def _parts(corpus: Corpus) -> Iterator[Part]:
    for name in corpus.part_names:
        part = corpus.read_part(name)
        require_readable(part.faults)
        yield part
