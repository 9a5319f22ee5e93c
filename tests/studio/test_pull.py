"""What was sent to a real server comes back from it, with what annotators made of it and nothing else."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from conftest import Root, offline
from stancebank.checks.selection import ERRORS_ALONE
from stancebank.checks.validation import check_corpus
from stancebank.studio.tasks import Mode

from .conftest import Studio, run_command
from .exports import (
    ANNOTATED,
    PART,
    TEXT,
    Folder,
    Item,
    Layers,
    Task,
    drop,
    item,
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
from .failing_proxy import Proxy, Request, failing_proxy
from .made_up import talks

pytestmark = pytest.mark.slow


@pytest.fixture
def proxy(studio: Studio) -> Iterator[Proxy]:
    with failing_proxy(studio.url) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """Documents with all that is hard, and some without annotations, in two parts."""
    march = {"a": small_document("a"), "b": without_annotations(small_document("b")), "talks": talks("talks")}
    return write_corpus(tmp_path / "root", {PART: [talks("february")], "2025-03": list(march.values())})


@pytest.fixture(scope="module")
def people(studio: Studio) -> dict[str, int]:
    """Two annotators with accounts: their numbers on the server."""
    made = {}
    for name in ("ann", "ben"):
        account = {"email": f"{name}@example.org", "username": name, "password": f"not-secret-{name}-9"}
        made[name] = ask(studio, "POST", "users/", account)["id"]
    return made


def ask(studio: Studio, method: str, path: str, body: object = None) -> Any:
    """What the server's API answers."""
    import httpx

    headers = {"Authorization": f"Token {studio.token}"}
    answer = httpx.request(method, f"{studio.url}/api/{path}", json=body, headers=headers, trust_env=False, timeout=120)
    assert answer.is_success, answer.text
    return answer.json()


def run(studio: Studio, command: str, folder: Folder, title: str, *arguments: object, url: str | None = None) -> Any:
    return studio.run(command, "--root", folder.path, "--url", url or studio.url, "--project", title, *arguments)


def push(
    studio: Studio, folder: Folder, title: str, mode: Mode = Mode.annotations, url: str | None = None
) -> dict[str, Task]:
    """Send the corpus; gives the tasks on the server by document."""
    from stancebank.studio.push import push as push_documents

    project = push_documents(folder.corpus(), studio.server(url), title, mode).project.id
    listed = ask(studio, "GET", f"tasks/?project={project}&fields=all&page_size=500")["tasks"]
    return {task["data"]["doc_id"]: task for task in listed}


def task_of(folder: Folder, document: str) -> Task:
    """The task of a document as it is sent, to be changed."""
    return next(task for task in folder.tasks() if task["data"]["doc_id"] == document)


def annotate(studio: Studio, task: int, items: list[Item], who: int | None = None) -> None:
    made = {"result": items, "lead_time": 2.5} | ({} if who is None else {"completed_by": who})
    ask(studio, "POST", f"tasks/{task}/annotations/", made)


def update(studio: Studio, task: Task, items: list[Item]) -> None:
    ask(studio, "PATCH", f"annotations/{task['annotations'][0]['id']}/", {"result": items})


def files(folder: Folder) -> dict[str, bytes]:
    """Every file of a corpus but what is in .studio."""
    return {file: data for file, data in folder.tree().items() if not file.startswith(".studio/")}


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
    for each in result(task):
        if each.get("from_name") == "entity":
            [[entity]] = each["value"].pop("taxonomy")
            words = [choices[entity]["name"]] + ([choices[entity]["value"]] if choices[entity]["value"] else [])
            each |= {"from_name": "new_entity", "type": "textarea"}
            each["value"]["text"] = [" | ".join(words)]
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


def test_a_made_up_corpus_comes_back_as_it_was(studio: Studio, folder: Folder, title: str) -> None:
    before, layers = files(folder), folder.layers()
    push(studio, folder, title)
    [base] = bases(folder)
    assert base == {file: before[file] for file in base}
    assert layers.keys() < base.keys()
    require_untouched(studio, folder, title, before)
    assert bases(folder) == [base]
    out = folder.path.parent / "out"
    pulled = run(studio, "pull", folder, title, "--out", out)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert tree(out) == layers
    assert files(folder) == before


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
    written = {f"wrote corpus/{PART}/{layer}.jsonl" for layer in ANNOTATED}
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
    changed = ("entities", "mentions", "relations", "stances")
    assert pulled.stdout.splitlines() == [
        "a",
        '  e5 added: "Bob and Ann", PERSON',
        '  m4 "Bob": level NAM to NOM',
        f'  m7 added: "{place["text"]}" {place["start"]}..{place["end"]}, "Bob and Ann" (e5), NOM',
        f'  r4 added: "{place["text"]}" (m7) aid "Kyiv" (m6), possible',
        '  s2 removed: "peace is near" 35..48, t2, neutral, narration, unconditional',
        "3 annotations read, 5 changed records",
        *(f"wrote corpus/2025-03/{layer}.jsonl" for layer in changed),
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
    assert [file for file in after if after[file] != before[file]] == ["corpus/2025-03/mentions.jsonl"]
    assert [r["level"] for r in folder.records("2025-03", "mentions") if r["mention_id"] in ("m4", "m5")] == [
        *("NOM", "NAM"),  # of a
        *("NAM", "NAM"),  # of talks
    ]


# Several annotators


def two_of_one(studio: Studio, task: Task, people: dict[str, int], made: Task) -> list[Item]:
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
    studio: Studio, tmp_path: Path, title: str, people: dict[str, int]
) -> None:
    folder = write_corpus(tmp_path / "root", {PART: [talks("talks")]})
    before = files(folder)
    tasks = push(studio, folder, title, Mode.texts)
    two_of_one(studio, tasks["talks"], people, folder.tasks()[0])
    pulled = run(studio, "pull", folder, title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    after = files(folder)
    passes = {folder.file(PART, layer, name) for layer in ANNOTATED for name in ("ann", "ben")}
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


def test_annotators_are_named_and_one_is_gold(
    studio: Studio, tmp_path: Path, title: str, people: dict[str, int]
) -> None:
    folder = write_corpus(tmp_path / "root", {PART: [without_annotations(talks("talks"))]})
    tasks = push(studio, folder, title, Mode.texts)
    [made] = tasks_of(talks("talks"), at=tmp_path)
    two_of_one(studio, tasks["talks"], people, made)
    names = ("--annotator", "ann@example.org=gold", "--annotator", f"{people['ben']}=second")
    pulled = run(studio, "pull", folder, title, *names)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert len(folder.records(PART, "mentions")) == len(talks("talks")["mentions"])
    assert [path.name for path in (folder.path / "annotation/passes").iterdir()] == ["second"]
    assert [r["label"] for r in folder.records(PART, "stances", "second")].count("against") == 1
    assert "against" not in [r["label"] for r in folder.records(PART, "stances")]
    assert agree(folder, "gold", "second").returncode == 0
    again = run(studio, "pull", folder, title, *names)
    assert again.stdout.splitlines()[:2] == ["2 annotations read, 0 changed records", "nothing was to be written"]


def test_a_second_opinion_leaves_the_gold_as_it_is(
    studio: Studio, folder: Folder, title: str, people: dict[str, int]
) -> None:
    before = files(folder)
    tasks = push(studio, folder, title)
    task = task_of(folder, "talks")
    item(task, "s1", "stance")["value"]["choices"] = ["against"]
    annotate(studio, tasks["talks"]["id"], result(task), people["ben"])
    pulled = run(studio, "pull", folder, title, "--annotator", "annotator@example.org=gold")
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert '  s1 "We support Kyiv": label favor to against' in pulled.stdout.splitlines()
    after = files(folder)
    assert {file: after[file] for file in before} == before
    assert after.keys() - before.keys() == {folder.file("2025-03", layer, "ben") for layer in ANNOTATED}


# A server that goes away


def while_made(studio: Studio, request: Request) -> None:
    """The server is killed with the request in its hands."""
    connection = http.client.HTTPConnection(request.target, timeout=120)
    headers = {k: v for k, v in request.handler.headers.items() if k.lower() not in ("host", "connection")}
    connection.request(request.method, request.path, request.body or None, headers)
    kill(studio)
    with contextlib.suppress(OSError, http.client.HTTPException):
        connection.getresponse().read()
    connection.close()
    request.drop()


def while_downloaded(studio: Studio, request: Request) -> None:
    """The server is killed when half of the export is here."""
    request.break_off()
    kill(studio)


def kill(studio: Studio) -> None:
    os.killpg(studio.login["pid"], signal.SIGKILL)


def up(studio: Studio) -> None:
    started = studio.run("up", "--root", studio.home, "--venv", studio.venv)
    assert started.returncode == 0, started.stderr


@pytest.mark.parametrize(
    ("path", "moment", "at_once"),
    [("/exports", while_made, True), ("/download", while_downloaded, False)],
    ids=["while the export is made", "while it is downloaded"],
)
def test_a_server_that_is_killed_during_pull(
    studio: Studio,
    folder: Folder,
    title: str,
    proxy: Proxy,
    people: dict[str, int],
    path: str,
    moment: Callable[[Studio, Request], None],
    at_once: bool,
) -> None:
    """at_once: whether it is started again while pull still tries."""
    tasks = push(studio, folder, title, Mode.texts, url=proxy.url)
    for name in ("february", "talks"):
        made = task_of(folder, name)
        two_of_one(studio, tasks[name], people, made)
    before = files(folder)

    def strike(request: Request) -> None:
        moment(studio, request)
        proxy.held.set()

    proxy.fail(lambda request: path in request.path, strike)
    command = [sys.executable, "-m", "stancebank", "studio", "pull", "--root", str(folder.path)]
    command += ["--url", proxy.url, "--project", title]
    environment = {**offline(folder.path.parent), "LABEL_STUDIO_API_KEY": studio.token}
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "encoding": "utf-8"}
    pulling = subprocess.Popen(command, env=environment, **streams)
    try:
        assert proxy.held.wait(120)
        if at_once:
            up(studio)
        _, errors = pulling.communicate(timeout=600)
    finally:
        pulling.kill()
        pulling.wait(60)
        up(studio)
    assert "Traceback" not in errors
    assert not list((folder.path / ".studio").glob("**/.new-*"))
    passes = {folder.file(part, layer, name) for part in (PART, "2025-03") for layer in ANNOTATED for name in people}
    assert pulling.returncode in ((0, 2) if at_once else (2,))
    if pulling.returncode:
        assert errors.startswith("stancebank: ")
        assert "\n  fix: " in errors
        assert files(folder) == before
        assert "broke off" in errors
    again = run(studio, "pull", folder, title, url=proxy.url)
    assert (again.returncode, again.stderr) == (0, "")
    after = files(folder)
    assert after.keys() - before.keys() == passes
    assert {file: after[file] for file in before} == before
