"""The Python environment of the local server, which is kept apart from StanceBank's own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import stancebank
from stancebank.faults import StanceBankError, printable

ENVIRONMENT = ".venv-studio"
_PACKAGE = Path(stancebank.__file__).parent
_UNFINISHED, _INSTALLED = "studio.unfinished", "studio.installed"


def server_program(root: Path, venv: Path | None, say: Callable[[str], object]) -> Path:
    """The program label-studio of an environment, which is made first where it is missing.

    venv: the environment; without it .venv-studio under the root. What an
    interrupted run has half made is finished. Raises StanceBankError where pip fails.
    """
    place = (venv or root / ENVIRONMENT).absolute()
    program = place / "bin/label-studio"
    # One that somebody else has made and named is taken as it is.
    theirs = venv is not None and program.exists() and not (place / _UNFINISHED).exists()
    if not theirs and not (place / _INSTALLED).exists():
        say(f"installing Label Studio in {printable(str(place))}; this takes a minute or two")
        _install(place)
    if not program.exists():
        what = f"there is no label-studio in {printable(str(place))}"
        raise StanceBankError(what, "remove that folder and run it again, or name another with --venv")
    return program


def _install(place: Path) -> None:
    lock = _lock_file()
    try:
        place.mkdir(parents=True, exist_ok=True)
        (place / _UNFINISHED).touch()
    except OSError as error:
        what = f"cannot write to {printable(str(place))}: {error.strerror}"
        raise StanceBankError(what, "name another folder with --venv") from None
    python = str(place / "bin/python")
    pip = [python, "-m", "pip", "--disable-pip-version-check", "--quiet", "install", "--require-hashes", "-r", lock]
    for command in ([sys.executable, "-m", "venv", str(place)], pip):
        done = subprocess.run(command, capture_output=True, encoding="utf-8", errors="replace", check=False)  # noqa: S603
        if done.returncode:
            words = "\n  ".join(printable(line) for line in (done.stdout + done.stderr).splitlines()[-5:])
            what = f"Label Studio could not be installed in {printable(str(place))}:\n  {words}"
            raise StanceBankError(what, "mend that, then run it again; or name an environment that has it with --venv")
    (place / _UNFINISHED).replace(place / _INSTALLED)


def _lock_file() -> str:
    """The locked requirements: in a wheel inside the package, in a checkout at its root."""
    for file in (_PACKAGE / "_requirements/studio.txt", _PACKAGE.parents[1] / "requirements/studio.txt"):
        if file.is_file():
            return str(file)
    raise StanceBankError("the package carries no lock for Label Studio", "name an environment that has it with --venv")
