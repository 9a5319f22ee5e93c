"""The blocks of docs/without-python.md, of those tools that are installed."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from conftest import PROJECT

PAGE = (PROJECT / "docs/without-python.md").read_text("utf-8")


def blocks(language: str) -> str:
    return "\n".join(re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))


@pytest.fixture
def beside(editions: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the built dataset where the page has it."""
    shutil.copytree(editions["full"], tmp_path / "dist/stancebank")
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("beside")
def test_polars_reads_every_mention_at_its_place() -> None:
    code = blocks("python")
    assert "assert" in code
    exec(code, {})


@pytest.mark.usefixtures("beside")
def test_duckdb_answers_every_query() -> None:
    import duckdb

    holds, stances, splits, names = (duckdb.sql(query).fetchall() for query in blocks("sql").strip(";\n").split(";"))
    assert len(holds) == 150
    assert all(row[1] for row in holds)
    assert sum(count for *_, count in stances) == 23
    assert splits == [("train", 23)]
    assert "against" in names[0][0]
