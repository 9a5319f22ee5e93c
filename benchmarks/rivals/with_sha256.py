"""The SHA-256 of every file of a corpus: what any tool has to do that tells whether something has changed.

``python -m rivals.with_sha256 ROOT``
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path


def main(root: Path) -> None:
    """Read and hash every file."""
    files = [path for folder in ("corpus", "seeds", "schemas") for path in (root / folder).rglob("*") if path.is_file()]
    digests = {path: hashlib.sha256(path.read_bytes()).digest() for path in files}
    print(len(digests))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
