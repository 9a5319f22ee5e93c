"""Reading the tasks of one part: what each annotator made of each document, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from stancebank.corpus import PASSES, Corpus
from stancebank.faults import StanceBankError, counted, excerpt, printable
from stancebank.files import read_inside
from stancebank.json_places import JsonPath
from stancebank.layers import ENTITIES, LAYERS, PART_LAYERS, Column
from stancebank.studio.base import NamesByDocument, names_file, names_lines, read_names
from stancebank.studio.changes import changed_records, changes
from stancebank.studio.decoding import Task, decode_items, decode_task, shown_id
from stancebank.studio.merge import Conflict, merge
from stancebank.studio.notices import Notice
from stancebank.studio.people import Account, People, account, shown_person
from stancebank.studio.records import ANNOTATED, Conversion, Names, Origin, Record, Records, no_records, to_records
from stancebank.studio.results import ResultReader
from stancebank.studio.staging import NewFile
from stancebank.studio.stored import StoredPart, document_lines
from stancebank.studio.tasks import Mode, records_digest

LINES_KEPT = 5000  # of changes, over all documents; the others are counted


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


@dataclass(frozen=True, slots=True)
class _Document:
    """What is known of a task's document while its annotations are read.

    task: its id, for people. offered: the entities that could be chosen, by alias.
    blank: whether it was sent without annotations. made_of: digest of the records that
    were sent.
    """

    task: str
    path: JsonPath
    doc_id: str
    offered: Mapping[str, Mapping[str, object]]
    blank: bool
    made_of: object

    @property
    def number(self) -> int:
        """The index of the task in the export."""
        return int(self.path[0])


@dataclass(frozen=True, slots=True)
class _States:
    """A document as it was sent and as it is now.

    was: the part that holds it as it was sent; None where it was sent blank. now: the
    part of the corpus or of the annotator's pass. sent, ours: the records in the two.
    guessed: whether the corpus stands in for what was sent, since no base has it.
    """

    was: StoredPart | None
    now: StoredPart
    sent: Records
    ours: Records
    guessed: bool


class Taken(NamedTuple):
    """One document's annotation that is taken, as lines of the annotated layers in their order.

    lines: what is to be written, after merging; None where it is there already. made:
    what the annotator made of it, which the next export is compared with. names: of
    the regions that are not called like their record.
    """

    lines: list[bytes] | None
    made: list[bytes]
    names: Names


class Reader:
    """The tasks of one part in reading, in the order of the export.

    name: of the part; None for tasks of documents that the corpus does not have. sent:
    what was sent, as a corpus; the corpus itself where that is not known. base: its
    folder, where it is a base that names regions.
    """

    def __init__(self, corpus: Corpus, sent: Corpus, base: Path | None, people: People, name: str | None) -> None:
        assert corpus.scheme is not None
        assert corpus.targets is not None
        self.notices: list[Notice] = []
        self.documents: dict[tuple[str, str | None], tuple[int, ImportedDocument]] = {}
        self.met: dict[Account, tuple[int, int]] = {}
        self.shared = people.shared
        self._corpus = corpus
        self._sent_corpus = sent
        self._base = base
        self._based = name in sent.part_names
        self._name = name or ""
        self._version = corpus.scheme.version
        self._results = ResultReader(corpus.scheme, frozenset(corpus.targets["target_id"]))
        self._people = people
        self._stored: dict[str | None, StoredPart] = {}
        self._texts = self._now(None).texts if name is not None else {}
        self._tasks: dict[str, str] = {}
        self._seen: set[tuple[str, str | None]] = set()
        self._taken: dict[str | None, dict[str, Taken]] = {}
        self._lines = 0

    def task(self, number: int, raw: bytes) -> None:
        """Read one task; number: its index in the export."""
        task, notices = decode_task(raw, (number,))
        self.notices += notices
        document = self._opened(number, task) if task else None
        if task is None or document is None:
            return
        annotations = [annotation for annotation in task.annotations or () if annotation is not None]
        submitted = [annotation for annotation in annotations if annotation.was_cancelled is not True]
        self.shared |= len({account(annotation.completed_by).name for annotation in submitted}) > 1
        read: dict[int, tuple[Origin, Conversion]] = {}
        for index, annotation in enumerate(task.annotations or ()):
            path = (*document.path, "annotations", index)
            if annotation is None:
                what = "an annotation is no object with a list as its result"
                self._say(document, "task-malformed", path, what, "export it again from Label Studio")
                continue
            who = account(annotation.completed_by)
            self.met.setdefault(who, (number, len(self.met)))
            annotator = self._people.annotator(who)
            if annotation.was_cancelled:
                what, fix = "the document was skipped", "open it and annotate it, where that was not meant"
                self._say(document, "annotation-skipped", path, what, fix, annotator)
                continue
            made = self._annotation(document, annotation.result, annotator, path)
            if annotation.id is not None:
                read[annotation.id] = made
        self._drafts(document, task.drafts, read)
        if task.predictions and not annotations:
            what, fix = "nobody has submitted the predictions for this document", "open it and submit what is right"
            self._say(document, "prediction-left", (*document.path, "predictions"), what, fix)

    def new_files(self, *, unchanged: bool) -> Iterator[NewFile]:
        """The layers that are not as they are stored, with what was read in place of what was there.

        unchanged: all layers of all passes that were read, also those that are as they are.
        """
        for annotator in sorted(self._taken, key=lambda annotator: annotator or ""):
            stored, taken = self._now(annotator), self._taken[annotator]
            new = {doc_id: each.lines for doc_id, each in taken.items() if each.lines is not None}
            folder = f"{PASSES}/{annotator}" if annotator else "corpus"
            for file, layer, data in self._layers(folder, stored, new) if new or (taken and unchanged) else ():
                if unchanged or data != stored.file(layer):
                    yield NewFile(annotator or "", file, data)

    def new_base(self) -> Iterator[NewFile]:
        """The files of the base that change: what annotators have made of the documents in place of what was sent."""
        if not (self._based and any(self._taken.values())):
            return
        names = dict(self._names)
        for annotator, documents in self._taken.items():
            names |= {(doc_id, annotator or ""): dict(taken.names) for doc_id, taken in documents.items()}
        made = {doc_id: taken.made for doc_id, taken in self._taken.get(None, {}).items()}
        for file, layer, data in self._layers("corpus", self._sent, made) if made else ():
            if data != self._sent.file(layer):
                yield NewFile("", file, data)
        yield NewFile("", names_file(self._name), names_lines(names))

    def _layers(
        self, folder: str, stored: StoredPart, new: Mapping[str, list[bytes]]
    ) -> Iterator[tuple[str, str, bytes]]:
        """File, layer and bytes of each annotated layer, with new lines of some documents."""
        for index, layer in enumerate(ANNOTATED):
            lines = (new[doc_id][index] if doc_id in new else stored.lines(layer, doc_id) for doc_id in stored.texts)
            yield f"{folder}/{self._name}/{LAYERS[layer].file_name}", layer, b"".join(lines)

    def _drafts(self, document: _Document, drafts: object, read: Mapping[int, tuple[Origin, Conversion]]) -> None:
        """Report the drafts that say something else than the annotation that they are of."""
        for index, draft in enumerate(drafts if isinstance(drafts, list) else ()):
            path = (*document.path, "drafts", index)
            who, count = "somebody", "something in it"
            if isinstance(draft, dict):
                who = shown_person(draft.get("user"))
            if isinstance(draft, dict) and isinstance(draft.get("result"), list):
                submitted = draft.get("annotation")
                if isinstance(submitted, int) and submitted in read:
                    origin, conversion = read[submitted]
                    again = self._converted(origin, draft["result"], path)
                    if again.records == conversion.records and not _refuses(again.notices):
                        continue
                count = counted(len(draft["result"]), "item")
            what = f"a draft by {who} with {count} was never submitted, and is not imported"
            fix = "open the document and update, submit or discard it"
            self._say(document, "draft-not-submitted", path, what, fix)

    def _say(
        self,
        document: _Document,
        kind: str,
        path: JsonPath,
        what: str,
        fix: str,
        annotator: str | None = None,
        region: str | None = None,
    ) -> None:
        self.notices.append(Notice(kind, path, what, fix, document.task, document.doc_id, annotator, region))

    def _opened(self, number: int, task: Task) -> _Document | None:
        """The document of a task, or None where nothing is to be read for it."""
        path: JsonPath = (number,)
        data, named = task.data, shown_id(task.id)
        if data.doc_id not in self._texts:
            what = f"the doc_id is {excerpt(data.doc_id)}, and the corpus has no such document"
            fix = "import it into the corpus that it was exported from"
            self.notices.append(Notice("document-unknown", (*path, "data", "doc_id"), what, fix, named))
            return None
        listed = data.entities if isinstance(data.entities, list) else ()
        offered = {each["alias"]: each for each in listed if _is_choice(each)}
        document = _Document(named, path, data.doc_id, offered, data.mode == Mode.texts, data.made_of)
        if data.doc_id in self._tasks:
            what = f"the task {self._tasks[data.doc_id]} is for this document too, and neither was taken"
            fix = "delete the one that nobody has worked on, in Label Studio"
            self._say(document, "document-twice", path, what, fix)
            for annotator in self._taken:
                self._discard(data.doc_id, annotator)
            return None
        self._tasks[data.doc_id] = named
        if data.text != self._texts[data.doc_id]:
            what = "the text is not that of the document in the corpus"
            fix = "import it with the text as it was; push --replace drops what was done with the old one"
            self._say(document, "text-changed", (*path, "data", "text"), what, fix)
            return None
        if data.scheme_version not in (self._version, None):
            what = f"the task's scheme has version {excerpt(data.scheme_version)}, the corpus's {self._version}"
            fix = "import it with the scheme as it was, then change the scheme and push with --replace"
            self._say(document, "scheme-changed", (*path, "data", "scheme_version"), what, fix)
            return None
        return document

    def _annotation(
        self, document: _Document, result: list[Any], annotator: str | None, path: JsonPath
    ) -> tuple[Origin, Conversion]:
        """Read one annotation, and keep what it says where it can be taken."""
        states = self._states(document, annotator)
        origin = self._origin(document, annotator, states)
        conversion = self._converted(origin, result, path)
        first, where = len(self.notices), (*path, "result")
        for notice in conversion.notices:
            self.notices.append(replace(notice, task=document.task, document=document.doc_id, annotator=annotator))
        if (document.doc_id, annotator) in self._seen:
            who = "the corpus itself" if annotator is None else annotator
            what = f"there is another annotation of this document for {who}, and neither was taken"
            fix = "delete one in Label Studio, or say with --annotator whose each of them is"
            self._say(document, "annotator-twice", where, what, fix, annotator)
            self._discard(document.doc_id, annotator)
        elif not result and any(states.ours.values()):
            what = f"the annotation is empty, and the document has {sum(map(len, states.ours.values())):,} records"
            fix = "restore it in Label Studio; or, where it was meant, empty the layers by hand"
            self._say(document, "annotation-empty", where, what, fix, annotator)
        self._seen.add((document.doc_id, annotator))
        if not _refuses(self.notices[first:]):
            self._take(document, annotator, where, states, origin, conversion)
        return origin, conversion

    def _take(
        self,
        document: _Document,
        annotator: str | None,
        where: JsonPath,
        states: _States,
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
            records, conflicts = _reconciled(sent, ours, theirs)
            for conflict in conflicts:
                what = f"{conflict.id or 'the document'} was changed in the corpus and by the annotator"
                what += f": {', '.join(conflict.fields)}" if conflict.fields else ""
                fix = "undo one of the two; or import it as a pass, with --annotator"
                self._say(document, "changed-on-both-sides", where, what, fix, region=conflict.id or None)
            if conflicts:
                return
            if theirs is sent and records != theirs:
                apart = counted(changed_records(theirs, records), "record")
                what = f"{apart} changed here since the last push or pull; Label Studio still says otherwise"
                fix = "nothing, where the corpus was edited; where git has set it back, see docs/label-studio.md"
                self._say(document, "corpus-apart", where, what, fix)
        made = was.document_lines(document.doc_id) if was and theirs is sent else document_lines(theirs)
        merged = made if records is theirs else document_lines(records)
        there = states.now.there and (records is ours or records == ours)
        taken = Taken(None if there else merged, made, conversion.names)
        self._taken.setdefault(annotator, {})[document.doc_id] = taken
        self._report(document, annotator, origin.base if annotator else sent, theirs)

    def _report(self, document: _Document, annotator: str | None, before: Records, after: Records) -> None:
        changed = 0 if before is after else changed_records(before, after)
        lines = tuple(islice(changes(before, after), LINES_KEPT - self._lines)) if changed else ()
        self._lines += len(lines)
        imported = ImportedDocument(document.doc_id, annotator, lines, changed)
        self.documents[document.doc_id, annotator] = document.number, imported

    def _discard(self, doc_id: str, annotator: str | None) -> None:
        self._taken.get(annotator, {}).pop(doc_id, None)
        _, imported = self.documents.pop((doc_id, annotator), (0, None))
        self._lines -= len(imported.changes) if imported else 0

    def _now(self, annotator: str | None) -> StoredPart:
        """The part as it is now, in the corpus or in an annotator's pass."""
        if annotator not in self._stored:
            self._stored[annotator] = StoredPart(self._corpus, self._name, annotator)
        return self._stored[annotator]

    @cached_property
    def _names(self) -> NamesByDocument:
        return read_names(self._base, self._name) if self._base else {}

    @cached_property
    def _sent(self) -> StoredPart:
        """The part as it was sent."""
        sent = self._sent_corpus
        if sent is self._corpus or _same_files(sent, self._corpus, self._name):
            return self._now(None)
        try:
            return StoredPart(sent, self._name)
        except StanceBankError as error:
            what = f"the base {printable(str(sent.root))} cannot be read: {error.what.partition(': ')[2]}"
            raise StanceBankError(what, "restore it, or name another one with --base") from None

    def _states(self, document: _Document, annotator: str | None) -> _States:
        """What was sent of a document, and what the corpus or the annotator's pass says of it now."""
        own, now = self._now(None), self._now(annotator)
        based = self._based and document.doc_id in self._sent.texts
        was: StoredPart | None = own
        if document.blank and (annotator is not None or not based or self._base is None):
            was = None  # of a pass over a blank text nothing was sent, whatever a pull has made of the base since
        elif based:
            was = self._sent
        sent = was.records(document.doc_id) if was else no_records()
        same = was is not None and (
            was is now or was.document_lines(document.doc_id) == now.document_lines(document.doc_id)
        )
        ours = sent if same else now.records(document.doc_id)
        return _States(
            was, now, sent, ours, guessed=was is own and not (self._sent_corpus is not self._corpus and based)
        )

    def _origin(self, document: _Document, annotator: str | None, states: _States) -> Origin:
        ours = states.ours
        # Of a pass that is there already it is the pass that ids are kept from.
        base = ours if annotator is not None and any(ours.values()) else states.sent
        taken = {id for records in ours.values() for id in records} | set(self._now(None).sentence_ids(document.doc_id))
        entities = dict(base["entities"])
        for id in document.offered.keys() - entities.keys():
            record = _offered_entity(document.doc_id, document.offered[id])
            if record is not None and (id not in taken or id in ours["entities"]):
                entities[id] = record
        names = self._names.get((document.doc_id, annotator or ""), {})
        made = ours if states.guessed else {layer: _without(ours[layer], states.sent[layer]) for layer in ours}
        text, offered = self._texts[document.doc_id], document.offered.keys()
        return Origin(document.doc_id, text, base, entities, offered, names, taken, made)

    def _converted(self, origin: Origin, result: list[Any], path: JsonPath) -> Conversion:
        where = (*path, "result")
        reading = self._results.read(decode_items(result, where), origin.text, origin.entities, where)
        conversion = to_records(reading, origin, self._results.relations, where)
        return replace(conversion, notices=(*reading.notices, *conversion.notices))


def _reconciled(sent: Records, ours: Records, theirs: Records) -> tuple[Records, tuple[Conflict, ...]]:
    """The three merged; two annotations that were made of one text independently are a conflict as a whole."""
    if any(ours.values()) and not any(sent.values()) and ours != theirs:
        return ours, (Conflict("documents", "", ("all of it",)),)
    return merge(sent, ours, theirs)


def _without(records: dict[str, Record], others: dict[str, Record]) -> dict[str, Record]:
    return {id: record for id, record in records.items() if id not in others}


def _same_files(sent: Corpus, corpus: Corpus, part: str) -> bool:
    """Whether a part has the same bytes in two corpora."""
    files = (f"corpus/{part}/{layer.file_name}" for layer in PART_LAYERS.values())
    return all(read_inside(sent.root, file)[0] == read_inside(corpus.root, file)[0] for file in files)


def _refuses(notices: Iterable[Notice]) -> bool:
    return any(notice.outcome == "refused" for notice in notices)


def _is_choice(choice: object) -> bool:
    return isinstance(choice, dict) and isinstance(choice.get("alias"), str)


def _offered_entity(doc_id: str, choice: Mapping[str, object]) -> Record | None:
    """The entity that a task offers as a choice, where it is sound; the corpus need not have it any more."""
    said = choice.get("record")
    if not isinstance(said, dict):
        return None
    values = (doc_id, choice["alias"], *(said.get(name) for name in ENTITIES.names[2:]))
    record = dict(zip(ENTITIES.names, values, strict=True))
    return record if all(map(_fits, ENTITIES.columns, values)) else None


_FORMS = {column.name: re.compile(column.pattern or "(?s:.*)") for column in ENTITIES.columns}


def _fits(column: Column, value: object) -> bool:
    if value is None:
        return column.nullable
    return isinstance(value, str) and len(value) >= column.shortest and bool(_FORMS[column.name].fullmatch(value))
