"""Source and holder, which an arrow and a list give: where the two differ, what was changed counts, and is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from stancebank.studio.importing.import_run import import_annotations
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file
from stancebank.studio.layout.tasks import Mode

from ..exports import PART, Folder, Task, kinds, relation, result, small_corpus, stream

REFUSED = "refused"


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = small_corpus(tmp_path / "root", "a")
    export_file(folder.corpus(), tmp_path / "tasks.json", Mode.annotations)
    return folder


def set_ends(task: Task, stance: str, arrow: str | None, listed: str | None, *, writer: bool) -> None:
    """Let a stance have this arrow, this choice in its list, and the choice of the writer or not."""
    items = result(task)
    span = next(each["value"] for each in items if each.get("id") == stance)
    place = {key: span[key] for key in ("start", "end", "text")}

    def is_end(item: dict[str, object]) -> bool:
        of_stance = item.get("id") == stance and item["from_name"] in ("holder", "no_holder")
        return of_stance or item.get("from_id") == stance

    items[:] = [each for each in items if not is_end(each)]
    of = {"id": stance, "to_name": "text"}
    if listed:
        items.append(of | {"from_name": "holder", "type": "taxonomy", "value": place | {"taxonomy": [[listed]]}})
    if writer:
        items.append(of | {"from_name": "no_holder", "type": "choices", "value": place | {"choices": ["writer"]}})
    if arrow:
        items.append(relation(stance, arrow, "holder"))


@pytest.mark.deep("inputs", quick=6)
@pytest.mark.parametrize(
    ("stance", "arrow", "listed", "writer", "holder", "told"),
    [
        ("s1", "m4", "m4", False, "m4", []),
        ("s1", "m4", "m1", False, "m1", ["ends-differ"]),
        ("s1", "m1", "m4", False, "m1", ["ends-differ"]),
        ("s1", "m1", "m1", False, "m1", []),
        ("s1", None, "m1", False, "m1", []),
        ("s1", None, "m4", False, "m4", ["ends-differ"]),
        ("s1", "m4", None, False, "m4", ["ends-differ"]),
        ("s1", "m4", "m4", True, None, ["ends-differ"]),
        ("s1", None, None, True, None, []),
        ("s1", "m1", "m99", False, "m1", ["ends-differ"]),
        ("s1", "m1", "m5", False, REFUSED, ["holder-unclear"]),
        ("s1", None, "m99", False, REFUSED, ["holder-unclear"]),
        ("s1", None, None, False, REFUSED, ["holder-unclear"]),
        ("s2", None, None, True, None, []),
        ("s2", None, "m1", True, "m1", ["ends-differ"]),
        ("s2", "m1", None, False, "m1", []),
    ],
)
def test_the_end_that_was_changed_counts_however_often_it_is_pulled(
    folder: Folder,
    stance: str,
    arrow: str | None,
    listed: str | None,
    writer: bool,
    holder: str | None,
    told: list[str],
) -> None:
    tasks = folder.tasks()
    before = {each["stance_id"]: each["holder"] for each in folder.records(PART, "stances")}
    set_ends(tasks[0], stance, arrow, listed, writer=writer)
    expected = before | ({stance: holder} if holder != REFUSED else {})
    for _ in range(3):
        imported = import_annotations(folder.corpus(), stream(tasks), base=sidecar(folder.path.parent / "tasks.json"))
        assert kinds(imported) == told
        assert all(stance == notice.region for notice in imported.notices)
        assert {each["stance_id"]: each["holder"] for each in folder.records(PART, "stances")} == expected


def test_a_task_lists_the_mentions_in_words_and_says_what_it_was_sent_with(folder: Folder) -> None:
    [task] = folder.tasks()
    listed = {each["alias"]: each["value"] for each in task["data"]["mentions"]}
    assert (listed["m4"], listed["m5"], len(listed)) == ("m4 Bob", "m5 Ann Lee", 6)
    assert task["data"]["ends"] == {"a1": "m1", "a2": None, "s1": "m4", "s2": None}


def test_a_task_of_an_earlier_version_has_arrows_alone(folder: Folder) -> None:
    """Without a list nothing differs, and of two arrows neither is known to be new."""
    tasks = folder.tasks()
    for key in ("mentions", "ends"):
        del tasks[0]["data"][key]
    items = result(tasks[0])
    items[:] = [each for each in items if each.get("from_name") not in ("holder", "source")]
    assert import_annotations(folder.corpus(), stream(tasks)).notices == ()
    items.append(relation("s1", "m1", "holder"))
    assert kinds(import_annotations(folder.corpus(), stream(tasks))) == ["holder-unclear"]
