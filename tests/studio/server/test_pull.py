"""What was sent to a real server comes back from it, with what annotators made of it and nothing else."""

from __future__ import annotations

import json
import random
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from conftest import Root
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_corpus
from stancebank.studio.layout.tasks import Mode, Way
from stancebank.studio.server.projects import Work

from ..conftest import Studio, run_command
from ..exports import (
    ANNOTATED,
    PART,
    TEXT,
    Folder,
    Item,
    Layers,
    Task,
    drop,
    item,
    name_entities,
    new_region,
    relation,
    result,
    small_document,
    span,
    tree,
    with_new_ids,
    without_annotations,
    write_corpus,
)
from ..made_up import talks
from .conftest import Session, ask

_GOLD = Work()


def run(studio: Studio, command: str, folder: Folder, title: str, *arguments: object, url: str | None = None) -> Any:
    return studio.run(command, "--root", folder.path, "--url", url or studio.url, "--project", title, *arguments)


def push(
    studio: Studio, folder: Folder, title: str, mode: Mode | None = None, url: str | None = None, work: Work = _GOLD
) -> dict[str, Task]:
    """Send the corpus; gives the tasks on the server by document."""
    from stancebank.studio.server.upload import push as push_documents

    project = push_documents(folder.corpus(), studio.server(url), title, mode, work=work).project.id
    listed = ask(studio, "GET", f"tasks/?project={project}&fields=all&page_size=500")["tasks"]
    return {task["data"]["doc_id"]: task for task in listed}


def task_of(folder: Folder, document: str) -> Task:
    """The task of a document as it is sent, to be changed."""
    return next(task for task in folder.tasks() if task["data"]["doc_id"] == document)


def annotate(studio: Studio, task: int, items: list[Item], who: Session | None = None) -> Any:
    made = {"result": items, "lead_time": 2.5}
    return ask(studio, "POST", f"tasks/{task}/annotations/", made, who)


def update(studio: Studio, task: Task, items: list[Item]) -> None:
    ask(studio, "PATCH", f"annotations/{task['annotations'][0]['id']}/", {"result": items})


def files(folder: Folder) -> dict[str, bytes]:
    """Every file of a corpus but what is in .studio, and how annotations came about."""
    beside = (".studio/", "annotation/work.jsonl")
    return {file: data for file, data in folder.tree().items() if not file.startswith(beside)}


def bases(folder: Folder) -> list[dict[str, bytes]]:
    """The layers of each base."""
    kept = (tree(base) for base in sorted((folder.path / ".studio/base").iterdir()))
    return [{file: data for file, data in base.items() if file.startswith("corpus/")} for base in kept]


def tasks_of(*documents: Layers, at: Path) -> list[Task]:
    """The tasks of documents in a corpus of their own."""
    return write_corpus(at / "elsewhere", {PART: documents}).tasks()


def typed_in(task: Task) -> list[Item]:
    """The task's result as somebody makes it who has no list of entities: each is typed, and each region is new."""
    with_new_ids(task, random.Random(4))
    choices = {choice["alias"]: choice["record"] for choice in task["data"]["entities"]}
    name_entities(result(task), choices)
    return result(task)


def told(pulled: Any) -> list[str]:
    """The kinds of what pull had to say."""
    return [line.split(": ")[2].split()[0] for line in pulled.stderr.splitlines() if line.startswith("task ")]


def require_untouched(studio: Studio, folder: Folder, title: str, before: dict[str, bytes]) -> None:
    """Pull, and nothing at all has changed."""
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert pulled.stdout.splitlines()[-2:] == [
        pulled.stdout.splitlines()[0],
        "nothing was to be written",
    ]
    assert pulled.stdout.splitlines()[0].endswith("read, 0 changed records")
    assert files(folder) == before


# Round trips


def test_the_projects_corpus_comes_back_as_it_was(studio: Studio, root: Root, title: str) -> None:
    folder = Folder(root.path)
    before = files(folder)
    push(studio, folder, title)
    [base] = bases(folder)
    for _ in range(2):
        require_untouched(studio, folder, title, before)
        assert bases(folder) == [base]
    assert base == {file: before[file] for file in base}


@pytest.mark.deep("servers")
def test_a_made_up_corpus_comes_back_as_it_was(studio: Studio, folder: Folder, title: str) -> None:
    before, layers = files(folder), folder.layers()
    push(studio, folder, title)
    [base] = bases(folder)
    assert base == {file: before[file] for file in base}
    assert {file for file in layers if not file.endswith("/progress.jsonl")} < base.keys()
    require_untouched(studio, folder, title, before)
    assert bases(folder) == [base]
    out = folder.path.parent / "out"
    pulled = run(studio, "pull", folder, title, "--out", out)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert tree(out) == layers
    assert files(folder) == before


@pytest.mark.deep("servers")
def test_predictions_never_become_gold_by_themselves(studio: Studio, folder: Folder, title: str) -> None:
    push(studio, folder, title, Mode.predictions)
    for part in (PART, "2025-03"):
        for layer in ANNOTATED:
            folder.write(part, layer, [])
    before = files(folder)
    pulled = run(studio, "pull", folder, title)
    assert pulled.returncode == 0, pulled.stderr
    assert told(pulled) == ["prediction-left"] * 3
    assert files(folder) == before


def test_predictions_become_gold_by_being_submitted(studio: Studio, folder: Folder, title: str) -> None:
    before = files(folder)
    tasks = push(studio, folder, title, Mode.predictions)
    prediction = tasks["talks"]["predictions"][0]
    submitted = [each | {"origin": "prediction"} for each in prediction["result"] if each["type"] != "relation"]
    submitted += [each for each in prediction["result"] if each["type"] == "relation"]
    ask(
        studio,
        "POST",
        f"tasks/{tasks['talks']['id']}/annotations/",
        {"result": submitted, "parent_prediction": prediction["id"], "lead_time": 9.0},
    )
    pulled = run(studio, "pull", folder, title)
    assert pulled.returncode == 0, pulled.stderr
    assert sorted(told(pulled)) == ["prediction-left"] * 2
    assert files(folder) == before


# Annotators


def test_what_was_annotated_from_the_text_alone(studio: Studio, tmp_path: Path, title: str) -> None:
    folder = write_corpus(tmp_path / "root", {PART: [without_annotations(talks("talks"))]})
    [made] = tasks_of(talks("talks"), at=tmp_path)
    tasks = push(studio, folder, title, Mode.texts)
    annotate(studio, tasks["talks"]["id"], typed_in(made))
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    written = {f"wrote corpus/{PART}/{layer}.jsonl" for layer in (*ANNOTATED, "progress")}
    written.add("wrote annotation/work.jsonl")
    assert written == {line for line in pulled.stdout.splitlines() if line.startswith("wrote ")}
    assert [said(folder.records(PART, layer), folder) for layer in ANNOTATED] == [
        said([record | ({"wikidata": None} if layer == "entities" else {}) for record in talks("talks")[layer]], None)
        for layer in ANNOTATED
    ]
    assert list(check_corpus(folder.corpus(), ERRORS_ALONE)) == []
    require_untouched(studio, folder, title, files(folder))


def said(records: list[dict[str, Any]], folder: Folder | None) -> list[str]:
    """What records say, their ids put as the words that these stand for."""
    layers = talks("talks") if folder is None else {layer: folder.records(PART, layer) for layer in ANNOTATED}
    names = {record["entity_id"]: record["name"] for record in layers["entities"]}
    names |= {record["mention_id"]: f"{record['text']} {record['start']}" for record in layers["mentions"]}
    own = ("relation_id", "attribution_id", "stance_id")
    plain = [{key: value for key, value in record.items() if key not in own} for record in records]
    return sorted(
        json.dumps({key: names.get(value, value) if isinstance(value, str) else value for key, value in each.items()})
        for each in plain
    )


def test_changes_are_printed_and_made(studio: Studio, folder: Folder, title: str) -> None:
    before = files(folder)
    tasks = push(studio, folder, title)
    task = task_of(folder, "a")
    item(task, "m4", "level")["value"]["choices"] = ["NOM"]
    drop(task, "s2")
    place = span(TEXT, "Bob backs it, and Ann Lee")
    result(task).extend(new_region("xYz-123_45", place, "PERSON", level="NOM", new_entity="Bob and Ann"))
    result(task).append(relation("xYz-123_45", "m6", "aid: possible"))
    update(studio, tasks["a"], result(task))
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    changed = ("entities", "mentions", "relations", "stances", "progress")
    assert pulled.stdout.splitlines()[:15] == [
        "a",
        '  e5 added: "Bob and Ann", PERSON',
        '  m4 "Bob": level NAM to NOM',
        f'  m7 added: "{place["text"]}" {place["start"]}..{place["end"]}, "Bob and Ann" (e5), NOM',
        f'  r4 added: "{place["text"]}" (m7) aid "Kyiv" (m6), possible',
        '  s2 removed: "peace is near" 35..48, t2, neutral, narration, unconditional',
        "progress of 1 document: 1 done",
        "3 annotations read, 5 changed records",
        *(f"wrote corpus/2025-03/{layer}.jsonl" for layer in changed),
        "wrote annotation/work.jsonl",
        "annotator is not in annotation/annotators.yaml yet",
    ]
    after = files(folder)
    assert {file for file in after if after[file] != before.get(file)} == {
        f"corpus/2025-03/{layer}.jsonl" for layer in changed
    }
    own = (b'"doc_id":"talks"', b'"doc_id":"b"')
    for file in after:
        assert lines_with(own, after[file]) == lines_with(own, before[file])
    require_untouched(studio, folder, title, after)


def lines_with(marks: tuple[bytes, ...], data: bytes) -> list[bytes]:
    return [line for line in data.split(b"\n") if any(mark in line for mark in marks)]


@pytest.mark.deep("servers")
def test_a_draft_is_reported_and_not_imported(studio: Studio, folder: Folder, title: str) -> None:
    before = files(folder)
    tasks = push(studio, folder, title)
    items = tasks["a"]["annotations"][0]["result"][:3]
    ask(studio, "POST", f"tasks/{tasks['a']['id']}/drafts", {"result": items, "lead_time": 1.0})
    ask(studio, "POST", f"tasks/{tasks['b']['id']}/drafts", {"result": items, "lead_time": 1.0})
    pulled = run(studio, "pull", folder, title)
    assert pulled.returncode == 0
    assert told(pulled) == ["draft-not-submitted"] * 2
    assert "3 items was never submitted, and is not imported" in pulled.stderr
    assert files(folder) == before


@pytest.mark.deep("servers")
def test_what_is_refused_keeps_nothing_else_back(studio: Studio, folder: Folder, title: str) -> None:
    before = files(folder)
    tasks = push(studio, folder, title)
    good, bad = (task_of(folder, name) for name in ("a", "talks"))
    item(good, "m4", "level")["value"]["choices"] = ["NOM"]
    item(bad, "m5", "level")["value"]["choices"] = ["NOM"]
    drop(bad, "a1:0")  # leaves the cue without content
    update(studio, tasks["a"], result(good))
    update(studio, tasks["talks"], result(bad))
    pulled = run(studio, "pull", folder, title)
    assert pulled.returncode == 1
    assert told(pulled) == ["cue-without-content"]
    assert f"task {tasks['talks']['id']}, talks, region a1: refused: cue-without-content" in pulled.stderr
    assert '  m4 "Bob": level NAM to NOM' in pulled.stdout.splitlines()
    after = files(folder)
    changed = [f"corpus/2025-03/{layer}.jsonl" for layer in ("mentions", "progress")]
    assert [file for file in after if after[file] != before[file]] == changed
    assert [r["level"] for r in folder.records("2025-03", "mentions") if r["mention_id"] in ("m4", "m5")] == [
        *("NOM", "NAM"),  # of a
        *("NAM", "NAM"),  # of talks
    ]


# Several annotators


def two_of_one(studio: Studio, task: Task, people: dict[str, Session], made: Task) -> list[Item]:
    """Two annotators on one document, who do not quite agree; gives what the second one made."""
    annotate(studio, task["id"], typed_in(made), people["ann"])
    differently = [dict(each) for each in result(made)]
    stance = next(each for each in differently if each.get("from_name") == "stance")
    stance["value"] = stance["value"] | {"choices": ["against"]}
    annotate(studio, task["id"], differently, people["ben"])
    return differently


def agree(folder: Folder, *names: str) -> Any:
    command = [sys.executable, "-m", "stancebank", "agree", *names, "--root", str(folder.path)]
    return run_command(command, folder.path.parent)


def test_two_annotators_are_two_passes_that_can_be_compared(
    studio: Studio, tmp_path: Path, title: str, people: dict[str, Session]
) -> None:
    folder = write_corpus(tmp_path / "root", {PART: [talks("talks")]})
    before = files(folder)
    tasks = push(studio, folder, title, Mode.texts, work=Work(Way.passes, 2))
    two_of_one(studio, tasks["talks"], people, folder.tasks()[0])
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    after = files(folder)
    passes = {folder.file(PART, layer, name) for layer in (*ANNOTATED, "progress") for name in ("ann", "ben")}
    assert {file for file in after if after[file] != before.get(file)} == passes
    for name in ("ann", "ben"):
        assert f"{name} is not in annotation/annotators.yaml yet" in pulled.stdout
        assert len(folder.records(PART, "mentions", name)) == len(folder.records(PART, "mentions"))
    labels = [[r["label"] for r in folder.records(PART, "stances", name)] for name in ("ann", "ben")]
    assert sorted(labels[0]) != sorted(labels[1])
    compared = agree(folder, "ann", "ben")
    assert (compared.returncode, compared.stderr) == (0, "")
    assert "stances" in compared.stdout
    (folder.path / "annotation/annotators.yaml").write_text(REGISTER, "utf-8")
    assert agree(folder, "ann", "ben", "gold").returncode == 0
    assert list(check_corpus(folder.corpus(), ERRORS_ALONE)) == []
    again = run(studio, "pull", folder, title)
    assert "not in annotation/annotators.yaml" not in again.stdout
    assert again.stdout.splitlines()[-2:] == ["2 annotations read, 0 changed records", "nothing was to be written"]


REGISTER = """\
annotators:
  - {id: ann, kind: person, name: Ann, date: 2026-11-22, instructions: the guidelines, note: Made up.}
  - {id: ben, kind: person, name: Ben, date: 2026-11-22, instructions: the guidelines, note: Made up.}
"""


@pytest.mark.deep("servers")
def test_a_second_opinion_leaves_the_gold_as_it_is(
    studio: Studio, folder: Folder, title: str, people: dict[str, Session]
) -> None:
    """A stray annotation is told, and concerns its document alone; a correction is of who has made it."""
    before = files(folder)
    tasks = push(studio, folder, title)
    task, other = task_of(folder, "talks"), task_of(folder, "a")
    item(task, "s1", "stance")["value"]["choices"] = ["against"]
    annotate(studio, tasks["talks"]["id"], result(task), people["ben"])
    item(other, "m4", "level")["value"]["choices"] = ["NOM"]
    ask(studio, "PATCH", f"annotations/{tasks['a']['annotations'][0]['id']}/", {"result": result(other)}, people["ann"])
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, told(pulled)) == (1, ["annotator-second"])
    changed = {file for file, data in files(folder).items() if data != before.get(file)}
    assert changed == {folder.file("2025-03", layer) for layer in ("mentions", "progress")}
    assert {r["annotator"] for r in folder.records("2025-03", "progress") if r["layer"] == "mentions"} == {"ann", None}
    rows = [line.split() for line in run(studio, "status", folder, title).stdout.splitlines()]
    assert ["a", "done", "ann@example.org"] in rows


@pytest.mark.deep("servers")
@pytest.mark.parametrize("reverse", [False, True])
def test_passes_of_two_pulled_after_each_step(
    studio: Studio, tmp_path: Path, title: str, people: dict[str, Session], reverse: bool
) -> None:
    """One document is annotated twice, one once, one skipped, with a draft first; the gold stays as it is."""
    march = [small_document(name) for name in ("once", "skipped", "twice")]
    folder = write_corpus(tmp_path / "root", {PART: march})
    before = files(folder)
    tasks = push(studio, folder, title, work=Work(Way.passes, 2))
    today = datetime.now(UTC).date().isoformat()
    made = {name: typed_in(task_of(folder, name)) for name in tasks}
    twice = f"tasks/{tasks['twice']['id']}"
    draft = {"result": made["twice"][:3], "lead_time": 1.0}
    states: dict[str, dict[str, str]] = {"ann": {}, "ben": {}}
    steps = (
        ("ben", "twice", "open", lambda: ask(studio, "POST", f"{twice}/drafts", draft, people["ben"])),
        ("ann", "once", "done", lambda: annotate(studio, tasks["once"]["id"], made["once"], people["ann"])),
        ("ann", "twice", "done", lambda: annotate(studio, tasks["twice"]["id"], made["twice"], people["ann"])),
        ("ben", "twice", "done", lambda: annotate(studio, tasks["twice"]["id"], made["twice"], people["ben"])),
        ("ben", "skipped", "skipped", lambda: skip(studio, tasks["skipped"]["id"], people["ben"])),
    )
    for who, document, state, step in (steps[0], *steps[:0:-1]) if reverse else steps:
        step()
        states[who][document] = state
        pulled = run(studio, "pull", folder, title)
        assert pulled.returncode == 0, pulled.stderr
        assert "ben\n" not in pulled.stdout.replace(f"{document} by ben\n", ""), "nothing of others is news"
        after = files(folder)
        assert {file: after[file] for file in before} == before
        for name, known in states.items():
            found = folder.progress(name) if known else {}
            assert found == {doc: {(said, name, today, "blank", None)} for doc, said in known.items()}
        again = run(studio, "pull", folder, title)
        assert again.stdout.endswith("0 changed records\nnothing was to be written\n")
    rows = {tuple(line.split()[:3]) for line in run(studio, "status", folder, title).stdout.splitlines()}
    assert rows >= {
        (document, state, f"{who}@example.org") for who, known in states.items() for document, state in known.items()
    }


def skip(studio: Studio, task: int, who: Session) -> None:
    ask(studio, "POST", f"tasks/{task}/annotations/", {"result": [], "was_cancelled": True, "lead_time": 1.0}, who)
