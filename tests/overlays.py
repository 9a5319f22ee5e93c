"""Corpora that are written down by what differs from another one, and how they are made whole.

tests/invalid: a sound corpus, and for each rule one that breaks this rule alone.
schemas/migrations: a corpus in the newest version of the scheme, and in each older version what differs from the next.

tests/invalid/sound is a whole corpus. The folder of a rule holds the files in which its corpus differs,
in their places, removed.txt, which lists files and folders of the sound corpus that are gone, and copied.txt,
which lists folders of layers that are copied first; to a pass only the layers that a pass has.
The reports are in expected_reports.txt. To see a corpus and its report:
``python tests/overlays.py SB301 /tmp/SB301``, then ``stancebank validate --root /tmp/SB301``.
"""

from __future__ import annotations

import shutil
import sys
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

INVALID = Path(__file__).parent / "invalid"
VERSIONS = Path(__file__).parents[1] / "schemas/migrations"
SOUND = "sound"
OF_CORPUS = ("documents.jsonl", "sentences.jsonl")  # no pass has these
FOLDERS = sorted(folder.name for folder in INVALID.iterdir())
REMOVED, COPIED = "removed.txt", "copied.txt"


def removed(name: str) -> list[str]:
    """The files and folders of the sound corpus that the corpus of this name does not have."""
    return _removed(INVALID / name)


def _removed(changes: Path) -> list[str]:
    listed = changes / REMOVED
    return listed.read_text("utf-8").splitlines() if listed.exists() else []


def copied(name: str) -> list[list[str]]:
    """The folders that the corpus of this name has from the sound one: from where, and to where."""
    return _copied(INVALID / name)


def _copied(changes: Path) -> list[list[str]]:
    listed = changes / COPIED
    return [line.split(" -> ") for line in listed.read_text("utf-8").splitlines()] if listed.exists() else []


def in_copy(file: str, target: str) -> bool:
    """Whether a copy of a part has a file of it, by its name."""
    return target.startswith("corpus/") or file not in OF_CORPUS


def compose(name: str, folder: Path) -> Path:
    """Write the corpus of this name of tests/invalid to a new folder."""
    shutil.copytree(INVALID / SOUND, folder)
    return lay_over(folder, INVALID / name)


def compose_version(version: str, folder: Path, versions: Path = VERSIONS) -> Path:
    """Write the corpus of schemas/migrations to a new folder, in a version of the scheme."""
    *older, newest = sorted(versions.iterdir())
    shutil.copytree(newest, folder)
    for each in reversed(older):
        if each.name >= version:
            lay_over(folder, each)
    return folder


def lay_over(folder: Path, changes: Path) -> Path:
    """Make a corpus another one: remove, change and add what a folder of changes says.

    A link leads where it leads from that folder.
    """
    for source, target in _copied(changes):
        (folder / target).mkdir(parents=True)
        for file in (each for each in (folder / source).iterdir() if in_copy(each.name, target)):
            shutil.copyfile(file, folder / target / file.name)
    for path in _removed(changes):
        if (folder / path).is_dir():
            shutil.rmtree(folder / path)
        else:
            (folder / path).unlink()
    for path in sorted(changes.rglob("*")):
        place = folder / path.relative_to(changes)
        if path.is_symlink():
            place.symlink_to(path.resolve())
        elif path.is_dir():
            place.mkdir(exist_ok=True)
        elif path.name not in (REMOVED, COPIED):
            shutil.copyfile(path, place)
    return folder


@cache
def composed(name: str) -> Path:
    """The corpus of this name, written once for all tests of a process; not to be changed."""
    return compose(name, Path(_store().name) / name)


@cache
def composed_version(version: str) -> Path:
    """The corpus in a version of the scheme, written once for all tests of a process; not to be changed."""
    return compose_version(version, Path(_store().name) / version)


@cache
def _store() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="invalid-")


def main(arguments: list[str]) -> str | None:
    """Compose the corpus that is asked for; the message of an error, if there is one."""
    match arguments:
        case [name, _] if name not in FOLDERS:
            return f"tests/invalid has no folder {name}\nfix: name one of {FOLDERS[0]} to {FOLDERS[-2]}, or {SOUND}"
        case [_, folder] if Path(folder).exists():
            return f"{folder} exists\nfix: name a folder that does not exist"
        case [name, folder]:
            try:
                compose(name, Path(folder))
            except OSError as error:
                return f"{folder} cannot be written: {error.strerror}\nfix: name a folder that can"
            return None
    return __doc__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
