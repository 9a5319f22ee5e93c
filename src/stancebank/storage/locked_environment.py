"""Environments of Python that hold what a lock names: nothing is resolved, so no later release changes them.

It needs the standard library alone: requirements/install.py runs it before anything is installed.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from stancebank.faults import StanceBankError, counted, printable

UNFINISHED = "unfinished"
"""Name of the file that an environment holds while packages are installed in it."""
_LIMIT = 3600.0  # seconds for one run of pip, and for the set-up of another process that we wait for
_CHECK_LIMIT = 60.0  # seconds for a Python that only has to start
_LINES = 5  # of pip, shown where it fails
_NO_NETWORK = ("connection broken", "Max retries exceeded", "(from versions: none)")
_MISSING = "it was missing"


@dataclass(frozen=True, slots=True)
class Contents:
    """What an environment has to hold.

    lock: the requirements file, which names each version with its hashes. project: the
    checkout whose package is installed beside them, None for none. editable: whether
    that package is used where it lies, or copied.
    """

    lock: Path
    project: Path | None = None
    editable: bool = True


def mark_of(folder: Path, lock: Path) -> Path:
    """The file that says that an environment holds a lock."""
    return folder / f"{lock.stem}.installed"


def set_up(folder: Path, contents: Contents, tell: Callable[[str], object]) -> str:
    """Give an environment these contents; one sentence on what was done, empty where nothing had to be.

    An environment that is broken, unfinished, moved, of another Python or of an earlier
    lock is replaced. Other locks that it holds stay, since all locks agree on versions.
    tell: gets the name of the work before it starts. Raises StanceBankError, with the
    environment as it was before or to be replaced by the next run.
    """
    folder = folder.resolve()
    try:
        with _alone(folder.parent):
            return _set_up(folder, contents, tell)
    except OSError as error:
        raise _refused(folder, error.strerror or str(error)) from None


def _set_up(folder: Path, contents: Contents, tell: Callable[[str], object]) -> str:
    started = time.monotonic()
    _settle(folder)
    reason = _unusable(folder)
    wanted = _wanted(folder, contents)
    mark = mark_of(folder, contents.lock)
    held = {} if reason else _held(mark)
    copied = contents.project is not None and not contents.editable  # whose code may have changed
    if held == wanted and not copied:
        return ""
    if held and held.get("lock") != wanted["lock"]:
        reason = f"{_shown(contents.lock)} has changed"
    tell(f"{_shown(folder)}: installing {_shown(contents.lock)}")
    with _whole_or_as_before(folder, replaced=bool(reason)):
        count = _install(folder, contents)
        _write(mark, "".join(f"{key} {value}\n" for key, value in wanted.items()))
    seconds = f"{time.monotonic() - started:.0f} s"
    done = f"{_shown(folder)}: {counted(count, 'package')} from {_shown(contents.lock)} in {seconds}"
    return f"{done}, replaced because {reason}" if reason and reason != _MISSING else done


# What an environment is like.


def _unusable(folder: Path) -> str:
    """Why an environment has to be made from nothing, empty where it has not."""
    if not folder.exists() or not any(folder.iterdir()):
        return _MISSING
    if (folder / UNFINISHED).exists():
        return "its set-up was interrupted"
    settings = _text(folder / "pyvenv.cfg")
    if not settings:
        raise StanceBankError(
            f"{_shown(folder)} is there and is not a Python environment", "name another folder, or remove this one"
        )
    version = re.search(r"^version(?:_info)? *= *(\d+\.\d+)", settings, re.MULTILINE)
    if version is None or version[1] != _python_version():
        return f"it was of Python {version[1] if version else 'unknown'}"
    if any(_held(mark).get("place") != str(folder) for mark in folder.glob("*.installed")):
        return "it was moved or is of an earlier set-up"
    return "" if _starts(folder) else "it was broken"


def _starts(folder: Path) -> bool:
    try:
        done = subprocess.run(  # noqa: S603
            [_python(folder), "-I", "-c", "import pip"], capture_output=True, check=False, timeout=_CHECK_LIMIT
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _wanted(folder: Path, contents: Contents) -> dict[str, str]:
    """What a mark has to say: the place of the environment, the lock and the project by their digests."""
    wanted = {"place": str(folder), "lock": _sha256(contents.lock)}
    if contents.project is not None:
        wanted["project"] = f"{_sha256(contents.project / 'pyproject.toml')} {contents.project.resolve()}"
    return wanted


def _held(mark: Path) -> dict[str, str]:
    """What a mark says; empty where there is none."""
    fields = (line.partition(" ") for line in _text(mark).splitlines())
    return {key: value for key, _, value in fields}


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


# Whole, or as it was before.


@contextlib.contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Wait until no other process sets up an environment in a folder."""
    place.mkdir(parents=True, exist_ok=True)
    handle = os.open(place, os.O_RDONLY)
    deadline = time.monotonic() + _LIMIT
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    what = f"another process is setting up an environment in {_shown(place)}"
                    raise StanceBankError(what, "wait for it or end it, then run it again") from None
                time.sleep(0.2)
        yield
    finally:
        os.close(handle)


def _aside(folder: Path) -> Path:
    return folder.parent / f"{folder.name}.before"


def _settle(folder: Path) -> None:
    """Finish what a killed set-up has left: the environment from before comes back, or goes."""
    aside = _aside(folder)
    if not aside.exists():
        return
    if folder.exists() and not (folder / UNFINISHED).exists():
        shutil.rmtree(aside)
        return
    shutil.rmtree(folder, ignore_errors=True)
    aside.rename(folder)


@contextlib.contextmanager
def _whole_or_as_before(folder: Path, *, replaced: bool) -> Iterator[None]:
    """An environment to install in; where that fails, one that was whole before is whole again.

    replaced: whether it is made from nothing.
    """
    before = [] if replaced else _packages(folder)
    if replaced and (folder / UNFINISHED).exists():
        shutil.rmtree(folder)
    elif replaced and folder.exists():
        folder.rename(_aside(folder))
    try:
        folder.mkdir(exist_ok=True)
        (folder / UNFINISHED).touch()
        if replaced:
            _run(folder, [sys.executable, "-I", "-m", "venv", str(folder)])
        yield
    except BaseException:
        if before and _packages(folder) == before:
            (folder / UNFINISHED).unlink(missing_ok=True)
        _settle(folder)
        raise
    (folder / UNFINISHED).unlink()
    _settle(folder)


def _packages(folder: Path) -> list[str]:
    """The names of all that is installed, half or whole."""
    return sorted(entry.name for site in folder.glob("lib/python*/site-packages") for entry in site.iterdir())


def _write(mark: Path, state: str) -> None:
    beside = mark.with_name(f"{mark.name}.new")
    beside.write_text(state, "utf-8")
    beside.replace(mark)


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (FileNotFoundError, UnicodeDecodeError):
        return ""


# pip.


def _install(folder: Path, contents: Contents) -> int:
    """Install what the lock names and nothing else, then the project; the number of packages that the lock names."""
    # Bytecode is left to whoever imports a module, if it may be written then: it takes half of the time.
    install = ("install", "--quiet", "--no-compile", "--no-deps")
    _pip(folder, *install, "--require-hashes", "--requirement", str(contents.lock))
    if contents.project is not None:
        way = ["--editable"] if contents.editable else []
        _pip(folder, *install, "--no-build-isolation", *way, str(contents.project))
    _pip(folder, "check")
    if os.environ.get("PYTHONDONTWRITEBYTECODE"):
        _compile(folder)
    named = {_same(name) for name in re.findall(r"^([\w.-]+)==", contents.lock.read_text("utf-8"), re.MULTILINE)}
    installed = (name.partition("-") for name in _packages(folder) if name.endswith(".dist-info"))
    return len(named & {_same(name) for name, _, _ in installed})


def _compile(folder: Path) -> None:
    """Write the bytecode of what is installed, without which each start compiles what it imports, which doubles it."""
    sites = [str(site) for site in folder.glob("lib/python*/site-packages")]
    command = [_python(folder), "-I", "-m", "compileall", "-q", "-j", "0", *sites]
    # Some packages hold what is no Python, or of another version.
    subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=_LIMIT)  # noqa: S603


def _same(name: str) -> str:
    """One spelling for all spellings of a package's name."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _pip(folder: Path, *arguments: str) -> None:
    general = ["--disable-pip-version-check", "--no-input", "--no-color"]
    _run(folder, [_python(folder), "-I", "-m", "pip", *general, *arguments])


def _run(folder: Path, command: list[str]) -> None:
    try:
        done = subprocess.run(  # noqa: S603
            command,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},  # the project's folder may not be ours to write to
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=_LIMIT,
        )
    except subprocess.TimeoutExpired:
        what = f"{_shown(folder)} could not be set up within {_LIMIT / 60:.0f} minutes"
        raise StanceBankError(what, "look at the network, then run it again") from None
    if done.returncode:
        raise _refused(folder, done.stdout)


def _refused(folder: Path, output: str) -> StanceBankError:
    """What to tell the user of what pip, venv or the operating system has printed."""
    what = f"{_shown(folder)} could not be set up"
    if os.strerror(errno.ENOSPC) in output:
        return StanceBankError(f"{what}: the disk is full", "free some gigabytes, then run it again")
    if os.strerror(errno.EROFS) in output or os.strerror(errno.EACCES) in output:
        return StanceBankError(
            f"{what}: its folder cannot be written to", "copy the project to a folder of your own, and run it there"
        )
    if "ensurepip" in output:
        fix = "install what your system calls python3-venv, or take another Python, such as make PYTHON=python3.12"
        return StanceBankError(f"{what}: {printable(sys.executable)} comes without pip", fix)
    lines = [line for line in output.splitlines() if line.strip() and not line.startswith(("Looking in ", "WARNING: "))]
    last = "".join(f"\n  {printable(line)}" for line in lines[-_LINES:])
    if any(word in output for word in _NO_NETWORK):
        return StanceBankError(
            f"{what}: packages cannot be downloaded:{last}", "connect to the network, then run it again"
        )
    return StanceBankError(f"{what}:{last or ' ' + printable(output)}", "correct that, then run it again")


def _python(folder: Path) -> str:
    return str(folder / "bin/python")


def _python_version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def _shown(path: Path) -> str:
    """A path as it is printed: from the working directory where it is below that."""
    with contextlib.suppress(ValueError, OSError):
        path = path.relative_to(Path.cwd())
    return printable(str(path))
