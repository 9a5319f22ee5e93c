"""How benchmarks/ measures, and what it says of what it has found."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from conftest import PROJECT

sys.path.insert(0, str(PROJECT / "benchmarks"))

import results
from comparisons import CHECK, COMPARISONS, OTHER_VIEWS, TOKEN_VIEWS
from measuring import run, write_block
from results import Measured, Result, cost, page

from stancebank.views.registry import VIEWS

# A process that holds some memory while two children hold 60 MiB each.
FAMILY = """
import subprocess, sys
child = "import time; held = bytearray(60 << 20); time.sleep(1)"
for process in [subprocess.Popen([sys.executable, "-c", child]) for _ in range(2)]:
    process.wait()
"""


def test_memory_is_that_of_a_process_and_its_children_together():
    done = run([sys.executable, "-c", FAMILY])
    assert 120 < done.peak < 240
    assert done.seconds > 1


def test_a_command_that_fails_is_no_measurement():
    with pytest.raises(RuntimeError, match="ended with 3:\nsad"):
        run([sys.executable, "-c", "import sys; sys.stderr.write('sad'); sys.exit(3)"])


def test_what_stands_around_a_block_is_kept(tmp_path: Path):
    file = tmp_path / "page.md"
    file.write_text("before\n<!-- figures -->\nold\n<!-- end of figures -->\nafter\n", "utf-8")
    write_block(file, "figures", "new")
    assert file.read_text("utf-8") == "before\n<!-- figures -->\n\nnew\n\n<!-- end of figures -->\nafter\n"
    with pytest.raises(RuntimeError, match="no lines"):
        write_block(file, "others", "new")


def result(**seconds: float) -> Result:
    """A result in which each piece of work took so long, and 600 MiB."""
    works = {
        name: Measured(10_000, [each + 1, each, each - 1], [each] * 3, [600.0] * 3) for name, each in seconds.items()
    }
    return Result("a machine", works)


def test_the_page_says_what_is_reached_and_what_is_not():
    check = {CHECK: 20.0}
    found = {"build": result(build=30.0, pyarrow=10.0, **check)}
    assert "| at most 3 times its time | 3.00 times | reached |" in page(found, COMPARISONS)
    found = {"build": result(build=31.0, pyarrow=10.0, **check)}
    found["build"].works[CHECK].seconds[0] -= 2
    assert "| at most 3 times its time | 3.10 times | **not reached** |" in page(found, COMPARISONS)
    assert ("without the check of the corpus | pyarrow | stated | 11.00 s (11.00 .. 13.00), 1.10 times |") in page(
        found, COMPARISONS
    )
    assert "| build | 10,000 | 31.00 | 30.00 .. 32.00 | 323 | 31.00 | 600 MiB |" in page(found, COMPARISONS)


def test_memory_must_neither_grow_nor_be_more_than_the_bound():
    def said(few: float, many: float) -> bool:
        works = result(**{f"validate, {size}": 9.0 for size in ("few", "many")}).works
        works["validate, few"].peaks[0], works["validate, many"].peaks[0] = few, many
        (target,) = COMPARISONS["memory-validate"].targets
        return bool(target.measured(works)[1])

    assert said(601.0, 690.0)
    assert not said(601.0, 692.0)
    assert not said(690.0, 701.0)


def test_costs_are_those_of_a_million_documents():
    validate = result(**{"validate, few": 3.6, "validate, many": 36.0})
    build = Result(validate.machine, result(**{"build, many": 72.0}).works, {"layers": 33_000_000})
    said = cost([validate, build])
    assert "| validate | 1.0 hours |" in said
    assert "| build | 2.0 hours |" in said
    assert "| layers on disk | 3.3 GB |" in said


def test_what_was_measured_is_kept_and_the_pages_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    found = {
        f"memory-{name}": result(**{f"{name}, {size}": 36.0 for size in ("few", "many")})
        for name in ("validate", "build")
    }
    monkeypatch.setattr(results, "FILE", tmp_path / "results.json")
    for name in ("PAGE", "COST_PAGE"):
        monkeypatch.setattr(results, name, Path(shutil.copy(getattr(results, name), tmp_path)))
    assert results.read() == {}
    results.write(found, COMPARISONS)
    assert results.read() == found
    assert "| ratio under 1.15, under 700 MiB | 600 and 600 MiB, ratio 1.00 | reached |" in results.PAGE.read_text(
        "utf-8"
    )
    assert "| build | 1.0 hours |" in results.COST_PAGE.read_text("utf-8")


def test_the_views_of_the_comparisons_are_all_views():
    assert set(OTHER_VIEWS) == {view.name for view in VIEWS.values() if not view.needs_tokens}
    assert set(TOKEN_VIEWS) == {view.name for view in VIEWS.values() if view.needs_tokens}
