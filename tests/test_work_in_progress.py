"""Whatever is done in whatever order, no command changes a document that it was not given or may not touch.

Three documents, two annotators in one project of passes, an adjudicator and a builder: random steps of them all.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agreement.three_documents import DOCUMENTS, PART, Three, three_documents
from conftest import examples
from stancebank.schema.layers import ANNOTATED, DONE, PROGRESS
from stancebank.studio.importing.import_run import import_annotations
from stancebank.studio.layout.merge_base import sidecar
from stancebank.studio.layout.task_files import export_file
from stancebank.studio.layout.tasks import Mode, Way
from stancebank.views.registry import VIEWS
from studio.exports import name_entities, stream

pytest.importorskip("scipy", reason="pip install 'stancebank[agreement]'")

Run = Callable[..., CompletedProcess[str]]
Lines = dict[tuple[str, str], list[bytes]]
WHO = {"ann": 2, "ben": 3}
some_documents = st.sets(st.sampled_from(DOCUMENTS), min_size=1)
states = st.sampled_from(["submitted", "draft", "skipped"])
steps = st.one_of(
    st.tuples(
        st.just("pull"), st.sampled_from(sorted(WHO)), st.dictionaries(st.sampled_from(DOCUMENTS), states, min_size=1)
    ),
    st.tuples(st.sampled_from(["done", "reopen"]), some_documents, st.sampled_from(ANNOTATED)),
    st.tuples(st.sampled_from(["adjudicate", "agree", "build"])),
)


class Project:
    """A corpus that nobody has annotated, its tasks, and what each annotator would say of a document."""

    def __init__(self, folder: Path, cli: Run) -> None:
        shutil.copytree(_models(folder), folder / "root")
        self.three, self.cli, self.folder = Three(folder / "root"), cli, folder
        self.tasks = json.loads((folder / "model.json").read_bytes())
        for layer in (*ANNOTATED, PROGRESS.name):
            self.three.write(layer, [])
        shutil.rmtree(folder / "root/annotation/passes")
        self.work: dict[str, dict[str, tuple[str, int]]] = {name: {} for name in WHO}
        self.moment = 0
        self.file = folder / "tasks.json"
        export_file(self.three.corpus(), self.file, Mode.texts, way=Way.passes)

    def lines(self, annotator: str | None = None) -> Lines:
        """What is recorded by layer and document."""
        found: Lines = {}
        for layer in (*ANNOTATED, PROGRESS.name):
            file = self.three.file(layer, annotator)
            for line in file.read_bytes().splitlines() if file.exists() else ():
                found.setdefault((layer, json.loads(line)["doc_id"]), []).append(line)
        return found

    def done(self, layer: str, annotator: str | None = None) -> set[str]:
        """The documents in which somebody has done a layer."""
        recorded = [line for (of, _), lines in self.lines(annotator).items() if of == PROGRESS.name for line in lines]
        rows = map(json.loads, recorded)
        return {row["doc_id"] for row in rows if (row["layer"], row["state"]) == (layer, DONE)}

    def pull(self, who: str, given: dict[str, str]) -> None:
        """The annotator has worked on some documents, and the server's whole export is imported."""
        self.moment += 1
        self.work[who] |= {doc_id: (state, self.moment) for doc_id, state in given.items()}
        content = {each["data"]["doc_id"]: each["annotations"][0]["result"] for each in self.tasks}
        exported = json.loads(self.file.read_bytes())
        for index, task in enumerate(exported):
            doc_id = task["data"]["doc_id"]
            made = [(name, *work[doc_id]) for name, work in self.work.items() if doc_id in work]
            whole = [_annotation(name, state, at, index, content[doc_id]) for name, state, at in made]
            task["annotations"] = [each for each in whole if each is not None]
            task["drafts"] = [_draft(name, at, content[doc_id]) for name, state, at in made if state == "draft"]
        imported = import_annotations(self.three.corpus(), stream(exported), base=sidecar(self.file))
        assert imported.refused == 0, imported.notices

    def run(self, *words: object) -> CompletedProcess[str]:
        done = self.cli(*words, "--root", self.three.path)
        assert done.returncode in (0, 1, 2), done.stderr
        assert "Traceback" not in done.stderr
        assert "internal error" not in done.stderr
        return done


def _models(folder: Path) -> Path:
    """A corpus that is annotated, with its annotations as tasks beside it."""
    three = three_documents(folder / "model")
    export_file(three.corpus(), folder / "model.json", Mode.annotations)
    tasks = json.loads((folder / "model.json").read_bytes())
    for task in tasks:
        own = [each for each in three.records("entities") if each["doc_id"] == task["data"]["doc_id"]]
        name_entities(task["annotations"][0]["result"], {each["entity_id"]: each for each in own})
    (folder / "model.json").write_text(json.dumps(tasks), "utf-8")
    return three.path


def _annotation(name: str, state: str, at: int, index: int, items: list[Any]) -> dict[str, Any] | None:
    if state == "draft":
        return None
    made = {"id": 100 * WHO[name] + index, "completed_by": {"id": WHO[name], "email": f"{name}@example.org"}}
    made |= {"updated_by": WHO[name], "lead_time": 60.0, "created_at": "2026-11-20T08:00:00Z"}
    made |= {"updated_at": f"2026-11-20T09:{at:02}:00Z", "was_cancelled": state == "skipped"}
    return made | {"result": items, "ground_truth": False, "parent_prediction": None}


def _draft(name: str, at: int, items: list[Any]) -> dict[str, Any]:
    made = {"user": f"{name}@example.org", "annotation": None, "updated_at": f"2026-11-20T09:{at:02}:00Z"}
    return made | {"result": items}


def without(lines: Lines, documents: set[str]) -> Lines:
    return {key: value for key, value in lines.items() if key[1] not in documents}


@settings(max_examples=examples(40), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sequence=st.lists(steps, min_size=1, max_size=7))
def test_no_step_changes_what_it_may_not_touch(
    cli: Run, tmp_path_factory: pytest.TempPathFactory, sequence: list[tuple[Any, ...]]
) -> None:
    project = Project(tmp_path_factory.mktemp("work"), cli)
    for name, *given_ in sequence:
        gold, passes = project.lines(), {each: project.lines(each) for each in WHO}
        if name == "pull":
            who, documents = given_
            project.pull(who, documents)
            assert project.lines() == gold, "a pass never becomes gold by itself"
            assert without(project.lines(who), set(documents)) == without(passes[who], set(documents))
            other = next(each for each in WHO if each != who)
            assert project.lines(other) == passes[other]
            submitted = {doc_id for doc_id, state in documents.items() if state == "submitted"}
            assert all(submitted <= project.done(layer, who) for layer in ANNOTATED)
            continue
        if name in ("done", "reopen"):
            documents, layer = given_
            assert project.run(name, *sorted(documents), "--layer", layer).returncode == 0
            kept = {key: value for key, value in gold.items() if key[0] != PROGRESS.name}
            assert {key: value for key, value in project.lines().items() if key[0] != PROGRESS.name} == kept
            assert without(project.lines(), set(documents)) == without(gold, set(documents))
        elif name == "adjudicate":
            both = set.intersection(*(set().union(*(project.done(layer, who) for layer in ANNOTATED)) for who in WHO))
            project.run("adjudicate", *WHO)
            assert without(project.lines(), both) == without(gold, both)
        elif name == "agree":
            report = project.run("agree", *WHO, "--format", "json")
            if report.returncode == 0:
                (pair,) = json.loads(report.stdout)["pairs"]
                common = {layer: len(project.done(layer, "ann") & project.done(layer, "ben")) for layer in ANNOTATED}
                assert pair["documents"] == common
            assert project.lines() == gold
        else:
            out = project.folder / "built"
            if project.run("build", "--out", out).returncode == 0:
                manifest = json.loads((out / "manifest.json").read_bytes())
                rows = {each["view"]: each["rows"] for each in manifest["files"]}
                whole = set.intersection(*(project.done(layer) for layer in VIEWS["docred"].of_layers))
                assert rows["docred"] == len(whole), "a document is in a task as soon as its layers are done"
                assert rows["documents"] == len(DOCUMENTS)
            assert project.lines() == gold
        assert {each: project.lines(each) for each in WHO} == passes
    assert (project.three.path / "corpus" / PART).is_dir()
