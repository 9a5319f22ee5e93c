"""Coverage-guided fuzzing of the readers: 200,000 inputs, each in a process that may end without harm."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from conftest import PROJECT

HARNESS = Path(__file__).with_name("fuzz_readers.py")
PAGE = PROJECT / "docs/reliability.md"
# Reader: how many inputs, of how many bytes at most. Settings take longest, since YAML is read in plain Python.
RUNS = {"layers": (120_000, 3000), "settings": (30_000, 3000), "seeds": (30_000, 1000), "places": (20_000, 100)}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        find_spec("atheris") is None, reason="needs atheris, which is there for Linux and Python to 3.13"
    ),
]


def fixed_addresses() -> list[str]:
    """What to put before a command so that its memory lies where it lay last time, and a seed gives the same run."""
    command = ["setarch", "-R"]
    works = shutil.which("setarch") and subprocess.run([*command, "true"], check=False).returncode == 0
    return command if works else []


@pytest.mark.parametrize("reader", RUNS)
def test_no_input_raises_an_error_or_ends_the_process(tmp_path, reader):
    runs, longest = RUNS[reader]
    options = [
        f"-runs={runs}",
        f"-max_len={longest}",
        "-seed=1",
        "-use_cmp=0",
        "-timeout=20",
        f"-artifact_prefix={tmp_path}/",
    ]
    command = [*fixed_addresses(), sys.executable, HARNESS, reader, *options, tmp_path / "inputs"]
    one = {"PYTHONHASHSEED": "0", "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    ended = subprocess.run(command, capture_output=True, text=True, errors="replace", env=os.environ | one, check=False)
    left = [path for path in tmp_path.iterdir() if path.is_file()]
    inputs = "".join(f"\ntry it again: python {HARNESS} {reader} {path}\n{path.read_bytes()!r}" for path in left)
    assert ended.returncode == 0, f"{ended.stderr[-4000:]}{inputs}"
    seen = json.loads(ended.stderr.split("SEEN ")[1].split("\n")[0])
    assert sum(seen.values()) == runs
    assert min(seen.values()) > runs / 200, f"nearly all inputs ended the same way: {seen}"


def test_the_page_names_the_inputs():
    page = PAGE.read_text("utf-8")
    assert sum(runs for runs, _ in RUNS.values()) == 200_000
    assert all(f"| `{reader}` | {runs:,} |" in page for reader, (runs, _) in RUNS.items())
