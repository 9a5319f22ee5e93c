"""What an import makes of the lists of remarks and of work: of what it has read the new state, of the rest the old."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import msgspec

from stancebank.corpus.remarks import Remark, Work, lines_of, read_remarks, read_work, remark_order, work_order
from stancebank.schema.layers import RELATIONS
from stancebank.schema.paths import REMARKS_FILE, WORK_FILE

Key = tuple[str, str | None]
"""A document, and the annotator of the pass; None for the gold."""


class RemarkFiles(NamedTuple):
    """files: those that change, with their bytes. new, gone: the remarks by which they differ, open ones first."""

    files: tuple[tuple[str, bytes], ...]
    new: tuple[Remark, ...]
    gone: tuple[Remark, ...]


def remark_files(root: Path, remarks: Mapping[Key, Iterable[Remark]], work: Mapping[Key, Work]) -> RemarkFiles:
    """The files after an import.

    remarks: of each annotation that is taken. A note that is not there any more goes; a comment stays, since a task
    that is sent again comes without it, and a note on a relation, which Label Studio drops on saving. Who wrote a
    remark stays as it was first told.
    """
    there = read_remarks(root)
    known: dict[tuple[object, ...], Remark] = {_same(each): each for each in there}
    kept = [each for each in there if (each.doc_id, each.annotator) not in remarks]
    for key, told in remarks.items():
        now = {_same(each): each for each in told}
        for each in there:
            if (each.doc_id, each.annotator) == key and (each.kind == "comment" or each.layer == RELATIONS.name):
                now.setdefault(_same(each), each)
        kept += [_first_told(known.get(same), each) for same, each in now.items()]
    after = {_same(each) for each in kept}
    new = tuple(sorted((each for each in kept if _same(each) not in known), key=remark_order))
    gone = tuple(each for each in there if _same(each) not in after)
    files = []
    if set(kept) != set(there):
        files.append((REMARKS_FILE, lines_of(kept, remark_order)))
    earlier: dict[Key, Work] = {(each.doc_id, each.annotator): each for each in (read_work(root) if work else ())}
    later = {**earlier, **work}
    if later != earlier:
        files.append((WORK_FILE, lines_of(later.values(), work_order)))
    return RemarkFiles(tuple(files), new, gone)


def _same(remark: Remark) -> tuple[object, ...]:
    """What makes two remarks the same one."""
    return remark.doc_id, remark.annotator, remark.layer, remark.id, remark.kind, remark.text


def _first_told(earlier: Remark | None, now: Remark) -> Remark:
    if earlier is None:
        return now
    by, date = earlier.by or now.by, earlier.date or now.date
    return msgspec.structs.replace(now, by=by, date=date)
