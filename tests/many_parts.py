"""A corpus of several parts, made of the project's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from conftest import DOC, PART, Root

NAMES = ("2025-02", "2025-03", "2025-04", "2025-05", "2025-06")


def add_parts(root: Root) -> None:
    """Copy the one part under other names, each with its own document and seed; the last is a split of its own."""
    register = root.path / "seeds/seeds.yaml"
    entry = register.read_text("utf-8").partition("seeds:\n")[2]
    for name in NAMES[1:]:
        folder = root.path / "corpus" / name
        folder.mkdir()
        for path in (root.path / "corpus" / PART).iterdir():
            (folder / path.name).write_text(path.read_text("utf-8").replace(DOC, f"copy-{name}"), "utf-8", newline="\n")
        shutil.copy(root.path / f"seeds/{DOC}.txt", root.path / f"seeds/copy-{name}.txt")
        with register.open("a", encoding="utf-8", newline="\n") as file:
            file.write(entry.replace(DOC, f"copy-{name}"))
    root.replace("corpus/corpus.yaml", 'train: ["*"]', f'train: ["2025-0[2-5]"]\n  test: ["{NAMES[-1]}"]')


def tree(folder: Path) -> dict[str, bytes]:
    """The bytes of every file below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
