"""How benchmarks/ measures, and what it says of what it has found."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import PROJECT

sys.path.insert(0, str(PROJECT / "benchmarks"))

import results
from comparisons import COMPARISONS, EDITED_OF_MANY, OTHER_VIEWS, REMEMBERED, TOKEN_VIEWS
from measuring import Run, in_turn, run, write_block
from results import Measured, Result, cost, page
from targets import BARE, by_token, more

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


PEERS = {name for target in COMPARISONS["peers"].targets for name in (target.path, target.against)}


def result(**seconds: float) -> Result:
    """A result in which each piece of work took so long, and 600 MiB."""
    works = {
        name: Measured(10_000, [each + 1, each, each - 1], [each] * 3, [600.0] * 3) for name, each in seconds.items()
    }
    return Result("a machine", works)


def test_the_page_says_what_is_reached_and_what_is_not():
    def said(seconds: float) -> str:
        return page({"build": result(**{"build": seconds, f"build{REMEMBERED}": 20.0, "pyarrow": 10.0})}, COMPARISONS)

    assert "| build, no token views | pyarrow | at most 2.5 times its time | 2.50 times | reached |" in said(25.0)
    assert "| at most 2.5 times its time | 2.60 times | **not reached** |" in said(26.0)
    assert f"| build, no token views{REMEMBERED} | pyarrow | at most 2.5 times its time | 2.00 times |" in said(26.0)
    assert "| build | 10,000 | 26.00 | 25.00 .. 27.00 | 385 | 26.00 | 600 MiB |" in said(26.0)


def test_tokens_are_compared_by_the_second():
    def said(times: float | None) -> tuple[str, bool | None]:
        return by_token("own", "own", "other", times).measured(found)

    found = {"own": Measured(10, [1.0], [1.0], [9.0], 8_000), "other": Measured(5, [2.0], [2.0], [9.0], 200)}
    assert said(80) == ("80.0 times its tokens per second", True)
    assert said(81)[1] is False
    assert said(None)[1] is None
    shown = page({"peers": Result("a machine", dict.fromkeys(PEERS, found["own"]))}, COMPARISONS)
    assert shown.startswith("| path |")
    assert "| documents per second | tokens per second | CPU seconds |" in shown
    assert "| validate | 10 | 1.00 | 1.00 .. 1.00 | 10 | 8,000 | 1.00 | 9 MiB |" in shown


def test_a_command_may_take_so_much_longer_than_python_alone():
    target = more("stancebank --help", 0.15)
    assert target.measured(result(**{BARE: 1.0, "stancebank --help": 1.125}).works) == ("0.12 s more", True)
    assert target.measured(result(**{BARE: 1.0, "stancebank --help": 1.25}).works)[1] is False


def test_what_takes_minutes_is_run_less_often():
    begun: list[str] = []

    def work(name: str) -> Callable[[], Run]:
        return lambda: begun.append(name) or Run(1.0, 1.0, 1.0, b"")

    done = in_turn({"few": work("few"), "many": work("many")}, 3, {"few": 9, "many": 1})
    assert begun == ["few", "many", "few", "few"]
    assert {name: len(runs) for name, runs in done.items()} == {"few": 3, "many": 1}


def test_memory_must_neither_grow_nor_be_more_than_the_bound():
    def said(few: float, many: float) -> bool:
        works = result(**{f"validate, {size}": 9.0 for size in ("few", "many")}).works
        works["validate, few"].peaks[0], works["validate, many"].peaks[0] = few, many
        memory, *_ = COMPARISONS["memory-validate"].targets
        return bool(memory.measured(works)[1])

    assert said(601.0, 660.0)
    assert not said(601.0, 662.0)
    assert not said(690.0, 701.0)


def test_a_document_takes_as_long_among_many():
    def said(seconds: float) -> tuple[str, bool | None]:
        works = {"build, few": Measured(10, [1.0], [1.0], [9.0]), "build, many": Measured(100, [seconds], [9.0], [9.0])}
        _, time = COMPARISONS["memory-build"].targets
        return time.measured(works)

    assert said(10.8) == ("+8 % with 100; 30.0 hours a million", True)
    assert said(11.2)[1] is False


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
    found["memory-validate"].works[EDITED_OF_MANY] = found["memory-validate"].works["validate, many"]
    monkeypatch.setattr(results, "FILE", tmp_path / "results.json")
    for name in ("PAGE", "COST_PAGE"):
        monkeypatch.setattr(results, name, Path(shutil.copy(getattr(results, name), tmp_path)))
    assert results.read() == {}
    results.write(found, COMPARISONS)
    assert results.read() == found
    assert "| ratio under 1.1, under 700 MiB | 600 and 600 MiB, ratio 1.00 | reached |" in results.PAGE.read_text(
        "utf-8"
    )
    assert "| build | 1.0 hours |" in results.COST_PAGE.read_text("utf-8")


def test_what_was_measured_last_can_be_shown():
    assert page(results.read(), COMPARISONS)


def test_the_views_of_the_comparisons_are_all_views():
    assert set(OTHER_VIEWS) == {view.name for view in VIEWS.values() if not view.needs_tokens}
    assert set(TOKEN_VIEWS) == {view.name for view in VIEWS.values() if view.needs_tokens}
