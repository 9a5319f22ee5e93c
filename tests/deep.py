"""The deep suite: python tests/deep.py runs all slices, python tests/deep.py 3 the third of them.

python tests/deep.py commit runs the slice that the hash of the committed files chooses.
Exit codes: 0 all passed; 1 a test failed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from xml.etree import ElementTree

from conftest import PROJECT, SLICES, tree_seed

# One process: a slice whose tests use both processors themselves.
ALONE = {"mutations-1", "mutations-2"}
BY_COMMIT = "commit"
TRACED = ("--cov", "--cov-fail-under=90")


def command(slice_name: str, seed: int, results: Path) -> list[str]:
    """How pytest is called for a slice. results: the file that it writes its counts to."""
    processes = "0" if slice_name in ALONE else "auto"
    options = ["--numprocesses", processes, "--dist", "worksteal", "--slice", slice_name, "--seed", str(seed)]
    options += ["--junit-xml", str(results), "-o", "junit_logging=no", "--durations=5", "--durations-min=30"]
    return [sys.executable, "-m", "pytest", *options, *(TRACED if slice_name == "coverage" else ())]


def run(slice_name: str, seed: int) -> tuple[int, str]:
    """Run a slice; gives pytest's exit code, and how many tests passed and did not."""
    print(f"=== slice {SLICES.index(slice_name) + 1} of {len(SLICES)}: {slice_name}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        results = Path(folder, "results.xml")
        code = subprocess.run(command(slice_name, seed, results), cwd=PROJECT, check=False).returncode
        if not results.exists():
            return code, "no test ran"
        suite = ElementTree.parse(results).getroot()[0]
    count = {name: int(suite.get(name, 0)) for name in ("tests", "failures", "errors", "skipped")}
    failed = count["failures"] + count["errors"]
    return code, f"{count['tests'] - failed - count['skipped']} passed, {failed} failed, {count['skipped']} skipped"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = [str(number) for number in range(1, len(SLICES) + 1)]
    parser.add_argument("slice", nargs="?", choices=[*numbers, BY_COMMIT], help="default: all")
    parser.add_argument("--seed", type=int, default=tree_seed(), help="repeats the random draws of a run")
    options = parser.parse_args()
    if options.slice is None:
        chosen: tuple[str, ...] = SLICES
    else:
        number = tree_seed() % len(SLICES) if options.slice == BY_COMMIT else int(options.slice) - 1
        chosen = SLICES[number : number + 1]
        print(f"repeat it: make test-deep SLICE={number + 1} SEED={options.seed}")
    rows = []
    for slice_name in chosen:
        started = time.monotonic()
        code, last = run(slice_name, options.seed)
        rows.append((slice_name, code, time.monotonic() - started, last))
    print("\nslice           minutes  result")
    for name, code, seconds, last in rows:
        print(f"{name:15} {seconds / 60:7.1f}  {'passed' if code == 0 else 'FAILED'}: {last}")
    return int(any(code for _, code, _, _ in rows))


if __name__ == "__main__":
    sys.exit(main())
