"""The local server: started once, for this machine and this user alone, and stopped for good."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from conftest import Root, offline
from stancebank.faults import StanceBankError
from stancebank.studio.server.local_server import server_program
from wheels import make_wheel, write_lock

from ..conftest import Studio, run_command


def studio_command(root: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "stancebank", "studio", *map(str, arguments), "--root", str(root)]
    return run_command(command, root.parent)


def test_up_says_where_to_go(studio: Studio) -> None:
    assert studio.said.splitlines() == [
        "starting Label Studio; this takes half a minute, the first time a minute",
        f"Label Studio runs at {studio.url}",
        "  user      annotator@example.org",
        f"  password  in {studio.home}/.studio/server.json",
        "next: stancebank studio push, then open that address; stancebank studio down stops it",
    ]


def test_the_token_is_accepted(studio: Studio) -> None:
    assert studio.server().user == "annotator@example.org"
    assert len(studio.token) == 40


def test_up_again_says_that_it_runs(studio: Studio) -> None:
    before = studio.login
    again = studio_command(studio.home, "up", "--venv", studio.venv)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith(f"Label Studio runs already at {studio.url}\n")
    assert studio.login == before


def test_only_its_owner_can_read_what_is_there(studio: Studio) -> None:
    """The folder keeps others out of all that is in it; what holds secrets keeps them out by itself too."""
    folder = studio.home / ".studio"
    assert folder.stat().st_mode & 0o777 == 0o700
    for name in ("server.json", "server.log", "data", "data/label_studio.sqlite3"):
        assert (folder / name).stat().st_mode & 0o077 == 0, name


def test_the_secrets_are_in_one_file_alone(studio: Studio) -> None:
    secrets = [studio.token.encode(), studio.login["password"].encode()]
    said = [studio.said.encode(), (studio.home / ".studio/server.log").read_bytes()]
    arguments = subprocess.run(["ps", "-eo", "args", "ww"], capture_output=True, check=True).stdout
    assert b"label-studio start" in arguments
    for text in (*said, arguments):
        assert not any(secret in text for secret in secrets)


def test_it_listens_to_this_machine_alone(studio: Studio) -> None:
    with socket.socket() as other_address, pytest.raises(OSError, match=r"refused|assign"):
        other_address.connect(("127.0.0.2", studio.login["port"]))


@pytest.mark.deep("servers")
def test_a_port_that_is_taken(studio: Studio, root: Root) -> None:
    port = studio.login["port"]
    refused = studio_command(root.path, "up", "--venv", studio.venv, "--port", port)
    assert (refused.returncode, f"port {port} is not free" in refused.stderr) == (2, True)
    assert studio_command(root.path, "down").stdout == "no local Label Studio was running\n"


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """An environment whose label-studio does what the test writes into it."""
    (tmp_path / "venv/bin").mkdir(parents=True)
    program = tmp_path / "venv/bin/label-studio"
    program.touch(0o755)
    return program


@pytest.mark.deep("servers")
def test_a_server_that_ends_while_it_starts(root: Root, broken: Path) -> None:
    broken.write_text("#!/bin/sh\nprintf 'one\\ntwo \\033[31mred\\n' >&2\nexit 7\n")
    failed = studio_command(root.path, "up", "--venv", broken.parents[1])
    assert failed.returncode == 2
    assert failed.stderr.splitlines()[0].startswith("stancebank: Label Studio ended while it was starting")
    assert failed.stderr.splitlines()[1:3] == ["  one", "  two \\x1b[31mred"]
    assert studio_command(root.path, "down").stdout == "no local Label Studio was running\n"


@pytest.mark.deep("servers", quick=1)
@pytest.mark.parametrize("request_to_stop", [signal.SIGINT, signal.SIGTERM])
def test_stopping_up_stops_the_server(root: Root, broken: Path, request_to_stop: signal.Signals) -> None:
    numbers = root.path / "numbers"
    broken.write_text(f"#!/bin/sh\nsleep 600 &\necho $$ $! > {numbers}.new\nmv {numbers}.new {numbers}\nwait\n")
    command = [sys.executable, "-m", "stancebank", "studio", "up", "--root", str(root.path)]
    process = subprocess.Popen([*command, "--venv", str(broken.parents[1])], env=offline(root.path))
    deadline = time.monotonic() + 60
    while not numbers.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(request_to_stop)
    assert process.wait(60) == 128 + request_to_stop
    for number in map(int, numbers.read_text().split()):
        while _runs(number) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not _runs(number)
    assert studio_command(root.path, "down").stdout == "no local Label Studio was running\n"


def _runs(number: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True, check=False, text=True)
    return bool(state.stdout.strip()) and not state.stdout.startswith("Z")


def test_down_ends_no_process_of_others(root: Root) -> None:
    folder = root.path / ".studio"
    folder.mkdir()
    with subprocess.Popen(["sleep", "600"], start_new_session=True) as bystander:
        login = f'{{"port": 1, "pid": {bystander.pid}, "user": "a", "password": "b", "token": "c"}}'
        (folder / "server.json").write_text(login)
        (folder / "server.lock").touch()
        assert studio_command(root.path, "down").stdout == "no local Label Studio was running\n"
        assert bystander.poll() is None
        bystander.kill()


def test_a_login_that_cannot_be_read(root: Root, broken: Path) -> None:
    (root.path / ".studio").mkdir()
    (root.path / ".studio/server.json").write_text("{")
    refused = studio_command(root.path, "up", "--venv", broken.parents[1])
    assert (refused.returncode, "server.json cannot be read" in refused.stderr) == (2, True)


def test_a_folder_that_leads_elsewhere(root: Root, broken: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (root.path / ".studio").symlink_to(tmp_path / "elsewhere")
    refused = studio_command(root.path, "up", "--venv", broken.parents[1])
    assert (refused.returncode, "is a symbolic link" in refused.stderr) == (2, True)
    assert not list((tmp_path / "elsewhere").iterdir())


@pytest.mark.deep("servers")
def test_an_environment_that_cannot_be_made_is_tried_again(
    root: Root, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock.txt"
    line = make_wheel(tmp_path, "label_studio", "1", program="label-studio")
    write_lock(lock, tmp_path / "nothing", [line])
    monkeypatch.setattr("stancebank.studio.server.local_server._lock_file", lambda: lock)
    said: list[str] = []
    for _ in range(2):
        with pytest.raises(StanceBankError, match="could not be set up"):
            server_program(root.path, None, said.append)
    assert said == [f"installing Label Studio in {root.path}/.venv-studio; this takes a minute or two"] * 2
    # One that was cut off is not taken for whole, even where the program is there already.
    (root.path / ".venv-studio/bin/label-studio").touch()
    write_lock(lock, tmp_path, [line])
    assert server_program(root.path, root.path / ".venv-studio", said.append).name == "label-studio"
    assert "1 package from " in said[3]
    assert server_program(root.path, None, said.append).exists()
    assert len(said) == 4


def test_without_the_extra(root: Root, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    blocked = "import sys\nsys.modules['label_studio_sdk'] = None\n"
    (tmp_path / "without/sitecustomize.py").write_text(blocked)
    for arguments in (("up",), ("push", "--url", "https://studio.invalid")):
        command = [sys.executable, "-m", "stancebank", "studio", *arguments, "--root", str(root.path)]
        more = {"PYTHONPATH": str(tmp_path / "without"), "LABEL_STUDIO_API_KEY": "f" * 40}
        refused = run_command(command, tmp_path, **more)
        assert (refused.returncode, "stancebank[studio]" in refused.stderr) == (2, True), refused.stderr
