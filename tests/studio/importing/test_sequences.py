"""Exports of one project, one after the other, in any order: where work goes, and what progress says."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file
from stancebank.studio.layout.tasks import Mode, Way

from ..exports import (
    PART,
    TEXT,
    Folder,
    Item,
    Record,
    Task,
    index_of,
    kinds,
    new_region,
    small_document,
    span,
    stream,
    without_annotations,
    write_corpus,
)

ANN, BEN = ({"id": number, "email": f"{name}@example.org"} for number, name in ((2, "ann"), (3, "ben")))
DAY = "2026-11-20"
STEPS = ("ann alone", "ben too", "ben skipped his")


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A document that is annotated and one that is not, and nobody has said how far they are."""
    folder = write_corpus(tmp_path / "root", {PART: [small_document("a"), without_annotations(small_document("b"))]})
    (folder.path / folder.file(PART, "progress")).unlink()
    export_file(folder.corpus(), tmp_path / "tasks.json", Mode.annotations)
    return folder


def work(who: Record, number: int, items: Sequence[Item], **more: Any) -> Record:
    """An annotation as a server exports it."""
    made = {"id": 900 + number, "completed_by": who, "updated_by": who["id"], "result": list(items), "lead_time": 60.0}
    made |= {"created_at": f"{DAY}T08:00:00Z", "updated_at": f"{DAY}T23:30:00-02:00", "parent_prediction": None}
    return made | {"was_cancelled": False, "ground_truth": False} | more


def steps(folder: Folder, way: Way | None) -> dict[str, list[Task]]:
    """Ann has another opinion of a, and marks two in b; ben leaves a as it was, and then skips it after all."""
    a, b = folder.tasks()
    for task in (a, b):
        del task["data"]["way"]
        task["data"] |= {"way": way} if way else {}
    sent = a["annotations"][0]["result"]
    others = copy.deepcopy(sent)
    others[index_of(a, "s1", "stance")]["value"]["choices"] = ["neutral"]
    marked = [
        *new_region("x1", span(TEXT, "Bob"), "PERSON", level="NAM", new_entity="Bob"),
        *new_region("x2", span(TEXT, "Kyiv"), "GPE", level="NAM", new_entity="Kyiv"),
    ]
    b["annotations"] = [work(ANN, 2, marked)]
    anns, bens = work(ANN, 1, others), work(BEN, 3, sent)
    skipped = bens | {"was_cancelled": True, "comments": [{"text": "not my\nlanguage"}]}
    made = ([anns], [anns, bens], [anns, skipped])
    return {name: [a | {"annotations": each}, b] for name, each in zip(STEPS, made, strict=True)}


def take(folder: Folder, tasks: list[Task], **options: Any) -> Imported:
    base = sidecar(folder.path.parent / "tasks.json")
    imported = import_annotations(folder.corpus(), stream(tasks), base=base, **options)
    once = folder.tree()
    again = import_annotations(folder.corpus(), stream(tasks), base=base, **options)
    assert (again.written, again.marked) == ((), {}), "what is not new changes nothing"
    assert folder.tree() == once
    return imported


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize("order", [*permutations(STEPS)], ids=", ".join)
@pytest.mark.parametrize("said", [True, False], ids=["said by the tasks", "said by --as"])
def test_passes_leave_the_gold_alone_whoever_is_there(folder: Folder, order: Sequence[str], said: bool) -> None:
    before, exports = folder.tree(), steps(folder, Way.passes if said else None)
    for step in order:
        imported = take(folder, exports[step], way=None if said else Way.passes)
        assert imported.refused == 0
        assert {name: data for name, data in folder.tree().items() if name in before} == before
        assert not [d for d in imported.documents if d.annotator == "ben" and d.changed], "ben has changed nothing"
        done = {("done", "ann", "2026-11-21", "gold", None)}
        assert folder.progress("ann") == {"a": done, "b": {("done", "ann", "2026-11-21", "blank", None)}}
        assert folder.records(PART, "stances", "ann")[0]["label"] == "neutral"
        if step == "ben too":
            assert folder.progress("ben") == {"a": {("done", "ben", "2026-11-21", "gold", None)}}
        if step == "ben skipped his":
            assert folder.progress("ben") == {"a": {("skipped", "ben", "2026-11-21", "gold", "not my language")}}
    assert folder.corpus().annotators == ("ann", "ben")


@pytest.mark.deep("inputs", quick=4)
@pytest.mark.parametrize("way", [Way.gold, None])
@pytest.mark.parametrize("order", [*permutations(STEPS)], ids=", ".join)
def test_a_stray_annotation_of_the_gold_concerns_its_document_alone(
    folder: Folder, order: Sequence[str], way: Way | None
) -> None:
    exports = steps(folder, way)
    for step in order:
        gold = {layer: folder.records(PART, layer) for layer in ("stances", "mentions")}
        imported = take(folder, exports[step])
        if step == "ben too":
            assert kinds(imported) == ["annotator-second"]
            assert [d.doc_id for d in imported.documents] == ["b"]
            of_a = [[r for r in records if r["doc_id"] == "a"] for records in gold.values()]
            assert of_a == [[r for r in folder.records(PART, layer) if r["doc_id"] == "a"] for layer in gold]
        else:
            assert imported.refused == 0
            assert folder.records(PART, "stances")[0]["label"] == "neutral"
            assert folder.progress()["a"] == {("done", "ann", "2026-11-21", "gold", None)}
        assert folder.progress()["b"] == {("done", "ann", "2026-11-21", "blank", None)}
        assert folder.corpus().annotators == ()


def test_drafts_and_skips_do_not_undo_what_is_done_in_the_gold(folder: Folder) -> None:
    a, b = steps(folder, Way.gold)["ann alone"]
    drafts = [{"id": 1, "user": BEN, "result": [], "updated_at": f"{DAY}T08:00:00Z"}]
    sent = a["annotations"][0] | {"lead_time": None, "updated_by": None, "updated_at": f"{DAY}T08:00:00Z"}
    sent["result"] = folder.tasks()[0]["annotations"][0]["result"]
    take(folder, [a | {"annotations": [sent]}, b | {"annotations": []}])
    assert not (folder.path / folder.file(PART, "progress")).exists(), "nobody has touched what was sent"
    opened = take(folder, [a | {"annotations": [sent], "drafts": drafts}, b | {"annotations": [], "drafts": drafts}])
    assert opened.notices == (), "a task that was opened or postponed has nothing to tell"
    states = {"a": {("open", "ben", DAY, "gold", None)}, "b": {("open", "ben", DAY, "blank", None)}}
    assert folder.progress() == states
    take(folder, [a, b])
    done = folder.progress()
    assert {state for rows in done.values() for state, *_ in rows} == {"done"}
    skipped = work(BEN, 9, [], was_cancelled=True)
    take(folder, [a | {"annotations": [*a["annotations"], skipped]}, b | {"annotations": [skipped], "drafts": drafts}])
    assert folder.progress() == done


def test_a_layer_that_was_reopened_stays_open_until_something_is_saved(folder: Folder) -> None:
    tasks = steps(folder, Way.gold)["ann alone"]
    take(folder, tasks)
    rows = [r | {"state": "open", "remark": "doubt"} if r["layer"] == "stances" else r
            for r in folder.records(PART, "progress")]  # fmt: skip
    folder.write(PART, "progress", rows)
    take(folder, tasks)
    assert folder.records(PART, "progress") == rows
    (folder.path / folder.file(PART, "progress")).unlink()
    take(folder, tasks)
    assert not (folder.path / folder.file(PART, "progress")).exists(), "git has set it back; nothing is new"
    folder.write(PART, "progress", rows)
    tasks[0]["annotations"][0]["updated_at"] = "2026-11-22T08:00:00Z"
    take(folder, tasks)
    assert ("done", "ann", "2026-11-22", "gold", "doubt") in folder.progress()["a"]
    assert ("open", "ann", "2026-11-21", "blank", "doubt") in folder.progress()["b"], "nothing is new there"


@pytest.mark.parametrize(
    ("mode", "more", "origin"),
    [
        ("texts", {}, "blank"),
        ("texts", {"parent_annotation": 7}, "passes"),
        ("predictions", {"parent_prediction": 7}, "predictions"),
        ("predictions", {}, "predictions"),
        ("annotations", {"parent_annotation": 7}, "gold"),
    ],
)
def test_what_a_pass_was_made_from(folder: Folder, mode: str, more: Record, origin: str) -> None:
    [_, task] = steps(folder, Way.passes)["ann alone"]
    task["data"] |= {"mode": mode, "made_of": "something"}
    task["annotations"][0] |= more
    take(folder, [task])
    assert folder.progress("ann") == {"b": {("done", "ann", "2026-11-21", origin, None)}}
