"""Single corruptions of the project's corpus, and what the command says to each.

The quick suite draws three of each kind, other ones for each commit. The deep suite makes ten
thousand, in two slices, in processes that live on, and one of each kind in a process of its own;
the table of docs/reliability.md is what it finds.
"""

from __future__ import annotations

import faulthandler
import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from subprocess import CompletedProcess

import pytest
import typer

from conftest import PROJECT, Cli, run_here
from mutations import KEEPING, KINDS, SOUND, Change, Kind, draws, few

TOTAL, KEPT = 10_000, 200
LIMIT = 120  # seconds after which a validation has no end
HALVES = [pytest.param(half, marks=pytest.mark.deep(f"mutations-{half}")) for half in (1, 2)]
PAGE = PROJECT / "docs/reliability.md"
BEGIN, END = "<!-- mutations -->\n", "<!-- end of mutations -->\n"
WRITE = "STANCEBANK_WRITE_TABLES"
HERE, BY_NAME = "in the file", "by name"
PLACES = (("", HERE, BY_NAME), (HERE, BY_NAME), (HERE,))
COMMAND = ("validate", "--format", "json", "--root")

Run = CompletedProcess[str]


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


def complaint(kind: Kind, change: Change, run: Run) -> str:
    """What is wrong with the answer to a change; empty where it is as it should be."""
    if run.stderr or run.returncode != (0 if kind.sound else 1):
        return f"exit code {run.returncode}, {run.stderr or run.stdout}"
    if kind.sound or place(change, run) == HERE or (kind.elsewhere and place(change, run)):
        return ""
    return f"no finding names {change.file}: {run.stdout}"


def place(change: Change, run: Run) -> str:
    """Where the change was found: in the file, or by a finding elsewhere that names it; empty where neither."""
    findings = [each for each in json.loads(run.stdout)["findings"] if each["severity"] == "error"]
    if any(each["file"] == change.file for each in findings):
        return HERE
    messages = " ".join(f"{each['what']} {each['fix']}" for each in findings)
    return BY_NAME if any(name in messages for name in change.names) else ""


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A root with the sound corpus, on which one change after the other is put and taken back."""
    root = tmp_path_factory.mktemp("sound") / "root"
    put(root, Change(SOUND.files, ""))
    return root


@pytest.mark.parametrize("name", [*KINDS, *KEEPING])
def test_three_changes_of_each_kind(name: str, sound: Path, seed: int) -> None:
    kind = KINDS.get(name) or KEEPING[name]
    changes = few(kind, seed)
    assert changes
    for change in changes:
        put(sound, change)
        try:
            assert not complaint(kind, change, run_here(sound.parent, *COMMAND, sound)), change.contents
        finally:
            take_back(sound, change)


def start_worker(folder: str) -> None:
    """Give this process a sound corpus of its own, on which it puts one change after the other."""
    from stancebank import commands

    global ROOT
    commands.app = typer.main.get_command(commands.app)  # what each run else makes anew
    ROOT = Path(folder) / str(os.getpid())
    put(ROOT, Change(SOUND.files, ""))
    assert validate_root().returncode == 0, "the sound corpus is not sound"


def validate_root() -> Run:
    return run_here(ROOT.parent, *COMMAND, ROOT)


@dataclass(frozen=True)
class Answer:
    """What became of a change. place: where it was found. wrong: what is wrong with that, else empty."""

    kind: str
    number: int
    place: str
    wrong: str


def validate(cases: list[tuple[str, int]]) -> list[Answer]:
    """The answers to changes of these kinds and numbers."""
    found = []
    for name, number in cases:
        kind = KINDS.get(name) or KEEPING[name]
        change = kind.draw(number)
        (ROOT.parent / f"{ROOT.name}.case").write_text(f"{name} {number}")
        faulthandler.dump_traceback_later(LIMIT, exit=True)
        put(ROOT, change)
        run = validate_root()
        take_back(ROOT, change)
        faulthandler.cancel_dump_traceback_later()
        wrong = complaint(kind, change, run)
        found.append(Answer(name, number, "" if wrong or kind.sound else place(change, run), wrong))
    return found


def answers(half: int, folder: Path) -> list[Answer]:
    """One for each change of a half of the kinds, found by two processes."""
    names = {*sorted(KINDS)[half - 1 :: 2], *sorted(KEEPING)[half - 1 :: 2]}
    all_cases = [*draws(KINDS.values(), TOTAL), *draws(KEEPING.values(), KEPT)]
    cases = [(name, number) for name, number in all_cases if name in names]
    batches = [cases[start : start + 25] for start in range(0, len(cases), 25)]
    try:
        with pytest.MonkeyPatch.context() as patch:
            for threads in ("POLARS_MAX_THREADS", "OMP_NUM_THREADS"):
                patch.setenv(threads, "1")  # two processes of one thread each are faster than two of many
            with ProcessPoolExecutor(2, get_context("spawn"), start_worker, (str(folder),)) as pool:
                return [answer for found in pool.map(validate, batches) for answer in found]
    except BrokenProcessPool:
        last = [case.read_text() for case in folder.glob("*.case")]
        pytest.fail(f"the process ended while it validated one of: {', '.join(last)}")


def table(answers: list[Answer]) -> Iterator[str]:
    """A line for each kind, as the page has it."""
    counts = [Counter(each.kind for each in answers if each.place in places) for places in PLACES]
    for name in sorted({each.kind for each in answers} & {*KINDS}):
        yield f"| {name} | " + " | ".join(f"{count[name]:,}" for count in counts) + " |"


def page_table() -> list[str]:
    """The lines of the page's table: its head, a line for each kind, the sum."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].splitlines()


@pytest.mark.timeout(3000)
@pytest.mark.parametrize("half", HALVES)
def test_ten_thousand_corruptions_are_found_as_the_page_says(half: int, tmp_path: Path, record_property) -> None:
    given = answers(half, tmp_path)
    wrong = [f"{each.kind} {each.number}: {each.wrong}" for each in given if each.wrong]
    assert not wrong, "\n".join(wrong)
    lines = [*table(given)]
    record_property("corruptions", "\n".join(lines))
    if os.environ.get(WRITE):
        write_lines(lines)
    assert {*lines} <= {*page_table()}, f"update it: {WRITE}=1 make test-deep SLICE=1, then SLICE=2"


def write_lines(lines: list[str]) -> None:
    """Put lines for kinds, and the sum of all, into the page."""
    head, rows = page_table()[:2], {line.split(" | ")[0]: line for line in (*page_table()[2:-1], *lines)}
    known = [line for name, line in sorted(rows.items()) if name.removeprefix("| ") in KINDS]
    page = PAGE.read_text("utf-8")
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}" + "\n".join([*head, *known, total(known), ""]) + f"{END}{after}", "utf-8")


def total(rows: list[str]) -> str:
    """The last line of the table, from the others."""
    sums = [sum(int(row.split(" | ")[column].rstrip(" |").replace(",", "")) for row in rows) for column in (1, 2, 3)]
    return f"| **all {len(KINDS)} kinds** | " + " | ".join(f"**{number:,}**" for number in sums) + " |"


def test_the_page_has_a_line_for_each_kind_and_their_sum() -> None:
    rows = page_table()[2:-1]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == sorted(KINDS)
    assert page_table()[-1] == total(rows)
    assert f"| **{TOTAL:,}** |" in page_table()[-1]


@pytest.mark.parametrize("half", HALVES)
def test_a_process_for_each_kind_says_the_same(half: int, tmp_path: Path, process: Cli) -> None:
    def answer(kind: Kind) -> str:
        root, change = tmp_path / str(id(kind)), kind.draw(0)
        put(root, Change(SOUND.files, ""))
        put(root, change)
        return complaint(kind, change, process(*COMMAND, root))

    kinds = [*KINDS.values(), *KEEPING.values()][half - 1 :: 2]
    with ThreadPoolExecutor(2) as pool:
        wrong = [f"{kind.name}: {wrong}" for kind, wrong in zip(kinds, pool.map(answer, kinds), strict=True) if wrong]
    assert not wrong, "\n".join(wrong)
