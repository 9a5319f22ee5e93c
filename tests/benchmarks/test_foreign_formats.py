"""benchmarks/foreign_formats.py: every reader reads every document of what the corpus was exported to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from conftest import PROJECT

sys.path.insert(0, str(PROJECT / "benchmarks"))

from foreign_formats import BRAT, WORKS, exported, imports, table
from synthesize import write_corpus


@pytest.mark.deep("processes")
def test_imports_of_several_sizes_are_measured(tmp_path: Path) -> None:
    head, _, *rows = "".join(imports(tmp_path, [0.2, 0.4])).splitlines()
    assert head.startswith("| format | MB | documents")
    assert [row.split(" | ")[0] for row in rows] == ["| jsonl", "| jsonl", "| brat", "| brat"]
    few, many = (int(row.split(" | ")[2]) for row in rows[:2])
    assert 0 < few < many


def test_every_reader_reads_all_documents(tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus", 2)
    records = exported(tmp_path / "corpus", tmp_path / "out")
    assert all(work.read(tmp_path / "out" / work.format) == 2 for work in WORKS.values())
    assert records["brat"] == records["cas"] > records["iob"]
    seconds = {name: [records["brat"] / 200_000] for name in WORKS}
    page = "".join(table(2, records, seconds))
    assert f"| {BRAT} |" in page
    assert "- Reached: brat at 100,000 records a second on one core; it is 200,000." in page
