"""A project on a real Label Studio server: how long push, status and pull take, with what memory and disk.

``.venv/bin/python benchmarks/server.py``: twenty minutes and 2 GB of disk for 1,000 documents. It starts a server of
its own, stops it, and prints its table. ``--documents 20 --pulls 2`` is a try.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import measuring
from synthesize import DENSE, write_corpus

PROJECT = Path(__file__).parents[1]
PACKAGES = ("label-studio-sdk",)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=1000, help="how many are sent")
    parser.add_argument("--pulls", type=int, default=10, help="how many follow each other")
    parser.add_argument("--folder", type=Path, help="where to work; the system's temporary folder without it")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        root = Path(folder) / "root"
        write_corpus(root, options.documents, DENSE)
        command(root, "up", "--venv", PROJECT / ".venv-studio")
        try:
            measure(root, options.pulls)
        finally:
            command(root, "down")


def measure(root: Path, pulls: int) -> None:
    """Print a line for each command, then the server's disk before and after the pulls."""
    print(f"{measuring.machine(*PACKAGES)}\n\n| command | seconds | MiB |\n| --- | ---: | ---: |", flush=True)
    tell("push, all documents", [command(root, "push")])
    tell("push, nothing new", [command(root, "push")])
    tell("status", [command(root, "status")])
    tell("first pull", [command(root, "pull")])
    before = size(root / ".studio/data")
    tell(f"each of {pulls} more pulls", [command(root, "pull") for _ in range(pulls)])
    after = size(root / ".studio/data")
    print(f"\nThe server's files: {before:,} bytes before these pulls, {after:,} after them.", flush=True)


def command(root: Path, name: str, *arguments: str | Path) -> measuring.Run:
    """Stancebank studio with a command."""
    return measuring.run([sys.executable, "-m", "stancebank", "studio", name, "--root", root, *arguments])


def tell(title: str, runs: list[measuring.Run]) -> None:
    """Print the seconds, of several runs the least and most, and the most memory."""
    seconds = sorted(run.seconds for run in runs)
    spread = f"{seconds[0]:,.0f} .. {seconds[-1]:,.0f}" if len(seconds) > 1 else f"{seconds[0]:,.0f}"
    print(f"| {title} | {spread} | {max(run.peak for run in runs):,.0f} |", flush=True)


def size(folder: Path) -> int:
    """Bytes of all files in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main()
