"""A server that is stopped, killed or given another login, and what the commands make of that."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import Root, offline
from stancebank.faults import StanceBankError
from stancebank.studio.layout.tasks import Mode, Way
from stancebank.studio.server.projects import Work

from ..conftest import Studio
from ..exports import ANNOTATED, PART, Folder
from .failing_proxy import Proxy, Request
from .test_pull import files, push, run, task_of, two_of_one
from .test_server import studio_command
from .test_status import digests, project
from .test_status import run as run_root

pytestmark = pytest.mark.deep("servers")


@pytest.fixture(scope="module")
def studio(own_studio: Studio) -> Studio:
    """Not the one that other tests use."""
    return own_studio


def kill(studio: Studio) -> None:
    os.killpg(studio.login["pid"], signal.SIGKILL)


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
    """The server is killed when half of the tasks are here."""
    request.break_off()
    kill(studio)


def up(studio: Studio) -> None:
    started = studio.run("up", "--root", studio.home, "--venv", studio.venv)
    assert started.returncode == 0, started.stderr


def test_it_starts_again_after_its_process_was_killed(studio: Studio, title: str) -> None:
    before = studio.login
    project = studio.sdk().projects.create(title=title).id
    os.killpg(before["pid"], signal.SIGKILL)
    again = studio_command(studio.home, "up", "--venv", studio.venv)
    assert again.returncode == 0, again.stderr
    assert "Label Studio runs at" in again.stdout
    after = studio.login
    assert after["pid"] != before["pid"]
    assert {key: after[key] for key in ("user", "token", "password")} == {
        key: before[key] for key in ("user", "token", "password")
    }
    assert studio.server().projects(title) == [project]


def test_down_stops_it_and_keeps_its_data(studio: Studio, title: str) -> None:
    url, project = studio.url, studio.sdk().projects.create(title=title).id
    stopped = studio_command(studio.home, "down")
    assert (stopped.returncode, stopped.stdout) == (0, "Label Studio is stopped\n")
    refused = studio.run("push", "--url", url, "--root", studio.home)
    assert (refused.returncode, "no server answers at" in refused.stderr) == (2, True)
    nothing = studio_command(studio.home, "down")
    assert (nothing.returncode, nothing.stdout) == (0, "no local Label Studio was running\n")
    assert studio_command(studio.home, "up", "--venv", studio.venv).returncode == 0
    assert studio.server().projects(title) == [project]


def test_a_login_that_is_not_that_of_the_data(studio: Studio) -> None:
    file = studio.home / ".studio/server.json"
    login = file.read_bytes()
    assert studio_command(studio.home, "down").returncode == 0
    file.unlink()
    refused = studio_command(studio.home, "up", "--venv", studio.venv)
    assert refused.returncode == 2
    assert "the local server does not take the login in server.json" in refused.stderr
    assert studio_command(studio.home, "down").stdout == "no local Label Studio was running\n"
    file.write_bytes(login)
    assert studio_command(studio.home, "up", "--venv", studio.venv).returncode == 0
    assert studio.server().user == "annotator@example.org"


@pytest.mark.parametrize(
    ("path", "moment", "at_once"),
    [("fields=all", while_made, True), ("fields=all", while_downloaded, False)],
    ids=["while it is asked", "while tasks are downloaded"],
)
def test_a_server_that_is_killed_while_it_answers_pull(
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
    tasks = push(studio, folder, title, Mode.texts, url=proxy.url, work=Work(Way.passes, 2))
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
    layers = (*ANNOTATED, "progress")
    passes = {folder.file(part, layer, name) for part in (PART, "2025-03") for layer in layers for name in people}
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


def test_a_server_that_is_killed_during_pull(
    studio: Studio, root: Root, title: str, proxy: Proxy, tmp_path: Path
) -> None:
    from stancebank.studio.server.projects import snapshot

    run_root(studio, "push", root, title)
    before = digests(root)

    def kill(request: Request) -> None:
        os.killpg(studio.login["pid"], signal.SIGKILL)
        request.drop()

    proxy.fail(lambda r: "fields=all" in r.path, kill)
    server = studio.server(proxy.url, attempts=2)
    try:
        with pytest.raises(StanceBankError, match=r"broke off|no server answers|in time"):
            snapshot(server, project(studio, title), tmp_path)
        assert not list(tmp_path.glob(".new-*"))
        refused = run_root(studio, "pull", root, title)
        assert (refused.returncode, "no server answers at" in refused.stderr) == (2, True)
        assert digests(root) == before
    finally:
        assert studio.run("up", "--root", studio.home, "--venv", studio.venv).returncode == 0
    assert run_root(studio, "pull", root, title).returncode == 0
    assert digests(root) == before
