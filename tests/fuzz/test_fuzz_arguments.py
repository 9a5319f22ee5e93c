"""The command line with 50,000 arguments drawn at random: a sentence and 0, 1 or 2, in bounded time and memory."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from conftest import PROJECT, offline

HARNESS = Path(__file__).with_name("fuzz_arguments.py")
PAGE = PROJECT / "docs/reliability.md"
RUNS, PROCESSES = 50_000, 4


def tried(folder: Path, first: int, count: int) -> Counter[str]:
    """How the runs of these numbers ended."""
    home = folder / f"home-{first}"
    home.mkdir()
    command = [sys.executable, HARNESS, str(first), str(count), folder / str(first)]
    one = {"POLARS_MAX_THREADS": "1", "TMPDIR": str(home), "GIT_CEILING_DIRECTORIES": str(folder)}
    environment = {name: value for name, value in offline(home, **one).items() if not name.startswith("COVERAGE_")}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    return Counter(json.loads(done.stderr.split("SEEN ")[1]))


@pytest.mark.deep("inputs")
def test_any_arguments_end_with_a_sentence(tmp_path: Path) -> None:
    each = RUNS // PROCESSES
    with ThreadPoolExecutor(2) as pool:
        ended = pool.map(lambda number: tried(tmp_path, number * each, each), range(PROCESSES))
        seen = sum(ended, Counter[str]())
    assert seen.total() == RUNS
    assert seen.keys() == {"0", "1", "2"}
    assert seen["0"] > RUNS / 100


def test_a_hundred_of_them(tmp_path: Path, seed: int) -> None:
    assert tried(tmp_path, RUNS + seed * 100, 100).total() == 100


def test_the_page_names_the_arguments() -> None:
    assert f"`tests/fuzz/fuzz_arguments.py` calls the command line {RUNS:,} times" in PAGE.read_text("utf-8")
