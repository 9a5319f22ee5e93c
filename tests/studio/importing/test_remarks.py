"""What annotators and reviewers leave beside records: notes, comments, verdicts, times; each is kept or told."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stancebank.corpus.remarks import Remark, read_remarks, read_work
from stancebank.faults import StanceBankError
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.layout.merge_base import forget_saved, sidecar
from stancebank.studio.layout.task_files import export_file
from stancebank.studio.layout.tasks import Mode, export_tasks

from ..exports import Folder, Task, item, kinds, name_entities, result, small_corpus, stream

ANN = {"id": 2, "email": "ann@example.org"}
NOTE = "could be Kyiv's own\n- ask 😀"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = small_corpus(tmp_path / "root")
    export_file(folder.corpus(), tmp_path / "tasks.json", Mode.annotations)
    return folder


def worked(folder: Folder, way: str = "gold") -> list[Task]:
    """The tasks as ann has saved them, without an edit."""
    tasks = folder.tasks()
    for task in tasks:
        task["data"]["way"] = way
        if way == "passes":
            entities = {each["alias"]: each["record"] for each in task["data"]["entities"]}
            task["data"] |= {"mode": "texts", "entities": []}
            name_entities(result(task), entities)
            for each in result(task):
                each |= {key: f"x{each[key]}" for key in ("id", "from_id", "to_id") if key in each}
        [annotation] = task["annotations"]
        annotation |= {"completed_by": ANN, "updated_by": 2, "lead_time": 312.5, "parent_prediction": None}
        annotation |= {"created_at": "2026-11-20T08:00:00.123456Z", "updated_at": "2026-11-20T09:00:00+00:00"}
    return tasks


def take(folder: Folder, tasks: list[Task]) -> Imported:
    """Import them; a second time changes nothing, and tells no remark again."""
    base = sidecar(folder.path.parent / "tasks.json")
    imported = import_annotations(folder.corpus(), stream(tasks), base=base)
    once = folder.tree()
    again = import_annotations(folder.corpus(), stream(tasks), base=base)
    assert (again.written, again.remarks, again.remarks_gone) == ((), (), ())
    assert folder.tree() == once
    return imported


def note(task: Task, region: str, text: str = NOTE) -> None:
    for each in result(task):
        if each.get("id") == region:
            each["meta"] = {"text": [text]}


def places(folder: Folder) -> set[tuple[str | None, str | None, str]]:
    return {(each.layer, each.id, each.text) for each in read_remarks(folder.path)}


@pytest.mark.parametrize("way", ["gold", "passes"])
def test_notes_on_every_kind_of_region_and_on_relations_are_kept_by_record(folder: Folder, way: str) -> None:
    tasks = worked(folder, way)
    x = "x" if way == "passes" else ""
    regions = (f"{x}m1", f"{x}a1", f"{x}s1")
    content = next(each["id"] for each in result(tasks[0]) if str(each.get("id")).startswith(f"{x}a1:"))
    for region in (*regions, content):
        note(tasks[0], region, f"on {region}")
    between = item(tasks[0], f"{x}m5 to {x}m6")
    between["notes"] = "is it really consult?"
    imported = take(folder, tasks)
    found = {text: (layer, id) for layer, id, text in places(folder)}
    assert len(found) == len(imported.remarks) == 5
    annotator = "ann" if way == "passes" else None
    assert {(each.doc_id, each.annotator, each.by, each.kind) for each in imported.remarks} == {
        ("a", annotator, "ann", "note")
    }
    records = {
        (layer, record[f"{layer[:-1]}_id"]): record
        for layer in ("mentions", "attributions", "stances", "relations")
        for record in folder.records("2025-02", layer, annotator)
        if record["doc_id"] == "a"
    }
    spans = {each["id"]: each["value"] for each in result(tasks[0]) if each.get("from_name") == "label"}
    for region in regions:
        record = records[found[f"on {region}"]]
        assert (record["start"], record["end"]) == (spans[region]["start"], spans[region]["end"])
    owner = records[found[f"on {content}"]]
    assert spans[content]["start"] in {span["start"] for span in owner["content"]}
    assert found["is it really consult?"][0] == "relations"


def test_a_note_on_a_relation_goes_out_again_and_stays_though_saving_drops_it(folder: Folder) -> None:
    tasks = worked(folder)
    item(tasks[0], "m4 to m5")["notes"] = NOTE
    take(folder, tasks)
    [task, _] = export_tasks(folder.corpus())
    assert [each["meta"] for each in result(task) if "meta" in each] == [{"text": [NOTE]}]
    assert item(task, "m4 to m5")["meta"] == {"text": [NOTE]}
    del item(tasks[0], "m4 to m5")["notes"]
    assert take(folder, tasks).remarks_gone == ()
    assert [(layer, text) for layer, _, text in places(folder)] == [("relations", NOTE)]


def test_a_note_goes_out_again_and_goes_where_it_is_removed(folder: Folder) -> None:
    tasks = worked(folder)
    note(tasks[0], "s1")
    take(folder, tasks)
    [task, _] = json.loads(json.dumps(list(export_tasks(folder.corpus()))))
    assert item(task, "s1")["meta"] == {"text": [NOTE]}
    assert all("meta" not in each for each in export_texts(folder))
    for each in result(tasks[0]):
        each.pop("meta", None)
    imported = take(folder, tasks)
    assert [each.text for each in imported.remarks_gone] == [NOTE]
    assert read_remarks(folder.path) == []


def export_texts(folder: Folder) -> list[Any]:
    return [task["data"] for task in export_tasks(folder.corpus(), Mode.texts)]


def test_comments_come_in_open_ones_first_and_stay_when_the_task_is_sent_again(folder: Folder) -> None:
    tasks = worked(folder)
    made = {"created_by": {"id": 3, "email": "rev@example.org"}, "created_at": "2026-11-21T10:00:00Z"}
    comments = [
        made | {"text": "fine", "is_resolved": True},
        made | {"text": "look again", "is_resolved": False},
    ]
    tasks[1]["annotations"][0]["comments"] = comments
    tasks[1]["comment_count"] = 2
    imported = take(folder, tasks)
    assert imported.notices == ()
    expected = Remark("b", None, None, None, "comment", "look again", "rev", "2026-11-21", open=True)
    assert read_remarks(folder.path)[0] == imported.remarks[0] == expected
    comments[1]["is_resolved"] = True
    assert take(folder, tasks).remarks == ()
    assert [each.open for each in read_remarks(folder.path)] == [False, False]
    del tasks[1]["annotations"][0]["comments"]
    tasks[1]["comment_count"] = 0
    assert take(folder, tasks).remarks_gone == ()
    assert len(read_remarks(folder.path)) == 2


def verdict(**values: Any) -> Callable[[Task], object]:
    return lambda task: task["annotations"][0].update(values)


TOLD: dict[str, Callable[[Task], object]] = {
    "review-rejected": verdict(reviews=[{"accepted": True}, {"accepted": False}], state="REJECTED"),
    "ground-truth-starred": verdict(ground_truth=True),
    "comment-elsewhere": lambda task: task.update(comment_count=2),
}


@pytest.mark.parametrize("kind", TOLD)
def test_what_has_no_place_here_is_told_with_its_own(folder: Folder, kind: str) -> None:
    tasks = worked(folder, "passes" if kind == "ground-truth-starred" else "gold")
    TOLD[kind](tasks[1])
    imported = take(folder, tasks)
    [notice] = imported.notices
    assert (notice.kind, notice.outcome, notice.document, notice.path[0]) == (kind, "reported", "b", 1)


@pytest.mark.parametrize("state", ["ACCEPTED", "COMPLETED", None])
def test_an_accepted_review_needs_no_notice(folder: Folder, state: str | None) -> None:
    tasks = worked(folder)
    tasks[0]["annotations"][0] |= {"reviews": [{"accepted": False}, {"accepted": True}], "state": state}
    assert take(folder, tasks).notices == ()


@pytest.mark.parametrize("way", ["gold", "passes"])
def test_an_annotation_that_was_read_and_deleted_since_is_told(folder: Folder, way: str) -> None:
    tasks = worked(folder, way)
    take(folder, tasks)
    before = folder.tree()
    tasks[0]["annotations"] = []
    imported = take(folder, tasks)
    assert kinds(imported) == ["annotation-deleted"]
    assert (imported.notices[0].document, imported.notices[0].annotator) == ("a", "ann" if way == "passes" else None)
    assert folder.tree() == before


def test_of_a_document_that_is_sent_again_no_annotation_is_missed(folder: Folder) -> None:
    tasks = worked(folder, "passes")
    take(folder, tasks)
    forget_saved(sidecar(folder.path.parent / "tasks.json"), "2025-02", {"a"})
    for task in tasks:
        task["annotations"] = []
    assert [notice.document for notice in take(folder, tasks).notices] == ["b"]


def test_how_an_annotation_came_about_is_kept(folder: Folder) -> None:
    tasks = worked(folder)
    tasks[0]["annotations"][0] |= {"parent_prediction": 7, "updated_by": {"id": 3, "email": "ben@example.org"}}
    tasks[0]["predictions"] = [{"id": 7, "model_version": "gliner", "result": []}]
    take(folder, tasks)
    [first, second] = read_work(folder.path)
    assert (first.by, first.changed_by, first.prediction) == ("ann", "ben", "gliner")
    assert (second.begun, second.saved, second.seconds) == ("2026-11-20T08:00:00Z", "2026-11-20T09:00:00Z", 312.5)


def test_what_was_refused_leaves_the_remarks_as_they_are(folder: Folder) -> None:
    tasks = worked(folder)
    note(tasks[0], "s1")
    take(folder, tasks)
    before = folder.tree()
    broken = copy.deepcopy(tasks)
    note(broken[0], "s1", "another")
    item(broken[0], "s1")["value"]["labels"] = ["NONE"]
    assert take(folder, broken).refused
    assert folder.tree() == before


def test_remarks_are_shown_follow_their_document_and_are_named_where_they_cannot_be_read(
    folder: Folder, cli: Callable[..., Any]
) -> None:
    tasks = worked(folder)
    note(tasks[0], "s1", "\x1b[31mred")
    tasks[1]["annotations"][0]["comments"] = [{"text": "look again"}]
    take(folder, tasks)
    shown = cli("show", "a", "--root", folder.path).stdout
    assert "remarks: 1" in shown
    assert "s1: note by ann: \\x1b[31mred" in shown
    assert "unresolved comment: look again" in cli("show", "b", "--root", folder.path).stdout
    assert "remarks" not in cli("show", "a", "--root", folder.path, "--layer", "entities").stdout
    assert cli("rename", "a", "c", "--root", folder.path).returncode == 0
    assert {each.doc_id for each in read_remarks(folder.path)} == {"b", "c"}
    assert cli("remove", "b", "--root", folder.path).returncode == 0
    assert {each.doc_id for each in read_remarks(folder.path)} == {"c"}
    with (folder.path / "annotation/remarks.jsonl").open("a") as file:
        file.write("{}\n")
    with pytest.raises(StanceBankError, match=r"remarks\.jsonl:2"):
        read_remarks(folder.path)
