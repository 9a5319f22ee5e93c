"""What people write beside annotations: notes on regions and relations, comments, verdicts of reviewers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from stancebank.corpus.remarks import Remark, Work
from stancebank.studio.importing.decoding import Annotation, Item
from stancebank.studio.importing.people import People
from stancebank.studio.importing.results import Reading
from stancebank.studio.importing.task_marks import day, editor, moment, owner
from stancebank.studio.layout.controls import LAYER_OF
from stancebank.studio.layout.document_records import Names, Records


class Note(NamedTuple):
    """A note on a record: its layer and id, and what it says."""

    layer: str
    id: str
    text: str


def record_notes(items: Sequence[Item | None], reading: Reading, records: Records, names: Names) -> tuple[Note, ...]:
    """The notes on regions and relations of a result, each once.

    reading, records: what the result was read as. names: of the regions that are not called like their record.
    """
    found: dict[Note, None] = {}
    for item in items:
        if item is None or (item.meta is None and item.notes is None):
            continue
        for text in _texts(item):
            place = _relation_place(item, reading, records, names) if item.type == "relation" else None
            place = place or _region_place(item.id or item.from_id or "", reading, names)
            if place is not None:
                found[Note(*place, text)] = None
    return tuple(found)


def annotation_remarks(
    doc_id: str, annotator: str | None, annotation: Annotation, notes: Iterable[Note], people: People
) -> Iterator[Remark]:
    """The remarks of an annotation that is taken."""
    account = editor(annotation, people)
    by = people.annotator(account) if account.name else None
    for layer, id, text in notes:
        yield Remark(doc_id, annotator, layer, id, "note", text, by)
    for comment in annotation.comments if isinstance(annotation.comments, list) else ():
        said = comment.get("text") if isinstance(comment, Mapping) else comment
        if isinstance(said, str) and said.strip():
            about = comment if isinstance(comment, Mapping) else {}
            author = people.account(about.get("created_by"))
            who = people.annotator(author) if author.name else None
            date, resolved = day(about.get("created_at")), about.get("is_resolved") is True
            yield Remark(doc_id, annotator, None, None, "comment", said.strip(), who, date, not resolved)


def annotation_work(
    doc_id: str, annotator: str | None, annotation: Annotation, predictions: object, people: People
) -> Work | None:
    """How an annotation came about, None where nothing tells. predictions: those of its task."""
    told = annotation.created_at, annotation.updated_at, annotation.lead_time, annotation.parent_prediction
    if all(each is None for each in told):
        return None
    who, last = owner(annotation, people), editor(annotation, people)
    seconds = annotation.lead_time
    numbered = isinstance(seconds, int | float) and not isinstance(seconds, bool) and seconds >= 0
    return Work(
        doc_id,
        annotator,
        people.annotator(who) if who.name else None,
        people.annotator(last) if last.name else None,
        moment(annotation.created_at),
        moment(annotation.updated_at),
        round(float(seconds), 1) if numbered else None,
        _model(annotation.parent_prediction, predictions),
    )


def is_rejected(annotation: Annotation) -> bool:
    """Whether the last reviewer has rejected an annotation."""
    listed = annotation.reviews if isinstance(annotation.reviews, list) else []
    verdicts = [each.get("accepted") for each in listed if isinstance(each, dict)]
    return verdicts[-1] is False if verdicts else bool(annotation.state == "REJECTED")


def _texts(item: Item) -> Iterator[str]:
    """What a note says: Label Studio keeps it as a list of texts under meta, older ones of relations under notes."""
    said = item.meta.get("text") if isinstance(item.meta, dict) else None
    for found in (said, item.notes):
        for text in found if isinstance(found, list) else (found,):
            if isinstance(text, str) and text.strip():
                yield text.strip()


def _region_place(id: str, reading: Reading, names: Names) -> tuple[str, str] | None:
    """Layer and id of the record that a region is, or is the content of."""
    region = reading.regions.get(id)
    if region is None or region.group == "document":
        return None
    if region.group == "content":
        owners = (link.head for link in reading.links if link.tail is region)
        region = next(owners, region)
    layer = LAYER_OF[region.group]
    return layer, names.get((layer, region.id), region.id)


def _relation_place(item: Item, reading: Reading, records: Records, names: Names) -> tuple[str, str] | None:
    """Layer and id of the relation between two mentions; None where one is a cue or a stance, or it has no record."""
    ends = [_region_place(id or "", reading, names) for id in (item.from_id, item.to_id)]
    for head, tail in (ends, ends[::-1]):
        if head is not None and tail is not None:
            for id, record in records["relations"].items():
                if (record["head"], record["tail"]) == (head[1], tail[1]):
                    return "relations", id
    return next((end for end in ends if end is not None and end[0] != "mentions"), None)


def _model(parent: object, predictions: object) -> str | None:
    """What made the prediction that an annotation is a copy of; its number where that is not said."""
    if parent is None:
        return None
    for each in predictions if isinstance(predictions, list) else ():
        content: Any = each
        if isinstance(content, dict) and content.get("id") == parent and isinstance(content.get("model_version"), str):
            return content["model_version"] or str(parent)
    return str(parent)[:100] if isinstance(parent, int | str) else None
