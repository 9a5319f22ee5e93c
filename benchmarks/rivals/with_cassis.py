"""dkpro-cassis alone on CAS XMI: ``python -m rivals.with_cassis FOLDER``."""

from __future__ import annotations

import sys
from pathlib import Path

import cassis


def read(folder: Path) -> int:
    """Make a CAS of each file, and nothing of that; gives how many there are."""
    types = cassis.load_typesystem(folder / "TypeSystem.xml")
    return len([cassis.load_cas_from_xmi(path, typesystem=types) for path in folder.glob("*.xmi")])


if __name__ == "__main__":
    print(f"{read(Path(sys.argv[1])):,} documents")
