"""Label Studio on this machine: its environment, its server and its login, and which server a command speaks to."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from stancebank.faults import StanceBankError, printable
from stancebank.schema.paths import PACKAGE
from stancebank.storage.locked_environment import UNFINISHED, Contents, set_up
from stancebank.studio.server.client import Server, answers
from stancebank.studio.server.server_address import TOKEN_VARIABLE, checked_url, is_loopback
from stancebank.studio.server.studio_folder import FOLDER, studio_folder, take_lock, write_private

LOGIN_FILE = "server.json"
LOG_FILE = "server.log"
HOST = "127.0.0.1"
USER = "annotator@example.org"
START_TIMEOUT = 600.0  # seconds; a first start takes half a minute on an idle machine
STOP_TIMEOUT = 20.0  # seconds until it is no longer asked but made to stop
LOG_LINES = 8  # shown where it did not start
_LOCK_FILE = "server.lock"  # held by the server as long as it lives
_KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ")


@dataclass(frozen=True, slots=True)
class Login:
    """How to reach the local server, as kept in .studio/server.json.

    port: where it listens, or did so last. pid: of its process, which leads a group;
    0 where there is none yet.
    """

    port: int
    pid: int
    user: str
    password: str
    token: str

    @property
    def url(self) -> str:
        """Its address, without a slash at its end."""
        return f"http://{HOST}:{self.port}"


def read_login(root: Path) -> Login | None:
    """What .studio/server.json says, None where there is none; StanceBankError where it cannot be read."""
    file = root / FOLDER / LOGIN_FILE
    try:
        return Login(**json.loads(file.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        what = f"{printable(str(file))} cannot be read"
        raise StanceBankError(
            what, f"restore it; or remove {FOLDER}, and all work in the local server with it"
        ) from None


def running(root: Path) -> bool:
    """Whether the local server of a root runs, or is just being started."""
    if not (root / FOLDER / _LOCK_FILE).exists():
        return False
    handle = take_lock(studio_folder(root) / _LOCK_FILE)
    if handle is not None:
        os.close(handle)
    return handle is None


def start(
    root: Path, program: Callable[[], Path], port: int | None, say: Callable[[str], object]
) -> tuple[Login, bool]:
    """Start the local server and wait until it accepts the token: its login, and whether it ran already.

    program: the path of label-studio, asked for only where it is needed. port: where
    to listen; without it where it did last, or on any free one. Raises
    StanceBankError, with nothing left running, where it does not start.
    """
    folder = studio_folder(root)
    lock = take_lock(folder / _LOCK_FILE)
    if lock is None:
        return _running_already(root, say), True
    try:
        executable = program()
        earlier = read_login(root)
        login = _login(earlier, _free_port(port, earlier.port if earlier else None))
        _write_login(folder, login)  # so that no earlier number stands there, should this be killed now
        process = _spawn(folder, executable, login, lock)
    finally:
        os.close(lock)
    login = replace(login, pid=process.pid)
    try:
        _write_login(folder, login)
        say("starting Label Studio; this takes half a minute, the first time a minute")
        _wait_for(process, login, folder / LOG_FILE)
    except BaseException:
        _end(process.pid, process.poll)
        raise
    return login, False


def stop(root: Path) -> bool:
    """Stop the local server; False where none runs. Raises StanceBankError where it cannot be stopped."""
    login = read_login(root)
    if login is None or not running(root):
        return False
    if login.pid:
        _end(login.pid, lambda: None if running(root) else 0)
    if running(root):
        raise StanceBankError(f"the local server at {login.url} does not stop", "end its process yourself")
    return True


def _running_already(root: Path, say: Callable[[str], object]) -> Login:
    login = read_login(root)
    if login is None or not answers(login.url, login.token):
        say(f"another stancebank studio up is starting Label Studio; waiting up to {START_TIMEOUT:.0f} seconds for it")
    deadline = time.monotonic() + START_TIMEOUT
    while running(root) and time.monotonic() < deadline:  # another process may be starting it
        login = login or read_login(root)
        if login is not None and answers(login.url, login.token):
            return login
        time.sleep(0.5)
    what = "the local server does not answer, or has stopped in this moment"
    raise StanceBankError(what, "stop it with stancebank studio down, then run it again")


def _login(earlier: Login | None, port: int) -> Login:
    """The login to start with; user, password and token stay those that the server's data were made with."""
    if earlier is not None:
        return replace(earlier, port=port, pid=0)
    return Login(port, 0, USER, secrets.token_urlsafe(18), secrets.token_hex(20))


def _write_login(folder: Path, login: Login) -> None:
    write_private(folder / LOGIN_FILE, json.dumps(asdict(login), indent=2).encode() + b"\n")


def _free_port(wanted: int | None, last: int | None) -> int:
    for port in (wanted,) if wanted else (last or 0, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((HOST, port))
            return int(probe.getsockname()[1])
    raise StanceBankError(f"port {wanted} is not free", "name another one with --port, or leave it out")


def _spawn(folder: Path, program: Path, login: Login, lock: int) -> subprocess.Popen[bytes]:
    log = os.open(folder / LOG_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    command = [str(program), "start", "--no-browser", "--internal-host", HOST, "--port", str(login.port)]
    try:
        return subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=_environment(folder, login),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            pass_fds=(lock,),
            umask=0o077,
        )
    except OSError as error:
        what = f"{printable(str(program))} cannot be run: {error.strerror}"
        raise StanceBankError(what, "remove that environment and run it again, or name another with --venv") from None
    finally:
        os.close(log)


def _environment(folder: Path, login: Login) -> Mapping[str, str]:
    """The server's environment: nothing of ours but what every program needs, so that no other setting reaches it."""
    data = folder / "data"
    data.mkdir(mode=0o700, exist_ok=True)
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    return kept | {
        "LABEL_STUDIO_BASE_DATA_DIR": str(data),
        "DATABASE_NAME": str(data / "label_studio.sqlite3"),
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        "LABEL_STUDIO_USERNAME": login.user,
        "LABEL_STUDIO_PASSWORD": login.password,
        "LABEL_STUDIO_USER_TOKEN": login.token,
        "LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN": "true",
        "COLLECT_ANALYTICS": "0",
        "LATEST_VERSION_CHECK": "0",
        "SENTRY_DSN": "",
        "FRONTEND_SENTRY_DSN": "",
        "PYTHONUNBUFFERED": "1",
    }


def _wait_for(process: subprocess.Popen[bytes], login: Login, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            what = f"Label Studio ended while it was starting; the last lines of {printable(str(log))}:"
            raise StanceBankError(what + _last_lines(log), "fix that, then run stancebank studio up again")
        try:
            if answers(login.url, login.token):
                return
        except StanceBankError as error:
            what = f"the local server does not take the login in {LOGIN_FILE}, which is not the one its data have"
            fix = f"restore {FOLDER}/{LOGIN_FILE}; or remove {FOLDER}, and all work in the local server with it"
            raise StanceBankError(f"{what}: {error.what}", fix) from error
        time.sleep(0.5)
    what = f"Label Studio did not answer within {START_TIMEOUT:.0f} seconds; the last lines of {printable(str(log))}:"
    raise StanceBankError(what + _last_lines(log), "fix that, then run stancebank studio up again")


def _last_lines(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", errors="replace").splitlines() if line.strip()]
    return "".join(f"\n  {printable(line)}" for line in lines[-LOG_LINES:])


def _end(pid: int, ended: Callable[[], int | None]) -> None:
    """Ask a group of processes to end, then make it. ended: None while it has not."""
    for request in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, request)
        deadline = time.monotonic() + STOP_TIMEOUT
        while time.monotonic() < deadline:
            if ended() is not None:
                return
            time.sleep(0.1)


def connect_from(root: Path, url: str | None, warn: Callable[[str], object], ca_file: Path | None = None) -> Server:
    """The server at url with the token from the environment; without a url the local one of the root.

    warn: is told where the token would go over the network unencrypted. ca_file: certificates that are trusted
    besides the usual ones. Raises StanceBankError where there is no token, no local server or no answer.
    """
    if url is not None:
        address = checked_url(url)
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            what = f"there is no token for {printable(address)}"
            raise StanceBankError(what, f"set {TOKEN_VARIABLE} to the token from Account & Settings there")
        if urlsplit(address).scheme == "http" and not is_loopback(address):
            warn(f"warning: the token and the texts go to {printable(address)} unencrypted; use https if it can")
        return Server(address, token, ca_file=ca_file)
    login = read_login(root)
    if login is None or not running(root):
        what = "no local Label Studio runs here"
        raise StanceBankError(what, "start it with stancebank studio up, or name another server with --url")
    return Server(login.url, login.token, key="local")


ENVIRONMENT = ".venv-studio"


def server_program(root: Path, venv: Path | None, say: Callable[[str], object]) -> Path:
    """The program label-studio of an environment, which is set up first where it is not what the lock names.

    venv: the environment, used as it is where it has the program; without it .venv-studio
    under the root. Raises StanceBankError where the environment cannot be set up.
    """
    place = (venv or root / ENVIRONMENT).absolute()
    program = place / "bin/label-studio"
    named = venv is not None and program.exists() and not (place / UNFINISHED).exists()
    if not named:
        _set_up(place, _lock_file(), say)
    if not program.exists():
        what = f"there is no label-studio in {printable(str(place))}"
        raise StanceBankError(what, "remove that folder and run it again, or name another with --venv")
    return program


def _set_up(place: Path, lock: Path, say: Callable[[str], object]) -> None:
    def announce(_work: str) -> None:
        say(f"installing Label Studio in {printable(str(place))}; this takes a minute or two")

    try:
        done = set_up(place, Contents(lock), announce)
    except StanceBankError as error:
        raise StanceBankError(error.what, f"{error.fix}; or name an environment that has it with --venv") from None
    if done:
        say(done)


def _lock_file() -> Path:
    """The locked requirements: in a wheel inside the package, in a checkout at its root."""
    for file in (PACKAGE / "_requirements/studio.txt", PACKAGE.parents[1] / "requirements/studio.txt"):
        if file.is_file():
            return file
    raise StanceBankError("the package carries no lock for Label Studio", "name an environment that has it with --venv")
