"""What a revision does, as text for people and as JSON for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import TypeVar

import orjson

from stancebank.corpus.annotators import GOLD
from stancebank.corpus.unplaced import Unplaced
from stancebank.faults import counted, printable
from stancebank.revisions.document_moves import Moved
from stancebank.revisions.reworded_records import Reworded
from stancebank.revisions.text_update import TextUpdate
from stancebank.schema.layers import KNOWN_LAYERS
from stancebank.schema.paths import UNPLACED_FILE

Told = TypeVar("Told", Reworded, Unplaced)


def update_lines(update: TextUpdate) -> Iterator[str]:
    """The lines of a report on an update."""
    if update.same:
        yield f"{printable(update.doc_id)} has this text already; nothing to change"
        return
    kept, new, gone = update.sentences
    yield f"{printable(update.doc_id)} in corpus/{printable(update.part)}"
    if update.date[0] != update.date[1]:
        yield f"date: {update.date[0] or 'undecided'} becomes {update.date[1] or 'undecided'}"
    yield f"sentences: {kept} kept, {new} new, {gone} gone"
    yield f"spans: {update.placed:,} placed{_changed(len(update.reworded))}"
    yield f"records without a place: {len(update.unplaced)}"
    for whose, each in _grouped(update.reworded):
        yield f"changed words: {each.layer} {printable(each.id)} ({whose})"
        yield f"  before: {printable(each.before)}"
        yield f"  after:  {printable(each.after)}"
    for whose, lost in _grouped(update.unplaced):
        yield f"no place: {lost.layer} {printable(lost.id)} ({whose}): {printable(lost.why)}"
        if lost.before is not None and lost.after is not None:
            yield f"  before: {printable(lost.before)}"
            yield f"  after:  {printable(lost.after)}"
    layers: dict[str, list[str]] = defaultdict(list)
    for annotator, layer in update.reopened:
        layers[_name(annotator)].append(layer)
    for name, found in layers.items():
        yield f"open again: {name}: {', '.join(found)}"


def update_json(update: TextUpdate, files: Sequence[str], *, dry_run: bool) -> str:
    """The same as one JSON object. files: those that change; dry_run: whether they were not written."""
    kept, new, gone = update.sentences
    report = {
        "document": update.doc_id,
        "part": update.part,
        "same": update.same,
        "dry_run": dry_run,
        "date": {"before": update.date[0], "after": update.date[1]},
        "sentences": {"kept": kept, "new": new, "gone": gone},
        "placed": update.placed,
        "changed_words": [asdict(each) for each in update.reworded],
        "unplaced": [asdict(each) for each in update.unplaced],
        "reopened": [{"annotator": annotator, "layer": layer} for annotator, layer in update.reopened],
        "files": list(files),
    }
    return orjson.dumps(report).decode()


def next_step(update: TextUpdate) -> str | None:
    """What a person has to do after an update; None for nothing."""
    if update.unplaced:
        return f"next: annotate the records in {UNPLACED_FILE} again, remove their lines, then stancebank done"
    return "next: annotate the new words, then stancebank done" if update.reopened else None


def moved_lines(moved: Moved, verb: str) -> Iterator[str]:
    """The lines of a report on documents that were removed, moved or renamed. verb: such as "removed"."""
    if not moved.documents:
        yield "nothing to change"
        return
    yield f"{verb} {', '.join(map(printable, moved.documents))}"
    by_annotation: dict[str, list[str]] = defaultdict(list)
    for (annotator, layer), number in moved.records.items():
        if number and not KNOWN_LAYERS[layer].tracks:
            by_annotation[_name(annotator)].append(f"{number:,} {KNOWN_LAYERS[layer].noun if number == 1 else layer}")
    for name, numbers in by_annotation.items():
        yield f"{name}: {', '.join(numbers)}"
    for noun, number in moved.others.items():
        yield f"also {counted(number, noun)}"
    for part in moved.parts:
        yield f"also the part {printable(part)}, which has no document left"


def _grouped(found: Sequence[Told]) -> Iterator[tuple[str, Told]]:
    """Each thing once with whose it is, where the gold and passes say the same."""
    alike: dict[tuple[object, ...], list[Told]] = defaultdict(list)
    for each in found:
        why = each.why if isinstance(each, Unplaced) else ""
        alike[each.layer, each.id, why, each.before, each.after].append(each)
    for group in alike.values():
        yield ", ".join(_name(each.annotator) for each in group), group[0]


def _changed(number: int) -> str:
    return f", {number:,} of them with changed words" if number else ""


def _name(annotator: str | None) -> str:
    return GOLD if annotator is None else printable(annotator)
