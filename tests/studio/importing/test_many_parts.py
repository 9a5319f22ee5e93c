"""A corpus of several parts, here, in several processes and on a cluster: the same files, base, notices and report."""

from __future__ import annotations

import copy
import json
import random
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import pytest

from stancebank.faults import StanceBankError
from stancebank.studio.importing import part_import, task_reading
from stancebank.studio.importing.import_report import report_changes, report_notices, report_written
from stancebank.studio.importing.import_run import import_annotations
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file, export_stream
from stancebank.studio.layout.tasks import Mode
from stancebank.work.engines import Engine, engine

from ..exports import (
    TEXT,
    Folder,
    Task,
    drop,
    item,
    new_region,
    result,
    small_document,
    span,
    stream,
    tree,
    without_annotations,
    write_corpus,
)
from ..made_up import talks

ENGINES = {"processes": {"workers": 2}, "cluster": {"workers": 2, "cluster": "local"}}
ANN, BEA = ({"id": number, "email": f"{name}@example.org"} for number, name in enumerate(("ann", "bea"), 1))


@pytest.fixture(scope="module")
def engines() -> Iterator[dict[str, Engine]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(engine(**options)) for name, options in ENGINES.items()}


def several_parts(path: Path) -> Folder:
    """Four parts, one of them without annotations; the parts are not in the order of the documents."""
    parts = {"p2": "ab", "p1": "cde", "p3": "fg"}
    corpus = {name: [small_document(doc_id) for doc_id in doc_ids] for name, doc_ids in parts.items()}
    return write_corpus(path, {**corpus, "p4": [without_annotations(talks("t")), talks("u")]})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return several_parts(tmp_path / "root")


@pytest.fixture
def file(folder: Folder) -> Path:
    """An export of the corpus as it is, with its base."""
    file = folder.path.parent / "tasks.json"
    export_file(folder.corpus(), file, Mode.annotations)
    return file


def named(tasks: list[Task], doc_id: str) -> Task:
    return next(task for task in tasks if task["data"]["doc_id"] == doc_id)


def edited(tasks: list[Task]) -> list[Task]:
    """New regions, other values and deletions, in every part."""
    result(named(tasks, "a")).extend(new_region("new", span(TEXT, "Bob"), "PERSON", level="NAM", new_entity="Bobby"))
    item(named(tasks, "c"), "s1", "stance")["value"]["choices"] = ["mixed"]
    result(named(tasks, "e")).extend(new_region("other", span(TEXT, "Sunday"), "DATE", level="NAM", entity="e3"))
    drop(named(tasks, "g"), "s2")
    drop(named(tasks, "u"), "s3")
    return tasks


def flawed(tasks: list[Task]) -> list[Task]:
    """Among sound tasks such as cannot be taken, or only once repaired."""
    unknown, again, other = (copy.deepcopy(named(tasks, doc_id)) for doc_id in "bdf")
    unknown["data"]["doc_id"] = "nowhere"
    again["id"] = 999
    other["data"] |= {"doc_id": "f", "text": "another text"}
    item(named(tasks, "c"), "m1")["value"]["start"] = "0"
    item(named(tasks, "b"), "m2")["value"]["end"] = 10**6
    named(tasks, "e")["annotations"].append("none")
    named(tasks, "u")["drafts"] = [{"user": "bea@example.org", "result": []}]
    return [{"id": 1}, unknown, *tasks, again, other, {"id": 2, "data": {"doc_id": 5}}]


def shared(tasks: list[Task]) -> list[Task]:
    """Only the last two documents have two annotations; each annotator has a pass."""
    for task in tasks:
        task["data"]["way"] = "passes"
        for annotation in task.get("annotations", []):
            annotation |= {"id": 1, "completed_by": ANN, "lead_time": 60}
    for doc_id in "gu":
        task = named(tasks, doc_id)
        other = copy.deepcopy(task["annotations"][0]) | {"id": 2, "completed_by": BEA}
        task["annotations"].append(other)
        other["result"] = [each for each in other["result"] if each.get("id") != "s1"]
    return tasks


def shuffled(tasks: list[Task]) -> list[Task]:
    random.Random(5).shuffle(tasks)
    return tasks


EXPORTS: dict[str, tuple[Callable[[list[Task]], list[Task]], dict[str, Any]]] = {
    "as sent": (lambda tasks: tasks, {}),
    "edited": (edited, {}),
    "edited, in another order": (lambda tasks: shuffled(edited(tasks)), {}),
    "flawed": (lambda tasks: flawed(edited(tasks)), {}),
    "flawed, in another order": (lambda tasks: shuffled(flawed(edited(tasks))), {}),
    "several annotators": (lambda tasks: shuffled(shared(edited(tasks))), {}),
    "several annotators, flawed": (
        lambda tasks: flawed(shared(edited(tasks))),
        {"names": {"ann@example.org": "anna"}},
    ),
    "named": (edited, {"names": {"1": "ann", "nobody@example.org": "ben"}}),
    "a part alone": (lambda tasks: [named(edited(tasks), doc_id) for doc_id in "ed"], {}),
    "nothing": (lambda _: [], {}),
}


class Outcome(NamedTuple):
    """All that can be seen of an import."""

    files: dict[str, bytes]
    base: dict[str, bytes]
    notices: tuple[object, ...]
    report: list[str]


def tasks_of(file: Path) -> list[Task]:
    tasks = json.loads(file.read_bytes())
    for number, task in enumerate(tasks, 10):
        task["id"] = number
        for annotation in task.get("annotations", []):
            annotation |= {"id": number, "completed_by": 1}
    return tasks


def outcome(tasks: list[Task], kind: str = "file", **options: Any) -> Outcome:
    """What comes of an import into a corpus that somebody has edited since the export."""
    with tempfile.TemporaryDirectory() as place:
        folder = several_parts(Path(place) / "root")
        file = Path(place) / "tasks.json"
        export_file(folder.corpus(), file, Mode.annotations)
        folder.edit("p1", "mentions", "m2", level="NOM")
        (export := Path(place) / "export.json").write_text(json.dumps(tasks), "utf-8")
        with opened(export, kind) as found:
            imported = import_annotations(folder.corpus(), found, base=sidecar(file), **options)
        report = [*report_changes(imported), *report_written(folder.corpus(), imported), *report_notices(imported)]
        return Outcome(folder.tree(), tree(sidecar(file)), imported.notices, report)


@pytest.mark.deep("processes", quick=2)
@pytest.mark.parametrize("name", EXPORTS)
def test_an_import_is_the_same_wherever_it_is_done(engines: dict[str, Engine], file: Path, name: str) -> None:
    change, options = EXPORTS[name]
    tasks = change(tasks_of(file))
    expected = outcome(tasks, **options)
    for each in engines.values():
        assert outcome(tasks, **options, engine=each) == expected


def test_the_order_of_tasks_decides_the_order_of_what_is_said_alone(file: Path) -> None:
    ordered, mixed = (outcome(change(tasks_of(file))) for change in (edited, EXPORTS["edited, in another order"][0]))
    assert (mixed.files, mixed.base) == (ordered.files, ordered.base)
    assert mixed.report != ordered.report
    reports = [sorted(re.sub(r"\$\[[0-9]+\]", "$", line) for line in each.report) for each in (mixed, ordered)]
    assert reports[0] == reports[1]


def test_notices_are_in_the_order_of_the_export(file: Path) -> None:
    notices = outcome(EXPORTS["flawed, in another order"][0](tasks_of(file))).notices
    places = [notice.path[0] for notice in notices]
    assert places == sorted(places)
    assert len({notice.document for notice in notices}) > 4


def test_two_accounts_with_one_id_are_refused_alike(engines: dict[str, Engine], file: Path) -> None:
    tasks = shared(tasks_of(file))
    named(tasks, "g")["annotations"][1]["completed_by"] = {"id": 3, "email": "ann@elsewhere.org"}
    said = set()
    for options in ({}, *({"engine": each} for each in engines.values())):
        with pytest.raises(StanceBankError) as raised:
            outcome(tasks, **options)
        said.add(str(raised.value))
    assert len(said) == 1
    assert '"ann@elsewhere.org" and "ann@example.org" would both be the annotator ann' in said.pop()


def test_of_many_changes_the_first_of_the_export_are_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = edited(tasks_of(file))[::-1]
    whole = outcome(tasks)
    for module in (task_reading, part_import):
        monkeypatch.setattr(module, "LINES_KEPT", 2)
    cut = outcome(tasks)
    assert cut[:3] == whole[:3]
    told = [line for line in whole.report if line.startswith("  ")]
    left = [line for line in cut.report if line.startswith("  ") and "the list above is long enough" not in line]
    assert left == [*told[:2], *told[-len(left) + 2 :]]
    assert len(left) < len(told)


@pytest.mark.deep("processes", quick=2)
@pytest.mark.parametrize("mode", Mode)
@pytest.mark.parametrize("documents", [None, {"a", "e", "t"}])
def test_an_export_is_the_same_wherever_it_is_done(
    engines: dict[str, Engine], folder: Folder, tmp_path: Path, mode: Mode, documents: set[str] | None
) -> None:
    made = {}
    for name, options in {"here": {}, **{name: {"engine": each} for name, each in engines.items()}}.items():
        number = export_file(folder.corpus(), tmp_path / f"{name}.json", mode, documents, **options)
        made[name] = (number, (tmp_path / f"{name}.json").read_bytes(), tree(sidecar(tmp_path / f"{name}.json")))
    assert made["here"] == made["processes"] == made["cluster"]
    assert [task["data"]["doc_id"] for task in json.loads(made["here"][1])] == (
        sorted(documents or "cdeabfgtu", key="cdeabfgtu".index)
    )


def test_a_document_that_is_in_no_part_is_refused_by_every_engine(engines: dict[str, Engine], folder: Folder) -> None:
    for each in engines.values():
        with pytest.raises(StanceBankError, match='no document is called "nowhere"'):
            export_stream(folder.corpus(), BytesIO(), Mode.annotations, {"a", "nowhere"}, engine=each)


def test_the_base_of_a_whole_part_has_the_lines_of_the_corpus(folder: Folder, file: Path) -> None:
    files = folder.content().items()
    own = {name: data for name, data in files if name.count("/") == 2 and name.startswith("corpus/")}
    assert tree(sidecar(file)) == own


def test_it_is_said_how_far_an_import_has_come(folder: Folder, file: Path) -> None:
    told: list[tuple[int, int]] = []
    import_annotations(
        folder.corpus(), stream(tasks_of(file)), base=sidecar(file), progress=lambda *so: told.append(so)
    )
    assert told == [(3, 9), (5, 9), (7, 9), (9, 9)]


@pytest.mark.deep("processes")
@pytest.mark.parametrize("kind", ["pipe", "deleted"])
def test_an_export_that_nobody_else_can_open(engines: dict[str, Engine], file: Path, kind: str) -> None:
    tasks = edited(tasks_of(file))
    expected = outcome(tasks)
    for options in ({}, *({"engine": each} for each in engines.values())):
        assert outcome(tasks, kind, **options) == expected


def opened(export: Path, kind: str) -> BinaryIO:
    """An export as a file; or as one that has no name, or none any more."""
    if kind == "pipe":
        return subprocess.Popen(["cat", export], stdout=subprocess.PIPE).stdout
    found = export.open("rb")
    if kind == "deleted":
        export.unlink()
    return found
