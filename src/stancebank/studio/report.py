"""What people read of an import: what annotators changed, what was written, what is to be seen to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from stancebank.corpus import Corpus
from stancebank.faults import counted, printable
from stancebank.studio.importing import Imported
from stancebank.studio.notices import KINDS

_SHOWN = 50  # notices of each kind that are shown


def report_changes(imported: Imported) -> Iterator[str]:
    """What was changed in which document, then totals."""
    for document in imported.documents:
        if document.changed:
            by = f" by {document.annotator}" if document.annotator else ""
            yield printable(f"{document.doc_id}{by}")
            yield from (f"  {line}" for line in document.changes)
            if not document.changes:
                yield f"  {counted(document.changed, 'record')} changed; the list above is long enough"
    changed = sum(document.changed for document in imported.documents)
    yield f"{counted(len(imported.documents), 'annotation')} read, {counted(changed, 'changed record')}"


def report_written(corpus: Corpus, imported: Imported) -> Iterator[str]:
    """The files that were written, and annotators that are to be registered."""
    for file in imported.written:
        yield f"wrote {printable(file)}"
    if not imported.written:
        yield "nothing was to be written"
    known = corpus.register.by_id if corpus.register else {}
    for annotator in sorted({document.annotator for document in imported.documents if document.annotator}):
        if annotator not in known:
            yield f"{printable(annotator)} is not in annotation/annotators.yaml yet"
            yield "  fix: say there who or what made the pass: id, kind, name, date, instructions, note"


def report_notices(imported: Imported) -> Iterator[str]:
    """What was refused, repaired or left, each with its place, then counts by kind."""
    shown = Counter[str]()
    for notice in imported.notices:
        shown[notice.kind] += 1
        if shown[notice.kind] <= _SHOWN:
            yield from notice.lines()
    for kind, count in shown.items():
        if count > _SHOWN:
            yield f"{kind}: {count - _SHOWN:,} more like these"
    outcomes = Counter(KINDS[kind].outcome for kind, count in shown.items() for _ in range(count))
    if outcomes:
        yield ", ".join(f"{count:,} {outcome}" for outcome, count in outcomes.items())
