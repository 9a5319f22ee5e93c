"""How long the commands take to start: whole processes, medians of 11 runs in turn, in milliseconds.

Run it with the environment's Python: ``.venv/bin/python benchmarks/startup.py``.
"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

RUNS = 11
PROJECT = Path(__file__).parents[1]
COMMANDS = {
    "bare Python": ["-c", "pass"],
    "stancebank --help": ["-m", "stancebank", "--help"],
    "import pandera.polars": ["-c", "import pandera.polars"],
    "stancebank validate": ["-m", "stancebank", "validate", "--root", str(PROJECT)],
}


def milliseconds(arguments: list[str]) -> float:
    """Wall time of one process from start to end."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Measure each command in turn, so that a slow moment of the machine meets all of them."""
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(RUNS):
        for name, arguments in COMMANDS.items():
            times[name].append(milliseconds(arguments))
    for name, found in times.items():
        more = median(found) - median(times["bare Python"])
        spread = f"min {min(found):.0f}, max {max(found):.0f}; +{more:.0f} over bare Python"
        print(f"{name:<24}{median(found):7.0f}  ({spread})")


if __name__ == "__main__":
    main()
