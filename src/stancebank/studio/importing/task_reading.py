"""Reading the tasks of one part: what each annotator made of each document, and what is wrong with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Any

from stancebank.corpus.corpus import Corpus
from stancebank.corpus.remarks import Remark, Work
from stancebank.faults import counted
from stancebank.schema.layers import DONE
from stancebank.schema.scheme_layers import Layers
from stancebank.storage.json_positions import JsonPath
from stancebank.studio.importing.annotation_remarks import (
    annotation_remarks,
    annotation_work,
    is_rejected,
    record_notes,
)
from stancebank.studio.importing.annotator_changes import changed_records, changes
from stancebank.studio.importing.decoding import Annotation, Task, decode_items, decode_task
from stancebank.studio.importing.merge import Conflict, merge
from stancebank.studio.importing.notices import Notice
from stancebank.studio.importing.part_files import Taken
from stancebank.studio.importing.part_states import PartStates, States
from stancebank.studio.importing.people import Account, People, shown_person
from stancebank.studio.importing.region_records import Conversion, Origin, to_records
from stancebank.studio.importing.renamed_labels import Renamed
from stancebank.studio.importing.results import ResultReader
from stancebank.studio.importing.stored_records import document_lines
from stancebank.studio.importing.task_documents import Document, TaskDocuments
from stancebank.studio.importing.task_marks import Mark, editor, furthest, is_as_sent, owner, task_marks
from stancebank.studio.importing.undecided import undecided_values
from stancebank.studio.layout.document_records import Records
from stancebank.studio.layout.tasks import Mode, Way, records_digest

LINES_KEPT = 5000  # of changes, over all documents; the others are counted
_SHOWN = 3  # undecided values of a document that a notice names


@dataclass(frozen=True, slots=True)
class ImportedDocument:
    """One document as an annotator left it.

    annotator: None for the corpus's own annotations. changed: how many records are not
    as they were sent, or as in the annotator's earlier pass. changes: what has changed
    in them, in lines for people; not all of it where the export has very many.
    """

    doc_id: str
    annotator: str | None
    changes: tuple[str, ...]
    changed: int


class Reader:
    """The tasks of one part in reading, in the order of the export.

    way: where the work on tasks goes that do not say it.
    """

    def __init__(
        self,
        corpus: Corpus,
        sent: Corpus,
        base: Path | None,
        people: People,
        name: str | None,
        way: Way | None,
    ) -> None:
        self.notices: list[Notice] = []
        self.documents: dict[tuple[str, str | None], tuple[int, ImportedDocument]] = {}
        self.met: dict[Account, tuple[int, int]] = {}
        self.working: set[Account] = set()
        self.states = PartStates(corpus, sent, base, name)
        self.taken: dict[str | None, dict[str, Taken]] = {}
        self.marks: dict[str | None, dict[str, Mark]] = {}
        self.remarks: dict[tuple[str, str | None], tuple[Remark, ...]] = {}
        self.work: dict[tuple[str, str | None], Work] = {}
        self.renamed: Renamed = Counter()
        self._documents = TaskDocuments(self.states.texts, corpus.scheme.format, way)
        self._scheme = corpus.scheme
        self._results = ResultReader(corpus.scheme, frozenset(corpus.targets["target_id"]))
        self._people = people
        self._seen: dict[tuple[str, str | None], Account] = {}
        self._lines = 0

    def task(self, number: int, raw: bytes) -> None:
        """Read one task; number: its index in the export."""
        task, notices = decode_task(raw, (number,))
        self.notices += notices
        document = self._documents.open(number, task) if task else None
        if task is None or document is None:
            return
        if isinstance(document, Notice):
            self.notices.append(document)
            if document.kind == "document-twice":
                self._forget(document.document or "")
            return
        if task.completions and not task.annotations:
            what = f"the task has {_number(task.completions)}, as Label Studio before 1.0 wrote annotations"
            fix = "import them into a later Label Studio, and export them from there"
            self._say(document, "completions-old", (*document.path, "completions"), what, fix)
            return
        read: dict[int, tuple[Origin, Conversion]] = {}
        worked: list[Annotation] = []
        for index, annotation in enumerate(task.annotations or ()):
            path = (*document.path, "annotations", index)
            if annotation is None:
                what = "an annotation is not an object with a list as its result"
                self._say(document, "task-malformed", path, what, "export it again from Label Studio")
                continue
            who = owner(annotation, self._people)
            for account in (who, editor(annotation, self._people)):
                self.met.setdefault(account, (number, len(self.met)))
            annotator = self._people.annotator(who) if document.way is Way.passes else None
            if annotation.was_cancelled:
                worked.append(annotation)
                what, fix = "the document was skipped", "open it and annotate it, unless that was intended"
                self._say(document, "annotation-skipped", path, what, fix, self._people.annotator(who))
                continue
            states = self.states.of(document, annotator)
            origin = self.states.origin(document, annotator, states)
            conversion = self._converted(origin, annotation.result, path)
            touched = not is_as_sent(annotation, task.data) or conversion.records != states.sent
            if touched:
                worked.append(annotation)
            if touched or annotator is None:
                self._annotation(document, annotation, annotator, path, states, origin, conversion, touched=touched)
            if touched and document.doc_id in self.taken.get(annotator, {}):
                self._beside(document, annotation, annotator, path, conversion, task)
            if annotation.id is not None:
                read[annotation.id] = origin, conversion
        self._drafts(document, task.drafts, read)
        self._missing(document, task)
        self._mark(document, task, worked)
        if task.predictions and not task.annotations:
            what, fix = "nobody has submitted the predictions for this document", "open it and submit what is right"
            self._say(document, "prediction-left", (*document.path, "predictions"), what, fix)

    def _beside(
        self,
        document: Document,
        annotation: Annotation,
        annotator: str | None,
        path: JsonPath,
        conversion: Conversion,
        task: Task,
    ) -> None:
        """Keep what was left beside an annotation that is taken, and report the verdicts on it."""
        key = document.doc_id, annotator
        self.remarks[key] = tuple(annotation_remarks(*key, annotation, conversion.notes, self._people))
        work = annotation_work(*key, annotation, task.predictions, self._people)
        self.work |= {key: work} if work else {}
        if is_rejected(annotation):
            what, fix = "a reviewer has rejected this annotation; it was taken", "have it corrected, and pull again"
            self._say(document, "review-rejected", path, what, fix, annotator)
        if annotation.ground_truth is True and task.data.mode != Mode.annotations:  # what a push sends has one anyway
            what = "the annotation has the star of a ground truth, which makes no difference here"
            fix = "nothing; what counts as gold is decided by the way of the project, and by stancebank adjudicate"
            self._say(document, "ground-truth-starred", (*path, "ground_truth"), what, fix, annotator)

    def _missing(self, document: Document, task: Task) -> None:
        """Report what is not in the task although it was there: annotations of an earlier import, and comments."""
        annotations = [each for each in task.annotations or () if each is not None]
        there = {self._people.annotator(owner(each, self._people)) for each in annotations}
        for (doc_id, annotator), saved in self.states.saved.items():
            lost = annotator not in there if annotator else not annotations
            if doc_id == document.doc_id and saved.startswith(DONE) and lost:
                what = "the annotation that an earlier import has read was deleted; what was read stays"
                fix = "restore it in Label Studio, or undo here what came of it"
                self._say(document, "annotation-deleted", document.path, what, fix, annotator or None)
        listed = sum(len(each.comments) for each in annotations if isinstance(each.comments, list))
        if isinstance(task.comment_count, int) and task.comment_count > listed:
            what = f"{counted(task.comment_count - listed, 'comment')} on this task cannot be read from the export"
            self._say(document, "comment-elsewhere", document.path, what, "read them in Label Studio")

    def _mark(self, document: Document, task: Task, worked: Iterable[Annotation]) -> None:
        """Keep how far each annotator is; not of work that is refused."""
        marks = task_marks(task.data, document.way, worked, task.drafts, self._people)
        by_annotator: dict[str | None, list[Mark]] = {}
        for mark in marks:
            self.working.add(mark.who)
            annotator = self._people.annotator(mark.who) if document.way is Way.passes else None
            by_annotator.setdefault(annotator, []).append(mark)
        for annotator, found in by_annotator.items():
            refused = (document.doc_id, annotator) in self._seen
            if document.doc_id in self.taken.get(annotator, {}) or not refused:
                self.marks.setdefault(annotator, {})[document.doc_id] = furthest(found)

    def _drafts(self, document: Document, drafts: object, read: Mapping[int, tuple[Origin, Conversion]]) -> None:
        """Report the drafts that say something else than the annotation that they are of."""
        for index, draft in enumerate(drafts if isinstance(drafts, list) else ()):
            path = (*document.path, "drafts", index)
            who, count = "somebody", "something in it"
            if isinstance(draft, dict):
                account = self._people.account(draft.get("user"))
                self.met.setdefault(account, (document.number, len(self.met)))
                who = shown_person(account)
            if isinstance(draft, dict) and isinstance(draft.get("result"), list):
                submitted = draft.get("annotation")
                if isinstance(submitted, int) and submitted in read:
                    origin, conversion = read[submitted]
                    again = self._converted(origin, draft["result"], path)
                    if again.records == conversion.records and not _refuses(again.notices):
                        continue
                elif submitted is None and not draft["result"]:
                    continue  # opened or postponed: there is nothing in it that could be lost
                count = counted(len(draft["result"]), "item")
            what = f"a draft by {who} with {count} was never submitted, and is not imported"
            fix = "open the document and update, submit or discard it"
            self._say(document, "draft-not-submitted", path, what, fix)

    def _say(
        self,
        document: Document,
        kind: str,
        path: JsonPath,
        what: str,
        fix: str,
        annotator: str | None = None,
        region: str | None = None,
    ) -> None:
        self.notices.append(document.notice(kind, path, what, fix, annotator, region))

    def _annotation(
        self,
        document: Document,
        annotation: Annotation,
        annotator: str | None,
        path: JsonPath,
        states: States,
        origin: Origin,
        conversion: Conversion,
        *,
        touched: bool,
    ) -> None:
        """Keep what one annotation says where it can be taken. touched: whether it is more than what was sent."""
        first, where = len(self.notices), (*path, "result")
        for notice in conversion.notices:
            self.notices.append(replace(notice, task=document.task, document=document.doc_id, annotator=annotator))
        who, key = owner(annotation, self._people), (document.doc_id, annotator)
        if key in self._seen:
            self._second(document, where, annotator, self._seen[key], who)
        elif not annotation.result and any(states.ours.values()):
            what = f"the annotation is empty, and the document has {sum(map(len, states.ours.values())):,} records"
            fix = "restore it in Label Studio; or, if that was intended, empty the layers by hand"
            self._say(document, "annotation-empty", where, what, fix, annotator)
        self._seen.setdefault(key, who)
        if not _refuses(self.notices[first:]):
            self._take(document, annotator, where, states, origin, conversion)
            if touched:
                self._report_submitted(document, annotation, annotator, path, conversion.records)

    def _second(
        self, document: Document, where: JsonPath, annotator: str | None, earlier: Account, who: Account
    ) -> None:
        """Refuse another annotation for the corpus, or for one pass, and the one before it."""
        if annotator is None and earlier != who:
            what = f"{shown_person(earlier)} and {shown_person(who)} have both annotated this document, and the project"
            what += " holds corrections of the gold, one for each document; neither was taken"
            fix = "delete one of the two in Label Studio; passes need a project of their own: stancebank studio push"
            fix += " --passes 2 --project TITLE"
            if not document.says_way:
                fix += "; if this project holds passes, export it as JSON and import that with --as passes"
            self._say(document, "annotator-second", where, what, fix)
        else:
            whose = "the corpus itself" if annotator is None else annotator
            what = f"there is another annotation of this document for {whose}, and neither was taken"
            fix = "delete one in Label Studio"
            fix += "" if earlier == who else ", or give each account an annotator of its own with --annotator"
            self._say(document, "annotator-twice", where, what, fix, annotator)
        self._discard(document.doc_id, annotator)

    def _report_submitted(
        self, document: Document, annotation: Annotation, annotator: str | None, path: JsonPath, records: Records
    ) -> None:
        """Report what is left open in work that is submitted, and who else has changed a pass."""
        left = undecided_values(records, self._scheme)
        if left:
            listed = ", ".join(left[:_SHOWN]) + (f" and {len(left) - _SHOWN:,} more" if len(left) > _SHOWN else "")
            what = f"{counted(len(left), 'value')} undecided, which the scheme requires: {listed}"
            fix = "decide in Label Studio and update; or take the column out of required in schemas/scheme.yaml"
            self._say(document, "value-undecided", (*path, "result"), what, fix, annotator)
        who, last = owner(annotation, self._people), editor(annotation, self._people)
        if annotator is not None and who != last:
            what = f"{shown_person(last)} has changed the annotation of {shown_person(who)} last"
            fix = "check that the pass is still that of its annotator"
            self._say(document, "edited-by-another", path, what, fix, annotator)

    def _take(
        self,
        document: Document,
        annotator: str | None,
        where: JsonPath,
        states: States,
        origin: Origin,
        conversion: Conversion,
    ) -> None:
        """Merge what an annotation says with the corpus, and keep it for writing; not where that cannot be."""
        was, sent, ours = states.was, states.sent, states.ours
        # Where nothing was changed it is the very same object from here on, which costs nothing to compare.
        theirs = sent if conversion.records == sent else conversion.records
        records = theirs
        if annotator is None:
            doubtful = states.guessed and any(ours.values()) and theirs != ours
            if doubtful and document.made_of != records_digest(ours):
                what = "what was sent is not known here, and the corpus has been changed since"
                fix = "pull where it was pushed, or name what was sent with --base"
                self._say(document, "base-missing", where, what, fix)
                return
            records, conflicts = _reconciled(sent, ours, theirs, self._scheme.layers)
            for conflict in conflicts:
                what = f"{conflict.id or 'the document'} was changed in the corpus and by the annotator"
                what += f": {', '.join(conflict.fields)}" if conflict.fields else ""
                fix = "undo one of the two, in the corpus or in Label Studio"
                self._say(document, "changed-on-both-sides", where, what, fix, region=conflict.id or None)
            if conflicts:
                return
            if theirs is sent and records != theirs:
                apart = counted(changed_records(theirs, records), "record")
                what = f"{apart} changed here since the last push or pull; Label Studio still has the earlier state"
                fix = "nothing, if the corpus was edited; if git has reverted it, see docs/label-studio.md"
                self._say(document, "corpus-apart", where, what, fix)
        made = (
            was.document_lines(document.doc_id)
            if was and theirs is sent
            else document_lines(theirs, self._scheme.layers)
        )
        merged = made if records is theirs else document_lines(records, self._scheme.layers)
        there = states.now.there and (records is ours or records == ours)
        layers = (
            ()
            if records is ours
            else tuple(layer for layer in self._scheme.layers.annotated if records[layer] != ours[layer])
        )
        taken = Taken(None if there else merged, made, conversion.names, layers)
        self.taken.setdefault(annotator, {})[document.doc_id] = taken
        self.renamed += conversion.renamed
        self._report(document, annotator, origin.base if annotator else sent, theirs)

    def _report(self, document: Document, annotator: str | None, before: Records, after: Records) -> None:
        changed = 0 if before is after else changed_records(before, after)
        lines = tuple(islice(changes(before, after, self._scheme.layers), LINES_KEPT - self._lines)) if changed else ()
        self._lines += len(lines)
        imported = ImportedDocument(document.doc_id, annotator, lines, changed)
        self.documents[document.doc_id, annotator] = document.number, imported

    def _forget(self, doc_id: str) -> None:
        """Take nothing of a document."""
        for annotator in self.taken:
            self._discard(doc_id, annotator)
        for marks in self.marks.values():
            marks.pop(doc_id, None)

    def _discard(self, doc_id: str, annotator: str | None) -> None:
        self.taken.get(annotator, {}).pop(doc_id, None)
        self.remarks.pop((doc_id, annotator), None)
        self.work.pop((doc_id, annotator), None)
        _, imported = self.documents.pop((doc_id, annotator), (0, None))
        self._lines -= len(imported.changes) if imported else 0

    def _converted(self, origin: Origin, result: list[Any], path: JsonPath) -> Conversion:
        where = (*path, "result")
        decoded = decode_items(result, where)
        renamed = self.states.renamed.rename(decoded[0])
        reading = self._results.read(decoded, origin.text, origin.entities, where)
        conversion = to_records(reading, origin, self._scheme, self._results, where)
        notes = record_notes(decoded[0], reading, conversion.records, conversion.names)
        notices = (*reading.notices, *conversion.notices)
        return replace(conversion, notices=notices, notes=notes, renamed=renamed)


def _reconciled(sent: Records, ours: Records, theirs: Records, layers: Layers) -> tuple[Records, tuple[Conflict, ...]]:
    """The three merged; two annotations that were made of one text independently are a conflict as a whole."""
    if any(ours.values()) and not any(sent.values()) and ours != theirs:
        return ours, (Conflict("documents", "", ("all of it",)),)
    return merge(sent, ours, theirs, layers)


def _number(completions: object) -> str:
    return counted(len(completions), "completion") if isinstance(completions, list) else "completions"


def _refuses(notices: Iterable[Notice]) -> bool:
    return any(notice.outcome == "refused" for notice in notices)
