"""A task's bytes as typed values: at once where all has its type, else value by value, with what is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
import orjson

from stancebank.faults import excerpt
from stancebank.storage.json_positions import JsonPath
from stancebank.studio.importing.notices import Notice

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_SHOWN = 5  # items of a list that a message shows
AGAIN = "delete it and make it again"
_NOTHING = "nothing to do"


class Value(msgspec.Struct, gc=False):
    """The value of an item; text is the covered text, or in a text area what was typed."""

    start: int | None = None
    end: int | None = None
    labels: list[str] | None = None
    choices: list[str] | None = None
    taxonomy: list[list[str]] | None = None
    text: str | list[str] | None = None
    number: int | float | None = None


class Item(msgspec.Struct, gc=False):
    """An item of a result: a region, a value of one, or a relation. None where a key is missing."""

    type: str | None = None
    id: str | None = None
    from_name: str | None = None
    value: Value | None = None
    from_id: str | None = None
    to_id: str | None = None
    direction: str | None = None
    labels: list[str] | None = None
    meta: Any = None
    notes: Any = None


class Annotation(msgspec.Struct):
    """An annotation. Where a task could not be read at once, its result is a list of whatever is there."""

    result: list[Item]
    id: int | None = None
    was_cancelled: bool | None = None
    completed_by: Any = None
    updated_by: Any = None
    created_at: Any = None
    updated_at: Any = None
    lead_time: Any = None
    last_action: Any = None
    draft_created_at: Any = None
    parent_prediction: Any = None
    parent_annotation: Any = None
    comments: Any = None
    ground_truth: Any = None
    reviews: Any = None
    state: Any = None


_UNCHECKED = Annotation.__struct_fields__[3:]


class Data(msgspec.Struct):
    """What a task carries."""

    doc_id: str
    text: str
    scheme_version: str | None = None
    mode: str | None = None
    way: Any = None
    entities: Any = None
    ends: Any = None
    made_of: Any = None


class Task(msgspec.Struct):
    """One task of an export; an annotation that is none is None."""

    data: Data
    id: Any = None
    annotations: list[Annotation | None] | None = None
    drafts: Any = None
    predictions: Any = None
    completions: Any = None
    comment_count: Any = None


_BESIDE = Task.__struct_fields__[3:]


class _Document(msgspec.Struct):
    doc_id: str


class _Work(msgspec.Struct):
    completed_by: Any = None
    user: Any = None


class _Glimpse(msgspec.Struct):
    data: _Document
    annotations: list[_Work | None] | None = None
    drafts: list[_Work | None] | None = None


_DECODER = msgspec.json.Decoder(Task)
_GLANCE = msgspec.json.Decoder(_Glimpse)


def glance(raw: bytes) -> tuple[str, list[Any]] | None:
    """The doc_id of a task's bytes, and who is named in it; None where they are not one sound JSON object."""
    try:
        task = _GLANCE.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    work = [each for each in (*(task.annotations or ()), *(task.drafts or ())) if each is not None]
    return task.data.doc_id, [said for each in work for said in (each.completed_by, each.user)]


def decode_task(raw: bytes, path: JsonPath) -> tuple[Task | None, list[Notice]]:
    """The task in the bytes of an object, None where there is none, and what is wrong with its types."""
    try:
        return _DECODER.decode(raw), []
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _decode_carefully(raw, path)


def _decode_carefully(raw: bytes, path: JsonPath) -> tuple[Task | None, list[Notice]]:
    try:
        content = orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        what = f"it is not valid JSON: {error.msg}"
        return None, [Notice("task-malformed", path, what, "export it again from Label Studio")]
    id = content.get("id")
    named = shown_id(id)
    try:
        data = msgspec.convert(content.get("data"), Data)
    except (msgspec.ValidationError, RecursionError) as error:
        doc_id = content["data"].get("doc_id") if isinstance(content.get("data"), dict) else None
        what = f"its data is not that of a document: {error}"
        fix = "export all of the task as JSON, from a project that stancebank filled"
        known = doc_id if isinstance(doc_id, str) else None
        return None, [Notice("task-malformed", (*path, "data"), what, fix, named, known)]
    annotations = content.get("annotations")
    notices: list[Notice] = []
    if annotations is not None and not isinstance(annotations, list):
        what = f"annotations is {shown(annotations)}, expected a list"
        again = "export it again from Label Studio"
        notices.append(Notice("task-malformed", (*path, "annotations"), what, again, named, data.doc_id))
        annotations = []
    loose = [loose_annotation(annotation) for annotation in annotations or ()]
    return Task(data, id, loose, *map(content.get, _BESIDE)), notices


def loose_annotation(annotation: object) -> Annotation | None:
    """An annotation whose items are still to be read one by one."""
    if not isinstance(annotation, dict) or not isinstance(annotation.get("result"), list):
        return None
    id = annotation.get("id")
    cancelled = annotation.get("was_cancelled") is True
    unchecked = {name: annotation.get(name) for name in _UNCHECKED}
    return Annotation(annotation["result"], id if type(id) is int else None, cancelled, **unchecked)


def shown_id(id: object) -> str:
    """The id of a task, for people."""
    return str(id) if type(id) is int else excerpt(id)[1:-1] if isinstance(id, str) else "?"


def decode_items(result: list[Any], path: JsonPath) -> tuple[list[Item | None], list[Notice]]:
    """The items of a result, None in place of each that is none, and what is wrong with their types.

    path: of the result in the file.
    """
    if not result or type(result[0]) is Item:
        return result, []
    items = _Items(path)
    return [items.item(index, item) for index, item in enumerate(result)], items.notices


class _Items:
    """Items in reading one by one."""

    def __init__(self, path: JsonPath) -> None:
        self.notices: list[Notice] = []
        self._path = path

    def item(self, index: int, item: object) -> Item | None:
        """The item; what can be read in one way alone is repaired."""
        if not isinstance(item, dict):
            self._say("item-malformed", (index,), f"the item is {shown(item)}, expected an object", "remove it", None)
            return None
        relation = item.get("type") == "relation"
        before = len(self.notices)
        sound = {key: item.get(key) for key in ("type", "from_name") if isinstance(item.get(key), str)}
        for key in ("from_id", "to_id") if relation else ("id",):
            sound[key] = self._id(index, item, key)
        if relation:
            sound["direction"] = self._text(index, item, "direction")
            sound["labels"] = self._list(index, item, "labels", ("labels",), "relation-unknown")
        else:
            sound["value"] = self._value(index, item)
        sound |= {"meta": item.get("meta"), "notes": item.get("notes")}
        refused = any(notice.outcome == "refused" for notice in self.notices[before:])
        return None if refused else msgspec.convert(sound, Item)

    def _say(self, kind: str, path: JsonPath, what: str, fix: str, item: dict[str, Any] | None) -> None:
        id = item.get("id") if item else None
        named = str(id) if isinstance(id, str) or type(id) is int else None
        self.notices.append(Notice(kind, (*self._path, *path), what, fix, region=named))

    def _id(self, index: int, item: dict[str, Any], key: str) -> str | None:
        id = item.get(key)
        if type(id) is int:
            self._say("id-not-text", (index, key), f"the {key} is the number {id}, expected text", _NOTHING, item)
            return str(id)
        if id is None or isinstance(id, str):
            return id
        kind = "region-without-id" if key == "id" else "item-malformed"
        self._say(kind, (index, key), f"the {key} is {shown(id)}, expected text", AGAIN, item)
        return None

    def _text(self, index: int, item: dict[str, Any], key: str) -> str | None:
        text = item.get(key)
        if text is None or isinstance(text, str):
            return text
        self._say("item-malformed", (index, key), f"the {key} is {shown(text)}, expected text", AGAIN, item)
        return None

    def _value(self, index: int, item: dict[str, Any]) -> dict[str, Any] | None:
        value = item.get("value")
        if value is None:
            return None
        if not isinstance(value, dict):
            self._say(
                "item-malformed", (index, "value"), f"the value is {shown(value)}, expected an object", AGAIN, item
            )
            return None
        place = ("value",)
        sound: dict[str, Any] = {key: self._offset(index, item, value, key) for key in ("start", "end")}
        sound["number"] = self._number(index, item, value)
        sound["labels"] = self._list(index, value, "labels", (*place, "labels"), "label-unknown", item)
        sound["choices"] = self._list(index, value, "choices", (*place, "choices"), "item-malformed", item)
        sound["taxonomy"] = self._list(
            index, value, "taxonomy", (*place, "taxonomy"), "item-malformed", item, deep=True
        )
        if item.get("type") == "textarea":
            text = value.get("text")
            text = [text] if isinstance(text, str) else text
            sound["text"] = self._list(index, {"text": text}, "text", (*place, "text"), "item-malformed", item)
        return sound

    def _offset(self, index: int, item: dict[str, Any], value: dict[str, Any], key: str) -> int | None:
        offset = value.get(key)
        if offset is None or type(offset) is int:
            return offset
        path = (index, "value", key)
        if (isinstance(offset, str) and _WHOLE.fullmatch(offset)) or (
            isinstance(offset, float) and offset.is_integer()
        ):
            what = f"{key} is {shown(offset)}, expected a whole number"
            self._say("offset-as-text", path, what, _NOTHING, item)
            return int(offset)
        what = f"{key} is {shown(offset)}, expected a whole number of code points"
        self._say("offset-malformed", path, what, "delete the region and draw it again", item)
        return None

    def _number(self, index: int, item: dict[str, Any], value: dict[str, Any]) -> int | float | None:
        number = value.get("number")
        if number is None or type(number) in (int, float):
            return number
        what = f"the number is {shown(number)}, expected a number"
        self._say("item-malformed", (index, "value", "number"), what, "correct it", item)
        return None

    def _list(
        self,
        index: int,
        holder: dict[str, Any],
        key: str,
        path: tuple[str, ...],
        kind: str,
        item: dict[str, Any] | None = None,
        *,
        deep: bool = False,
    ) -> list[Any] | None:
        """A list of text, with deep a list of such lists; kind: of flaw where it is a list of something else."""
        found = holder.get(key)
        inner: Callable[[object], bool] = _is_list_of_text if deep else _is_text
        if found is None or (isinstance(found, list) and all(map(inner, found))):
            return found
        what = f"{key} is {shown(found)}, expected a list of text"
        flaw = kind if isinstance(found, list) else "item-malformed"
        self._say(flaw, (index, *path), what, AGAIN, item or holder)
        return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_list_of_text(value: object) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def shown(value: object) -> str:
    """An untrusted value, for a message."""
    if isinstance(value, str):
        return excerpt(value)
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        scalars = all(not isinstance(each, list | dict) for each in value) and len(value) <= _SHOWN
        return f"[{', '.join(map(shown, value))}]" if scalars else f"a list of {len(value):,}"
    return "missing" if value is None else str(value).lower()
