"""Ten thousand single corruptions of the project's corpus, and what the command says to each.

Each is validated by the command itself, in processes of its own that live on; some are validated
by a process each. The table of docs/reliability.md is what this test finds.
"""

from __future__ import annotations

import faulthandler
import io
import json
import os
import shutil
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import pytest
import typer

from conftest import PROJECT
from mutations import KEEPING, KINDS, SOUND, Change, Kind, draws

pytestmark = pytest.mark.slow

TOTAL, KEPT = 10_000, 200
SECONDS = 10
PAGE = PROJECT / "docs/reliability.md"
BEGIN, END = "<!-- mutations -->\n", "<!-- end of mutations -->\n"
WRITE = "STANCEBANK_WRITE_TABLES"
HERE, BY_NAME = "in the file", "by name"
PLACES = (("", HERE, BY_NAME), (HERE, BY_NAME), (HERE,))
COMMAND = ("validate", "--format", "json", "--root")


@dataclass(frozen=True)
class Run:
    """What one validation gave."""

    code: object
    output: str
    errors: str
    seconds: float


def put(root: Path, change: Change) -> None:
    for file, content in change.contents.items():
        clear(root / file)
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, bytes):
            (root / file).write_bytes(content)
        elif content is not None:
            content(root / file)
        elif not any((root / file).parent.iterdir()):
            (root / file).parent.rmdir()


def take_back(root: Path, change: Change) -> None:
    sound = {file: SOUND.files.get(file) for file in change.contents}
    for file in sound:
        clear(root / file)
    put(root, Change(sound, change.file))


def clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def run_here(root: Path) -> Run:
    """The command line in this process."""
    from stancebank.commands import main

    streams = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    sys.argv = ["stancebank", *COMMAND, str(root)]
    started = time.perf_counter()
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        try:
            main()
        except SystemExit as end:
            code = end.code
    seconds = time.perf_counter() - started
    for stream in streams:
        stream.seek(0)
    return Run(code, streams[0].read(), streams[1].read(), seconds)


def complaint(kind: Kind, change: Change, run: Run) -> str:
    """What is wrong with the answer to a change; empty where it is as it should be."""
    if run.errors or run.seconds > SECONDS or run.code != (0 if kind.sound else 1):
        return f"exit code {run.code} after {run.seconds:.1f} s, {run.errors or run.output}"
    if kind.sound or place(change, run) == HERE or (kind.elsewhere and place(change, run)):
        return ""
    return f"no finding names {change.file}: {run.output}"


def place(change: Change, run: Run) -> str:
    """Where the change was found: in the file, or by a finding elsewhere that names it; empty where neither."""
    findings = [each for each in json.loads(run.output)["findings"] if each["severity"] == "error"]
    if any(each["file"] == change.file for each in findings):
        return HERE
    messages = " ".join(f"{each['what']} {each['fix']}" for each in findings)
    return BY_NAME if any(name in messages for name in change.names) else ""


def start_worker(folder: str) -> None:
    """Give this process a sound corpus of its own, on which it puts one change after the other."""
    from stancebank import commands

    global ROOT
    commands.app = typer.main.get_command(commands.app)  # what each run else makes anew
    ROOT = Path(folder) / str(os.getpid())
    put(ROOT, Change(SOUND.files, ""))
    assert run_here(ROOT).code == 0, "the sound corpus is not sound"


@dataclass(frozen=True)
class Answer:
    """What became of a change. place: where it was found. wrong: what is wrong with that, else empty."""

    kind: str
    number: int
    place: str
    wrong: str
    seconds: float


def validate(cases: list[tuple[str, int]]) -> list[Answer]:
    """The answers to changes of these kinds and numbers."""
    found = []
    for name, number in cases:
        kind = KINDS.get(name) or KEEPING[name]
        change = kind.draw(number)
        (ROOT.parent / f"{ROOT.name}.case").write_text(f"{name} {number}")
        faulthandler.dump_traceback_later(6 * SECONDS, exit=True)  # a run without end
        put(ROOT, change)
        run = run_here(ROOT)
        take_back(ROOT, change)
        faulthandler.cancel_dump_traceback_later()
        wrong = complaint(kind, change, run)
        found.append(Answer(name, number, "" if wrong or kind.sound else place(change, run), wrong, run.seconds))
    return found


@pytest.fixture(scope="module")
def answers(tmp_path_factory) -> list[Answer]:
    """One for each change, found by two processes."""
    cases = [*draws(KINDS.values(), TOTAL), *draws(KEEPING.values(), KEPT)]
    batches = [cases[start : start + 25] for start in range(0, len(cases), 25)]
    folder = tmp_path_factory.mktemp("roots")
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # to trace ten thousand runs takes twice as long
            for threads in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS"):
                patch.setenv(threads, "1")  # two processes of one thread each are faster than two of many
            with ProcessPoolExecutor(2, get_context("spawn"), start_worker, (str(folder),)) as pool:
                return [answer for found in pool.map(validate, batches) for answer in found]
    except BrokenProcessPool:
        last = [case.read_text() for case in folder.glob("*.case")]
        pytest.fail(f"the process ended while it validated one of: {', '.join(last)}")


def table(answers: list[Answer]) -> str:
    """A line for each kind, as the page has it."""
    broken = [answer for answer in answers if answer.kind in KINDS]
    counts = [Counter(each.kind for each in broken if each.place in places) for places in PLACES]
    lines = [f"| {name} | " + " | ".join(f"{count[name]:,}" for count in counts) + " |" for name in sorted(KINDS)]
    total = f"| **all {len(KINDS)} kinds** | " + " | ".join(f"**{count.total():,}**" for count in counts) + " |"
    return "\n".join(
        ["| kind | made | found | in the file itself |", "| --- | ---: | ---: | ---: |", *lines, total, ""]
    )


def test_ten_thousand_corruptions_are_all_found(answers):
    wrong = [f"{each.kind} {each.number}: {each.wrong}" for each in answers if each.kind in KINDS and each.wrong]
    assert len([each for each in answers if each.kind in KINDS]) == TOTAL
    assert not wrong, "\n".join(wrong)


def test_what_leaves_the_corpus_sound_is_not_reported(answers):
    wrong = [f"{each.kind} {each.number}: {each.wrong}" for each in answers if each.kind in KEEPING and each.wrong]
    assert not wrong, "\n".join(wrong)


def test_the_page_has_the_table(answers, record_property):
    slowest = f"slowest: {max(each.seconds for each in answers):.1f} s"
    record_property("corruptions", f"{table(answers)}{slowest}")
    head, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    _, _, tail = rest.partition(END)
    page = f"{head}{BEGIN}{table(answers)}{END}{tail}"
    if os.environ.get(WRITE):
        PAGE.write_text(page, "utf-8", newline="\n")
    assert PAGE.read_text("utf-8") == page, f"write it anew: {WRITE}=1 python -m pytest {Path(__file__).name}"


def test_a_process_for_each_kind_says_the_same(tmp_path, stancebank):
    def answer(kind: Kind) -> str:
        root, change = tmp_path / str(id(kind)), kind.draw(0)
        put(root, Change(SOUND.files, ""))
        put(root, change)
        started = time.perf_counter()
        ended = stancebank(*COMMAND, root)
        return complaint(kind, change, Run(ended.returncode, ended.stdout, ended.stderr, time.perf_counter() - started))

    kinds = [*KINDS.values(), *KEEPING.values()]
    with ThreadPoolExecutor(2) as pool:
        wrong = [f"{kind.name}: {wrong}" for kind, wrong in zip(kinds, pool.map(answer, kinds), strict=True) if wrong]
    assert not wrong, "\n".join(wrong)
