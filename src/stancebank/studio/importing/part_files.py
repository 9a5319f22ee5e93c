"""What an import writes of a part: the layers, and how far the documents are; and the base brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from stancebank.schema.layers import PROGRESS
from stancebank.schema.paths import CORPUS, PASSES
from stancebank.studio.importing.part_states import PartStates
from stancebank.studio.importing.progress_records import marked, progress_file
from stancebank.studio.importing.stored_records import NewFile, StoredPart
from stancebank.studio.importing.task_marks import Mark
from stancebank.studio.layout.document_records import Names
from stancebank.studio.layout.merge_base import names_file, names_lines, saved_file, saved_lines


class Taken(NamedTuple):
    """One document's annotation that is taken, as lines of the annotated layers in their order.

    lines: what to write, after merging; None where it is there already. made:
    what the annotator made of it, which the next export is compared with. names: of
    the regions that are not called like their record. layers: those in which it changes something.
    """

    lines: list[bytes] | None
    made: list[bytes]
    names: Names
    layers: tuple[str, ...]


ByAnnotator = Mapping[str | None, Mapping[str, Taken]]
MarksByAnnotator = Mapping[str | None, Mapping[str, Mark]]


class PartFiles:
    """The files of a part after an import.

    taken: by annotator, None for the corpus's own, and document. marks: how far the documents are, in the same way.
    called: the id in the corpus of whoever a mark is of, None where nobody is named.
    """

    def __init__(
        self, states: PartStates, taken: ByAnnotator, marks: MarksByAnnotator, called: Callable[[Mark], str | None]
    ) -> None:
        self._states = states
        self._taken = taken
        self._marks = marks
        self._called = called

    def new_files(self, *, unchanged: bool) -> Iterator[NewFile]:
        """The layers that are not as they are stored, with what was read in place of what was there.

        unchanged: all layers of all passes that were read, also those that are as they are.
        """
        for annotator in sorted(self._taken.keys() | self._marks.keys(), key=lambda annotator: annotator or ""):
            stored, taken = self._states.now(annotator), self._taken.get(annotator, {})
            new = {doc_id: each.lines for doc_id, each in taken.items() if each.lines is not None}
            folder = f"{PASSES}/{annotator}" if annotator else CORPUS
            begun = bool(self._marks.get(annotator)) and not stored.there
            for file, layer, data in self._layers(folder, stored, new) if new or begun or (taken and unchanged) else ():
                if unchanged or data != stored.file(layer):
                    yield NewFile(annotator or "", file, data)
            yield from self._progress(
                annotator, stored, f"{folder}/{self._states.name}/{PROGRESS.file_name}", unchanged
            )

    def marked(self) -> Iterator[Mark]:
        """The marks that change something in the progress."""
        for annotator, marks in self._marks.items():
            there = self._states.now(annotator).progress
            for doc_id, mark in marks.items():
                if self._of_document(annotator, doc_id, mark) != there.get(doc_id, {}):
                    yield mark

    def new_base(self) -> Iterator[NewFile]:
        """The files of the base that change: what annotators have made of the documents in place of what was sent."""
        if not (self._states.based and (any(self._taken.values()) or any(self._marks.values()))):
            return
        names = dict(self._states.names)
        for annotator, documents in self._taken.items():
            names |= {(doc_id, annotator or ""): dict(taken.names) for doc_id, taken in documents.items()}
        made = {doc_id: taken.made for doc_id, taken in self._taken.get(None, {}).items()}
        for file, layer, data in self._layers(CORPUS, self._states.sent, made) if made else ():
            if data != self._states.sent.file(layer):
                yield NewFile("", file, data)
        yield NewFile("", names_file(self._states.name), names_lines(names))
        saved = {(doc, who or ""): mark.saved for who, marks in self._marks.items() for doc, mark in marks.items()}
        if saved:
            yield NewFile("", saved_file(self._states.name), saved_lines(self._states.saved | saved))

    def _layers(
        self, folder: str, stored: StoredPart, new: Mapping[str, list[bytes]]
    ) -> Iterator[tuple[str, str, bytes]]:
        """File, layer and bytes of each annotated layer, with new lines of some documents."""
        for index, layer in enumerate(self._states.layers.annotated):
            lines = (new[doc_id][index] if doc_id in new else stored.lines(layer, doc_id) for doc_id in stored.texts)
            yield f"{folder}/{self._states.name}/{self._states.layers[layer].file_name}", layer, b"".join(lines)

    def _progress(self, annotator: str | None, stored: StoredPart, file: str, unchanged: bool) -> Iterator[NewFile]:
        there = stored.file(PROGRESS.name)
        marks = self._marks.get(annotator, {})
        found = {doc: self._of_document(annotator, doc, mark) for doc, mark in marks.items()}
        documents = stored.progress | {doc: progress for doc, progress in found.items() if progress}
        if documents != stored.progress:
            yield NewFile(annotator or "", file, progress_file(documents.values()))
        elif unchanged and there is not None and annotator in self._taken:
            yield NewFile(annotator or "", file, there)

    def _of_document(self, annotator: str | None, doc_id: str, mark: Mark) -> dict[str, dict[str, object]]:
        """The progress of a document with its mark."""
        taken = self._taken.get(annotator, {}).get(doc_id)
        return marked(
            self._states.now(annotator).progress.get(doc_id, {}),
            mark,
            self._states.layers.annotated,
            doc_id,
            annotator or self._called(mark),
            changed=taken.layers if taken else (),
            news=self._states.saved.get((doc_id, annotator or "")) != mark.saved,
            in_pass=annotator is not None,
        )
