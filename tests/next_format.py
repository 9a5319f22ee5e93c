"""Take what the repository keeps in the current format to the next one, once its step is in STEPS.

``python tests/next_format.py``: schemas/migrations gets a folder for the new format, and the one before keeps only what
differs; the corpora of tests/invalid and the schemes of the templates and of tests/twelve_texts are migrated; pages
and the example of SB120 name the new format. The corpora of the project are left to ``stancebank migrate``.
It may be run again, also after the step was changed.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from overlays import INVALID, REMOVED, VERSIONS, compose_version
from stancebank.faults import StanceBankError
from stancebank.migrations.migration import STEPS, changed_lines, migrate, plan
from stancebank.migrations.scheme_text import with_format
from stancebank.migrations.step import Change, Step
from stancebank.schema.paths import SCHEME_FILE, TEMPLATES_FOLDER

PROJECT = Path(__file__).parents[1]


def add_version(step: Step, versions: Path = VERSIONS) -> None:
    """Write the corpus of schemas/migrations in the new format; of the one before, keep what differs."""
    before, after = versions / step.before, versions / step.after
    with TemporaryDirectory() as folder:
        old = compose_version(step.before, Path(folder) / "old", versions)
        new = Path(shutil.copytree(old, Path(folder) / "new"))
        migrate(plan(new, step.after, (step,)), lambda _: None)
        for each in (before, after):
            shutil.rmtree(each, ignore_errors=True)
        shutil.copytree(new, after)
        for file in files(old):
            if (old / file).read_bytes() != (new / file).read_bytes():
                (before / file).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(old / file, before / file)
        added = sorted(f"{file}\n" for file in set(files(new)) - set(files(old)))
    if added:
        (before / REMOVED).write_text("".join(added), "utf-8")


def migrate_overlay(folder: Path, step: Step) -> None:
    """Migrate a folder of tests/invalid: its scheme, and each line that is a record."""
    for file in files(folder):
        path = folder / file
        if str(file) == SCHEME_FILE:
            migrate_scheme(path, step)
        elif path.suffix == ".jsonl":
            change = step.decision if path.stem == "adjudication" else step.records.get(path.stem)
            lines = path.read_bytes().split(b"\n")
            write(path, b"\n".join(_migrated(line, change) if change else line for line in lines))


def _migrated(line: bytes, change: Change) -> bytes:
    try:
        return changed_lines(line, [change], "line").data
    except StanceBankError:
        return line  # it is the mistake of its rule


def migrate_scheme(path: Path, step: Step) -> None:
    """Migrate a scheme that is in the format before."""
    text = path.read_bytes().decode()
    if f'format: "{step.before}"' in text:
        write(path, with_format(step.scheme(text), step.after).encode())


def name_format(path: Path, step: Step) -> None:
    """Name the new format where a file names the one before as the one that this software works on."""
    text = path.read_bytes().decode()
    for words in ('format: "{}"', "works on format {}"):
        text = text.replace(words.format(step.before), words.format(step.after))
    write(path, text.encode())


def files(folder: Path) -> Iterator[Path]:
    """The files in a folder, without links, by their path from it."""
    return (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


def write(path: Path, data: bytes) -> None:
    """Write a file if that changes it."""
    if path.read_bytes() != data:
        path.write_bytes(data)


def main(step: Step = STEPS[-1]) -> None:
    """Take all that the repository keeps to the format of the last step."""
    add_version(step)
    for folder in INVALID.iterdir():
        migrate_overlay(folder, step)
    for path in [*PROJECT.glob(f"{TEMPLATES_FOLDER}/*.yaml"), PROJECT / "tests/twelve_texts/scheme.yaml"]:
        migrate_scheme(path, step)
    for path in [*PROJECT.glob("docs/*.md"), PROJECT / "src/stancebank/checks/sb1_files.py"]:
        name_format(path, step)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        sys.exit(__doc__)
    main()
