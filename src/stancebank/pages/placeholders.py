"""Sentences that a new corpus begins with, and that somebody must replace before it is released."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from stancebank.schema.paths import ANNOTATORS_FILE, CORPUS_FILE, GUIDELINES, SCHEME_FILE
from stancebank.storage.files import read_inside

PLACEHOLDER = "Say here"


def placeholders(root: Path) -> Iterator[tuple[str, int]]:
    """File and line, from 1, of each sentence that is still to be written."""
    pages = sorted(f"{GUIDELINES}/{path.name}" for path in (root / GUIDELINES).glob("*.md"))
    for file in (CORPUS_FILE, SCHEME_FILE, ANNOTATORS_FILE, *pages):
        data, _ = read_inside(root, file)
        for number, line in enumerate((data or b"").decode(errors="replace").split("\n"), 1):
            if f"{PLACEHOLDER} " in line and not line.lstrip().startswith("#"):
                yield file, number
