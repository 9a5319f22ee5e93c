"""What people read of an import: what annotators changed, what was written, what needs attention."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.remarks import Remark, read_work
from stancebank.faults import counted, printable
from stancebank.schema.layers import STATES
from stancebank.schema.paths import PASSES, REMARKS_FILE
from stancebank.studio.importing.import_run import Imported
from stancebank.studio.importing.notices import KINDS

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
    if imported.marked:
        states = (f"{imported.marked[state]:,} {state}" for state in STATES if state in imported.marked)
        yield f"progress of {counted(sum(imported.marked.values()), 'document')}: {', '.join(states)}"
    for (old, new), number in sorted(imported.renamed.items()):
        yield f"{printable(old)} is called {printable(new)} now: {counted(number, 'item')} renamed"
    changed = sum(document.changed for document in imported.documents)
    yield f"{counted(len(imported.documents), 'annotation')} read, {counted(changed, 'changed record')}"


def report_remarks(imported: Imported) -> Iterator[str]:
    """The remarks that annotators have left since the last import, comments that are open first."""
    for remark in imported.remarks[:_SHOWN]:
        yield f"{_beside(remark)}: {remark.line()}"
    if len(imported.remarks) > _SHOWN:
        yield f"{len(imported.remarks) - _SHOWN:,} more remarks; they are in {REMARKS_FILE}"
    for remark in imported.remarks_gone[:_SHOWN]:
        yield f"{_beside(remark)}: removed: {remark.line()}"
    if imported.remarks:
        still = sum(remark.open for remark in imported.remarks)
        yield f"{counted(len(imported.remarks), 'new remark')}, {still:,} unresolved; stancebank show DOC shows them"


def _beside(remark: Remark) -> str:
    return printable(f"{remark.doc_id} by {remark.annotator}" if remark.annotator else remark.doc_id)


def report_written(corpus: Corpus, imported: Imported) -> Iterator[str]:
    """The files that were written, and annotators that are to be registered."""
    for file in imported.written:
        yield f"wrote {printable(file)}"
    if not imported.written:
        yield "nothing was to be written"
        return
    known = corpus.register.by_id if corpus.register else {}
    for annotator in imported.annotators:
        if annotator not in known:
            yield f"{printable(annotator)} is not in annotation/annotators.yaml yet"
            yield "  fix: say there who that is: id, kind, name, date, instructions, note"


def report_findings(corpus: Corpus, imported: Imported) -> Iterator[str]:
    """The errors in the parts that were written, each with whose work it is in, and the number of warnings."""
    if not imported.written:
        return
    written = {PurePosixPath(file).parent for file in imported.written}
    found = [each for each in check_corpus(read_corpus(corpus.root)) if PurePosixPath(each.file).parent in written]
    errors = [each for each in found if each.severity == "error"]
    changed_by = {each.doc_id: each.changed_by for each in read_work(corpus.root) if each.annotator is None}
    for error in errors[:_SHOWN]:
        place = [_pass_of(error.file) or changed_by.get(error.document or ""), error.document, error.record]
        where = ", ".join(printable(each) for each in place if each)
        yield f"{where or printable(error.file)}: error: {error.rule} {error.name}"
        yield f"  {printable(error.what)}"
        if error.context:
            yield f"  {printable(error.context)}"
        yield f"  fix: {printable(error.fix)}"
    if found:
        counts = Counter(each.severity for each in found)
        told = " and ".join(counted(counts[each], each) for each in ("error", "warning") if counts[each])
        yield f"{told} in the parts that were written; stancebank validate shows them"


def _pass_of(file: str) -> str | None:
    """The annotator of the pass that a file belongs to."""
    return file.removeprefix(f"{PASSES}/").partition("/")[0] if file.startswith(f"{PASSES}/") else None


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
