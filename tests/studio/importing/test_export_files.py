"""What is given in place of an export: read where all is in it, else refused by its name with the way to an export."""

from __future__ import annotations

import copy
import gzip
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stancebank.faults import StanceBankError
from stancebank.studio.importing import export_files
from stancebank.studio.importing.import_run import Imported, import_annotations
from stancebank.studio.importing.notices import KINDS

from ..exports import Folder, Task, item, small_corpus


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return small_corpus(tmp_path / "root")


@pytest.fixture
def tasks(folder: Folder) -> list[Task]:
    """An export in which one thing was changed."""
    tasks = folder.tasks()
    item(tasks[0], "m1", "level")["value"]["choices"] = ["PRO"]
    for task in tasks:
        for annotation in task["annotations"]:
            annotation |= {"updated_by": 1, "updated_at": "2026-11-20T09:00:00.000000Z"}
    return tasks


def take(folder: Folder, data: bytes, name: str = "export") -> Imported:
    file = folder.path.parent / name
    file.write_bytes(data)
    with file.open("rb") as stream:
        return import_annotations(folder.corpus(), stream)


def zipped(**files: bytes) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in files.items():
            packed.writestr(name, data)
    return written.getvalue()


def exported(tasks: object) -> bytes:
    return json.dumps(tasks, ensure_ascii=False).encode()


def stored(task: Task) -> Task:
    """The file that a target storage gets: the annotation, with its task in it."""
    [annotation] = task["annotations"]
    return annotation | {"task": {key: value for key, value in task.items() if key != "annotations"}, "project": 5}


def event(task: Task, action: str = "ANNOTATION_UPDATED") -> Task:
    [annotation] = task["annotations"]
    beside = {key: value for key, value in task.items() if key != "annotations"}
    return {"action": action, "annotation": annotation, "task": beside, "project": {"id": 5, "title": "x"}}


def lines(*objects: object) -> bytes:
    return b"".join(exported(each) + b"\n" for each in objects)


def older(payload: Task) -> Task:
    """The same event as it was before the change, sent earlier."""
    earlier = copy.deepcopy(payload)
    earlier["annotation"]["updated_at"] = "2026-11-20T08:00:00.000000Z"
    for each in earlier["annotation"]["result"]:
        if each.get("id") == "m1" and each["from_name"] == "level":
            each["value"]["choices"] = ["NOM"]
    return earlier


READ: dict[str, Callable[[list[Task]], bytes]] = {
    "ZIP as the exporter makes it": lambda tasks: zipped(**{"result.json": exported(tasks), "notes.json": b"{}"}),
    "ZIP with a folder and what a Mac adds": lambda tasks: zipped(
        **{"__MACOSX/._a.json": b"x", "deep/er/../../../a.json": exported(tasks)}
    ),
    "ZIP of one file for each task": lambda tasks: zipped(
        **{f"{number}.json": exported(task) for number, task in enumerate(tasks)}
    ),
    "gzip": lambda tasks: gzip.compress(exported(tasks)),
    "gzip of lines": lambda tasks: gzip.compress(lines(*tasks)),
    "target storage, one file": lambda tasks: lines(*map(stored, tasks)),
    "target storage in a ZIP": lambda tasks: zipped(
        **{str(number): exported(stored(task)) for number, task in enumerate(tasks)}
    ),
    "target storage in gzip": lambda tasks: gzip.compress(exported([*map(stored, tasks)])),
    "webhook, an array": lambda tasks: exported([*map(event, tasks)]),
    "webhook, lines, the last state first": lambda tasks: lines(*map(event, tasks), older(event(tasks[0]))),
    "webhook with an event of something else": lambda tasks: lines(
        *map(event, tasks), {"action": "PROJECT_UPDATED", "project": {"id": 5}}
    ),
}


@pytest.mark.parametrize("form", READ)
def test_what_holds_whole_annotations_is_read_as_an_export_is(folder: Folder, tasks: list[Task], form: str) -> None:
    expected = take(folder, exported(tasks))
    by_export = folder.content()
    again = small_corpus(folder.path.parent / "again" / "root")
    imported = take(again, READ[form](tasks))
    assert again.content() == by_export
    assert [(each.doc_id, each.changes) for each in imported.documents] == [
        (each.doc_id, each.changes) for each in expected.documents
    ]
    assert sum(each.changed for each in imported.documents) == 1


def test_a_folder_of_a_target_storage_is_read_without_links_and_hidden_files(
    folder: Folder, tasks: list[Task], cli: Callable[..., Any]
) -> None:
    storage = folder.path.parent / "storage"
    storage.mkdir()
    for number, task in enumerate(tasks):
        (storage / str(number)).write_bytes(exported(stored(task)))
    (storage / ".hidden").write_bytes(b"{")
    (storage / "link").symlink_to(folder.path / "corpus/corpus.yaml")
    done = cli("studio", "import", storage, "--root", folder.path)
    assert done.returncode == 0, done.stderr
    assert '"P": level' in done.stdout or "level" in done.stdout
    assert "2 annotations read, 1 changed record" in done.stdout


def test_an_annotation_that_a_webhook_reports_as_deleted_is_left_out(folder: Folder, tasks: list[Task]) -> None:
    before = folder.content()
    gone = {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": tasks[0]["annotations"][0]["id"]}]}
    imported = take(folder, lines(*map(event, tasks), gone))
    assert [each.doc_id for each in imported.documents] == ["b"]
    assert folder.content() == before


def csv(separator: str) -> bytes:
    return separator.join(("id", "text", "annotator", "annotation_id", "lead_time")).encode() + b"\n1"


def minimal(task: Task) -> Task:
    return task["data"] | {"id": task["id"], "annotator": 1, "annotation_id": 3, "label": []}


TOLD: dict[str, tuple[Callable[[list[Task]], bytes], str]] = {
    "60 JSON_MIN": (lambda tasks: exported([*map(minimal, tasks)]), "JSON_MIN"),
    "61 CSV": (lambda _: csv(","), "export as CSV"),
    "62 TSV": (lambda _: csv("\t"), "export as TSV"),
    "63 CoNLL": (lambda _: b"-DOCSTART- -X- O\nKyiv -X- _ B-GPE\n", "export as CoNLL"),
    "64 ZIP without an export": (lambda _: zipped(**{"a.conll": b"-DOCSTART- -X- O\n"}), "a.conll"),
    "64 ZIP, empty": (lambda _: zipped(), "0 files: nothing"),
    "64 ZIP, cut": (lambda tasks: zipped(**{"result.json": exported(tasks)})[:-30], "cannot be unpacked"),
    "65 gzip, cut": (lambda tasks: gzip.compress(exported(tasks))[:-30], "cannot be unpacked"),
    "65 gzip in gzip": (lambda tasks: gzip.compress(gzip.compress(exported(tasks))), "packed file in a packed"),
    "66 bzip2": (lambda _: b"BZh91AY&SY", "bzip2"),
    "67 UTF-16": (lambda tasks: exported(tasks).decode().encode("utf-16"), "UTF-16"),
    "70 page of tasks": (lambda tasks: exported({"total": 2, "tasks": tasks}), "a page of tasks"),
    "71 webhook without work": (
        lambda _: exported({"action": "PROJECT_UPDATED", "project": {"id": 5}}),
        "webhook without an annotation",
    ),
    "73 annotations of a task": (
        lambda tasks: exported([{"id": 3, "result": [], "task": 101, **tasks[0]["annotations"][0]}]),
        "annotations without the data",
    ),
    "73 result of an annotation": (lambda tasks: exported(tasks[0]["annotations"][0]["result"]), "the result of one"),
    "74 two exports": (lambda tasks: exported(tasks) + exported(tasks), "joins two exports"),
    "74 two exports, lines": (lambda tasks: exported(tasks) + b"\r\n" + exported(tasks), "joins two exports"),
    "75 COCO": (lambda _: exported({"images": [], "annotations": [], "categories": []}), "COCO"),
    "76 error": (lambda _: exported({"status_code": 401, "detail": "Invalid token."}), "Invalid token."),
    "77 error page": (lambda _: b"\n<!doctype html><html><title>502</title></html>", "a page in HTML"),
    "77 XML": (lambda _: b"<?xml version='1.0'?><View/>", "HTML or XML"),
}


@pytest.mark.parametrize("form", TOLD)
def test_what_is_no_export_is_called_by_its_name_and_changes_nothing(
    folder: Folder, tasks: list[Task], form: str
) -> None:
    make, named = TOLD[form]
    before = folder.tree()
    with pytest.raises(StanceBankError) as told:
        take(folder, make(tasks))
    assert named in told.value.what
    assert told.value.fix.endswith("nothing was imported")
    assert folder.tree() == before


def test_joined_tasks_of_one_document_get_advice_that_can_be_followed(folder: Folder, tasks: list[Task]) -> None:
    imported = take(folder, exported([*tasks, *({**task, "id": 900} for task in tasks)]))
    assert {notice.kind for notice in imported.notices} == {"document-twice"}
    assert "import each of them alone" in imported.notices[0].fix


def test_completions_of_old_versions_are_refused(folder: Folder, tasks: list[Task]) -> None:
    before = folder.tree()
    tasks[0]["completions"] = tasks[0].pop("annotations")
    imported = take(folder, exported(tasks))
    [notice] = imported.notices
    assert (notice.kind, notice.path, KINDS[notice.kind].outcome) == ("completions-old", (0, "completions"), "refused")
    assert folder.content() == {file: data for file, data in before.items() if not file.endswith("progress.jsonl")}


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(**{"result.json": data})])
def test_a_packed_file_that_unpacks_to_more_than_fits_is_refused(
    folder: Folder, pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_files, "MOST_BYTES", 1 << 20)
    with pytest.raises(StanceBankError, match="more than"):
        take(folder, pack(b" " * (2 << 20)))


def test_no_member_is_written_to_a_path_of_its_own(folder: Folder, tasks: list[Task]) -> None:
    outside = folder.path.parent / "outside.json"
    take(folder, zipped(**{f"{'../' * 12}{outside}": exported(tasks), "/etc/x.json": b"{}"}))
    assert not outside.exists()
