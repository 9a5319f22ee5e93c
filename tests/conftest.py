"""Fixtures that all tests share: a corpus to break, and the command line as users run it.

Tests without the mark ``deep`` are the quick suite, ``make test``. A deep test belongs to
one of SLICES, and ``make test-deep`` runs them all, or one with ``SLICE=n``. What is drawn at
random follows from SEED, which is that of the committed files unless ``make test SEED=n`` gives another.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch

import hypothesis
import pytest
from hypothesis import HealthCheck

from stancebank.checks.findings import Finding
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import Corpus, read_corpus
from stancebank.corpus.part import Part
from stancebank.editions.edition import EditionName
from stancebank.schema.layers import SHARED_LAYERS

PROJECT = Path(__file__).parents[1]
PART = "2025-02"
DOC = "000_22079654af0f9918"

Record = dict[str, Any]
NOT_COPIED = shutil.ignore_patterns("migrations", "releases")
"""Leaves the small corpora of schemas/migrations and the releases out where the project's folders are copied."""
PROJECT_VERSION = re.findall(r"^version: (\S+)$", (PROJECT / "corpus/corpus.yaml").read_text("utf-8"), re.MULTILINE)[0]
VERSION = "0.1.0"
"""Of every copy of the project's corpus that a test may change, whichever version the project has."""

SLICES = ("mutations-1", "mutations-2", "coverage", "inputs", "packages", "processes", "servers", "laws", "kills")
"""Of the deep suite, each some ten minutes. coverage: the quick suite, traced. laws: all properties, more often."""
TIMEOUTS = {"quick": 300, "deep": 1800}
"""Seconds after which a test has failed, with a stack: many times what it takes, also on a busy machine."""
MEMORY = Path("/dev/shm")
"""Where tests write, if there is room: a file system in memory, whose files nobody waits for."""
SHARED_STUDIO = "studio"
"""Folder of the Label Studio server that the tests of a run share, in the folder of the run."""
DEEP_LAWS = "STANCEBANK_DEEP_LAWS"
"""Set where laws are tried with all their examples, else with a tenth."""


def examples(number: int) -> int:
    """How often a law is tried: a tenth as often, and at least five times, in the quick suite."""
    return number if os.environ.get(DEEP_LAWS) else max(5, number // 10)


@cache
def tree_seed() -> int:
    """A number that changes with the files of the commit, whatever it is called; 0 where there is no git."""
    asked = subprocess.run(
        ["git", "rev-parse", "HEAD^{tree}"], cwd=PROJECT, capture_output=True, encoding="utf-8", check=False
    )
    return int(asked.stdout[:8], 16) if asked.returncode == 0 else 0


@dataclass(frozen=True)
class Root:
    """A copy of the project's corpus that a test may change.

    annotator: whose pass is read and changed; without one, the gold.
    """

    path: Path
    annotator: str | None = None

    def of(self, annotator: str) -> Root:
        """The same copy, where the pass of an annotator is read and changed."""
        return Root(self.path, annotator)

    def layer_path(self, layer: str) -> Path:
        folder = f"annotation/passes/{self.annotator}" if self.annotator else "corpus"
        return self.path / folder / ("" if layer in SHARED_LAYERS else PART) / f"{layer}.jsonl"

    def add_passes(self) -> None:
        """Copy the project's passes and their register too."""
        shutil.copytree(PROJECT / "annotation/passes", self.path / "annotation/passes")
        shutil.copy(PROJECT / "annotation/annotators.yaml", self.path / "annotation/annotators.yaml")

    def records(self, layer: str) -> list[Record]:
        return [json.loads(line) for line in self.layer_path(layer).read_text("utf-8").split("\n") if line]

    def write(self, layer: str, records: Sequence[Record]) -> None:
        lines = (json.dumps(r, ensure_ascii=False, separators=(",", ":")) + "\n" for r in records)
        self.layer_path(layer).write_text("".join(lines), "utf-8", newline="\n")

    def edit(self, layer: str, row: int, **values: Any) -> None:
        """Set values in one record; row counts from 0."""
        records = self.records(layer)
        records[row] |= values
        self.write(layer, records)

    def change(self, layer: str, change: Callable[[list[Record]], Any]) -> None:
        """Change the list of a layer's records in place."""
        records = self.records(layer)
        change(records)
        self.write(layer, records)

    def change_lines(self, layer: str, change: Callable[[list[bytes]], Any]) -> None:
        """Change the list of a layer's raw lines in place."""
        lines = self.layer_path(layer).read_bytes().splitlines(keepends=True)
        change(lines)
        self.layer_path(layer).write_bytes(b"".join(lines))

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace the one occurrence of a text in a file."""
        content = (self.path / file).read_bytes()
        assert content.count(old.encode()) == 1
        (self.path / file).write_bytes(content.replace(old.encode(), new.encode()))

    def settle(self, validation: str) -> None:
        """Say more under validation in corpus.yaml."""
        file = self.path / "corpus/corpus.yaml"
        said = file.read_text("utf-8")
        lines = [*([] if "\nvalidation:\n" in said else ["validation:"]), *(f"  {a}" for a in validation.splitlines())]
        file.write_text(said + "".join(f"{line}\n" for line in lines), "utf-8")

    def add_meant_warning(self) -> None:
        """Give the corpus a warning, SB714 in e58, and an exception for it."""
        self.edit("mentions", 148, level="PRO")
        self.settle(f"exceptions:\n  - rule: SB714\n    document: {DOC}\n    record: e58\n    reason: It is meant.")

    def corpus(self) -> Corpus:
        return read_corpus(self.path)

    def part(self) -> Part:
        return self.corpus().read_part(PART, self.annotator)

    def findings(self) -> list[Finding]:
        return list(check_corpus(self.corpus()))


def places(findings: Sequence[Finding]) -> list[tuple[str, str, int | None, str]]:
    """Rule, file name, line and JSON path without "$." of each finding: all that most tests ask for."""
    return [(f.rule, f.file.rsplit("/")[-1], f.line, f.path.removeprefix("$.")) for f in findings]


def copied_root(path: Path) -> Root:
    """The project's corpus without its passes and releases, as version VERSION."""
    for folder in ("corpus", "schemas", "seeds"):
        shutil.copytree(PROJECT / folder, path / folder, ignore=NOT_COPIED)
    root = Root(path)
    root.replace("corpus/corpus.yaml", f"version: {PROJECT_VERSION}\n", f"version: {VERSION}\n")
    return root


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """The project's corpus, copied; sound until a test changes it."""
    return copied_root(tmp_path / "corpus-root")


@pytest.fixture(scope="session")
def gold() -> Part:
    """The project's own annotated part, read once; not to be changed."""
    return read_corpus(PROJECT).read_part(PART)


@pytest.fixture(scope="session")
def editions(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three editions of the project's corpus, built once; not to be changed."""
    from stancebank.dataset.building import available_views, build

    folder = tmp_path_factory.mktemp("editions")
    names: tuple[EditionName, ...] = ("full", "standoff", "masked")
    for name in names:
        build(read_corpus(PROJECT), folder / name, available_views(), edition=name)
    return {name: folder / name for name in names}


Cli = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run the command line in this process from its very entry, in tmp_path, with a cache and a home of its own.

    cwd and env are those of subprocess.run; input is bytes.
    """
    return lambda *arguments, **options: run_here(tmp_path, *arguments, **options)


def run_here(
    home: Path, *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, input: bytes = b""
) -> subprocess.CompletedProcess[str]:
    """The command line, run in this process as it would be in one of its own."""
    from stancebank import commands

    command = ["stancebank", *map(str, arguments)]
    with (
        tempfile.TemporaryFile() as output,
        tempfile.TemporaryFile() as errors,
        io.TextIOWrapper(output, "utf-8", newline="") as out,
        io.TextIOWrapper(errors, "utf-8", newline="") as err,
        patch.object(sys, "argv", command),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(input))),
        patch.object(signal, "signal", lambda *_: None),  # the test's own handlers stay
        patch.dict(os.environ, offline(home) if env is None else env, clear=True),
        contextlib.chdir(home if cwd is None else cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        with pytest.raises(SystemExit) as end:
            commands.main()
        texts = [stream.seek(0) or stream.read() for stream in (out, err)]
    assert end.value.code != 3, texts[1]
    return subprocess.CompletedProcess(command, int(end.value.code or 0), *texts)


@pytest.fixture
def process(tmp_path: Path) -> Cli:
    """Run the command line in a process of its own: for tests of what a process alone has."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        options = {"cwd": tmp_path, "env": offline(tmp_path), "timeout": 300} | options
        command = [sys.executable, "-m", "stancebank", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, **options)

    return run


def offline(home: Path, **more: str) -> Mapping[str, str]:
    """The environment of a new user without network."""
    cache = home.with_name(f"{home.name}-cache")  # a home may be a repository
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(cache), "HF_HOME": str(home / "hf"), "HF_HUB_OFFLINE": "1"}
    return {**os.environ, "NO_COLOR": "1", "COLUMNS": "100", **own, **more}


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options that make passes on."""
    parser.addoption("--seed", type=int, default=None, help="what is drawn at random follows from it")
    parser.addoption("--slice", choices=SLICES, default=None, help="run this slice of the deep suite")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Give Hypothesis the seed too, and the laws all their examples where the slice asks for it."""
    if config.option.seed is None:
        config.option.seed = tree_seed()
    if config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = str(config.option.seed)
    for name in [*os.environ]:  # what a user or a runner has set is not the tests' concern
        if name.startswith(("GITHUB_", "FORCE_COLOR", "STANCEBANK_TRACEBACK", "PYTHONDONTWRITEBYTECODE")):
            del os.environ[name]
    sys.dont_write_bytecode = False  # a process that compiles all that it loads takes twice as long
    if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 4 * 2**30:  # half of the time would go into a disk
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))
        os.environ.setdefault("TMPDIR", str(MEMORY))
    state = tempfile.mkdtemp(prefix="stancebank-state-")  # what builds and checks remember, apart from the user's
    os.environ["XDG_STATE_HOME"] = os.environ["XDG_CACHE_HOME"] = state
    config.add_cleanup(lambda: shutil.rmtree(state, ignore_errors=True))
    if config.option.slice in {"inputs", "laws"}:
        os.environ[DEEP_LAWS] = "1"
    # How long an example takes says more about the machine than about the code.
    untimed = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.data_too_large]}
    hypothesis.settings.register_profile("stancebank", max_examples=examples(100), **untimed)
    hypothesis.settings.load_profile("stancebank")


def pytest_report_header(config: pytest.Config) -> str:
    """How to repeat the run."""
    return f"stancebank: {config.option.slice or 'quick'}, repeat it with SEED={config.option.seed}"


@pytest.fixture(scope="session")
def seed(request: pytest.FixtureRequest) -> int:
    """What every random draw of a run follows from."""
    return request.config.option.seed


def slices_of(item: pytest.Item, sampled: Set[str]) -> set[str | None]:
    """The slices that a test belongs to; None for the quick suite. sampled: deep cases that are in it too, by id."""
    if deep := item.get_closest_marker("deep"):
        return {deep.args[0], *([None, "coverage"] if item.nodeid in sampled else [])}
    return {None, "coverage", *(["laws"] if hypothesis.is_hypothesis_test(getattr(item, "obj", None)) else [])}


def sample(items: Sequence[pytest.Item], seed: int) -> set[str]:
    """The deep cases that the quick suite runs too: of each test as many as its mark says, drawn by the seed."""
    cases: dict[str, list[str]] = {}
    asked: dict[str, int] = {}
    for item in items:
        deep = item.get_closest_marker("deep")
        if deep is not None and "quick" in deep.kwargs:
            test = item.nodeid.partition("[")[0]
            cases.setdefault(test, []).append(item.nodeid)
            asked[test] = deep.kwargs["quick"]
    drawn = {
        test: random.Random(f"{seed} {test}").sample(found, min(asked[test], len(found)))
        for test, found in cases.items()
    }
    return set().union(*drawn.values())


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the suite that was asked for, and give each test a limit."""
    for item in items:
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(TIMEOUTS["deep" if item.get_closest_marker("deep") else "quick"]))
    sampled = sample(items, config.option.seed)
    kept = [item for item in items if config.option.slice in slices_of(item, sampled)]
    config.hook.pytest_deselected(items=[item for item in items if config.option.slice not in slices_of(item, sampled)])
    # The tests of the shared server go to the process that begins with the first tests, and to no other.
    items[:] = sorted(kept, key=lambda item: "studio_venv" not in getattr(item, "fixturenames", ()))


def pytest_collection_finish() -> None:
    """Look through what modules have made no more, and through the rest less often: it took a twentieth of the time."""
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Stop the server that tests share once all processes are done."""
    factory: Any = session.config._tmp_path_factory
    if not hasattr(session.config, "workerinput") and factory._basetemp is not None:
        home = factory.getbasetemp() / SHARED_STUDIO / "root"
        if home.exists():
            stop_studio(home)


def stop_studio(home: Path) -> None:
    """Stop the Label Studio server of a corpus root."""
    command = [sys.executable, "-m", "stancebank", "studio", "down", "--root", str(home)]
    down = subprocess.run(command, env=offline(home), capture_output=True, encoding="utf-8", timeout=120, check=False)
    assert down.returncode == 0, down.stderr


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What tests recorded as their output, which several processes cannot print themselves."""
    for report in terminalreporter.getreports("passed"):
        for name, text in report.user_properties:
            terminalreporter.section(name)
            terminalreporter.write_line(text)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """In continuous integration a test that is skipped has failed: what it needs should have been installed."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("STANCEBANK_NO_SKIPS"):
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} was skipped, which counts as a failure here: {report.longrepr}"
    return report
