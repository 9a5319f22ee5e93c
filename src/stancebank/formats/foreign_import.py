"""An import of foreign documents: each placed or refused, then all of it as files that are written at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

import polars as pl

from stancebank.corpus.additions import KnownTexts
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.new_documents import Defaults, NewDocument, as_given, new_document
from stancebank.corpus.part import Part
from stancebank.corpus.seeds import TOKENS, SeedText, read_seed
from stancebank.corpus.text_sources import Candidate
from stancebank.faults import StanceBankError, excerpt
from stancebank.formats.desk import REFUSE, Placed
from stancebank.formats.foreign_document import ForeignDocument, Item, LeftOut, Refused
from stancebank.formats.given_sentences import fitting, sentence_records
from stancebank.formats.label_map import LabelMap
from stancebank.formats.ledger import DOCUMENTS, Ledger
from stancebank.formats.offsets import settled
from stancebank.formats.placing import place
from stancebank.formats.sentence_fitting import Record, SentenceFit
from stancebank.formats.shelf import Place, Shelf
from stancebank.schema.layers import ID

PART = "imported"
"""The part of documents without a date, where none is given."""
REFUSED = "of a file that is refused"
_NO_ID = re.compile(r"[^A-Za-z0-9._-]+")
_SHOWN_PROBLEMS = 10
_NEW, _SENTENCES, _LEDGER = "new document", "its sentences", "its ledger"  # on the shelf; no layers


@dataclass(frozen=True, slots=True)
class Choices:
    """What a user decides of an import.

    annotator: whose pass the annotations become, where the files do not tell; None for the corpus's own. defaults: of
    new texts. offsets: what is known of them. reanchor: whether spans whose offsets do not fit are moved to their
    words. discontinuous: refuse, cover or first. skip_refused: whether what cannot be placed is left out, and the rest
    of its file taken.
    """

    annotator: str | None = None
    defaults: Defaults = field(default_factory=Defaults)
    offsets: tuple[str, ...] = ()
    discontinuous: str = REFUSE
    skip_refused: bool = False
    reanchor: bool = False


@dataclass(slots=True)
class Taken:
    """A document that was placed. new: where it is not in the corpus yet. sentences: as its spans need them."""

    doc_id: str
    part: str
    annotator: str | None
    placed: Placed
    sentences: SentenceFit
    new: NewDocument | None


class Kept(NamedTuple):
    """A document that was placed and is on the shelf.

    place: what messages call it. file: what it is from. targets: of its stances, where new. problems: how many of its
    items have no place.
    """

    place: str
    file: str
    doc_id: str
    part: str
    annotator: str | None
    targets: Mapping[str, str]
    problems: int
    at: Place


class Accepted(NamedTuple):
    """A document whose file is taken. new: the one that brings its text, which may be of another file."""

    kept: Kept
    new: Kept | None


@dataclass
class ForeignImport:
    """Takes documents one by one; ends with what they became.

    refused: documents, or files, that are left out, with the reason. left_out: documents that are not to be used, by
    reason. listed: items that are left out. repaired: what was read otherwise than it is written, with its place.
    notes: what people are told of new texts.
    """

    corpus: Corpus
    labels: LabelMap
    format: str
    choices: Choices
    refused: list[Refused] = field(default_factory=list)
    listed: list[str] = field(default_factory=list)
    repaired: list[str] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    has_identity: bool = False
    _sources: list[tuple[dict[str, int], Kept | None]] = field(default_factory=list)
    _shelf: Shelf = field(default_factory=Shelf)

    def __post_init__(self) -> None:
        as_given(self.choices.defaults, self.corpus.seeds.rights)
        self.parts: dict[str, Part] = {name: self.corpus.sound_part(name) for name in self.corpus.part_names}
        self._home = {doc: name for name, part in self.parts.items() for doc in part["documents"]["doc_id"]}
        self._known = KnownTexts.of(self.corpus, self.parts)
        self._new: dict[str, Kept] = {}
        self._joints: dict[str, set[int]] = {}  # sentences of new documents that are one with the next
        self._seen: set[tuple[str, str | None]] = set()
        self._passes: dict[str, set[str]] = {}
        self._there: dict[str, tuple[dict[str, str], dict[tuple[object, ...], pl.DataFrame]]] = {}  # by part

    def take(self, document: Item) -> None:
        """Place a document, or refuse it."""
        if isinstance(document, Refused):
            self._refuse(document, {})
            return
        if isinstance(document, LeftOut):
            self.left_out[document.why] += 1
            return
        counts, notes = dict(document.counts()), len(self.notes)
        try:
            taken = self._placed(document)
        except StanceBankError as error:
            del self.notes[notes:]
            self._refuse(Refused(document.place, document.file, error.what, error.fix), counts)
            return
        self._seen.add((taken.doc_id, taken.annotator))
        self.has_identity |= bool(document.clusters)
        kept = self._kept(document, taken)
        self._sources.append((counts, kept))
        if taken.new is not None:
            self._known.add(taken.new)
            self._new[taken.doc_id] = kept
        if taken.doc_id in self._new and taken.sentences.joints:
            self._joints.setdefault(taken.doc_id, set()).update(taken.sentences.joints)

    def _kept(self, document: ForeignDocument, taken: Taken) -> Kept:
        placed = taken.placed
        items = {_NEW: taken.new, _SENTENCES: taken.sentences, _LEDGER: placed.ledger, **placed.records}
        return Kept(
            *(document.place, document.file, taken.doc_id, taken.part, taken.annotator),
            *(placed.targets, len(placed.problems), self._shelf.put(items)),
        )

    def new(self, kept: Kept) -> NewDocument:
        """What a document adds to the texts of the corpus, which does not have it yet."""
        found: NewDocument = self._shelf.get(kept.at, _NEW)
        return found

    def sentences(self, kept: Kept) -> SentenceFit:
        """The sentences of a document as all of its annotators need them."""
        found: SentenceFit = self._shelf.get(kept.at, _SENTENCES)
        found.join(self._joints.get(kept.doc_id, ()))
        return found

    def records(self, kept: Kept, layer: str) -> Sequence[Record]:
        """The records of a document in a layer that passes have."""
        found: Sequence[Record] = self._shelf.get(kept.at, layer)
        return found

    def _refuse(self, refused: Refused, counts: dict[str, int]) -> None:
        self.refused.append(refused)
        self._sources.append((counts, None))

    def _placed(self, document: ForeignDocument) -> Taken:
        annotator = document.annotator or self.choices.annotator
        doc_id = self._doc_id(document)
        if (doc_id, annotator) in self._seen:
            fix = "name each document once; --annotator REGEX tells annotators by the names of files"
            raise StanceBankError(f"there is another document {excerpt(doc_id)} before it", fix)
        seed = _seed(document)
        new, part, sentences, fixed = None, self._home.get(doc_id), [], True
        if part is not None:
            sentences = self._existing(doc_id, part, seed, annotator)
        elif doc_id in self._new:
            first = self._new[doc_id]
            text_of = self.new(first)
            part, fixed, sentences = first.part, False, text_of.sentences
            if text_of.record["text"] != seed.text:
                raise StanceBankError(f"its text is not that of {first.place}", "correct one of the two")
        else:
            new = self._new_document(document, doc_id, seed)
            part, sentences, fixed = new.part, new.sentences, False
        fit = SentenceFit(sentences, fixed=fixed)
        if doc_id in self._new:
            fit.join(self._joints.get(doc_id, ()))
        spans, notices, moved = settled(document, seed, self.choices.offsets, reanchor=self.choices.reanchor)
        how = self.choices.discontinuous
        placed = place(document, spans, doc_id, seed.text, fit, self.corpus, self.labels, how)
        placed.ledger.notices.update(notices)
        placed.ledger.notices["id-changed"] += doc_id != document.id
        placed.ledger.notices["text-made-from-tokens"] += document.made_text
        refusing = [problem for problem in placed.problems if problem.refuses]
        if refusing and not self.choices.skip_refused:
            told = [f"{problem.where}: {problem.what}" for problem in refusing[:_SHOWN_PROBLEMS]]
            more = len(refusing) - len(told)
            told += [f"and {more:,} more"] if more else []
            raise StanceBankError("; ".join(told), "correct the file, or take the rest of it with --skip-refused")
        self.listed += [f"{problem.where}: {problem.what}" for problem in placed.problems]
        self.repaired += [*document.repaired, *moved]
        return Taken(doc_id, part, annotator, placed, fit, new)

    def _doc_id(self, document: ForeignDocument) -> str:
        if re.fullmatch(ID, document.id):
            return document.id
        name = _NO_ID.sub("-", document.id).strip("-._")[:128]
        if not re.fullmatch(ID, name):
            raise StanceBankError(f"{excerpt(document.id)} gives no id", "name it with letters and digits")
        return name

    def _existing(self, doc_id: str, part: str, seed: SeedText, annotator: str | None) -> list[Record]:
        """The sentences of a document that the corpus has."""
        if annotator is None:
            fix = "import it as a pass with --as PASS, or rename the file"
            raise StanceBankError(f"the corpus has the document {excerpt(doc_id)} already", fix)
        if part not in self._there:
            frames = self.parts[part]
            texts = dict(frames["documents"].select("doc_id", "text").iter_rows())
            self._there[part] = texts, frames["sentences"].partition_by("doc_id", as_dict=True)
        texts, sentences = self._there[part]
        if texts[doc_id] != seed.text:
            what = f"its text is not that of the document {excerpt(doc_id)} in the corpus"
            raise StanceBankError(what, "import it under another name, or correct its text first: stancebank update")
        if doc_id in self._in_pass(annotator):
            what = f"the pass {excerpt(annotator)} has the document {excerpt(doc_id)} already"
            raise StanceBankError(what, "give the pass another id with --as")
        return sentences[(doc_id,)].to_dicts() if (doc_id,) in sentences else []

    def _in_pass(self, annotator: str) -> set[str]:
        """The documents that a pass has begun."""
        if annotator not in self._passes:
            parts = [self.corpus.sound_part(name, annotator) for name in self.corpus.pass_parts(annotator)]
            self._passes[annotator] = {
                doc for part in parts for layer in part.layers.passes for doc in part[layer]["doc_id"]
            }
        return self._passes[annotator]

    def _new_document(self, document: ForeignDocument, doc_id: str, seed: SeedText) -> NewDocument:
        data = document.text.encode()
        given = self.choices.defaults
        dated = given.part or given.date or seed.date
        origin = given.origin or f"imported from {self.format}, {excerpt(Path(document.file).name)}"
        language = given.language or document.language
        defaults = replace(given, part=given.part if dated else PART, origin=origin, language=language)
        annotated = any(count for _, count in document.counts())
        candidate = Candidate(document.place, data, doc_id, f"{doc_id}.txt", is_annotated=annotated)
        new, flaws = new_document(candidate, defaults, self.corpus.seeds.rights, self.corpus.scheme)
        flaws += self._known.conflicts(document.place, doc_id, candidate.seed, "")  # texts may repeat
        if flaws or new is None:
            raise StanceBankError("; ".join(flaw.what for flaw in flaws), flaws[0].fix)
        self.notes += [f"{document.place}: {note}" for note in new.notes]
        if document.made_text:
            new.record["recipe"] = TOKENS
        if document.sentences:
            sentences = fitting(document.text, document.sentences, seed)
            if sentences is None:
                document.notices["sentences-not-taken"] += 1
            else:
                new.sentences[:] = sentence_records(doc_id, sentences)
        return new

    def accepted(self) -> list[Accepted]:
        """The documents whose files are taken. A new one is with the first of them, whichever file brought it."""
        files = set() if self.choices.skip_refused else {each.file for each in self.refused}
        found: list[Accepted] = []
        told: set[str] = set()
        for _, kept in self._sources:
            if kept is None or kept.file in files:
                continue
            new = self._new.get(kept.doc_id) if kept.doc_id not in told else None
            told.add(kept.doc_id)
            found.append(Accepted(kept, new))
        return found

    def ledger(self, accepted: Sequence[Accepted]) -> Ledger:
        """What became of everything: of what was not accepted, that its file is refused."""
        ledger = Ledger()
        for why, count in self.left_out.items():
            ledger.leave(DOCUMENTS, why, count)
        places = {each.kept.at for each in accepted}
        for counts, kept in self._sources:
            if kept is not None and kept.at in places:
                ledger.hold(DOCUMENTS)
                ledger.add(self._shelf.get(kept.at, _LEDGER))
            else:
                ledger.leave(DOCUMENTS, REFUSED)
                for kind, count in counts.items():
                    ledger.leave(kind, REFUSED, count)
        return ledger


def _seed(document: ForeignDocument) -> SeedText:
    try:
        data = document.text.encode()
    except UnicodeEncodeError:
        raise StanceBankError("its text has half a surrogate pair", "write it as UTF-8") from None
    return read_seed(data, document.place)
