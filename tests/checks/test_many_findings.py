"""A corpus with a hundred thousand findings: bounded memory, and a report that one can read."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import NamedTuple

import pytest

from conftest import PART, PROJECT, Root, offline
from stancebank.schema.layers import PART_LAYERS

pytestmark = pytest.mark.deep("processes")

DOCUMENTS = 67  # in a part; 150 mentions each
PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(done.returncode)
"""


class Report(NamedTuple):
    lines: list[str]
    peak: int  # kB


def grow(root: Root, parts: int) -> None:
    """Parts of many documents each, in which no mention has a label of the scheme."""
    lines = {layer: root.layer_path(layer).read_text("utf-8").splitlines(keepends=True) for layer in PART_LAYERS}
    lines["mentions"] = [re.sub('"level":"[A-Z]+"', '"level":"?"', line) for line in lines["mentions"]]
    for part in range(parts):
        folder = root.path / "corpus" / f"part-{part}"
        folder.mkdir()
        for layer in PART_LAYERS:
            copies = [
                re.sub('"doc_id":"[^"]+"', f'"doc_id":"{part}-{number:02}"', line)
                for number in range(DOCUMENTS)
                for line in lines[layer]
            ]
            (folder / f"{layer}.jsonl").write_text("".join(copies), "utf-8", newline="\n")
    for layer in PART_LAYERS:
        root.layer_path(layer).unlink()
    (root.path / "corpus" / PART).rmdir()


def validate(root: Root) -> Report:
    command = [sys.executable, "-c", PEAK, sys.executable, "-m", "stancebank", "validate", "--root", str(root.path)]
    environment = offline(root.path.parent, POLARS_MAX_THREADS="1")
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False, env=environment)
    assert done.returncode == 1
    return Report(done.stdout.splitlines(), int(done.stderr.split()[-1]))


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[int, Report]:
    """The reports on corpora of one part and of ten."""
    made = {}
    for parts in (1, 10):
        root = Root(tmp_path_factory.mktemp("many") / "root")
        for folder in ("corpus", "schemas", "seeds"):
            shutil.copytree(PROJECT / folder, root.path / folder)
        grow(root, parts)
        made[parts] = validate(root)
    return made


def test_ten_times_the_findings_take_no_more_memory(reports: dict[int, Report]) -> None:
    assert reports[10].peak < 1.5 * reports[1].peak  # of ten parts two are checked at once


def test_the_report_shows_some_findings_and_counts_all(reports: dict[int, Report]) -> None:
    lines = reports[10].lines
    assert sum(line.startswith("corpus/") for line in lines) == 500
    assert len(lines) < 2_100
    labels = 10 * DOCUMENTS * 150
    repeated = 10 * DOCUMENTS - 1  # all documents have one text
    assert lines[-1] == f"{labels:,} errors, {repeated} warnings"
    assert f"and {labels + repeated - 500:,} more" in lines
    assert ["SB501", "label-unknown", f"{labels:,}"] in [line.split() for line in lines]
