"""How far each annotator is with a document, as its task says: submitted is done, a draft is open, skipped is skipped.

What a push has sent and nobody has touched since says nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from stancebank.faults import printable
from stancebank.schema.layers import BLANK, DONE, FROM_GOLD, FROM_PASSES, FROM_PREDICTIONS, OPEN, SKIPPED
from stancebank.studio.importing.decoding import Annotation, Data
from stancebank.studio.importing.people import Account, People
from stancebank.studio.layout.document_records import no_records
from stancebank.studio.layout.tasks import Mode, Way, records_digest

# What Label Studio sets where somebody, and not an import, has made or changed an annotation.
_TRACES = ("updated_by", "last_action", "lead_time", "draft_created_at", "parent_prediction", "parent_annotation")
_AT_ONCE = 1.0  # seconds between made and changed of an annotation that was only imported
_STATES = (DONE, OPEN, SKIPPED)  # what counts where one annotator has several in a task


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody is with a document.

    who: in a pass its annotator, in the gold who changed it last. date: of the last
    change, in UTC. made_from: as in the layer progress. remark: why it was skipped.
    drafts: how many are not submitted. saved: tells one saving from another.
    """

    who: Account
    state: str
    date: str | None
    made_from: str
    remark: str | None
    drafts: int
    saved: str


def task_marks(data: Data, way: Way, annotations: Iterable[Annotation], drafts: object, people: People) -> list[Mark]:
    """A mark for each annotator who has begun, in the order in which they are named.

    way: where the work goes. annotations: without what a push has sent and nobody has touched.
    """
    found: dict[Account, list[Mark]] = {}
    for annotation in annotations:
        who = owner(annotation, people) if way is Way.passes else editor(annotation, people)
        state = SKIPPED if annotation.was_cancelled else DONE
        remark = _remark(annotation.comments) if annotation.was_cancelled else None
        saved = f"{state} {who.name} {_text(annotation.updated_at) or annotation.id or ''}"
        origin = made_from(data, annotation.parent_prediction, annotation.parent_annotation)
        found.setdefault(who, []).append(Mark(who, state, day(annotation.updated_at), origin, remark, 0, saved))
    for draft in drafts if isinstance(drafts, list) else ():
        if isinstance(draft, dict):
            who = people.account(draft.get("user"))
            last = draft.get("updated_at")
            saved = f"{OPEN} {who.name} {_text(last) or _text(draft.get('id'))}"
            origin = made_from(data, draft.get("parent_prediction"), draft.get("parent_annotation"))
            found.setdefault(who, []).append(Mark(who, OPEN, day(last), origin, None, 1, saved))
    return [_of_one(marks) for marks in found.values()]


def _of_one(marks: Sequence[Mark]) -> Mark:
    first = furthest(marks)
    drafts = sum(mark.drafts for mark in marks)
    return Mark(first.who, first.state, first.date, first.made_from, first.remark, drafts, first.saved)


def furthest(marks: Sequence[Mark]) -> Mark:
    """The mark that counts: done before open before skipped, of equals the last."""
    return min(reversed(marks), key=lambda mark: _STATES.index(mark.state))


def owner(annotation: Annotation, people: People) -> Account:
    """Whose annotation it is."""
    return people.account(annotation.completed_by)


def editor(annotation: Annotation, people: People) -> Account:
    """Who has changed it last."""
    return people.account(annotation.updated_by or annotation.completed_by)


def is_as_sent(annotation: Annotation, data: Data) -> bool:
    """Whether it may be what a push has sent, which nobody has touched since."""
    return data.mode == Mode.annotations and data.made_of != _MADE_OF_NOTHING and not is_touched(annotation)


def is_touched(annotation: Annotation) -> bool:
    """Whether somebody, and not an import alone, has made or changed an annotation."""
    if any(getattr(annotation, trace) for trace in _TRACES):
        return True
    made, changed = (_moment(each) for each in (annotation.created_at, annotation.updated_at))
    return made is not None and changed is not None and abs((changed - made).total_seconds()) > _AT_ONCE


def made_from(data: Data, prediction: object, annotation: object) -> str:
    """What an annotator began with.

    prediction, annotation: those that the work was copied from, where there are any.
    """
    if prediction is not None:
        return FROM_PREDICTIONS
    if data.mode == Mode.annotations:
        return BLANK if data.made_of == _MADE_OF_NOTHING else FROM_GOLD
    if annotation is not None:
        return FROM_PASSES
    return FROM_PREDICTIONS if data.mode == Mode.predictions and data.made_of != _MADE_OF_NOTHING else BLANK


_MADE_OF_NOTHING = records_digest(no_records())


def _text(said: object) -> str:
    return str(said) if isinstance(said, str | int) else ""


def _moment(said: object) -> datetime | None:
    if not isinstance(said, str):
        return None
    try:
        moment = datetime.fromisoformat(said)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(said: object) -> str | None:
    """The day of a moment, in UTC; None where none is given."""
    found = _moment(said)
    return found.date().isoformat() if found else None


def moment(said: object) -> str | None:
    """A moment in UTC, to the second; None where none is given."""
    found = _moment(said)
    return found.replace(microsecond=0).isoformat().replace("+00:00", "Z") if found else None


def _remark(comments: object) -> str | None:
    """What annotators have written beside an annotation, on one line."""
    return " ".join(_lines(comments)) or None


def _lines(comments: object) -> Iterator[str]:
    for comment in comments if isinstance(comments, list) else ():
        text = comment.get("text") if isinstance(comment, Mapping) else comment
        if isinstance(text, str):
            yield from printable(" ".join(text.split())).split()
