"""The history of agreement: the table of its file, and its newest rows as they are measured now."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from conftest import PROJECT
from stancebank.agreement.annotation import read_annotations
from stancebank.agreement.breakdowns import by_documents
from stancebank.corpus.corpus import read_corpus
from stancebank.faults import StanceBankError
from stancebank.pages.agreement_history import history_block
from stancebank.schema.paths import AGREEMENT_HISTORY

KEYS = ("guidelines", "passes of", "corpus", "language")


def written(root: Path, text: str) -> str | None:
    (root / AGREEMENT_HISTORY).parent.mkdir(exist_ok=True)
    (root / AGREEMENT_HISTORY).write_text(text)
    return history_block(root, "agreement:history")


@pytest.mark.parametrize("version", ["1", "2"])
def test_a_row_is_what_the_passes_of_its_corpus_reach(version: str) -> None:
    with (PROJECT / AGREEMENT_HISTORY).open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["guidelines"] == version]
    (root,) = {row["corpus"] for row in rows}
    parts = read_annotations(read_corpus(PROJECT / root), ["pass-a", "pass-b"])
    scores = {(score.of, f"{score.layer}, {score.name}"): score.value for score in by_documents(parts, "language")}
    assert {row["language"] for row in rows} == set(parts[0]["documents"]["language"])
    for row in rows:
        for figure in row.keys() - KEYS:
            assert row[figure] == f"{scores[row['language'], figure]:.3f}", (row["language"], figure)


def test_each_line_is_a_row(tmp_path: Path) -> None:
    assert history_block(tmp_path, "agreement:history") == "Nothing has been measured."
    assert written(tmp_path, 'a,"b, c"\n1,<i>\n') == "| a | b, c |\n| --- | --- |\n| `1` | \\<i\\> |"
    assert history_block(tmp_path, "agreement") is None


@pytest.mark.parametrize(
    ("text", "what"), [("a,b\n1\n", "agreement.csv:2: 1 cells"), ('a\n"b\n', "no table"), ("", "no table")]
)
def test_a_file_that_is_no_table_is_refused(tmp_path: Path, text: str, what: str) -> None:
    with pytest.raises(StanceBankError, match=what):
        written(tmp_path, text)
