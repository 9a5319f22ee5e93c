"""Documents removed, moved to another part or renamed, in the gold, all passes and what refers to them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from stancebank.agreement.gold_writing import layer_digest
from stancebank.corpus.corpus import Corpus
from stancebank.corpus.part import Part
from stancebank.corpus.settings import RuleException
from stancebank.faults import StanceBankError, excerpt
from stancebank.revisions.draft import Draft, Folder, document_rows, folders, homes
from stancebank.revisions.references import (
    drop_seeds,
    edit_exceptions,
    edit_lists,
    in_another_part,
    is_in_part,
    rename_seed,
    with_text,
)
from stancebank.schema.frames import polars_schema
from stancebank.schema.layers import DOCUMENTS, ID
from stancebank.schema.paths import ADJUDICATED_FILE, CORPUS_FILE, RESERVED_FOLDERS, part_folder

Record = dict[str, Any]


@dataclass
class Moved:
    """What becomes of documents.

    records: how many of each layer move or go, by annotator and layer; None for the gold.
    others: by what they are, such as decision, how many entries of other files change or go.
    parts: those that go with their last document. changes: the files, None for one that is removed.
    """

    documents: tuple[str, ...]
    records: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)
    parts: list[str] = field(default_factory=list)
    changes: Mapping[str, bytes | None] = field(default_factory=dict)

    def count(self, found: Sequence[Folder], doc_ids: Sequence[str]) -> None:
        """Count the records of documents in a part and the passes over it."""
        for folder in found:
            for layer, number in folder.count(doc_ids).items():
                self.records[folder.part.annotator, layer] += number


def plan_removal(draft: Draft, doc_ids: Sequence[str]) -> Moved:
    """Remove documents with their seeds and all that refers to them.

    That is their records in the gold and in all passes, decisions of adjudication, exceptions
    that name them, and seeds that no other document has. A part without a document goes too.
    Raises StanceBankError for an unknown document, and where a file cannot be read.
    """
    at = homes(draft.corpus, doc_ids)
    moved = Moved(tuple(at))
    seeds: list[str] = []
    for name in sorted({*at.values()}):
        of_part = [doc_id for doc_id, part in at.items() if part == name]
        found = folders(draft, name)
        moved.count(found, of_part)
        documents = found[0].part[DOCUMENTS.name]
        seeds += documents.filter(pl.col("doc_id").is_in(of_part))["seed"].to_list()
        _take(draft, moved, found, of_part)
    others = _seeds_of_others(draft.corpus, at)
    moved.others.update(drop_seeds(draft, [seed for seed in seeds if seed not in others]))
    moved.others.update(edit_lists(draft, lambda record, line: None if record.get("doc_id") in at else line))

    def kept(exception: RuleException) -> RuleException | None:
        of_part = exception.document is None and any(is_in_part(exception.file, name) for name in moved.parts)
        return None if exception.document in at or of_part else exception

    moved.others.update(edit_exceptions(draft, kept))
    return moved


def plan_move(draft: Draft, doc_ids: Sequence[str], part: str) -> Moved:
    """Move documents to another part, with their records in the gold and in all passes.

    The part is made where there is none; one that is left without a document goes. Raises
    StanceBankError for an unknown document, a name that is none for a part, one that does not
    belong to one split, and where a file cannot be read.
    """
    corpus = draft.corpus
    _require_part_name(corpus, part)
    at = {doc_id: name for doc_id, name in homes(corpus, doc_ids).items() if name != part}
    moved = Moved(tuple(at))
    there = {each.part.annotator: each for each in (folders(draft, part) if part in corpus.part_names and at else ())}
    brought: dict[str | None, dict[str, dict[str, bytes]]] = {}
    for name in sorted({*at.values()}):
        of_part = [doc_id for doc_id, home in at.items() if home == name]
        sources = folders(draft, name)
        moved.count(sources, of_part)
        for each in sources:
            layers = brought.setdefault(each.part.annotator, {})
            for layer in each.layers:
                layers.setdefault(layer, {}).update((doc_id, each.lines(layer, doc_id)) for doc_id in of_part)
        _take(draft, moved, sources, of_part)
        _move_exceptions(draft, moved, name, part, of_part)
    for annotator, layers in brought.items():
        # A pass that has nothing of the documents does not begin with the part.
        if annotator in there or annotator is None or any(any(lines.values()) for lines in layers.values()):
            target = there.get(annotator) or _new_folder(draft, part, annotator)
            for layer in target.layers:
                target.put(layer, {doc_id: lines for doc_id, lines in layers.get(layer, {}).items() if lines})
    return moved


def plan_renaming(draft: Draft, doc_id: str, new: str) -> Moved:
    """Give a document another id in the gold, all passes and all that refers to it.

    A seed that is called after its document, as stancebank add calls it, is renamed too.
    Raises StanceBankError for an unknown document, an id that is none or is in use, and
    where a file cannot be read.
    """
    if not re.fullmatch(ID, new):
        raise StanceBankError(f"{excerpt(new)} is not a valid id", "use letters, digits, dot, dash and underscore")
    (name,) = homes(draft.corpus, [doc_id]).values()
    if new == doc_id:
        return Moved(())
    if any(new in document_rows(draft.corpus, each)["doc_id"] for each in draft.corpus.part_names):
        raise StanceBankError(f"another document has the id {new} already", "choose another id; nothing was changed")
    found = folders(draft, name)
    moved = Moved((doc_id,))
    moved.count(found, [doc_id])
    gold = found[0].part
    seed = gold[DOCUMENTS.name].filter(doc_id=doc_id)["seed"].item()
    new_seed = new + seed.removeprefix(doc_id) if seed in (doc_id, f"{doc_id}.txt") else seed
    if seed != new_seed:
        rename_seed(draft, seed, new_seed)
        moved.others["seed"] += 1
    for folder in found:
        for layer in folder.layers:
            lines = [
                with_text(line, ("doc_id",), new) for line in folder.lines(layer, doc_id).splitlines(keepends=True)
            ]
            if layer == DOCUMENTS.name:
                lines = [with_text(line, ("seed",), new_seed) for line in lines]
            if lines:
                folder.put(layer, {doc_id: b"", new: b"".join(lines)})
    digests = dict(_digests(gold, doc_id, new))

    def renamed(record: Record, line: bytes) -> bytes:
        if record.get("doc_id") != doc_id:
            return line
        line = with_text(line, ("doc_id",), new)
        if (record.get("layer"), record.get("sha256")) in digests:  # of gold that was not edited since
            line = with_text(line, ("sha256",), digests[record["layer"], record["sha256"]])
        return with_text(line, ("record", "doc_id"), new) if isinstance(record.get("record"), dict) else line

    before = draft.read(ADJUDICATED_FILE).splitlines()
    moved.others.update(edit_lists(draft, renamed))
    if before and before == sorted(before):  # as adjudication writes them
        after = draft.read(ADJUDICATED_FILE).splitlines(keepends=True)
        draft.put(ADJUDICATED_FILE, b"".join(sorted(after)))
    moved.others.update(
        edit_exceptions(draft, lambda e: e.model_copy(update={"document": new}) if e.document == doc_id else e)
    )
    return moved


def _require_part_name(corpus: Corpus, part: str) -> None:
    if part in RESERVED_FOLDERS or not re.fullmatch(ID, part):
        fix = f"use letters, digits, dot, dash, underscore; not {', '.join(RESERVED_FOLDERS)}"
        raise StanceBankError(f"{excerpt(part)} is not a valid name for a part", fix)
    splits = corpus.settings.splits_of(part)
    if len(splits) != 1:
        belongs = f"the splits {', '.join(splits)}" if splits else "no split"
        what = f"the part {excerpt(part)} belongs to {belongs} in {CORPUS_FILE}, expected one"
        raise StanceBankError(what, "change the patterns under splits so that exactly one matches it")


def _take(draft: Draft, moved: Moved, found: Sequence[Folder], doc_ids: Sequence[str]) -> None:
    """Take the lines of documents out of a part and the passes over it; the part too if that leaves it empty."""
    gold = found[0].part
    left = {*gold[DOCUMENTS.name]["doc_id"]} - {*doc_ids}
    places = (draft.corpus.root / part_folder(gold.name, each.part.annotator) for each in found)
    hidden = any(file for place in places for file in place.glob(".*"))  # such a file keeps the folder
    if left or hidden:
        for folder in found:
            for layer in folder.layers:
                folder.put(layer, dict.fromkeys(doc_ids, b""))
        return
    moved.parts.append(gold.name)
    for folder in found:
        for layer in folder.layers:
            draft.put(folder.part.file(layer), None)


def _seeds_of_others(corpus: Corpus, doc_ids: Mapping[str, str]) -> set[str]:
    """The seeds of all other documents."""
    found: set[str] = set()
    for name in corpus.part_names:
        documents = document_rows(corpus, name)
        found |= {*documents.filter(~pl.col("doc_id").is_in(list(doc_ids)))["seed"]}
    return found


def _new_folder(draft: Draft, part: str, annotator: str | None) -> Folder:
    """A part, or a pass over one, that has no record yet."""
    layers = draft.corpus.layers
    names = layers.passes if annotator else tuple(layers.parts)
    frames = {name: polars_schema(layers[name].columns).to_frame() for name in names}
    folder = Folder(Part(part, draft.corpus, frames, (), annotator), draft)
    for layer in names:
        draft.put(folder.part.file(layer), b"")
    return folder


def _move_exceptions(draft: Draft, moved: Moved, name: str, part: str, doc_ids: Sequence[str]) -> None:
    def edit(exception: RuleException) -> RuleException | None:
        file = in_another_part(exception.file, name, part)
        if exception.document in doc_ids or (exception.document is None and name in moved.parts):
            return exception.model_copy(update={"file": file})
        return exception

    moved.others.update(edit_exceptions(draft, edit))


def _digests(gold: Part, doc_id: str, new: str) -> list[tuple[tuple[str, str], str]]:
    """For each annotated layer of a document, with the digest of its records, their digest under another id."""
    found = []
    for layer in gold.layers.annotated:
        rows = gold[layer].filter(doc_id=doc_id)
        renamed = rows.with_columns(doc_id=pl.lit(new))
        found.append(((layer, layer_digest(rows, layer)), layer_digest(renamed, layer)))
    return found
