"""The guidelines of a corpus: the pages by which its annotators decide."""

from __future__ import annotations

import re
from pathlib import Path

from stancebank.schema.layers import FILE_NAME
from stancebank.schema.paths import GUIDELINES
from stancebank.storage.addresses import is_remote
from stancebank.storage.files import read_page

_PAGE = re.compile(rf"{GUIDELINES}/{FILE_NAME}\.md")


def guideline_pages(root: Path) -> dict[str, bytes]:
    """The pages of a corpus by path from its root; none of one that is elsewhere.

    Raises StanceBankError for a page that cannot be read.
    """
    if is_remote(root):
        return {}
    pages = {}
    for path in sorted((root / GUIDELINES).glob("*.md")):
        file = f"{GUIDELINES}/{path.name}"
        data = read_page(root, file) if is_guideline(file) else None
        if data is not None:
            pages[file] = data
    return pages


def is_guideline(file: str) -> bool:
    """Whether a path from the root is that of a page of the guidelines."""
    return _PAGE.fullmatch(file) is not None
