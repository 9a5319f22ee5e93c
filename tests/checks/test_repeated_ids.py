"""Ids that occur again and again: found first, told once each, and no join is made on them."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.test_many_findings import PEAK
from conftest import PROJECT, Root, copied_root, offline
from overlays import INVALID
from stancebank.checks import sb3_spans
from stancebank.checks.findings import Finding
from stancebank.checks.selection import Selection
from stancebank.checks.validation import check_corpus
from stancebank.schema.layers import PART_LAYERS, SHARED_LAYERS

LAYERS = [*PART_LAYERS, "targets"]


def repeated(root: Root, layer: str, times: int) -> list[Finding]:
    """The findings where the first record of a layer is there again, so many times in all."""
    root.change_lines(layer, lambda lines: lines.extend(lines[:1] * (times - 1)))
    return [finding for finding in root.findings() if finding.rule != "SB603"]


@pytest.mark.deep("inputs", quick=3)
@pytest.mark.parametrize("layer", LAYERS)
def test_a_record_that_is_there_many_times_is_one_finding(root: Root, layer: str) -> None:
    [finding] = [each for each in repeated(root, layer, 500) if each.rule == "SB401"]
    assert "500 times in all, last in line" in finding.what
    assert len(root.findings()) <= 4


@pytest.mark.parametrize("layer", LAYERS)
def test_two_of_one_id_are_told_at_the_second(root: Root, layer: str) -> None:
    before = len(root.records(layer))
    [finding] = [each for each in repeated(root, layer, 2) if each.rule == "SB401"]
    assert finding.line == before + 1
    assert "a second time" in finding.what
    assert "in all" not in finding.what


def test_it_is_told_whatever_is_selected(root: Root) -> None:
    root.change_lines("mentions", lambda lines: lines.append(lines[0]))
    found = check_corpus(root.corpus(), Selection(select=("SB3",), ignore=("SB4",)))
    assert [finding.rule for finding in found] == ["SB401"]


def test_mentions_of_one_place_are_compared_in_pieces(root: Root, monkeypatch: pytest.MonkeyPatch) -> None:
    def at_one_place(lines: list[bytes]) -> None:
        lines += [lines[-1].replace(b'"mention_id":"', b'"mention_id":"z%d' % number) for number in range(300)]

    root.change_lines("mentions", at_one_place)
    root.edit("mentions", 12, end=root.records("mentions")[12]["end"] + 3)
    whole = root.findings()
    monkeypatch.setattr(sb3_spans, "_PAIRS", 3000)
    assert root.findings() == whole
    assert "SB305" in {each.rule for each in whole}


def synthesized(folder: Path, documents: int) -> None:
    script = [sys.executable, str(PROJECT / "benchmarks/synthesize.py"), str(folder), "--documents", str(documents)]
    subprocess.run(script, check=True, capture_output=True, env=offline(folder.parent))


def one_document_id(folder: Path, size: int) -> None:
    """A converter that writes one doc_id for all documents."""
    import re

    synthesized(folder, size)
    for path in folder.glob("corpus/p*/*.jsonl"):
        text = path.read_text("utf-8")
        path.write_text(re.sub('"doc_id":"d[0-9]+"', '"doc_id":"d000000"', text), "utf-8", newline="\n")


def one_line_often(layer: str) -> Callable[[Path, int], None]:
    def make(folder: Path, size: int) -> None:
        root = copied_root(folder)
        if not root.layer_path(layer).exists():
            shutil.copy(INVALID / "sound/corpus" / f"{layer}.jsonl", root.layer_path(layer))
        root.change_lines(layer, lambda lines: lines.extend(lines[:1] * (size * 100)))

    make.__name__ = layer
    return make


def measured(home: Path, *command: str | Path) -> tuple[str, int]:
    """What a command prints, and its memory at most in kB."""
    whole = [sys.executable, "-c", PEAK, sys.executable, "-m", "stancebank", *map(str, command)]
    environment = offline(home, POLARS_MAX_THREADS="1")
    done = subprocess.run(whole, capture_output=True, encoding="utf-8", check=False, env=environment, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout, int(done.stderr.split()[-1])


@pytest.mark.deep("processes", quick=1)
@pytest.mark.parametrize("make", [one_document_id, *map(one_line_often, LAYERS)], ids=lambda make: make.__name__)
def test_memory_of_a_comparison_grows_linearly(make: Callable[[Path, int], None], tmp_path: Path) -> None:
    peaks = []
    for size in (20, 80, 320) if make is one_document_id else (4, 16, 64):
        folder, other = tmp_path / str(size), tmp_path / f"other-{size}"
        make(folder, size)
        shutil.copytree(folder, other)
        mentions = next(other.glob("corpus/*/mentions.jsonl"))
        mentions.write_bytes(b"".join(mentions.read_bytes().splitlines(keepends=True)[:-1]))
        output, peak = measured(tmp_path, "diff", folder, other)
        assert len(output.splitlines()) < 20
        peaks.append(peak)
    assert peaks[-1] < 500_000  # kB
    assert peaks[-1] - peaks[0] < 10 * (peaks[1] - peaks[0] + 10_000)


@pytest.mark.deep("processes")
@pytest.mark.parametrize(
    "make", [one_document_id, *map(one_line_often, (*PART_LAYERS, *SHARED_LAYERS))], ids=lambda make: make.__name__
)
def test_memory_and_findings_grow_linearly(make: Callable[[Path, int], None], tmp_path: Path) -> None:
    peaks, counts = [], []
    sizes = (20, 40, 80, 160, 320)
    for size in sizes:
        folder = tmp_path / str(size)
        make(folder, size)
        output, peak = measured(tmp_path, "validate", "--root", folder)
        counts.append(int(output.splitlines()[-1].split()[0].replace(",", "").replace("no", "0")))
        peaks.append(peak)
    assert peaks[-1] < 1_000_000  # kB
    assert peaks[-1] - peaks[0] < 40 * (peaks[1] - peaks[0] + 10_000)
    assert counts[-1] <= 20 * max(counts[0], 4)
