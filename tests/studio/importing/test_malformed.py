"""Everything that can be wrong with an export: what is said of it, and that nothing comes in with it."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.faults import StanceBankError
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.importing.notices import KINDS
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file
from stancebank.studio.layout.tasks import Mode, Way

from ..exports import (
    ANNOTATED,
    PART,
    TEXT,
    Folder,
    Item,
    Record,
    Task,
    copied,
    drop,
    index_of,
    item,
    kinds,
    new_region,
    place_of,
    relation,
    require_guaranteed,
    result,
    small_corpus,
    span,
)

Place = tuple[str | None, str]  # the region, and the JSON path from the task, both as the notice names them


@dataclass(frozen=True)
class Case:
    """One flaw.

    make: brings it into the task of the document a, and tells the region and the path of the notice.
    after: of a repaired flaw, the records that a has then, by layer; the others are as before.
    """

    kind: str
    name: str
    make: Callable[[Task], Place]
    after: Callable[[dict[str, list[Record]]], object] | None = None


CASES: list[Case] = []


def flaw(kind: str, name: str, after: Callable[[dict[str, list[Record]]], object] | None = None) -> Callable[..., Any]:
    def add(make: Callable[[Task], Place]) -> Callable[[Task], Place]:
        CASES.append(Case(kind, name, make, after))
        return make

    return add


def in_result(task: Task, region: str, control: str = "label", tail: str = "") -> str:
    return f"annotations[0].result[{index_of(task, region, control)}]{tail}"


def as_before(records: dict[str, list[Record]]) -> None:
    """What has been repaired says what was sent."""


def add_items(task: Task, *items: Any) -> str:
    """Put items at the end of the result; gives the path of the first."""
    result(task).extend(items)
    return f"annotations[0].result[{len(result(task)) - len(items)}]"


def value(region: str, control: str, key: str, content: Any, kind: str, name: str, tail: str | None = None) -> None:
    """A flaw in a key of an item's value; tail: of the path behind the item, without it that key's. None changes a."""

    @flaw(kind, name, after=as_before if KINDS[kind].outcome == "repaired" else None)
    def make(task: Task) -> Place:
        item(task, region, control)["value"][key] = content
        return region, in_result(task, region, control, f".value.{key}" if tail is None else tail)


# Tasks


@flaw("task-malformed", "no data")
def _(task: Task) -> Place:
    del task["data"]
    return None, "data"


@flaw("task-malformed", "data is a list")
def _(task: Task) -> Place:
    task["data"] = [task["data"]]
    return None, "data"


@flaw("task-malformed", "no text")
def _(task: Task) -> Place:
    del task["data"]["text"]
    return None, "data"


@flaw("task-malformed", "the text is a number")
def _(task: Task) -> Place:
    task["data"]["text"] = 7
    return None, "data"


@flaw("task-malformed", "annotations is an object")
def _(task: Task) -> Place:
    task["annotations"] = {"result": []}
    return None, "annotations"


@flaw("task-malformed", "an annotation is null")
def _(task: Task) -> Place:
    task["annotations"] = [None]
    return None, "annotations[0]"


@flaw("task-malformed", "a result is null")
def _(task: Task) -> Place:
    task["annotations"][0]["result"] = None
    return None, "annotations[0]"


@flaw("task-malformed", "a result is text")
def _(task: Task) -> Place:
    task["annotations"][0]["result"] = "[]"
    return None, "annotations[0]"


@flaw("task-malformed", "a lone surrogate")
def _(task: Task) -> Place:
    item(task, "m1")["value"]["text"] = "Ann \ud800"
    return None, ""


@flaw("task-malformed", "a lone surrogate in what is not read")
def _(task: Task) -> Place:
    task["meta"] = {"note": "\udfff"}
    return None, ""


@flaw("task-malformed", "NaN")
def _(task: Task) -> Place:
    item(task, "m1")["value"]["start"] = float("nan")
    return None, ""


@flaw("task-malformed", "an infinite offset")
def _(task: Task) -> Place:
    item(task, "m1")["value"]["end"] = float("inf")
    return None, ""


@flaw("task-malformed", "lists a hundred thousand deep")
def _(task: Task) -> Place:
    task["meta"] = "DEEP"
    return None, ""


@flaw("document-unknown", "another document")
def _(task: Task) -> Place:
    task["data"]["doc_id"] = "elsewhere"
    return None, "data.doc_id"


@flaw("task-malformed", "no doc_id")
def _(task: Task) -> Place:
    del task["data"]["doc_id"]
    return None, "data"


@flaw("text-changed", "a blank more")
def _(task: Task) -> Place:
    task["data"]["text"] += " "
    return None, "data.text"


@flaw("text-changed", "line ends of Windows")
def _(task: Task) -> Place:
    task["data"]["text"] = task["data"]["text"].replace(" ", "\r\n", 1)
    return None, "data.text"


@flaw("text-changed", "no text at all")
def _(task: Task) -> Place:
    task["data"]["text"] = ""
    return None, "data.text"


@flaw("scheme-changed", "an earlier version")
def _(task: Task) -> Place:
    task["data"]["scheme_version"] = "0.9"
    return None, "data.scheme_version"


@flaw("annotation-empty", "an empty result")
def _(task: Task) -> Place:
    task["annotations"][0]["result"] = []
    return None, "annotations[0].result"


# Items

for _content in (None, 7, "relation", [], True):

    @flaw("item-malformed", f"an item is {json.dumps(_content)}")
    def _(task: Task, content: Any = _content) -> Place:
        return None, add_items(task, content)


@flaw("item-unknown", "an unknown type")
def _(task: Task) -> Place:
    return "x1", add_items(task, {"id": "x1", "type": "rectangle", "from_name": "label", "value": {}})


@flaw("item-unknown", "no type")
def _(task: Task) -> Place:
    path = in_result(task, "m1")
    del item(task, "m1")["type"]
    return "m1", path


@flaw("item-unknown", "a control that the config does not have")
def _(task: Task) -> Place:
    path = in_result(task, "m1", "level")
    item(task, "m1", "level")["from_name"] = "tone"
    return "m1", path


@flaw("item-unknown", "a region by another control")
def _(task: Task) -> Place:
    path = in_result(task, "m1")
    item(task, "m1")["from_name"] = "ner"
    return "m1", path


@flaw("item-unknown", "a control of another type")
def _(task: Task) -> Place:
    item(task, "m1", "level")["type"] = "textarea"
    return "m1", in_result(task, "m1", "level")


@flaw("item-malformed", "a region without a value")
def _(task: Task) -> Place:
    del item(task, "m1")["value"]
    return "m1", in_result(task, "m1", tail=".value")


@flaw("item-malformed", "a region whose value is a list")
def _(task: Task) -> Place:
    item(task, "m1")["value"] = []
    return "m1", in_result(task, "m1", tail=".value")


@flaw("item-malformed", "a value that is a number")
def _(task: Task) -> Place:
    item(task, "m1", "level")["value"] = 3
    return "m1", in_result(task, "m1", "level", ".value")


value("m1", "level", "choices", "NAM", "item-malformed", "choices is text")
value("m1", "level", "choices", [1], "item-malformed", "a choice is a number")
value("m1", "level", "choices", [["NAM"]], "item-malformed", "a choice is a list")
value("m1", "entity", "taxonomy", ["e1"], "item-malformed", "a path in the taxonomy is text")
value("m1", "entity", "taxonomy", [[7]], "item-malformed", "a step in the taxonomy is a number")


@flaw("item-malformed", "a direction that is none")
def _(task: Task) -> Place:
    item(task, "m5 to m6")["direction"] = "up"
    return "m5 to m6", in_result(task, "m5 to m6", tail=".direction")


@flaw("item-malformed", "a relation whose labels are text")
def _(task: Task) -> Place:
    item(task, "m5 to m6")["labels"] = "aid"
    return None, in_result(task, "m5 to m6", tail=".labels")


@flaw("item-malformed", "a relation without an end")
def _(task: Task) -> Place:
    path = in_result(task, "m5 to m6", tail=".to_id")
    del item(task, "m5 to m6")["to_id"]
    return None, path


# Ids


@flaw("region-without-id", "no id")
def _(task: Task) -> Place:
    path = in_result(task, "m1", tail=".id")
    del item(task, "m1")["id"]
    return None, path


@flaw("region-without-id", "an empty id")
def _(task: Task) -> Place:
    path = in_result(task, "m1", tail=".id")
    item(task, "m1")["id"] = ""
    return None, path


@flaw("region-without-id", "an id that is a list")
def _(task: Task) -> Place:
    path = in_result(task, "m1", tail=".id")
    item(task, "m1")["id"] = ["m1"]
    return None, path


@flaw("region-without-id", "a value without an id")
def _(task: Task) -> Place:
    path = in_result(task, "m1", "level", ".id")
    del item(task, "m1", "level")["id"]
    return None, path


@flaw("region-twice", "two spans with one id")
def _(task: Task) -> Place:
    again = copy.deepcopy(item(task, "m1"))
    again["value"] |= span(TEXT, "peace")
    return "m1", add_items(task, again) + ".id"


@flaw("region-twice", "one region repeated as it is")
def _(task: Task) -> Place:
    return "m1", add_items(task, copy.deepcopy(item(task, "m1"))) + ".id"


def mention_at_peace(records: dict[str, list[Record]]) -> None:
    new = {"doc_id": "a", "mention_id": "m7", "entity_id": "e1", **span(TEXT, "peace"), "level": "NOM"}
    records["mentions"].append(new)


@flaw("id-not-text", "a number", after=mention_at_peace)
def _(task: Task) -> Place:
    items = new_region("77", span(TEXT, "peace"), "PERSON", level="NOM", entity="e1")
    for each in items[1:]:
        each["id"] = "77"
    items[0]["id"] = 77
    return "77", add_items(task, *items) + ".id"


# Offsets and spans

for _offset in ("x", "", "1.5", 1.5, True, [0], {"at": 0}, "9" * 19):
    value("m1", "label", "start", _offset, "offset-malformed", f"the start is {json.dumps(_offset)}")
for _offset in (5.5, "end"):
    value("m1", "level", "end", _offset, "offset-malformed", f"the end of a value is {json.dumps(_offset)}")
value("m1", "label", "end", 7.0, "offset-as-text", "a float that is whole")
value("m1", "label", "start", "0", "offset-as-text", "text")
value("m2", "level", "end", "19", "offset-as-text", "text in a value")
value("m1", "label", "start", None, "item-malformed", "the start is null", tail=".value")


@flaw("item-malformed", "no end")
def _(task: Task) -> Place:
    del item(task, "m1")["value"]["end"]
    return "m1", in_result(task, "m1", tail=".value")


for _name, _start, _end in (
    ("behind its end", 7, 0),
    ("empty", 3, 3),
    ("negative", -3, 7),
    ("outside the text", 0, len(TEXT) + 1),
    ("far outside the text", 2**62, 2**63),
    ("farther than any number of 64 bits", 0, 10**30),
    ("in UTF-16, not code points", len(TEXT) - 5, len(TEXT) + 1),
):

    @flaw("span-impossible", _name)
    def _(task: Task, start: int = _start, end: int = _end) -> Place:
        for each in result(task):
            if each.get("id") == "m6":
                each["value"] |= {"start": start, "end": end}
        return "m6", in_result(task, "m6", tail=".value")


# Labels and values

value("m1", "label", "labels", [], "label-unknown", "no label")
value("m1", "label", "labels", ["PERSON", "ORG"], "label-unknown", "two labels")
value("m1", "label", "labels", ["WEAPON"], "label-unknown", "a label that the scheme does not have")
value("m1", "label", "labels", ["person"], "label-unknown", "a label in another case")
value("m1", "label", "labels", [7], "label-unknown", "a label that is a number")
value("m1", "label", "labels", "PERSON", "item-malformed", "labels as text")
value("m1", "label", "labels", None, "label-unknown", "labels are null")


@flaw("value-without-region", "its region is gone")
def _(task: Task) -> Place:
    [lost] = new_region("gone", span(TEXT, "peace"), "PERSON", level="NAM")[1:]
    return "gone", add_items(task, lost) + ".id"


@flaw("value-elsewhere", "other offsets")
def _(task: Task) -> Place:
    item(task, "m1", "level")["value"] |= {"start": 1}
    return "m1", in_result(task, "m1", "level", ".value")


@flaw("value-out-of-place", "a level on a stance", after=as_before)
def _(task: Task) -> Place:
    place = {key: item(task, "s1")["value"][key] for key in ("start", "end", "text")}
    return "s1", add_items(task, *new_region("s1", place, "STANCE", level="NAM")[1:])


value("m1", "level", "choices", ["LONG"], "value-unknown", "an unknown choice")
value("m1", "entity", "taxonomy", [["e99"]], "value-unknown", "an unknown entity")
value("m1", "entity", "taxonomy", [["e1", "e2"]], "value-unknown", "a path of two steps")
value("s1", "target", "taxonomy", [["t9"]], "value-unknown", "an unknown target")
value("s1", "stance", "choices", ["Favor"], "value-unknown", "a choice in another case")
value("a2", "no_source", "choices", ["nobody"], "value-unknown", "another word for nobody")
value("m1", "level", "choices", ["NAM", "PRO"], "value-twice", "two choices")
value("m1", "entity", "taxonomy", [["e1"], ["e4"]], "value-twice", "two entities")


@flaw("value-unknown", "a new entity on two lines")
def _(task: Task) -> Place:
    return "x1", add_items(task, *new_region("x1", span(TEXT, "peace"), "ORG", level="NAM", new_entity="A\nB"))


@flaw("value-twice", "two items for one control")
def _(task: Task) -> Place:
    again = copy.deepcopy(item(task, "m1", "level"))
    again["value"]["choices"] = ["PRO"]
    return "m1", add_items(task, again) + ".value.choices"


@flaw("value-twice", "two new entities")
def _(task: Task) -> Place:
    items = new_region("x1", span(TEXT, "peace"), "ORG", level="NAM", new_entity="A")
    items[2]["value"]["text"] = ["A", "B"]
    add_items(task, *items)
    return "x1", in_result(task, "x1", "new_entity", ".value.text")


@flaw("value-missing", "no target")
def _(task: Task) -> Place:
    del result(task)[index_of(task, "s1", "target")]
    return "s1", in_result(task, "s1")


@flaw("value-missing", "the target is empty")
def _(task: Task) -> Place:
    item(task, "s1", "target")["value"]["taxonomy"] = []
    return "s1", in_result(task, "s1")


# Mentions and their entities


@flaw("entity-missing", "neither an entity nor a new one")
def _(task: Task) -> Place:
    del result(task)[index_of(task, "m1", "entity")]
    return "m1", in_result(task, "m1")


@flaw("entity-missing", "a new entity of blanks")
def _(task: Task) -> Place:
    return "x1", add_items(task, *new_region("x1", span(TEXT, "peace"), "ORG", level="NAM", new_entity=" \t "))


@flaw("entity-twice", "an entity and a new one")
def _(task: Task) -> Place:
    place = {key: item(task, "m1")["value"][key] for key in ("start", "end")}
    add_items(task, *new_region("m1", place, "PERSON", new_entity="Ann")[1:])
    return "m1", in_result(task, "m1")


@flaw("entity-types-differ", "one mention relabelled")
def _(task: Task) -> Place:
    item(task, "m5")["value"]["labels"] = ["ORG"]
    return "m5", in_result(task, "m5")


# Relations


@flaw("relation-dangling", "to a region that is not there")
def _(task: Task) -> Place:
    return "m99", add_items(task, relation("m1", "m99", "aid")) + ".to_id"


@flaw("relation-dangling", "from a region that is not there")
def _(task: Task) -> Place:
    return "m99", add_items(task, relation("m99", "m1", "aid")) + ".from_id"


@flaw("relation-without-label", "no labels")
def _(task: Task) -> Place:
    del item(task, "m5 to m6")["labels"]
    return "m5 to m6", in_result(task, "m5 to m6")


@flaw("relation-without-label", "labels are empty")
def _(task: Task) -> Place:
    item(task, "m5 to m6")["labels"] = []
    return "m5 to m6", in_result(task, "m5 to m6")


@flaw("relation-unknown", "an unknown label")
def _(task: Task) -> Place:
    item(task, "m5 to m6")["labels"] = ["aid", "befriends"]
    return "m5 to m6", in_result(task, "m5 to m6", tail=".labels[1]")


@flaw("relation-unknown", "an unknown modality")
def _(task: Task) -> Place:
    item(task, "m5 to m6")["labels"] = ["aid: hoped"]
    return "m5 to m6", in_result(task, "m5 to m6", tail=".labels[0]")


@flaw("relation-between-others", "a mention to itself")
def _(task: Task) -> Place:
    return "m1 to m1", add_items(task, relation("m1", "m1", "aid")) + ".labels[0]"


@flaw("relation-between-others", "a mention to a stance")
def _(task: Task) -> Place:
    return "m1 to s1", add_items(task, relation("m1", "s1", "aid")) + ".labels[0]"


@flaw("relation-between-others", "a holder of a cue")
def _(task: Task) -> Place:
    return "a2 to m1", add_items(task, relation("a2", "m1", "holder")) + ".labels[0]"


@flaw("relation-between-others", "a source that is content")
def _(task: Task) -> Place:
    return "a2 to a1:0", add_items(task, relation("a2", "a1:0", "source")) + ".labels[0]"


@flaw("relation-both-ways", "aid in both directions")
def _(task: Task) -> Place:
    item(task, "m5 to m6")["direction"] = "bi"
    return "m5 to m6", in_result(task, "m5 to m6", tail=".labels[0]")


def consult_too(records: dict[str, list[Record]]) -> None:
    new = {"doc_id": "a", "relation_id": "r4", "type": "consult", "head": "m5", "tail": "m6", "modality": "negated"}
    records["relations"].append(new)


@flaw("relation-repeated", "two relations of one pair", after=consult_too)
def _(task: Task) -> Place:
    return "m5 to m6", add_items(task, relation("m5", "m6", "aid", "consult: negated"))


@flaw("relation-repeated", "one of them to the left", after=consult_too)
def _(task: Task) -> Place:
    left = relation("m6", "m5", "consult: negated") | {"direction": "left"}
    return "m5 to m6", add_items(task, left)


@flaw("link-reversed", "a holder that points to its stance", after=as_before)
def _(task: Task) -> Place:
    turned = item(task, "s1 to m4")
    turned["from_id"], turned["to_id"] = "m4", "s1"
    return "m4 to s1", in_result(task, "m4 to s1", tail=".labels[0]")


@flaw("link-reversed", "a source to the left", after=as_before)
def _(task: Task) -> Place:
    item(task, "a1 to m1")["direction"] = "left"
    return "m1 to a1", in_result(task, "a1 to m1", tail=".labels[0]")


@flaw("content-without-cue", "no relation")
def _(task: Task) -> Place:
    return "x1", add_items(task, *new_region("x1", span(TEXT, "near"), "CONTENT"))


@flaw("cue-without-content", "its content is deleted")
def _(task: Task) -> Place:
    drop(task, "a1:0")
    return "a1", in_result(task, "a1")


@flaw("source-unclear", "no source and no word of it")
def _(task: Task) -> Place:
    del result(task)[index_of(task, "a2", "no_source")]
    return "a2", in_result(task, "a2")


@flaw("source-unclear", "two sources")
def _(task: Task) -> Place:
    add_items(task, relation("a1", "m4", "source"), relation("a1", "m6", "source"))
    return "a1", in_result(task, "a1")


@flaw("source-unclear", "sources though there is none")
def _(task: Task) -> Place:
    add_items(task, relation("a2", "m4", "source"), relation("a2", "m6", "source"))
    return "a2", in_result(task, "a2")


@flaw("holder-unclear", "its holder is deleted")
def _(task: Task) -> Place:
    del result(task)[index_of(task, "s1 to m4")]
    del result(task)[index_of(task, "s1", "holder")]
    return "s1", in_result(task, "s1")


@flaw("holder-unclear", "two holders")
def _(task: Task) -> Place:
    add_items(task, relation("s1", "m1", "holder"), relation("s1", "m6", "holder"))
    return "s1", in_result(task, "s1")


def held_by_m1(records: dict[str, list[Record]]) -> None:
    next(each for each in records["stances"] if each["stance_id"] == "s2")["holder"] = "m1"


@flaw("ends-differ", "a holder though it is the writer", after=held_by_m1)
def _(task: Task) -> Place:
    add_items(task, relation("s2", "m1", "holder"))
    return "s2", in_result(task, "s2")


ALL = [pytest.param(case, id=f"{case.kind}: {case.name}") for case in CASES]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return small_corpus(tmp_path / "root")


def changed_b(tasks: list[Task]) -> None:
    """Somebody has said in the document b that Bob is a noun."""
    item(tasks[1], "m4", "level")["value"]["choices"] = ["NOM"]


def take(folder: Folder, tasks: list[Task], **options: Any) -> Imported:
    data = json.dumps(tasks).replace('"DEEP"', "[" * 100_000 + "]" * 100_000)
    return import_annotations(folder.corpus(), BytesIO(data.encode()), **options)


def of_document(folder: Folder, doc_id: str) -> dict[str, list[Record]]:
    return {layer: [r for r in folder.records(PART, layer) if r["doc_id"] == doc_id] for layer in ANNOTATED}


@pytest.mark.deep("inputs", quick=15)
@pytest.mark.parametrize("case", ALL)
def test_each_flaw_is_told_and_nothing_comes_in_with_it(case: Case, folder: Folder) -> None:
    tasks = folder.tasks()
    region, path = case.make(tasks[0])
    changed_b(tasks)
    with copied(folder) as expected:
        records = of_document(expected, "a")
        if case.after:
            case.after(records)
        for layer, own in records.items():
            others = [record for record in expected.records(PART, layer) if record["doc_id"] != "a"]
            for record in others:
                record.update({"level": "NOM"} if (layer, record.get("mention_id")) == ("mentions", "m4") else {})
            expected.write(PART, layer, [*own, *others])
        wanted = expected.content()
    imported = take(folder, tasks)
    where = "$[0]" + (f".{path}" if path else "")
    assert (case.kind, region, where) in [place_of(notice) for notice in imported.notices]
    for notice in imported.notices:
        assert notice.document in ("a", None)
        assert notice.task in ("101", "?")
        assert notice.what
        assert notice.fix
        assert all(line.isprintable() for line in notice.lines())
    outcomes = {notice.outcome for notice in imported.notices}
    assert KINDS[case.kind].outcome in outcomes
    if case.after:
        assert outcomes == {"repaired"}
    assert (imported.refused > 0) == (case.after is None)
    assert [document.doc_id for document in imported.documents] == (["a", "b"] if case.after else ["b"])
    assert folder.content() == wanted


def test_a_flaw_is_told_with_task_document_and_annotator(folder: Folder) -> None:
    tasks = folder.tasks()
    item(tasks[1], "m1", "level")["value"]["choices"] = ["LONG"]
    tasks[1]["data"]["way"] = "passes"
    names = {"1": "ann"}
    (notice,) = take(folder, tasks, names=names).notices  # and not another one, which follows from it
    index = index_of(tasks[1], "m1", "level")
    assert (notice.task, notice.document, notice.annotator, notice.region) == ("102", "b", "ann", "m1")
    head, what, fix = notice.lines()
    assert head == (
        f"task 102, b, ann, region m1: refused: value-unknown  $[1].annotations[0].result[{index}].value.choices"
    )
    assert what == '  level is "LONG", which is none of the choices'
    assert fix.startswith("  fix: ")


@pytest.mark.parametrize(
    ("region", "key", "content"), [("m1", "start", None), ("m1", "labels", None), ("m1", "labels", [])]
)
def test_a_flaw_has_the_same_name_whatever_else_is_wrong(
    folder: Folder, region: str, key: str, content: object
) -> None:
    """A second flaw, of a type that JSON does not excuse, must not change what is said of the first."""
    tasks = folder.tasks()
    item(tasks[0], region)["value"][key] = content
    alone = [n for n in take(folder, tasks, write=False).notices if n.region == region]
    item(tasks[0], "m6", "level")["value"]["choices"] = 7
    both = [n for n in take(folder, tasks, write=False).notices if n.region == region]
    assert [place_of(n) for n in both] == [place_of(n) for n in alone]


# Kinds that need more than one flaw in one task


def test_two_tasks_of_a_document(folder: Folder) -> None:
    tasks, before = folder.tasks(), folder.tree()
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    again = copy.deepcopy(tasks[0]) | {"id": 900}
    third = copy.deepcopy(tasks[0]) | {"id": 901}
    imported = folder.take([*tasks, again, third])
    assert [(n.kind, n.document, n.task) for n in imported.notices] == [
        ("document-twice", "a", "900"),
        ("document-twice", "a", "901"),
    ]
    assert "101" in imported.notices[0].what
    assert [document.doc_id for document in imported.documents] == ["b"]
    assert folder.tree() == before


def test_two_annotations_of_one_annotator(folder: Folder) -> None:
    tasks, before = folder.tasks(), folder.tree()
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    tasks[0]["annotations"] *= 3
    imported = folder.take(tasks)
    assert [place_of(notice) for notice in imported.notices] == [
        ("annotator-twice", None, "$[0].annotations[1].result"),
        ("annotator-twice", None, "$[0].annotations[2].result"),
    ]
    assert [(d.doc_id, d.annotator) for d in imported.documents] == [("b", None)], "one account shares nothing"
    assert folder.tree() == before


def test_nobody_knows_what_was_sent(folder: Folder) -> None:
    """Without a base, what was edited in the corpus since would pass for something that the annotator has undone."""
    tasks = folder.tasks()
    folder.edit(PART, "mentions", "m2", level="NOM")
    before = folder.tree()
    imported = folder.take(tasks)
    assert [place_of(notice) for notice in imported.notices] == [
        ("base-missing", None, f"$[{index}].annotations[0].result") for index in (0, 1)
    ]
    assert folder.tree() == before


def test_what_was_sent_does_not_matter_where_nothing_is(folder: Folder) -> None:
    tasks = folder.tasks()
    annotated = {layer: len(folder.records(PART, layer)) for layer in ANNOTATED}
    for layer in ANNOTATED:
        folder.write(PART, layer, [])
    assert folder.take(tasks).notices == ()
    assert {layer: len(folder.records(PART, layer)) for layer in ANNOTATED} == annotated


def test_the_corpus_was_edited_and_nobody_annotated(folder: Folder) -> None:
    earlier = Folder(folder.path.with_name("earlier"))
    shutil.copytree(folder.path, earlier.path)
    folder.edit(PART, "mentions", "m2", level="NOM")
    before = folder.tree()
    imported = folder.take(earlier.tasks(), base=earlier.path)
    assert [notice.kind for notice in imported.notices] == ["corpus-apart", "corpus-apart"]
    assert folder.tree() == before


def test_an_account_that_annotated_nothing(folder: Folder) -> None:
    imported = folder.take(folder.tasks(), names={"1": "ann", "anne@example.org": "anne"})
    (notice,) = imported.notices
    assert notice.kind == "annotator-absent"
    assert "anne@example.org" in notice.what


def test_the_corpus_and_the_annotator_changed_one_field(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "tasks.json"
    export_file(folder.corpus(), file, Mode.annotations)
    tasks = folder.tasks()
    changed_b(tasks)
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    folder.write(PART, "mentions", [
        record | ({"level": "NOM"} if (record["doc_id"], record["mention_id"]) == ("a", "m1") else {})
        for record in folder.records(PART, "mentions")
    ])  # fmt: skip
    before = of_document(folder, "a")
    imported = folder.take(tasks, base=sidecar(file))
    assert [place_of(n) for n in imported.notices] == [("changed-on-both-sides", "m1", "$[0].annotations[0].result")]
    assert "level" in imported.notices[0].what
    assert of_document(folder, "a") == before
    assert [r["level"] for r in of_document(folder, "b")["mentions"] if r["mention_id"] == "m4"] == ["NOM"]


# Reported, and nothing is wrong


def test_a_skipped_document(folder: Folder) -> None:
    """What is done in the gold stays done."""
    tasks, before = folder.tasks(), folder.tree()
    tasks[0]["annotations"][0] |= {"was_cancelled": True, "result": []}
    imported = folder.take(tasks)
    assert [place_of(n) for n in imported.notices] == [("annotation-skipped", None, "$[0].annotations[0]")]
    assert (imported.refused, imported.written) == (0, ())
    assert folder.tree() == before


def test_a_skipped_annotation_beside_another_is_no_second_annotator(folder: Folder) -> None:
    tasks = folder.tasks()
    skipped = {"id": 5, "result": [], "completed_by": 2, "was_cancelled": True}
    tasks[0]["annotations"].append(skipped)
    imported = folder.take(tasks)
    assert kinds(imported) == ["annotation-skipped"]
    assert [(d.doc_id, d.annotator) for d in imported.documents] == [("a", None), ("b", None)]


def draft(task: Task, **more: Any) -> Record:
    return {"id": 3, "result": copy.deepcopy(result(task)), "annotation": task["annotations"][0]["id"]} | more


def test_a_draft_that_says_the_same_is_not_mentioned(folder: Folder) -> None:
    tasks = folder.tasks()
    same = draft(tasks[0])
    for each in same["result"]:
        each["origin"] = "manual"
    same["result"].reverse()
    tasks[0]["drafts"] = [same]
    imported = folder.take(tasks)
    assert (imported.notices, imported.written) == ((), ())


def test_a_draft_that_says_something_else(folder: Folder) -> None:
    tasks, before = folder.tasks(), folder.tree()
    other = draft(tasks[0])
    level = other["result"][index_of(tasks[0], "m1", "level")]
    level["value"]["choices"] = ["PRO"]
    tasks[0]["drafts"] = [other]
    imported = folder.take(tasks)
    assert [place_of(n) for n in imported.notices] == [("draft-not-submitted", None, "$[0].drafts[0]")]
    assert imported.refused == 0
    assert folder.tree() == before


@pytest.mark.parametrize(
    "more",
    [
        {"annotation": None},
        {"annotation": 999},
        {"annotation": "10"},
        {"result": []},
        {"result": None},
        {"result": [7]},
    ],
)
def test_a_draft_of_nothing_that_was_submitted(folder: Folder, more: Record) -> None:
    tasks, before = folder.tasks(), folder.tree()
    tasks[0]["drafts"] = [draft(tasks[0], **more)]
    assert kinds(folder.take(tasks)) == ["draft-not-submitted"]
    assert folder.tree() == before


def test_a_draft_alone(folder: Folder) -> None:
    tasks, before = folder.tasks(), folder.tree()
    tasks[0]["drafts"] = [draft(tasks[0], annotation=None)]
    tasks[0]["annotations"] = []
    assert kinds(folder.take(tasks)) == ["draft-not-submitted"]
    assert folder.tree() == before


def test_a_prediction_alone(folder: Folder) -> None:
    tasks, before = folder.tasks(Mode.predictions), folder.tree()
    imported = folder.take(tasks)
    assert [place_of(n) for n in imported.notices] == [
        ("prediction-left", None, f"$[{index}].predictions") for index in (0, 1)
    ]
    assert imported.documents == ()
    assert folder.tree() == before


@pytest.mark.parametrize("predictions", [[1], [{"result": []}], [], None])
def test_a_prediction_beside_an_annotation_is_not_mentioned(folder: Folder, predictions: object) -> None:
    tasks = folder.tasks()
    tasks[0]["predictions"] = predictions
    assert folder.take(tasks).notices == ()


def test_two_annotators_of_the_gold(folder: Folder) -> None:
    """A stray annotation concerns its document alone, and makes no pass."""
    tasks, before = folder.tasks(), folder.tree()
    tasks[0]["annotations"].append(copy.deepcopy(tasks[0]["annotations"][0]) | {"id": 5, "completed_by": 2})
    item({"annotations": tasks[0]["annotations"][1:]}, "m1", "level")["value"]["choices"] = ["PRO"]
    changed_b(tasks)
    imported = folder.take(tasks)
    assert [place_of(n) for n in imported.notices] == [("annotator-second", None, "$[0].annotations[1].result")]
    assert "stancebank studio push --passes 2" in imported.notices[0].fix
    assert [(d.doc_id, d.annotator) for d in imported.documents] == [("b", None)]
    assert folder.corpus().annotators == ()
    changed = {name for name, data in folder.tree().items() if before[name] != data}
    assert changed == {f"corpus/{PART}/mentions.jsonl", f"corpus/{PART}/progress.jsonl"}


@pytest.mark.parametrize(("way", "said"), [("passes", "gold"), ("gold", "passes"), ("elsewhere", None), ([], None)])
def test_a_task_whose_work_goes_elsewhere(folder: Folder, way: object, said: str | None) -> None:
    tasks, before = folder.tasks(), folder.tree()
    for task in tasks:
        task["data"]["way"] = way
        task["annotations"][0]["lead_time"] = 5
    imported = folder.take(tasks, way=Way(said) if said else None)
    assert [place_of(n) for n in imported.notices] == [("way-differs", None, f"$[{n}].data.way") for n in (0, 1)]
    assert folder.tree() == before


def test_what_is_submitted_without_what_the_scheme_requires(folder: Folder) -> None:
    """Nobody has decided: that is null, and told where somebody has submitted it."""
    tasks = folder.tasks()
    del result(tasks[0])[index_of(tasks[0], "m1", "level")]
    item(tasks[0], "m5 to m6")["labels"] = ["aid: (undecided)"]
    imported = folder.take(tasks)
    assert [place_of(n) for n in imported.notices] == [("value-undecided", None, "$[0].annotations[0].result")]
    assert imported.notices[0].what == (
        '2 values undecided, which the scheme requires: level of m1 "Ann Lee", modality of r1'
    )
    assert imported.refused == 0
    assert {r["level"] for r in of_document(folder, "a")["mentions"] if r["mention_id"] == "m1"} == {None}
    assert folder.take(folder.tasks()).notices == (), "nobody has submitted what a push sends"


@pytest.mark.parametrize("emptied", [True, False])
@pytest.mark.parametrize(
    ("region", "control"),
    [("m1", "level"), ("a1", "kind"), ("s1", "stance"), ("s1", "basis"), ("s1", "commitment"), ("s1", "expression")],
)
def test_a_choice_that_is_left_open_is_null(folder: Folder, region: str, control: str, emptied: bool) -> None:
    tasks, before = folder.tasks(), of_document(folder, "a")
    if emptied:
        item(tasks[0], region, control)["value"]["choices"] = []
    else:
        del result(tasks[0])[index_of(tasks[0], region, control)]
    imported = folder.take(tasks)
    assert kinds(imported) == ([] if control == "expression" else ["value-undecided"])
    column = {"stance": "label"}.get(control, control)
    for layer, records in before.items():
        for record in records:
            if region in record.values() and layer in ("mentions", "attributions", "stances"):
                record |= {column: None} if column in record else {}
    assert of_document(folder, "a") == before


def test_an_annotation_that_another_has_changed(folder: Folder) -> None:
    tasks = folder.tasks(Mode.texts)
    tasks[0]["data"]["way"] = "passes"
    ann, ben = ({"id": number, "email": f"{name}@example.org"} for number, name in ((1, "ann"), (2, "ben")))
    tasks[0]["annotations"] = [{"id": 1, "result": [], "completed_by": ann, "updated_by": 2}]
    tasks[1]["drafts"] = [{"user": ben, "result": []}]
    imported = folder.take(tasks)
    assert kinds(imported) == ["edited-by-another"]
    assert "ben@example.org has changed the annotation of ann@example.org last" in imported.notices[0].what
    assert folder.corpus().annotators == ("ann",), "it is still the pass of whose annotation it is"


BY_THEMSELVES = {
    "annotator-second": test_two_annotators_of_the_gold,
    "way-differs": test_a_task_whose_work_goes_elsewhere,
    "value-undecided": test_what_is_submitted_without_what_the_scheme_requires,
    "edited-by-another": test_an_annotation_that_another_has_changed,
    "document-twice": test_two_tasks_of_a_document,
    "annotator-twice": test_two_annotations_of_one_annotator,
    "changed-on-both-sides": test_the_corpus_and_the_annotator_changed_one_field,
    "base-missing": test_nobody_knows_what_was_sent,
    "corpus-apart": test_the_corpus_was_edited_and_nobody_annotated,
    "annotator-absent": test_an_account_that_annotated_nothing,
    "annotation-skipped": test_a_skipped_document,
    "draft-not-submitted": test_a_draft_that_says_something_else,
    "prediction-left": test_a_prediction_alone,
}


TOLD_OF_OTHERS = {  # in test_remarks.py and test_export_files.py
    "annotation-deleted",
    "comment-elsewhere",
    "completions-old",
    "ground-truth-starred",
    "review-rejected",
}


def test_every_kind_has_a_case() -> None:
    assert {case.kind for case in CASES} | set(BY_THEMSELVES) | TOLD_OF_OTHERS == set(KINDS)
    repaired = {kind for kind, about in KINDS.items() if about.outcome == "repaired"}
    assert {case.kind for case in CASES if case.after} == repaired


# What is wrong and does not matter


@pytest.mark.parametrize("text", ["something else", "", None, "A\\nB", "x" * 100_000])
def test_the_text_of_a_region_is_not_believed(folder: Folder, text: object) -> None:
    tasks, before = folder.tasks(), folder.tree()
    for each in result(tasks[0]):
        if "value" in each:
            each["value"]["text"] = text
    imported = folder.take(tasks)
    assert (imported.notices, imported.written) == ((), ())
    assert folder.tree() == before


def test_a_region_without_its_text(folder: Folder) -> None:
    tasks = folder.tasks()
    for each in result(tasks[0]):
        each.get("value", {}).pop("text", None)
    assert folder.take(tasks).notices == ()


def test_what_the_interface_adds_and_drops_does_not_matter(folder: Folder) -> None:
    tasks, before = folder.tasks(), folder.tree()
    for each in result(tasks[0]):
        each |= {"origin": "manual", "meta": {}, "parentID": "m9", "score": 0.5, "locked": None}
        each.pop("to_name", None)
    for each in result(tasks[0]):
        if each["type"] == "relation":
            each.pop("direction")
    result(tasks[0]).reverse()
    tasks[0] |= {"meta": {"n": 10**40}, "inner_id": 1, "total_predictions": 0, "comment": None}
    tasks[0]["annotations"][0] |= {"lead_time": 1e300, "unique_id": "x", "result_count": 0, "ground_truth": False}
    imported = folder.take(tasks)
    assert (imported.notices, imported.written) == ((), ("annotation/work.jsonl",))
    assert folder.content() == {file: data for file, data in before.items() if not file.endswith("/progress.jsonl")}


@pytest.mark.parametrize("version", [None, "absent"])
def test_a_task_that_does_not_say_its_scheme(folder: Folder, version: str | None) -> None:
    tasks = folder.tasks()
    tasks[0]["data"]["scheme_version"] = None
    if version:
        del tasks[0]["data"]["scheme_version"]
    assert folder.take(tasks).notices == ()


def test_an_empty_annotation_of_an_empty_document(folder: Folder) -> None:
    for layer in ANNOTATED:
        folder.write(PART, layer, [])
    tasks = folder.tasks()
    tasks[0]["annotations"] = [{"id": 1, "result": []}]
    imported = folder.take(tasks)
    assert (imported.notices, imported.written) == ((), ())


def test_a_task_without_annotations_changes_nothing(folder: Folder) -> None:
    tasks, before = folder.tasks(), folder.tree()
    tasks[0]["annotations"] = []
    del tasks[1]["annotations"]
    imported = folder.take(tasks)
    assert (imported.notices, imported.documents, imported.written) == ((), (), ())
    assert folder.tree() == before


@pytest.mark.deep("inputs", quick=8)
@pytest.mark.parametrize("depth", [100, 600, 990, 1020, 5000])
@pytest.mark.parametrize("where", ["id", "completed_by", "meta", "drafts", "scheme_version", "alias"])
def test_deep_nesting_is_no_traceback(folder: Folder, where: str, depth: int) -> None:
    tasks = folder.tasks()
    places = {"completed_by": tasks[0]["annotations"][0], "scheme_version": tasks[0]["data"]}
    if where == "alias":
        tasks[0]["data"]["entities"].append({"alias": "DEEP"})
    else:
        places.get(where, tasks[0])[where] = "DEEP"
    data = json.dumps(tasks).replace('"DEEP"', "[" * depth + "]" * depth).encode()
    before = folder.tree()
    import_annotations(folder.corpus(), BytesIO(data))
    assert folder.tree() == before


@pytest.mark.deep("inputs", quick=10)
@pytest.mark.parametrize("number", ["1" + "0" * 30, "1" + "0" * 5000, "1e400", "-1", "0.5", "1E2"])
@pytest.mark.parametrize("where", ["id", "completed_by", "start", "annotation", "region", "version"])
def test_huge_numbers_are_no_traceback(folder: Folder, where: str, number: str) -> None:
    tasks = folder.tasks()
    place: tuple[Item, str] = {
        "id": (tasks[0], "id"),
        "completed_by": (tasks[0]["annotations"][0], "completed_by"),
        "start": (item(tasks[0], "m1")["value"], "start"),
        "annotation": (tasks[0]["annotations"][0], "id"),
        "region": (item(tasks[0], "m1"), "id"),
        "version": (tasks[0]["data"], "scheme_version"),
    }[where]
    place[0][place[1]] = "NUMBER"
    before = folder.tree()
    import_annotations(folder.corpus(), BytesIO(json.dumps(tasks).replace('"NUMBER"', number).encode()))
    assert folder.tree() == before


# Anything at all

IDS = ("m1", "m2", "m99", "e1", "e2", "a", "b", "s1", "r1", "n1", "0", "7", "../../x", "gold", "ann@x.org")
LABELS = ("PERSON", "CUE", "CONTENT", "STANCE", "DATE", "NAM", "aid", "agree: possible", "holder", "source", "content")
WORDS = ("relation", "labels", "label", "level", "entity", "new_entity", "textarea", "taxonomy", "choices", "writer")
OTHERS = ("", " ", "left", "bi", "unnamed", "texts", "\x1b[31m", "A | B", "\ud800")
NUMBERS = (0, -1, 1, 7, 2**63, 10**25, 1.0, 0.5, 1e300)
NESTED: tuple[Any, ...] = ([], {}, [[]], [None], [{}], ["PERSON"], [["e1"]], {"start": 0, "end": 7})
ODD_VALUES = st.sampled_from((None, True, False, *IDS, *LABELS, *WORDS, *OTHERS, *NUMBERS, *NESTED))


def nodes(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The place of each value in a tree."""
    children = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(place for key, child in children for place in nodes(child, (*path, key)))]


def get(tree: Any, path: tuple[Any, ...]) -> Any:
    for key in path:
        tree = tree[key]
    return tree


@st.composite
def mutated(draw: st.DrawFn, tasks: list[Task]) -> list[Task]:
    """Tasks with values replaced anywhere, by odd ones or by others of the tasks, with keys lost and items repeated."""
    tasks = copy.deepcopy(tasks)
    for _ in range(draw(st.integers(1, 4))):
        places = nodes(tasks)[1:]
        # Most of the places are in the result; the few that are not would hardly be met.
        shallow = [place for place in places if len(place) <= 4]
        *outer, key = draw(st.sampled_from(draw(st.sampled_from([places, places, shallow]))))
        holder = get(tasks, tuple(outer))
        action = draw(st.sampled_from(["odd", "odd", "other", "other", "delete", "repeat", "swap"]))
        if action == "odd":
            holder[key] = copy.deepcopy(draw(ODD_VALUES))
        elif action == "other":
            holder[key] = copy.deepcopy(get(tasks, draw(st.sampled_from([p for p in places if p[-1] == key]))))
        elif action == "delete":
            del holder[key]
        elif isinstance(holder, list):
            other = draw(st.integers(0, len(holder) - 1))
            if action == "repeat":
                holder.insert(other, copy.deepcopy(holder[key]))
            else:
                holder[key], holder[other] = holder[other], holder[key]
        if not nodes(tasks)[1:]:
            break
    return tasks


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, list[Task], list[Task]]:
    """A small corpus, its tasks with a draft and a new region, and the tasks of its texts with two annotators."""
    folder = small_corpus(tmp_path_factory.mktemp("fuzzed") / "root")
    tasks = folder.tasks()
    tasks[0]["drafts"] = [draft(tasks[0])]
    result(tasks[1]).extend(
        [
            *new_region("aB_-012345", span(TEXT, "peace"), "ORG", level="NOM", new_entity="Peace"),
            *new_region("-_cD012345", span(TEXT, "near"), "STANCE", target="t1", stance="mixed", basis="narration"),
            relation("m1", "aB_-012345", "consult", "agree: negated"),
        ]
    )
    result(tasks[1]).extend(
        new_region("-_cD012345", span(TEXT, "near"), "STANCE", commitment="conditional", no_holder="writer")[1:]
    )
    assert folder.take(tasks, write=False).notices == ()
    shared = copy.deepcopy(tasks)
    for task in shared:
        second = copy.deepcopy(task["annotations"][0]) | {
            "completed_by": {"id": 2, "email": "bea@example.org"},
            "id": 77,
        }
        task["annotations"].append(second)
    return folder, tasks, shared


FUZZ = settings(
    max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def import_holds(folder: Folder, tasks: list[Task]) -> None:
    """Whatever the tasks are: no other error than ours, and nothing unsound is written."""
    with copied(folder) as copy_of:
        before = copy_of.tree()
        try:
            imported = copy_of.take(tasks)
        except StanceBankError:
            assert copy_of.tree() == before
            return
        for notice in imported.notices:
            assert all(line.isprintable() for line in notice.lines())
        if imported.written:
            require_guaranteed(copy_of)
        else:
            assert copy_of.tree() == before
        refused = {
            notice.document for notice in imported.notices if notice.outcome == "refused" and not notice.annotator
        }
        for doc_id in refused - {document.doc_id for document in imported.documents} - {None}:
            assert of_document(copy_of, doc_id) == of_document(folder, doc_id)


@FUZZ
@given(data=st.data())
def test_no_export_breaks_the_corpus(fuzzed: tuple[Folder, list[Task], list[Task]], data: st.DataObject) -> None:
    folder, tasks, _ = fuzzed
    import_holds(folder, data.draw(mutated(tasks)))


@settings(FUZZ, max_examples=examples(20))
@given(data=st.data())
def test_no_export_of_two_annotators_breaks_the_corpus(
    fuzzed: tuple[Folder, list[Task], list[Task]], data: st.DataObject
) -> None:
    folder, _, shared = fuzzed
    import_holds(folder, data.draw(mutated(shared)))
