"""What was annotated under labels that the scheme has renamed since comes back under their new names."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path

import pytest

from relabelling import new_names
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_corpus
from stancebank.migrations.label_changes import merged, renamed, write_change
from stancebank.schema.former_labels import former_labels, read_renamings
from stancebank.studio.importing.import_report import report_changes
from stancebank.studio.importing.import_run import import_annotations
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file
from stancebank.studio.layout.tasks import Mode

from ..exports import PART, Folder, Task, item, kinds, result, small_corpus, stream


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    folder = small_corpus(tmp_path / "root")
    export_file(folder.corpus(), tmp_path / "tasks.json", Mode.annotations)
    return folder


def edited(folder: Folder) -> list[Task]:
    """The tasks with an edit that names labels."""
    tasks = copy.deepcopy(folder.tasks())
    for task in tasks:
        for annotation in task.get("annotations", ()):
            annotation["completed_by"] = {"id": 2, "email": "ann@example.org"}
    item(tasks[0], "s1", "stance")["value"]["choices"] = ["mixed"]
    return tasks


RENAMED = {"PERSON", "NAM", "aid", "agree", "asserted", "possible", "indirect", "mixed", "action", "unconditional"}


def rename_some(folder: Folder) -> int:
    """Give a label of each vocabulary that the documents use another name."""
    names = {key: new for key, new in new_names(folder.corpus().scheme, seed=4).items() if key[1] in RENAMED}
    for (vocabulary, old), new in names.items():
        write_change(folder.path, renamed(folder.path, old, new, vocabulary))
    return len(names)


@pytest.mark.deep("inputs")
@pytest.mark.parametrize("base", ["beside the export", "of the server"])
def test_work_comes_back_the_same_whether_labels_are_renamed_before_or_after(
    folder: Folder, tmp_path: Path, base: str
) -> None:
    """Importing and renaming commute: the files are the same whichever comes first."""
    tasks, other = edited(folder), Folder(Path(shutil.copytree(folder.path, tmp_path / "other")))
    kept = sidecar(tmp_path / "tasks.json")
    if base == "of the server":
        kept = Path(shutil.move(kept, folder.path / ".studio/base/somewhere-1"))
    first = import_annotations(other.corpus(), stream(tasks))
    assert first.notices == ()
    number = rename_some(other)
    assert rename_some(folder) == number == len(read_renamings(folder.path))
    imported = import_annotations(folder.corpus(), stream(tasks), base=kept)
    assert imported.notices == ()
    assert [each.changed for each in imported.documents] == [each.changed for each in first.documents]
    assert sum(each.changed for each in imported.documents) == 1
    ours, theirs = ({k: v for k, v in each.tree().items() if not k.startswith(".studio")} for each in (folder, other))
    assert ours == theirs
    assert list(check_corpus(folder.corpus(), ERRORS_ALONE)) == []
    assert import_annotations(folder.corpus(), stream(tasks), base=kept).written == ()


def test_the_report_counts_what_is_renamed_and_a_merged_label_is_the_one_that_stays(folder: Folder) -> None:
    tasks = edited(folder)
    write_change(folder.path, renamed(folder.path, "mixed", "both", "stance_labels"))
    write_change(folder.path, renamed(folder.path, "both", "for and against"))
    write_change(folder.path, merged(folder.path, "GPE", "ORG"))
    scheme = folder.corpus().scheme
    assert former_labels(folder.path, scheme) == {
        "stance_labels": {"mixed": "for and against", "both": "for and against"},
        "entity_types": {"GPE": "ORG"},
    }
    imported = import_annotations(folder.corpus(), stream(tasks), base=folder.path.parent / "tasks.json.base")
    assert imported.notices == ()
    assert "for and against" in [each["label"] for each in folder.records(PART, "stances")]
    places = sum(each["value"].get("labels") == ["GPE"] for task in tasks for each in result(task) if "id" in each)
    told = list(report_changes(imported))
    assert f"GPE is called ORG now: {places} items renamed" in told
    assert "mixed is called for and against now: 1 item renamed" in told


def test_a_label_that_is_not_in_the_list_is_still_refused(folder: Folder) -> None:
    tasks = edited(folder)
    item(tasks[0], "m1", "label")["value"]["labels"] = ["NOBODY"]
    write_change(folder.path, renamed(folder.path, "mixed", "both", "stance_labels"))
    imported = import_annotations(folder.corpus(), stream(tasks), base=folder.path.parent / "tasks.json.base")
    assert kinds(imported)[:1] == ["label-unknown"]
    assert "schemas/renamed.jsonl" in imported.notices[0].fix
