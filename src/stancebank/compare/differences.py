"""What can differ between two states of a corpus, as data, and the version step that it makes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from stancebank.compare.snapshots import SCHEME_FORMAT
from stancebank.corpus.remarks import Remark
from stancebank.schema.layers import DONE, KNOWN_LAYERS
from stancebank.schema.paths import SCHEME_FILE

Kind = Literal["added", "removed", "changed", "renamed"]
STATE = "state"
"""The column of the layer progress that says how far a layer is."""


class Step(IntEnum):
    """How far the version of a corpus must go up, after Croissant's rule for datasets.

    patch: other packaging or metadata; minor: nothing but additions; major: anything
    that was there has changed, has gone or is in another split.
    """

    none = 0
    patch = 1
    minor = 2
    major = 3


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a record that reads otherwise.

    name: the column; span for start, end and text together. a, b: the values.
    a_shown, b_shown: what references lead to, for people; empty for other values.
    """

    name: str
    a: object
    b: object
    a_shown: str = ""
    b_shown: str = ""


@dataclass(frozen=True, slots=True)
class RecordChange:
    """A record that one state has alone, or that differs between the two.

    doc_id: None for what all parts share. a_id, b_id: None where that state lacks it. subject: what
    the record is about, in the text's words. fields: empty where it was added or
    removed, but for the state in the layer progress; where its id alone is another; and
    where values are not known. lost: it was removed, and the words it stood on are gone
    from the text.
    """

    kind: Kind
    layer: str
    doc_id: str | None
    a_id: str | None
    b_id: str | None
    subject: str = ""
    fields: tuple[FieldChange, ...] = ()
    lost: bool = False

    @property
    def step(self) -> Step:
        """What it asks for: what is not done any more leaves the task views, what has become done comes in."""
        if KNOWN_LAYERS[self.layer].tracks:
            for field in self.fields:
                if field.name == STATE:
                    return Step.major if field.a == DONE else Step.minor if field.b == DONE else Step.patch
            return Step.patch
        return Step.minor if self.kind == "added" else Step.major


@dataclass(frozen=True, slots=True)
class TextChange:
    """A document whose text was edited, and what became of the spans in it.

    cut, put: code points taken out and put in; None where the texts are not known.
    reanchored: spans that moved along with their words. edited: spans whose own words
    were edited. lost: spans whose record has gone with its words.
    """

    cut: int | None = None
    put: int | None = None
    reanchored: int = 0
    edited: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document that one state has alone, is in another split, has another id or another text.

    records: of a document that was added or removed, the number by layer.
    splits: from and to where they differ. comparable: False where its records cannot be
    compared one by one, since only digests of them are known, which depend on the text.
    """

    kind: Kind
    doc_id: str
    before: str | None = None
    records: Mapping[str, int] = field(default_factory=dict)
    splits: tuple[str | None, str | None] | None = None
    text: TextChange | None = None
    comparable: bool = True


@dataclass(frozen=True, slots=True)
class EntityChange:
    """An entity that became several, or several that became one.

    entity: the one, with its id and name there; others: id, name and number of
    mentions of each of the several.
    """

    kind: Literal["split", "merged"]
    doc_id: str
    entity: tuple[str, str]
    others: tuple[tuple[str, str, int], ...]


@dataclass(frozen=True, slots=True)
class MetadataChange:
    """A value of the settings, the seed register or the scheme; None where it is not there.

    Where only digests are known, the values are these.
    """

    file: str
    key: str
    a: str | None
    b: str | None

    @property
    def step(self) -> Step:
        """What the change asks for: labels that go and a format's new main version break what relied on them."""
        if (self.file, self.key) == SCHEME_FORMAT:
            mains = [value.partition(".")[0] for value in (self.a, self.b) if value is not None]
            return Step.minor if len(set(mains)) == 1 else Step.major
        if self.file == SCHEME_FILE and ("." in self.key and not self.key.startswith("fields.")):
            return Step.major if self.b is None else Step.minor if self.a is None else Step.patch
        return Step.patch


@dataclass(slots=True)
class Counts:
    """How many records of a layer were added, removed, changed, renamed, or moved with their words."""

    added: int = 0
    removed: int = 0
    changed: int = 0
    renamed: int = 0
    reanchored: int = 0

    def add(self, kind: Kind, number: int = 1) -> None:
        """Add to the count of a kind."""
        setattr(self, kind, getattr(self, kind) + number)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.renamed or self.reanchored)


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two states: what the user called it, and its version where it says one."""

    name: str
    version: str | None


@dataclass(frozen=True)
class Diff:
    """All that differs between two states of a corpus.

    layers: those that were compared. documents and records: by document, then layer and
    place. counts: by layer, with the records of documents that were added or removed.
    digests: values are not known, since one state is a release. remarks: those that one of the two
    alone has; they are no part of the corpus, and make no difference.
    """

    a: Side
    b: Side
    layers: tuple[str, ...]
    metadata: tuple[MetadataChange, ...]
    documents: tuple[DocumentChange, ...]
    records: tuple[RecordChange, ...]
    entities: tuple[EntityChange, ...]
    counts: Mapping[str, Counts]
    digests: bool = False
    remarks: tuple[tuple[Literal["A", "B"], Remark], ...] = ()

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.metadata or self.documents or self.records or any(self.counts.values()))

    @property
    def step(self) -> Step:
        """The least version step that says what has happened."""
        steps = [change.step for change in self.metadata]
        steps += [Step.minor if change.kind == "added" else Step.major for change in self.documents]
        steps += [change.step for change in self.records if KNOWN_LAYERS[change.layer].tracks]
        for layer, counts in self.counts.items():
            if KNOWN_LAYERS[layer].tracks:
                continue
            if counts.removed or counts.changed or counts.renamed or counts.reanchored:
                steps.append(Step.major)
            if counts.added:
                steps.append(Step.minor)
        return max(steps, default=Step.none)
