"""An edit of one document, and ``stancebank validate`` after it.

``python -m rivals.edited ROOT``
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LEVELS = (b'"level":"NAM"', b'"level":"NOM"')


def main(root: Path) -> None:
    """Change the level of the first mention that has one of two, and validate."""
    file = min((root / "corpus").glob("*/mentions.jsonl"))
    content = file.read_bytes()
    at, old, new = min((content.find(old), old, new) for old, new in (LEVELS, LEVELS[::-1]) if old in content)
    file.write_bytes(content[:at] + new + content[at + len(old) :])
    command = Path(sys.executable).with_name("stancebank")
    subprocess.run([command, "validate", "--root", root], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
