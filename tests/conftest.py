"""Fixtures that all tests share: a corpus to break, and the command line as users run it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from stancebank.checks.findings import Finding
from stancebank.checks.validation import check_corpus
from stancebank.corpus import Corpus, Part, read_corpus
from stancebank.editions.edition import EditionName

PROJECT = Path(__file__).parents[1]
PART = "2025-02"
DOC = "000_22079654af0f9918"

Record = dict[str, Any]
NOT_COPIED = shutil.ignore_patterns("migrations", "releases")
"""Leaves the small corpora of schemas/migrations and the releases out where the project's folders are copied."""
PROJECT_VERSION = re.findall(r"^version: (\S+)$", (PROJECT / "corpus/corpus.yaml").read_text("utf-8"), re.MULTILINE)[0]
VERSION = "0.1.0"
"""Of every copy of the project's corpus that a test may change, whichever version the project has."""

# How long an example takes says more about the machine than about the code.
hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


@dataclass(frozen=True)
class Root:
    """A copy of the project's corpus that a test may change."""

    path: Path

    def layer_path(self, layer: str) -> Path:
        return self.path / "corpus" / ("" if layer == "targets" else PART) / f"{layer}.jsonl"

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

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace the one occurrence of a text in a file."""
        content = (self.path / file).read_bytes()
        assert content.count(old.encode()) == 1
        (self.path / file).write_bytes(content.replace(old.encode(), new.encode()))

    def corpus(self) -> Corpus:
        return read_corpus(self.path)

    def part(self) -> Part:
        return self.corpus().read_part(PART)

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
    from stancebank.build.dataset import available_views, build

    folder = tmp_path_factory.mktemp("editions")
    names: tuple[EditionName, ...] = ("full", "standoff", "masked")
    for name in names:
        build(read_corpus(PROJECT), folder / name, available_views(), edition=name)
    return {name: folder / name for name in names}


@pytest.fixture
def stancebank(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command line in a process of its own, with a cache and a home of its own."""

    def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
        options = {"cwd": tmp_path, "env": offline(tmp_path), "timeout": 300} | options
        command = [sys.executable, "-m", "stancebank", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, encoding="utf-8", check=False, **options)

    return run


def offline(home: Path, **more: str) -> Mapping[str, str]:
    """The environment of a new user without network."""
    own = {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache"), "HF_HOME": str(home / "hf"), "HF_HUB_OFFLINE": "1"}
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("GITHUB_")}
    return {**inherited, "NO_COLOR": "1", "COLUMNS": "100", **own, **more}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first; of the slow ones first that which takes longest, so that no other process waits for it."""
    items.sort(key=lambda item: (item.get_closest_marker("slow") is not None, item.path.name != "test_mutation.py"))


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
