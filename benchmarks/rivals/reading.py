"""StanceBank's reader of a foreign format: ``python -m rivals.reading FORMAT FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

from stancebank.formats.foreign_document import ForeignDocument
from stancebank.formats.given_files import Given
from stancebank.formats.registry import FORMATS


def read(format: str, folder: Path) -> int:
    """Read all documents of a folder; gives how many there are."""
    found = list(FORMATS[format].reader()(Given((folder,))))
    assert all(isinstance(each, ForeignDocument) for each in found)
    return len(found)


if __name__ == "__main__":
    print(f"{read(sys.argv[1], Path(sys.argv[2])):,} documents")
