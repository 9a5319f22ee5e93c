"""Coverage-guided fuzzing of the readers: 200,000 inputs, each in a process that may end without harm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import PROJECT

HARNESS = Path(__file__).with_name("fuzz_readers.py")
PAGE = PROJECT / "docs/reliability.md"
# Reader: how many inputs, of how many bytes at most. Settings take longest, since YAML is read in plain Python.
RUNS = {"layers": (80_000, 3000), "settings": (50_000, 1500), "places": (10_000, 100), "seeds": (60_000, 1000)}

pytestmark = [
    pytest.mark.deep("inputs"),
    pytest.mark.skipif(
        find_spec("atheris") is None, reason="needs atheris, which is there for Linux and Python to 3.13"
    ),
]


def fixed_addresses() -> list[str]:
    """What to put before a command so that its memory lies where it lay last time, and a seed gives the same run."""
    command = ["setarch", "-R"]
    works = shutil.which("setarch") and subprocess.run([*command, "true"], check=False).returncode == 0
    return command if works else []


def fuzz(folder: Path, reader: str) -> subprocess.CompletedProcess[str]:
    runs, longest = RUNS[reader]
    options = [
        f"-runs={runs}",
        f"-max_len={longest}",
        "-seed=1",
        "-use_cmp=0",
        "-timeout=20",
        f"-artifact_prefix={folder}/",
    ]
    command = [*fixed_addresses(), sys.executable, HARNESS, reader, *options, folder / "inputs"]
    one = {"PYTHONHASHSEED": "0", "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    own = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")} | one
    return subprocess.run(command, capture_output=True, text=True, errors="replace", env=own, check=False)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory) -> dict[str, tuple[Path, subprocess.CompletedProcess[str]]]:
    """Each reader's folder and how its run ended; two run at a time."""
    folders = {reader: tmp_path_factory.mktemp(reader) for reader in RUNS}
    with ThreadPoolExecutor(2) as pool:
        ended = pool.map(fuzz, folders.values(), folders)
        return {reader: (folders[reader], each) for reader, each in zip(folders, ended, strict=True)}


@pytest.mark.parametrize("reader", RUNS)
def test_no_input_raises_an_error_or_ends_the_process(fuzzed, reader):
    folder, ended = fuzzed[reader]
    left = [path for path in folder.iterdir() if path.is_file()]
    inputs = "".join(f"\ntry it again: python {HARNESS} {reader} {path}\n{path.read_bytes()!r}" for path in left)
    assert ended.returncode == 0, f"{ended.stderr[-4000:]}{inputs}"
    seen = json.loads(ended.stderr.split("SEEN ")[1].split("\n")[0])
    assert sum(seen.values()) == RUNS[reader][0]
    assert min(seen.values()) > sum(seen.values()) / 200, f"nearly all inputs ended the same way: {seen}"


def test_the_page_names_the_inputs():
    page = PAGE.read_text("utf-8")
    assert sum(runs for runs, _ in RUNS.values()) == 200_000
    assert all(f"| `{reader}` | {runs:,} |" in page for reader, (runs, _) in RUNS.items())
