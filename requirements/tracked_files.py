"""What hatchling puts into an sdist or a wheel: the files that git tracks, or all files of an unpacked sdist."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NOT_PUBLISHED = (".github/", ".ci/")
ADDED_BY_HATCHLING = ("PKG-INFO",)
# An installed package carries the corpus; a checkout uses the folders at its root.
CARRIED = "stancebank/_corpus_root"
IN_A_WHEEL = {
    "src/stancebank/": "stancebank/",
    "corpus/": f"{CARRIED}/corpus/",
    "schemas/": f"{CARRIED}/schemas/",
    "seeds/": f"{CARRIED}/seeds/",
    "annotation/annotators.yaml": f"{CARRIED}/annotation/annotators.yaml",
    "annotation/adjudication.jsonl": f"{CARRIED}/annotation/adjudication.jsonl",
    "annotation/passes/": f"{CARRIED}/annotation/passes/",
    "DATASHEET.md": f"{CARRIED}/DATASHEET.md",
    "CITATION.cff": f"{CARRIED}/CITATION.cff",
    # what stancebank studio up installs the server from
    "requirements/studio.txt": "stancebank/_requirements/studio.txt",
}


class TrackedFiles(BuildHookInterface[Any]):
    """Names each file by itself, so that nothing else in a folder is packed: no .env, no half-written file."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files, unless the installation is editable, which packs none."""
        if version == "editable":
            return
        root = Path(self.root)
        for file in tracked_files(root):
            if (target := _target(file, self.target_name)) and (root / file).is_file():
                build_data["force_include"][str(root / file)] = target


def tracked_files(root: Path) -> list[str]:
    """The files of a checkout that git tracks, else all files, with slashes and in order."""
    if (root / ".git").exists():
        listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=True, timeout=60)  # noqa: S607
        return sorted(name for name in listed.stdout.decode().split("\0") if name)
    files = (path for path in root.rglob("*") if path.is_file() and path.parent.name != "__pycache__")
    return sorted(path.relative_to(root).as_posix() for path in files)


def _target(file: str, kind: str) -> str | None:
    if kind == "sdist":
        return None if file.startswith(NOT_PUBLISHED) or file in ADDED_BY_HATCHLING else file
    for prefix, target in IN_A_WHEEL.items():
        if file == prefix or (prefix.endswith("/") and file.startswith(prefix)):
            return target + file.removeprefix(prefix)
    return None
