"""Every document is on the server once, and what cannot be sent is said."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import spacy

from conftest import DOC, PART, PROJECT, Root, offline
from stancebank.faults import StanceBankError
from stancebank.formats.preannotation.model_pass import preannotate
from stancebank.schema.layers import PROGRESS
from stancebank.studio.layout.tasks import Mode, Way, export_tasks, part_tasks

from ..conftest import Studio, run_command
from .conftest import ask
from .failing_proxy import Proxy, Request


def project(studio: Studio, title: str) -> int:
    [number] = studio.server().projects(title)
    return number


def tasks(studio: Studio, title: str) -> list[dict[str, Any]]:
    """All that the server has, with annotations and predictions."""
    listed = studio.sdk().tasks.list(project=project(studio, title), fields="all", page_size=500)
    return [json.loads(task.model_dump_json()) for task in listed]


def documents(studio: Studio, title: str) -> Counter[str]:
    return Counter(task.document for task in studio.server().documents(project(studio, title)))


def once(root: Root) -> Counter[str]:
    corpus = root.corpus()
    return Counter(doc for name in corpus.part_names for doc in corpus.read_part(name)["documents"]["doc_id"])


def push(studio: Studio, root: Root, title: str, *arguments: object, url: str | None = None) -> Any:
    return studio.run("push", "--root", root.path, "--url", url or studio.url, "--project", title, *arguments)


def push_here(root: Root, server: Any, title: str, **options: Any) -> Any:
    from stancebank.studio.server.upload import push as push_documents

    return push_documents(root.corpus(), server, title, **options)


def test_what_is_on_the_server_is_what_was_exported(studio: Studio, many: Root, title: str) -> None:
    done = push(studio, many, title)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "sent 61, left 0, replaced 0",
        f"{title}: {studio.url}/projects/{project(studio, title)}/data",
    ]
    there = {task["data"]["doc_id"]: task for task in tasks(studio, title)}
    for expected in export_tasks(many.corpus()):
        task = there.pop(expected["data"]["doc_id"])
        assert task["data"] == expected["data"]
        assert [a["result"] for a in task["annotations"]] == [a["result"] for a in expected.get("annotations", ())]
    assert not there


def test_a_second_push_sends_nothing(studio: Studio, root: Root, title: str) -> None:
    push(studio, root, title)
    before = tasks(studio, title)
    again = push(studio, root, title)
    assert again.returncode == 0
    assert again.stdout.startswith("nothing to send: all 1 documents are there\n")
    assert tasks(studio, title) == before


def test_a_document_is_replaced_and_an_export_kept(studio: Studio, root: Root, title: str) -> None:
    push(studio, root, title)
    [before] = tasks(studio, title)
    annotation = before["annotations"][0]
    studio.sdk().annotations.update(id=annotation["id"], result=annotation["result"][:1])
    done = push(studio, root, title, "--replace")
    assert done.returncode == 0, done.stderr
    assert "sent 0, left 0, replaced 1\n" in done.stdout
    [after] = tasks(studio, title)
    assert after["annotations"][0]["result"] == annotation["result"]
    [copy] = (root.path / ".studio/kept").glob("*.json")
    assert (copy.with_name(f"{copy.name}.base") / "corpus").is_dir(), "and what it is compared with on the way back"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert str(copy) in done.stdout
    [kept] = map(json.loads, copy.read_bytes().splitlines())
    assert kept["annotations"][0]["result"] == annotation["result"][:1]


@pytest.mark.deep("servers")
def test_without_a_copy_nothing_is_replaced(studio: Studio, root: Root, title: str, proxy: Proxy) -> None:
    push(studio, root, title)
    before = tasks(studio, title)
    proxy.fail(lambda r: "fields=all" in r.path, lambda r: r.answer(503, b"busy"), times=50)
    with pytest.raises(StanceBankError, match="answers 503"):
        push_here(root, studio.server(proxy.url, attempts=1), title, replacing=True)
    assert tasks(studio, title) == before
    assert not list((root.path / ".studio/kept").iterdir())


@pytest.mark.deep("servers")
def test_predictions_and_texts(studio: Studio, root: Root, title: str) -> None:
    assert push(studio, root, title, "--as", "predictions").returncode == 0
    [task] = tasks(studio, title)
    [expected] = export_tasks(root.corpus(), Mode.predictions)
    assert [p["result"] for p in task["predictions"]] == [p["result"] for p in expected["predictions"]]
    assert task["annotations"] == []
    assert push(studio, root, f"{title} texts", "--as", "texts").returncode == 0
    [task] = tasks(studio, f"{title} texts")
    assert (task["annotations"], task["predictions"], task["data"]["entities"]) == ([], [], [])


def test_a_pass_as_predictions(studio: Studio, root: Root, title: str) -> None:
    shutil.copytree(PROJECT / "annotation", root.path / "annotation")
    assert push(studio, root, title, "--pass", "pass-a").returncode == 2
    done = push(studio, root, title, "--as", "predictions", "--pass", "pass-a", "--passes", "1")
    assert done.returncode == 0, done.stderr
    [task] = tasks(studio, title)
    part = root.corpus().sound_part(PART, "pass-a")
    [expected] = part_tasks(part, Mode.predictions, way=Way.passes)
    assert [p["result"] for p in task["predictions"]] == [p["result"] for p in expected["predictions"]]
    assert [p["model_version"] for p in task["predictions"]] == ["pass-a"]
    assert task["annotations"] == []


@pytest.mark.deep("servers")
def test_what_a_pipeline_finds_is_sent_as_predictions(studio: Studio, root: Root, title: str, tmp_path: Path) -> None:
    nlp = spacy.blank("en")
    nlp.add_pipe("entity_ruler").add_patterns([{"label": "GPE", "pattern": "Ukraine"}])
    nlp.to_disk(tmp_path / "rules")
    preannotate(root.path, str(tmp_path / "rules"), "rules", day="2026-11-30")
    done = push(studio, root, title, "--as", "predictions", "--pass", "rules", "--passes", "1")
    assert done.returncode == 0, done.stderr
    [task] = tasks(studio, title)
    [prediction] = task["predictions"]
    (text,) = root.part()["documents"]["text"]
    words = [region["value"]["text"] for region in prediction["result"] if "text" in region["value"]]
    assert words.count("Ukraine") >= text.count("Ukraine")
    assert task["annotations"] == []


@pytest.mark.deep("servers")
def test_documents_by_name(studio: Studio, many: Root, title: str) -> None:
    done = push(studio, many, title, "--doc", "short-003", "--doc", DOC)
    assert done.returncode == 0, done.stderr
    assert documents(studio, title) == {"short-003": 1, DOC: 1}
    unknown = push(studio, many, title, "--doc", "nothing\x1b[2J")
    assert (unknown.returncode, unknown.stderr.splitlines()[0]) == (
        2,
        'stancebank: the corpus has no document "nothing\\x1b[2J"',
    )


def test_a_corpus_with_errors_is_not_sent(studio: Studio, root: Root, title: str) -> None:
    root.edit("mentions", 3, text="wrong")
    done = push(studio, root, title)
    assert done.returncode == 1
    assert done.stderr == (
        "stancebank: the corpus has 1 error, and nothing was sent\n"
        "  fix: run stancebank validate and correct what it reports\n"
    )
    assert studio.server().projects(title) == []


@pytest.mark.deep("servers")
def test_the_way_of_work_is_kept_with_the_project(studio: Studio, root: Root, title: str) -> None:
    assert push(studio, root, title, "--passes", 2).returncode == 0
    kept = ask(studio, "GET", f"projects/{project(studio, title)}/")
    assert (kept["maximum_annotations"], kept["description"]) == (
        2,
        "StanceBank: passes of 2 annotators, each on their own",
    )
    [task] = tasks(studio, title)
    assert (task["data"]["way"], task["data"]["mode"], task["data"]["entities"]) == ("passes", "texts", [])
    refused = push(studio, root, title)
    assert (refused.returncode, refused.stderr.splitlines()) == (
        2,
        [
            f'stancebank: project {project(studio, title)}, "{title}", holds passes of annotators, which was chosen at '
            "its first push",
            "  fix: add --passes N to this push; or send to another project with --project TITLE",
        ],
    )
    assert push(studio, root, title, "--passes", 3).returncode == 0
    assert ask(studio, "GET", f"projects/{project(studio, title)}/")["maximum_annotations"] == 3
    own = push(studio, root, f"{title} own", "--passes", 2, "--as", "annotations")
    assert (own.returncode, studio.server().projects(f"{title} own")) == (2, [])
    assert "would be a pass of its own" in own.stderr


def test_a_project_with_another_config_is_refused(studio: Studio, root: Root, title: str) -> None:
    from stancebank.studio.layout.config import labelling_config

    config = labelling_config(root.corpus().scheme)
    studio.sdk().projects.create(title=title, label_config=config.replace('value="CUE"', 'value="CLUE"', 1))
    refused = push(studio, root, title)
    assert refused.returncode == 2
    assert "is not what the scheme gives" in refused.stderr
    assert tasks(studio, title) == []


def test_a_config_that_only_looks_different_is_the_same(studio: Studio, root: Root, title: str) -> None:
    from stancebank.studio.layout.config import labelling_config

    config = labelling_config(root.corpus().scheme)
    studio.sdk().projects.create(title=title, label_config=config.replace("\n", "\n\n   ").replace("/>", "  />"))
    assert push(studio, root, title).returncode == 0


@pytest.mark.deep("servers")
def test_several_projects_with_one_title(studio: Studio, root: Root, title: str) -> None:
    push(studio, root, title)
    first = project(studio, title)
    second = studio.sdk().projects.create(title=title).id
    refused = push(studio, root, title)
    assert refused.returncode == 2
    assert f"{first}, {second}" in refused.stderr
    assert push(studio, root, first).returncode == 0
    missing = push(studio, root, 987654)
    assert (missing.returncode, "has no project 987654" in missing.stderr) == (2, True)


def test_a_title_that_no_project_can_have(studio: Studio, root: Root) -> None:
    refused = push(studio, root, "x" * 51)
    assert (refused.returncode, "3 to 50 characters" in refused.stderr) == (2, True)


def test_a_wrong_token(studio: Studio, root: Root) -> None:
    refused = studio.run("push", "--root", root.path, "--url", studio.url, LABEL_STUDIO_API_KEY="f" * 40)
    assert refused.returncode == 2
    assert "refuses the token" in refused.stderr
    assert "LABEL_STUDIO_API_KEY" in refused.stderr
    assert "f" * 40 not in refused.stderr


@pytest.mark.deep("servers")
def test_a_personal_access_token(studio: Studio, root: Root, title: str) -> None:
    import httpx

    with httpx.Client(base_url=studio.url, trust_env=False) as browser:
        browser.get("/user/login/")
        form = {"email": studio.login["user"], "password": studio.login["password"]}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        assert browser.post("/user/login/", data=form).status_code == 302
        made = browser.post("/api/token/", headers={"X-CSRFToken": browser.cookies["csrftoken"]})
    assert made.status_code == 201, made.text
    token = made.json()["token"]
    arguments = ("push", "--root", root.path, "--url", studio.url, "--project", title)
    done = studio.run(*arguments, LABEL_STUDIO_API_KEY=token)
    assert done.returncode == 0, done.stderr
    assert documents(studio, title) == {DOC: 1}


@pytest.fixture
def other_site(tmp_path: Path) -> Iterator[str]:
    """A web server that is no Label Studio."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_wrong_address(studio: Studio, root: Root, other_site: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{unused.getsockname()[1]}"
        for url, words in (
            (other_site, "is no Label Studio"),
            (f"{studio.url}/projects/1", "is no Label Studio"),
            (closed, "no server answers at"),
            ("https://studio.invalid", "no server answers at"),
            ("studio.example.org", "is no address of a server"),
            ("ftp://studio.example.org", "is no address of a server"),
        ):
            refused = studio.run("push", "--root", root.path, "--url", url)
            assert (refused.returncode, words in refused.stderr) == (2, True), (url, refused.stderr)


def test_a_secret_in_an_address_is_not_printed(studio: Studio, root: Root) -> None:
    refused = studio.run("push", "--root", root.path, "--url", "https://ann:secret@studio.example.org")
    assert refused.returncode == 2
    assert "secret" not in refused.stderr


def test_a_token_that_would_go_unencrypted(studio: Studio, root: Root) -> None:
    warned = studio.run("push", "--root", root.path, "--url", "http://studio.invalid")
    assert warned.stderr.startswith("warning: the token and the texts go to http://studio.invalid unencrypted")


@pytest.mark.deep("servers")
def test_no_token_and_no_server(studio: Studio, root: Root) -> None:
    command = [sys.executable, "-m", "stancebank", "studio", "push", "--root", str(root.path)]
    without = run_command([*command, "--url", studio.url], root.path.parent)
    assert (without.returncode, "there is no token" in without.stderr) == (2, True)
    nowhere = run_command(command, root.path.parent)
    assert (nowhere.returncode, "no local Label Studio runs here" in nowhere.stderr) == (2, True)


def is_import(request: Request) -> bool:
    return request.is_import


@pytest.mark.deep("servers")
def test_passing_failures_are_overcome(studio: Studio, many: Root, title: str, proxy: Proxy) -> None:
    def asks(path: str) -> Callable[[Request], bool]:
        return lambda request: request.method == "GET" and request.path.startswith(f"/api/{path}")

    def sends(document: bytes) -> Callable[[Request], bool]:
        return lambda request: request.is_import and document in request.body

    proxy.fail(asks("current-user"), lambda r: r.answer(429, b"{}", Retry_After="1"))
    proxy.fail(asks("projects"), lambda r: r.answer(503, b"<html>try later</html>"))
    proxy.fail(asks("tasks"), Request.drop)
    proxy.fail(sends(b"short-001"), lambda r: r.answer(429, b"{}", Retry_After="0"))
    proxy.fail(sends(b"short-021"), lambda r: r.answer(502, b"bad gateway"))
    proxy.fail(sends(b"short-041"), Request.drop)
    pushed = push_here(many, studio.server(proxy.url), title, batch=20)
    assert (pushed.sent, pushed.left) == (61, 0)
    assert not proxy.faults
    assert documents(studio, title) == once(many)


@pytest.mark.deep("servers")
def test_an_answer_that_got_lost(studio: Studio, many: Root, title: str, proxy: Proxy) -> None:
    def carry_out_and_drop(request: Request) -> None:
        assert request.forward().status == 201
        request.drop()

    proxy.fail(is_import, carry_out_and_drop, times=2)
    push_here(many, studio.server(proxy.url), title, batch=20)
    assert not proxy.faults
    assert documents(studio, title) == once(many)


@pytest.mark.deep("servers")
def test_a_new_project_whose_answer_got_lost(studio: Studio, root: Root, title: str, proxy: Proxy) -> None:
    def carry_out_and_drop(request: Request) -> None:
        assert request.forward().status == 201
        request.drop()

    proxy.fail(lambda r: r.method == "POST" and r.path.startswith("/api/projects/"), carry_out_and_drop)
    push_here(root, studio.server(proxy.url), title)
    assert not proxy.faults
    assert documents(studio, title) == once(root)


@pytest.mark.deep("servers")
def test_a_lasting_failure_is_told_in_the_words_of_the_server(
    studio: Studio, root: Root, title: str, proxy: Proxy
) -> None:
    words = json.dumps({"detail": "no \x1b[31mspace left " + "x" * 1000}).encode()
    server = studio.server(proxy.url, attempts=2)
    proxy.fail(is_import, lambda r: r.answer(500, words, Content_Type="application/json"), times=2)
    with pytest.raises(StanceBankError) as told:
        push_here(root, server, title)
    assert 'answers 500: "no \\x1b[31mspace left xxx' in told.value.what
    assert len(told.value.what) < 500


# Runs a push with small batches, so that it can be killed between them.
_PUSH = """
import os, sys
from pathlib import Path
from stancebank.corpus.corpus import read_corpus
from stancebank.studio.server.client import Server
from stancebank.studio.server.upload import push
root, url, title = sys.argv[1:]
push(read_corpus(Path(root)), Server(url, os.environ["LABEL_STUDIO_API_KEY"]), title, batch=8)
"""


def killed_push(studio: Studio, root: Root, title: str, proxy: Proxy) -> None:
    """Push through the proxy, and kill it with SIGKILL once a request is held up there."""
    command = [sys.executable, "-c", _PUSH, str(root.path), proxy.url, title]
    process = subprocess.Popen(command, env=offline(root.path.parent, LABEL_STUDIO_API_KEY=studio.token))
    try:
        assert proxy.held.wait(120)
    finally:
        process.send_signal(signal.SIGKILL)
        assert process.wait(60) == -signal.SIGKILL


def hold_third_import(proxy: Proxy, *, carried_out: bool) -> None:
    def hold(request: Request) -> None:
        if carried_out:
            request.forward()
        proxy.held.set()
        assert proxy.release.wait(120)
        if not carried_out:
            request.forward()
            proxy.late.set()

    proxy.fail(is_import, Request.pass_through, times=2)
    proxy.fail(is_import, hold)


@pytest.mark.deep("servers")
def test_a_push_that_was_killed_is_completed(studio: Studio, many: Root, title: str, proxy: Proxy) -> None:
    hold_third_import(proxy, carried_out=True)
    killed_push(studio, many, title, proxy)
    proxy.release.set()
    assert sum(documents(studio, title).values()) == 1 + 8 + 8  # the article is a part, and a batch, of its own
    done = push(studio, many, title)
    assert (done.returncode, done.stdout.splitlines()[0]) == (0, "sent 44, left 17, replaced 0")
    assert documents(studio, title) == once(many)


@pytest.mark.deep("servers")
def test_a_request_that_arrives_after_its_push_was_killed(studio: Studio, many: Root, title: str, proxy: Proxy) -> None:
    hold_third_import(proxy, carried_out=False)
    killed_push(studio, many, title, proxy)
    assert sum(documents(studio, title).values()) == 1 + 8
    assert push(studio, many, title).stdout.splitlines()[0] == "sent 52, left 9, replaced 0"
    proxy.release.set()
    assert proxy.late.wait(60)
    assert sum(documents(studio, title).values()) == 61 + 8
    assert push(studio, many, title).returncode == 0
    assert documents(studio, title) == once(many)


def twice(studio: Studio, root: Root, title: str) -> list[dict[str, Any]]:
    """The project's document sent a second time: its two tasks."""
    push(studio, root, title)
    studio.sdk().projects.import_tasks(project(studio, title), request=list(export_tasks(root.corpus())))
    found = tasks(studio, title)
    assert len(found) == 2
    return found


def work_on(studio: Studio, task: dict[str, Any]) -> None:
    annotation = task["annotations"][0]
    studio.sdk().annotations.update(id=annotation["id"], result=annotation["result"][:-1])


@pytest.mark.deep("servers")
@pytest.mark.parametrize("worked_on", [0, 1])
def test_of_two_tasks_that_with_work_stays(studio: Studio, root: Root, title: str, worked_on: int) -> None:
    both = twice(studio, root, title)
    work_on(studio, both[worked_on])
    assert push(studio, root, title).returncode == 0
    assert [task["id"] for task in tasks(studio, title)] == [both[worked_on]["id"]]


@pytest.mark.deep("servers")
def test_two_tasks_with_work_are_left_to_people(studio: Studio, root: Root, title: str) -> None:
    both = twice(studio, root, title)
    for task in both:
        work_on(studio, task)
    refused = push(studio, root, title)
    assert refused.returncode == 2
    assert f"{both[0]['id']} and {both[1]['id']}" in refused.stderr
    assert len(tasks(studio, title)) == 2


def test_the_base_is_what_was_sent(studio: Studio, many: Root, title: str) -> None:
    push(studio, many, title)
    [base] = (many.path / ".studio/base").iterdir()
    sent = [file for file in sorted((many.path / "corpus").glob("*/*.jsonl")) if file.stem != PROGRESS.name]
    for file in sent:
        assert (base / "corpus" / file.parent.name / file.name).read_bytes() == file.read_bytes(), file


def test_the_local_server_needs_no_address(studio: Studio, title: str) -> None:
    done = run_command(
        [sys.executable, "-m", "stancebank", "studio", "push", "--root", str(studio.home), "--project", title],
        studio.home.parent,
    )
    assert done.returncode == 0, done.stderr
    assert documents(studio, title) == {DOC: 1}
    assert (studio.home / f".studio/base/local-{project(studio, title)}/corpus").is_dir()


def test_a_proxy_of_the_environment_does_not_see_the_local_token(studio: Studio, root: Root, title: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        elsewhere = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        arguments = ("push", "--root", root.path, "--url", studio.url, "--project", title)
        done = studio.run(*arguments, HTTP_PROXY=elsewhere, ALL_PROXY=elsewhere)
    assert done.returncode == 0, done.stderr


def test_only_one_push_at_a_time(studio: Studio, root: Root, title: str) -> None:
    from stancebank.studio.server.studio_folder import alone, studio_folder

    with alone(studio_folder(root.path)):
        refused = push(studio, root, title)
    assert (refused.returncode, "another stancebank studio push or pull" in refused.stderr) == (2, True)
