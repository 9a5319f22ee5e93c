"""What an import makes of edits, of several annotators and of a corpus that has moved on; all of it or nothing."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import examples
from stancebank.agreement.annotation import read_annotations, require_passes
from stancebank.faults import StanceBankError
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.importing.people import read_pairs
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file, export_stream
from stancebank.studio.layout.tasks import Mode, Way, export_tasks

from ..exports import (
    ANNOTATED,
    PART,
    TEXT,
    Folder,
    Record,
    Task,
    drop,
    index_of,
    item,
    kinds,
    new_region,
    relation,
    require_guaranteed,
    result,
    small_corpus,
    small_document,
    span,
    stream,
    tree,
    write_corpus,
    written,
)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return small_corpus(tmp_path / "root")


@pytest.fixture
def file(folder: Folder) -> Path:
    """An export of the corpus as it is, with its base."""
    file = folder.path.parent / "tasks.json"
    export_file(folder.corpus(), file, Mode.annotations)
    return file


def tasks_of(file: Path) -> list[Task]:
    return json.loads(file.read_bytes())


def take(folder: Folder, file: Path, tasks: list[Task], **options: Any) -> Imported:
    return import_annotations(folder.corpus(), stream(tasks), base=sidecar(file), **options)


def by_id(folder: Folder, layer: str, doc_id: str = "a", annotator: str | None = None) -> dict[str, Record]:
    key = {"entities": "entity_id"}.get(layer, f"{layer[:-1]}_id")
    return {r[key]: r for r in folder.records(PART, layer, annotator) if r["doc_id"] == doc_id}


# Exporting


def test_a_task_carries_what_annotators_need(folder: Folder) -> None:
    task = next(export_tasks(folder.corpus()))
    assert {"doc_id", "text", "text_sha256", "language", "scheme_version", "entities", "targets"} <= set(task["data"])
    assert (task["data"]["doc_id"], task["data"]["text"]) == ("a", TEXT)
    assert [each["alias"] for each in task["data"]["entities"]] == ["e1", "e2", "e3", "e4"]
    assert [each["alias"] for each in task["data"]["targets"]] == ["t1", "t2"]
    regions = [each for each in result(task) if each["type"] == "labels"]
    spans = {"m1", "m2", "m3", "m4", "m5", "m6", "a1", "a1:0", "a2", "a2:0", "a2:1", "s1", "s2"}
    assert {each["id"] for each in regions} == spans
    starts = [each["value"]["start"] for each in regions]
    assert starts == sorted(starts)
    assert item(task, "m4 to m5")["labels"] == ["support", "agree: possible"], "one relation for each pair"
    assert len([1 for each in result(task) if (each.get("from_id"), each.get("to_id")) == ("m4", "m5")]) == 1


def test_a_task_of_the_text_alone_tells_nothing_of_the_annotations(folder: Folder) -> None:
    for task in export_tasks(folder.corpus(), Mode.texts):
        assert "annotations" not in task
        assert "predictions" not in task
        assert task["data"]["entities"] == []
        assert not any(name in json.dumps(task).replace(json.dumps(TEXT), "") for name in ("Q42", "Ann Lee", "m1"))


def test_a_prediction_is_the_same_result(folder: Folder) -> None:
    for task, proposed in zip(
        export_tasks(folder.corpus()), export_tasks(folder.corpus(), Mode.predictions), strict=True
    ):
        assert proposed["predictions"][0]["result"] == result(task)
        assert "annotations" not in proposed


def test_documents_are_chosen_by_id(tmp_path: Path) -> None:
    parts = {"2025-02": [small_document("a"), small_document("c")], "2025-03": [small_document("b")]}
    folder = write_corpus(tmp_path / "root", parts)
    assert [task["data"]["doc_id"] for task in export_tasks(folder.corpus())] == ["a", "c", "b"]
    assert [task["data"]["doc_id"] for task in export_tasks(folder.corpus(), documents={"b", "c"})] == ["c", "b"]
    file = tmp_path / "some.json"
    assert export_file(folder.corpus(), file, Mode.annotations, {"c"}) == 1
    assert sorted(tree(sidecar(file))) == sorted(f"corpus/2025-02/{name}.jsonl" for name in (*ANNOTATED, *UNANNOTATED))
    assert {json.loads(line)["doc_id"] for line in _lines(sidecar(file))} == {"c"}
    out = BytesIO()
    assert export_stream(folder.corpus(), out, Mode.annotations, {"b", "c"}) == 2
    assert [task["data"]["doc_id"] for task in json.loads(out.getvalue())] == ["c", "b"]


UNANNOTATED = ("documents", "sentences")


def _lines(folder: Path) -> list[bytes]:
    return [line for data in tree(folder).values() for line in data.splitlines()]


def test_a_document_that_is_not_there_stops_the_export(folder: Folder, file: Path) -> None:
    before = tree(file.parent)
    with pytest.raises(StanceBankError, match='no document is called "nowhere"'):
        export_file(folder.corpus(), file, Mode.annotations, {"a", "nowhere"})
    assert tree(file.parent) == before


def test_an_export_takes_the_place_of_an_earlier_one_and_of_nothing_else(folder: Folder, file: Path) -> None:
    before = file.read_bytes()
    export_file(folder.corpus(), file, Mode.texts)
    assert file.read_bytes() != before
    other = file.with_name("other.json")
    sidecar(other).mkdir()
    (sidecar(other) / "thesis.txt").write_text("mine")
    with pytest.raises(StanceBankError, match="other files"):
        export_file(folder.corpus(), other, Mode.texts)
    assert not other.exists()
    assert (sidecar(other) / "thesis.txt").read_text() == "mine"


# Edits


def test_edits_come_in_as_they_were_made_and_nothing_else_changes(folder: Folder, file: Path) -> None:
    tasks, before = tasks_of(file), folder.tree()
    task = tasks[0]
    item(task, "m6")["value"]["labels"] = ["FAC"]
    item(task, "m2")["value"]["labels"] = ["FAC"]
    item(task, "s1", "stance")["value"]["choices"] = ["mixed"]
    item(task, "m5 to m6")["labels"] = ["consult: planned"]
    result(task).append(relation("m1", "m2", "aid"))
    place = span(TEXT, "\U0001f600 told Kyiv")
    items = new_region("-q_Zz01234", place, "STANCE", target="t1", stance="against", basis="action")
    items += new_region("-q_Zz01234", place, "STANCE", commitment="conditional", no_holder="writer")[1:]
    result(task).extend(items)
    imported = take(folder, file, tasks)
    assert imported.notices == ()
    assert by_id(folder, "entities")["e2"] == {
        **small_document("a")["entities"][1],
        "type": "FAC",
    }, "its name and Wikidata item are kept"
    assert by_id(folder, "stances")["s1"]["label"] == "mixed"
    relations = by_id(folder, "relations")
    assert (relations["r1"]["type"], relations["r1"]["modality"]) == ("consult", "planned"), "of the same pair"
    assert (relations["r4"]["head"], relations["r4"]["tail"]) == ("m1", "m2")
    new = by_id(folder, "stances")["s3"]
    assert {key: new[key] for key in ("start", "end", "text")} == place
    assert (new["holder"], new["target"], new["label"]) == (None, "t1", "against")
    changed = {f"corpus/{PART}/{layer}.jsonl" for layer in ("entities", "relations", "stances", "progress")}
    assert set(imported.written) == changed
    assert {name for name, data in folder.tree().items() if before[name] != data} == changed
    assert {r["doc_id"]: r for r in folder.records(PART, "stances") if r["doc_id"] == "b"}
    require_guaranteed(folder)


def test_an_expression_is_chosen_changed_and_left_open(folder: Folder, file: Path) -> None:
    assert [by_id(folder, "stances")[id]["expression"] for id in ("s1", "s2")] == ["inferred", None]
    tasks = tasks_of(file)
    place = {key: item(tasks[0], "s2")["value"][key] for key in ("start", "end", "text")}
    result(tasks[0]).append(new_region("s2", place, "STANCE", expression="expressed")[1])
    take(folder, file, tasks)
    assert [by_id(folder, "stances")[id]["expression"] for id in ("s1", "s2")] == ["inferred", "expressed"]
    item(tasks[0], "s2", "expression")["value"]["choices"] = ["inferred"]
    result(tasks[0]).remove(item(tasks[0], "s1", "expression"))
    imported = take(folder, file, tasks)
    assert imported.notices == ()
    assert [by_id(folder, "stances")[id]["expression"] for id in ("s1", "s2")] == [None, "inferred"]
    require_guaranteed(folder)


def test_what_was_deleted_is_gone_with_what_hung_on_it(folder: Folder, file: Path) -> None:
    tasks = tasks_of(file)
    drop(tasks[0], "m3", "a1", "a1:0", "s2")
    imported = take(folder, file, tasks)
    assert imported.notices == ()
    assert "e3" not in by_id(folder, "entities"), "nothing mentions it any more"
    assert set(by_id(folder, "mentions")) == {"m1", "m2", "m4", "m5", "m6"}
    assert (set(by_id(folder, "attributions")), set(by_id(folder, "stances"))) == ({"a2"}, {"s1"})
    assert len(imported.documents[0].changes) == imported.documents[0].changed == 4
    require_guaranteed(folder)


def test_a_region_with_another_kind_of_label_is_another_record(folder: Folder, file: Path) -> None:
    """As the interface saves it: the values that do not fit the new label are gone."""
    tasks = tasks_of(file)
    place = {key: item(tasks[0], "m3")["value"][key] for key in ("start", "end", "text")}
    drop(tasks[0], "m3")
    items = new_region("m3", place, "STANCE", target="t1", stance="favor", basis="action")
    items += new_region("m3", place, "STANCE", commitment="conditional", no_holder="writer")[1:]
    result(tasks[0]).extend(items)
    assert take(folder, file, tasks).notices == ()
    assert "m3" not in by_id(folder, "mentions")
    assert "s3" in by_id(folder, "stances")
    require_guaranteed(folder)
    once = folder.tree()
    take(folder, file, tasks)
    assert folder.tree() == once


def test_a_symmetric_relation_starts_from_the_earlier_mention(folder: Folder, file: Path) -> None:
    for labels, direction in ((["allied_with"], "right"), (["allied_with"], "bi")):
        tasks = tasks_of(file)
        result(tasks[0]).append(relation("m6", "m1", *labels) | {"direction": direction})
        assert take(folder, file, tasks, out=folder.path.parent / direction).notices == ()
        lines = (folder.path.parent / direction / f"corpus/{PART}/relations.jsonl").read_bytes().splitlines()
        [new] = [r for r in map(json.loads, lines) if r["type"] == "allied_with"]
        assert (new["head"], new["tail"]) == ("m1", "m6")


def test_content_is_in_the_order_of_the_text(folder: Folder, file: Path) -> None:
    tasks = tasks_of(file)
    links = [each for each in result(tasks[0]) if each.get("labels") == ["content"]]
    for each in links:
        result(tasks[0]).remove(each)
    result(tasks[0]).extend(reversed(links))
    imported = take(folder, file, tasks)
    assert (imported.notices, imported.written) == ((), ())


def test_one_content_can_belong_to_two_cues(folder: Folder, file: Path) -> None:
    tasks = tasks_of(file)
    result(tasks[0]).append(relation("a2", "a1:0", "content"))
    assert take(folder, file, tasks).notices == ()
    assert len(by_id(folder, "attributions")["a2"]["content"]) == 3


def test_no_two_records_get_one_id(folder: Folder, file: Path) -> None:
    """A region whose record is called m7 since an earlier import, and another one that is itself called m7."""
    tasks = tasks_of(file)
    result(tasks[0]).extend(new_region("abcdefghij", span(TEXT, "peace"), "PERSON", level="NOM", entity="e1"))
    assert take(folder, file, tasks).notices == ()
    assert "m7" in by_id(folder, "mentions")
    result(tasks[0]).extend(new_region("m7", span(TEXT, "near"), "PERSON", level="NOM", entity="e1"))
    imported = take(folder, file, tasks)
    texts = {r["text"] for r in by_id(folder, "mentions").values()}
    assert imported.refused or {"peace", "near"} <= texts, "a mention was lost without a word"
    require_guaranteed(folder)


def test_an_entity_that_a_task_offers_cannot_be_called_like_a_mention(folder: Folder) -> None:
    tasks = folder.tasks()
    offered = copy.deepcopy(tasks[0]["data"]["entities"][0])
    shown = json.loads(json.dumps(offered).replace('"e1"', '"m1"'))
    tasks[0]["data"]["entities"].append(shown)
    item(tasks[0], "m1", "entity")["value"]["taxonomy"] = [["m1"]]
    folder.take(tasks)
    require_guaranteed(folder)


def test_an_entity_that_a_task_offers_cannot_be_without_a_name(folder: Folder) -> None:
    tasks = folder.tasks()
    offered = json.loads(json.dumps(tasks[0]["data"]["entities"][0]).replace("Ann Lee", "").replace('"e1"', '"e9"'))
    tasks[0]["data"]["entities"].append(offered)
    item(tasks[0], "m1", "entity")["value"]["taxonomy"] = [["e9"]]
    folder.take(tasks)
    require_guaranteed(folder)


def test_an_entity_that_the_corpus_has_no_more_comes_back_with_all_that_is_known_of_it(
    folder: Folder, file: Path
) -> None:
    """The last mention of Kyiv went with one pull, and is drawn again before the next one."""
    tasks = tasks_of(file)
    for task in tasks:
        result(task)[:] = [each for each in result(task) if not {"m2", "m6"} & {str(v) for v in each.values()}]
    assert take(folder, file, tasks).refused == 0
    assert "Kyiv" not in {r["name"] for r in folder.records(PART, "entities")}
    again = tasks_of(file)
    result(tasks[0]).extend(each for each in result(again[0]) if each.get("id") == "m2")
    assert take(folder, file, tasks).refused == 0
    assert [r["wikidata"] for r in folder.records(PART, "entities") if r["name"] == "Kyiv"] == ["Q1899"]
    require_guaranteed(folder)


# A corpus that has moved on since the export


def test_changes_on_both_sides_are_merged(folder: Folder, file: Path) -> None:
    tasks = tasks_of(file)
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    folder.edit(PART, "mentions", "m2", level="NOM")
    folder.edit(PART, "entities", "e4", wikidata="Q7")
    imported = take(folder, file, tasks)
    assert [notice.kind for notice in imported.notices] == ["corpus-apart"], "in the document that nobody annotated"
    assert {id: r["level"] for id, r in by_id(folder, "mentions").items() if r["level"] != "NAM"} == {
        "m1": "PRO",
        "m2": "NOM",
    }
    assert by_id(folder, "entities")["e4"]["wikidata"] == "Q7"
    assert imported.documents[0].changes == ('m1 "Ann Lee": level NAM to PRO',), "against what was sent"


def test_new_records_of_both_sides_have_different_ids(folder: Folder, file: Path) -> None:
    tasks = tasks_of(file)
    result(tasks[0]).extend(new_region("abcdefghij", span(TEXT, "peace"), "PERSON", level="NOM", entity="e1"))
    ours = {"doc_id": "a", "mention_id": "m7", "entity_id": "e1", **span(TEXT, "near"), "level": "NOM"}
    folder.write(PART, "mentions", [*folder.records(PART, "mentions"), ours])
    assert take(folder, file, tasks).notices == ()
    mentions = by_id(folder, "mentions")
    assert (mentions["m7"]["text"], mentions["m8"]["text"]) == ("near", "peace")


def links_to_m4(task: Task) -> None:
    result(task).append(relation("m4", "m6", "aid"))


def mention_of_bob(task: Task) -> None:
    result(task).extend(new_region("abcdefghij", span(TEXT, "it"), "PERSON", level="PRO", entity="e4"))


def holder_m3(task: Task) -> None:
    item(task, "s1 to m4")["to_id"] = "m3"


def other_mention_of_ann(task: Task) -> None:
    drop(task, "m5")


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        pytest.param(
            links_to_m4,
            {"mentions": ["m4"], "entities": ["e4"], "relations": ["r2", "r3"], "stances": ["s1"]},
            id="a relation from a mention that the corpus has removed",
        ),
        pytest.param(
            mention_of_bob,
            {"mentions": ["m4"], "entities": ["e4"], "relations": ["r2", "r3"], "stances": ["s1"]},
            id="a mention of an entity that the corpus has removed",
        ),
        pytest.param(
            holder_m3,
            {"mentions": ["m3"], "entities": ["e3"]},
            id="a holder that the corpus has removed",
        ),
        pytest.param(
            other_mention_of_ann,
            {"mentions": ["m1"], "attributions": ["a1"]},
            id="an entity of which each side has removed a mention",
        ),
    ],
)
def test_two_changes_that_do_not_go_together_break_nothing(
    folder: Folder, file: Path, theirs: Callable[[Task], None], ours: dict[str, list[str]]
) -> None:
    """No field is changed twice, and yet both together are unsound: refused or mended, but not written."""
    for layer, ids in ours.items():
        folder.remove(PART, layer, *ids)
    if "holder" in theirs.__name__:
        folder.edit(PART, "stances", "s1", basis="action")
    require_guaranteed(folder)
    tasks = tasks_of(file)
    theirs(tasks[0])
    theirs(tasks[1])
    imported = take(folder, file, tasks)
    require_guaranteed(folder)
    assert {notice.kind for notice in imported.notices} <= {"changed-on-both-sides", "ends-differ"}


@st.composite
def edits(draw: st.DrawFn) -> tuple[list[tuple[str, str]], list[str], bool]:
    """Records that the corpus has lost, regions that the annotator has deleted."""
    ids = st.sampled_from(["m1", "m2", "m3", "m4", "m5", "m6", "a1", "a2", "s1", "s2"])
    return draw(st.lists(ids, max_size=4)), draw(st.lists(ids, max_size=4)), draw(st.booleans())


@settings(max_examples=examples(10))
@given(edits())
def test_deletions_on_both_sides_leave_a_sound_corpus(edit: tuple[list[str], list[str], bool]) -> None:
    ours, theirs, adds = edit
    with written({PART: [small_document("a")]}) as folder:
        file = folder.path.parent / "tasks.json"
        export_file(folder.corpus(), file, Mode.annotations)
        for who, gone in (("ours", ours), ("theirs", theirs)):
            tasks = tasks_of(file)
            _delete(tasks[0], gone)
            if who == "ours":
                assert folder.take(tasks).notices == ()
            else:
                if adds and not {"m6", "m2"} & set(theirs):
                    result(tasks[0]).append(relation("m2", "m6", "cooperate"))
                take(folder, file, tasks)
        require_guaranteed(folder)


def _delete(task: Task, regions: list[str]) -> None:
    """Delete regions, and what cannot be without them."""
    gone = set(regions)
    if "m1" in gone:
        gone |= {"a1"}
    if "m4" in gone:
        gone |= {"s1"}
    gone |= {f"{id}:{number}" for id in gone if id.startswith("a") for number in range(2)}
    drop(task, *gone)
    if not result(task):
        task["annotations"] = []


def test_annotations_of_a_text_that_was_annotated_meanwhile(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    tasks, before = folder.tasks(), folder.tree()
    for task in tasks:
        task["data"] |= {"mode": "texts"}
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    imported = folder.take(tasks)
    assert kinds(imported)[0] == "changed-on-both-sides"
    assert folder.tree() == before


# Several annotators


def two_people(tasks: list[Task], first: object = None, second: object = None) -> list[Task]:
    """Ann leaves each document as it was; Bea has another opinion of the first stance."""
    for task in tasks:
        mine = task["annotations"][0] | {"id": 1}
        other = copy.deepcopy(mine) | {"id": 2}
        mine["completed_by"] = first or {"id": 1, "email": "ann@example.org"}
        other["completed_by"] = second or {"id": 2, "email": "bea@example.org"}
        task["annotations"] = [mine, other]
        task["data"]["way"] = "passes"
        mine["lead_time"] = other["lead_time"] = 60.0
        other["result"][index_of({"annotations": [other]}, "s1", "stance")]["value"]["choices"] = ["mixed"]
    return tasks


def pass_layers(folder: Folder, annotator: str) -> dict[str, bytes]:
    own = f"annotation/passes/{annotator}/"
    return {name.removeprefix(own): data for name, data in folder.content().items() if name.startswith(own)}


def test_two_annotators_are_two_passes(folder: Folder, file: Path) -> None:
    before = folder.tree()
    imported = take(folder, file, two_people(tasks_of(file)))
    assert imported.notices == ()
    assert [(d.doc_id, d.annotator, d.changed) for d in imported.documents] == [
        ("a", "ann", 0),
        ("a", "bea", 1),
        ("b", "ann", 0),
        ("b", "bea", 1),
    ]
    corpus = folder.corpus()
    assert corpus.annotators == ("ann", "bea")
    assert {name: data for name, data in folder.tree().items() if name in before} == before
    assert pass_layers(folder, "ann") == {
        name.removeprefix("corpus/"): data
        for name, data in folder.content().items()
        if name.startswith("corpus/") and name in folder.layers()
    }
    done = {("done", "ann", None, "gold", None)}
    assert folder.progress("ann") == {"a": done, "b": done}
    assert {r["label"] for r in folder.records(PART, "stances", "bea") if r["stance_id"] == "s1"} == {"mixed"}
    require_passes(corpus, ["ann", "bea"])
    ann, bea = read_annotations(corpus, ["ann", "bea"])
    assert ann["mentions"].equals(bea["mentions"])
    require_guaranteed(folder)


def test_two_annotators_a_second_time(folder: Folder, file: Path) -> None:
    tasks = two_people(tasks_of(file))
    for task in tasks:
        place = span(TEXT, "peace")
        task["annotations"][1]["result"] += new_region("_bcdefghij", place, "PERSON", level="NOM", new_entity="Peace")
    assert take(folder, file, tasks).notices == ()
    once = folder.tree()
    again = take(folder, file, tasks)
    assert (again.notices, again.written) == ((), ())
    assert folder.tree() == once
    tasks[0]["annotations"][1]["result"][index_of({"annotations": [tasks[0]["annotations"][1]]}, "m1", "level")][
        "value"
    ]["choices"] = ["PRO"]
    third = take(folder, file, tasks)
    assert third.written == (f"annotation/passes/bea/{PART}/mentions.jsonl",)
    changed = [document for document in third.documents if document.changed]
    assert [(d.annotator, d.changes) for d in changed] == [("bea", ('m1 "Ann Lee": level NAM to PRO',))]


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize(
    ("completed_by", "name"),
    [
        ({"id": 5, "email": "ann.lee@example.org"}, "ann.lee"),
        ({"id": 5, "email": "Ann Lee+x@example.org"}, "Ann-Lee-x"),
        ({"id": 5, "email": ""}, "user-5"),
        ({"id": 5}, "user-5"),
        (5, "user-5"),
        ({"id": 5, "email": "../../../etc/passwd@x"}, "etc-passwd"),
        ({"id": 5, "email": "-_.@x"}, "user-5"),
        ({"id": 5, "email": "\u05e9\u05dc@x"}, "user-5"),
        ({"id": 5, "email": "x" * 500}, "x" * 128),
        ({"id": 5, "email": "\x1b[31m@x"}, "31m"),
        ({"id": 5, "email": 7}, "user-5"),
        ({}, "user-unknown"),
        (True, None),
        ([], None),
    ],
)
def test_who_is_not_named_gets_a_name_from_the_account(
    folder: Folder, file: Path, completed_by: object, name: str | None
) -> None:
    tasks = two_people(tasks_of(file)[:1])
    tasks[0]["annotations"][1] |= {"completed_by": completed_by, "updated_by": None}
    take(folder, file, tasks)
    [own] = set(folder.corpus().annotators) - {"ann"}
    assert name in (own, None)
    assert own.isascii()
    assert own.isprintable()
    assert "/" not in own
    require_guaranteed(folder)


def test_annotators_are_named_by_address_and_number(folder: Folder, file: Path) -> None:
    names = read_pairs(["bea@example.org=reviewer", "1 = first"])
    before = folder.tree()
    take(folder, file, two_people(tasks_of(file)), names=names)
    assert folder.corpus().annotators == ("first", "reviewer")
    assert {name: data for name, data in folder.tree().items() if name in before} == before


@pytest.mark.parametrize("names", [{}, {"ann@example.org": "anna"}])
@pytest.mark.parametrize("way", Way)
def test_where_the_work_of_one_annotator_goes_is_said_by_the_task(
    folder: Folder, file: Path, way: Way, names: dict[str, str]
) -> None:
    """Not by how many there are, nor by who has a name."""
    tasks, before = tasks_of(file), folder.tree()
    for task in tasks:
        task["annotations"][0]["completed_by"] = {"id": 1, "email": "ann@example.org"}
        task["data"]["way"] = way
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    imported = take(folder, file, tasks, names=names)
    name = names.get("ann@example.org", "ann")
    work = {("done", name, None, "gold", None)}
    if way is Way.passes:
        assert [d.annotator for d in imported.documents] == [name], "nobody has touched b"
        assert {file: data for file, data in folder.tree().items() if file in before} == before
        assert by_id(folder, "mentions", annotator=name)["m1"]["level"] == "PRO"
        assert folder.progress(name) == {"a": work}
    else:
        assert {d.annotator for d in imported.documents} == {None}
        assert by_id(folder, "mentions")["m1"]["level"] == "PRO"
        assert folder.corpus().annotators == ()
        assert folder.progress()["a"] == work | folder.progress()["b"], "of the layer with changes alone"


def test_an_account_called_gold_is_not_the_gold(folder: Folder, file: Path) -> None:
    """Commands take gold for the corpus itself, so a pass of that name could never be read."""
    tasks = two_people(tasks_of(file), second={"id": 2, "email": "gold@example.org"})
    before = folder.tree()
    take(folder, file, tasks)
    assert "gold" not in folder.corpus().annotators
    assert {name: data for name, data in folder.tree().items() if name in before} == before


def test_two_accounts_with_one_name_are_not_one_annotator(folder: Folder, file: Path) -> None:
    """ann of one place has annotated a, ann of another place b."""
    tasks = two_people(tasks_of(file))
    tasks[1]["annotations"][0]["completed_by"] = {"id": 3, "email": "ann@elsewhere.org"}
    before = folder.tree()
    with pytest.raises(StanceBankError, match="would both be the annotator ann"):
        take(folder, file, tasks)
    assert folder.tree() == before


def test_annotators_of_the_text_alone_are_two_passes(tmp_path: Path) -> None:
    folder = small_corpus(tmp_path / "root")
    before = folder.tree()
    file = tmp_path / "texts.json"
    export_file(folder.corpus(), file, Mode.texts)
    tasks = tasks_of(file)
    for task in tasks:
        task["data"]["way"] = "passes"
        task["annotations"] = [
            {"completed_by": {"id": n, "email": f"{n}@x"}, "result": _mark(words)}
            for n, words in ((1, "Kyiv"), (2, "Bob"))
        ]
    imported = import_annotations(
        folder.corpus(), stream(tasks), base=sidecar(file), names={"1@x": "ann", "2@x": "bea"}
    )
    assert imported.notices == ()
    assert {name: data for name, data in folder.tree().items() if name in before} == before
    assert [r["text"] for r in folder.records(PART, "mentions", "ann")] == ["Kyiv", "Kyiv"]
    assert [r["text"] for r in folder.records(PART, "mentions", "bea")] == ["Bob", "Bob"]
    require_guaranteed(folder)


def _mark(words: str) -> list[dict[str, Any]]:
    return new_region("Qw-_123456", span(TEXT, words), "GPE", level="NAM", new_entity=words)


@pytest.mark.parametrize(
    "pair", ["", "=", "ann", "=ann", "ann@x=", "ann@x=../x", "ann@x=a b", "ann@x=\x1b[31m", "a=-x", "a=gold"]
)
def test_a_pair_that_names_nobody(pair: str) -> None:
    with pytest.raises(StanceBankError) as raised:
        read_pairs([pair])
    assert str(raised.value).replace("\n", "").isprintable()


# All or nothing


def test_nothing_is_written_on_request(folder: Folder, file: Path) -> None:
    tasks, before, base = tasks_of(file), folder.tree(), tree(sidecar(file))
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    imported = take(folder, file, tasks, write=False)
    assert (imported.written, imported.documents[0].changed) == ((), 1)
    assert (folder.tree(), tree(sidecar(file))) == (before, base)


def test_an_export_that_is_cut_changes_nothing(folder: Folder, file: Path) -> None:
    tasks, before, base = tasks_of(file), folder.tree(), tree(sidecar(file))
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    data = json.dumps(tasks).encode()
    for end in (1, len(data) // 2, len(data) - 1):
        with pytest.raises(StanceBankError):
            import_annotations(folder.corpus(), BytesIO(data[:end]), base=sidecar(file))
    assert (folder.tree(), tree(sidecar(file))) == (before, base)


def test_what_is_written_elsewhere_leaves_root_and_base_alone(folder: Folder, file: Path, tmp_path: Path) -> None:
    tasks, before, base = tasks_of(file), folder.tree(), tree(sidecar(file))
    two_people(tasks)
    imported = take(folder, file, tasks, out=tmp_path / "new" / "out")
    assert sorted(tree(tmp_path / "new/out")) == sorted(imported.written)
    assert {name.split("/")[2] for name in imported.written if "/passes/" in name} == {"ann", "bea"}
    assert (folder.tree(), tree(sidecar(file))) == (before, base)


@pytest.mark.parametrize("what", ["passes", "base"])
def test_where_writing_fails_root_and_base_are_as_before(what: str, folder: Folder, file: Path, tmp_path: Path) -> None:
    tasks = two_people(tasks_of(file))
    names = {"ann@example.org": "gold"}
    item({"annotations": tasks[0]["annotations"][:1]}, "m1", "level")["value"]["choices"] = ["PRO"]
    before, base = folder.tree(), tree(sidecar(file))
    (tmp_path / "elsewhere").mkdir()
    # A symbolic link that leads out of the folder is never written through, whoever runs the tests.
    link = folder.path / "annotation" if what == "passes" else sidecar(file) / "regions"
    link.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StanceBankError, match="nothing was changed"):
        take(folder, file, tasks, names=names)
    assert list((tmp_path / "elsewhere").iterdir()) == []
    link.unlink()
    assert folder.tree() == before
    assert tree(sidecar(file)) == base


@pytest.mark.parametrize("names", [b"x\n", b"{}\n", b"[]\n", b'{"doc_id": 1}\n', b"\xff\n", b"{"])
def test_a_base_whose_names_are_spoilt(folder: Folder, file: Path, names: bytes) -> None:
    before = folder.tree()
    (sidecar(file) / "regions").mkdir()
    (sidecar(file) / f"regions/{PART}.jsonl").write_bytes(names)
    with pytest.raises(StanceBankError):
        take(folder, file, tasks_of(file))
    assert folder.tree() == before


@pytest.mark.parametrize("layer", ["mentions", "documents"])
@pytest.mark.parametrize("data", [b"x\n", b"{}\n", b"\xff\n", None])
def test_a_base_that_is_spoilt(folder: Folder, file: Path, layer: str, data: bytes | None) -> None:
    before = folder.tree()
    place = sidecar(file) / f"corpus/{PART}/{layer}.jsonl"
    place.unlink() if data is None else place.write_bytes(data)
    with pytest.raises(StanceBankError):
        take(folder, file, tasks_of(file))
    assert folder.tree() == before


def test_a_base_that_knows_only_some_documents(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    export_file(folder.corpus(), file, Mode.annotations, {"a"})
    tasks = folder.tasks()
    for task in tasks:
        result(task).extend(new_region("abcdefghij", span(TEXT, "peace"), "PERSON", level="NOM", entity="e1"))
    assert take(folder, file, tasks).notices == ()
    assert {r["doc_id"] for r in folder.records(PART, "mentions") if r["mention_id"] == "m7"} == {"a", "b"}
    require_guaranteed(folder)


def test_a_corpus_as_base(folder: Folder, tmp_path: Path) -> None:
    """Another corpus, as it was when the export was made."""
    earlier = small_corpus(tmp_path / "earlier")
    tasks, before = earlier.tasks(), earlier.tree()
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    folder.edit(PART, "mentions", "m2", level="NOM")
    assert folder.take(tasks, base=earlier.path).refused == 0
    assert {id: r["level"] for id, r in by_id(folder, "mentions").items() if r["level"] != "NAM"} == {
        "m1": "PRO",
        "m2": "NOM",
    }
    assert earlier.tree() == before, "a corpus is not brought up to date"


def test_a_corpus_that_cannot_be_read(folder: Folder) -> None:
    tasks = folder.tasks()
    (folder.path / f"corpus/{PART}/stances.jsonl").write_bytes(b"{\n")
    before = folder.tree()
    with pytest.raises(StanceBankError, match="cannot be read"):
        folder.take(tasks)
    assert folder.tree() == before


# Nothing twice, nothing lost: bases that do not know of each other


def with_a_new_region(tasks: list[Task]) -> list[Task]:
    result(tasks[0])[:0] = new_region("Xy12345678", span(TEXT, "peace"), "PERSON", level="NOM", entity="e4")
    return tasks


def added(folder: Folder) -> list[str]:
    return [r["mention_id"] for r in folder.records(PART, "mentions") if r["doc_id"] == "a" and r["text"] == "peace"]


@pytest.mark.parametrize("blank", [False, True])
def test_two_clones_pull_the_same_work_once(tmp_path: Path, blank: bool) -> None:
    folder = small_corpus(tmp_path / "root")
    file = tmp_path / "tasks.json"
    if blank:
        for layer in ANNOTATED:
            folder.write(PART, layer, [])
    export_file(folder.corpus(), file, Mode.texts if blank else Mode.annotations)
    shutil.copytree(sidecar(file), tmp_path / "other")
    tasks = tasks_of(file)
    if blank:
        for task in tasks:
            task["annotations"] = [{"result": []}]
        new = {"level": "NOM", "new_entity": "the peace"}
        result(tasks[0])[:0] = new_region("Xy12345678", span(TEXT, "peace"), "PERSON", **new)
    else:
        with_a_new_region(tasks)
    first = take(folder, file, tasks)
    assert (first.refused, len(added(folder))) == (0, 1)
    before = folder.tree()
    second = import_annotations(folder.corpus(), stream(tasks), base=tmp_path / "other")
    assert (second.refused, second.written) == (0, ())
    assert folder.tree() == before


def test_a_corpus_that_was_written_and_its_base_was_not(folder: Folder, file: Path, tmp_path: Path) -> None:
    shutil.copytree(sidecar(file), tmp_path / "base")
    tasks = with_a_new_region(tasks_of(file))
    take(folder, file, tasks)
    before = folder.tree()
    assert import_annotations(folder.corpus(), stream(tasks), base=tmp_path / "base").written == ()
    assert folder.tree() == before


def test_the_root_named_as_out_is_the_root(folder: Folder, file: Path) -> None:
    tasks = with_a_new_region(tasks_of(file))
    take(folder, file, tasks, out=folder.path / ".")
    assert take(folder, file, tasks).written == ()
    assert len(added(folder)) == 1


def test_what_git_has_set_back_is_told(folder: Folder, file: Path) -> None:
    before = folder.tree()
    tasks = with_a_new_region(tasks_of(file))
    take(folder, file, tasks)
    for name, data in before.items():
        (folder.path / name).write_bytes(data)
    again = take(folder, file, tasks)
    assert [notice.kind for notice in again.notices] == ["corpus-apart"]
    restored = import_annotations(folder.corpus(), stream(tasks), base=folder.path)
    assert (restored.refused, len(added(folder))) == (0, 1), "and comes back with the corpus itself as base"


def test_a_region_of_blanks_is_refused(folder: Folder, file: Path) -> None:
    tasks, before = tasks_of(file), folder.tree()
    blank = {"start": TEXT.index(" "), "end": TEXT.index(" ") + 1, "text": " "}
    result(tasks[0])[:0] = new_region("Xy12345678", blank, "PERSON", level="NOM", entity="e4")
    assert kinds(take(folder, file, tasks)) == ["span-impossible"]
    assert folder.tree() == before


def test_a_pass_with_nothing_in_it_is_a_pass(folder: Folder, file: Path) -> None:
    tasks = tasks_of(file)
    for task in tasks:
        task["annotations"] = [
            {"result": [], "completed_by": {"email": f"{who}@example.org"}} for who in ("ann", "ben")
        ]
        task["data"] |= {"mode": "texts", "way": "passes"}
    imported = take(folder, file, tasks)
    assert imported.refused == 0
    assert folder.corpus().annotators == ("ann", "ben")
    assert sum(document.changed for document in imported.documents) == 0


def test_addresses_are_the_same_in_any_case(folder: Folder, file: Path) -> None:
    tasks = two_people(tasks_of(file))
    take(folder, file, tasks, names=read_pairs(["ANN@Example.org=anna"]))
    assert folder.corpus().annotators == ("anna", "bea")


def test_a_broken_base_is_named(folder: Folder, file: Path) -> None:
    (sidecar(file) / f"corpus/{PART}/mentions.jsonl").write_bytes(b"{}\n")
    with pytest.raises(StanceBankError, match=r"the base .*tasks\.json\.base cannot be read"):
        take(folder, file, tasks_of(file))
