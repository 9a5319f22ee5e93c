"""What the import has to say of an export: every kind of flaw, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from stancebank.faults import printable
from stancebank.storage.json_positions import JsonPath, json_path
from stancebank.storage.markdown import table

Outcome = Literal["refused", "repaired", "reported"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A way in which an export can be unsound or say less than it seems.

    outcome: refused, the annotation of this document is left out whole, so that
    what is imported is never half of what somebody made; repaired, by the rule that
    meaning states; reported, nothing is wrong, but somebody should know.
    """

    outcome: Outcome
    meaning: str


KINDS: Mapping[str, Kind] = {
    "task-malformed": Kind("refused", "A task is not an object with data and a list of annotations."),
    "completions-old": Kind("refused", "A task has completions, as Label Studio wrote them before version 1.0."),
    "document-unknown": Kind("refused", "The task's doc_id is missing, or no document of the corpus has it."),
    "document-twice": Kind("refused", "Two tasks are for one document."),
    "text-changed": Kind("refused", "The task's text is not the document's."),
    "scheme-changed": Kind("refused", "The task was made in another format of the corpus."),
    "way-differs": Kind("refused", "The task says that its annotations go elsewhere than --as does."),
    "annotator-twice": Kind("refused", "One annotator has two annotations of one document."),
    "annotator-second": Kind("refused", "Two annotators have annotated one document, and they correct the gold."),
    "item-malformed": Kind("refused", "An item of a result is not an object with the keys that its kind needs."),
    "item-unknown": Kind("refused", "An item is of a type, or for a control, that the labelling config does not have."),
    "region-without-id": Kind("refused", "A region has no id."),
    "region-twice": Kind("refused", "Two regions have the same id."),
    "id-not-text": Kind("repaired", "An id is a number; it is read as its digits, as in the interface."),
    "offset-malformed": Kind("refused", "An offset is not a whole number."),
    "offset-as-text": Kind("repaired", "An offset is a whole number written as text or with .0; it is read as such."),
    "span-impossible": Kind("refused", "A region is empty or blank, starts after its end or is outside the text."),
    "label-unknown": Kind("refused", "A region has no label, several, or one that the scheme does not have."),
    "value-without-region": Kind("refused", "A value belongs to a region that does not exist."),
    "value-elsewhere": Kind("refused", "The offsets of a value differ from those of its region."),
    "value-out-of-place": Kind("repaired", "A value is for regions with another label; it is dropped, as on saving."),
    "value-unknown": Kind("refused", "A value is none of the choices: of the scheme, the targets or the entities."),
    "value-twice": Kind("refused", "A region has two values where one is expected."),
    "value-missing": Kind("refused", "A region lacks a value that it needs."),
    "entity-missing": Kind("refused", "A mention has neither an entity nor a new one."),
    "entity-twice": Kind("refused", "A mention has both an entity and a new one."),
    "entity-types-differ": Kind("refused", "The mentions of one entity have different labels."),
    "relation-dangling": Kind("refused", "A relation leads from or to a region that does not exist."),
    "relation-without-label": Kind("refused", "A relation has no label."),
    "relation-unknown": Kind("refused", "A relation has a label that the scheme does not have."),
    "relation-between-others": Kind("refused", "A relation's label cannot join the regions at its ends."),
    "relation-both-ways": Kind("refused", "A relation leads both ways, and its type has a direction."),
    "relation-repeated": Kind("repaired", "Two relations lead from one region to another; their labels are merged."),
    "link-reversed": Kind("repaired", "A source, content or holder points to its cue or stance; it is reversed."),
    "content-without-cue": Kind("refused", "A content span belongs to no cue."),
    "cue-without-content": Kind("refused", "A cue has no content."),
    "source-unclear": Kind("refused", "A cue has no source, several, or one although it is marked as unnamed."),
    "holder-unclear": Kind("refused", "A stance has no holder, several, or one although the writer is marked."),
    "ends-differ": Kind("repaired", "Arrow and list give different ends; the changed one counts, or the one left."),
    "annotation-empty": Kind("refused", "A submitted annotation is empty, and the document has annotations."),
    "changed-on-both-sides": Kind("refused", "The corpus and the annotator have changed the same thing differently."),
    "base-missing": Kind("refused", "There is no merge base here, and the corpus has changed since."),
    "corpus-apart": Kind("reported", "The corpus has changed where Label Studio still has what was sent or pulled."),
    "annotator-absent": Kind("reported", "An account that --annotator names has annotated nothing in the export."),
    "value-undecided": Kind("reported", "Submitted work leaves open what the scheme requires."),
    "edited-by-another": Kind("reported", "An annotation for a pass was last changed by somebody else."),
    "annotation-deleted": Kind("reported", "An annotation that an earlier import has read is not there any more."),
    "review-rejected": Kind("reported", "A reviewer has rejected an annotation; it is imported."),
    "ground-truth-starred": Kind("reported", "An annotation is marked as ground truth, which makes no difference."),
    "comment-elsewhere": Kind("reported", "A task has comments that the export does not contain."),
    "annotation-skipped": Kind("reported", "An annotator has skipped the document."),
    "draft-not-submitted": Kind("reported", "A draft was never submitted; it is not imported."),
    "prediction-left": Kind("reported", "Predictions are proposals; submit them to make them annotations."),
}


def notice_table(marker: str) -> str | None:
    """The table of all kinds for the marker ``notices``; None for other markers."""
    rows = [(name, kind.outcome, kind.meaning) for name, kind in KINDS.items()]
    return table(("kind", "outcome", "meaning"), rows) if marker == "notices" else None


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing about an export.

    kind: a key of KINDS. task: the task's id on the server, or "?" where it has none. document, annotator,
    region: their ids, where they are known. path: JSON path in the file. what: what
    is there and what was expected. fix: how to correct it.
    """

    kind: str
    path: JsonPath
    what: str
    fix: str
    task: str = "?"
    document: str | None = None
    annotator: str | None = None
    region: str | None = None

    @property
    def outcome(self) -> Outcome:
        """What became of it."""
        return KINDS[self.kind].outcome

    def lines(self) -> tuple[str, str, str]:
        """What people read: where and what kind, what it is, how to correct it."""
        place = [f"task {self.task}", self.document, self.annotator, self.region and f"region {self.region}"]
        where = ", ".join(printable(each) for each in place if each)
        head = f"{where}: {self.outcome}: {self.kind}  {printable(json_path(self.path))}"
        return head, f"  {printable(self.what)}", f"  fix: {printable(self.fix)}"
