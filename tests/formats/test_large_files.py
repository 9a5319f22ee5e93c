"""What is read at once is bounded, whatever the file says."""

from __future__ import annotations

import json
import zlib
from pathlib import Path

import pytest

from stancebank.formats import docbin, given_files
from stancebank.formats.docbin import read_docbin
from stancebank.formats.foreign_document import Refused
from stancebank.formats.given_files import Given
from stancebank.formats.span_jsonl import read_jsonl

LIMIT = 1000


@pytest.fixture(autouse=True)
def limit(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (given_files, docbin):
        monkeypatch.setattr(module, "LARGEST", LIMIT)


def test_lines_are_bounded_and_files_of_them_are_not(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"{number} " + "word " * 20}) for number in range(100)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    assert len(list(read_jsonl(Given((tmp_path,))))) == 100
    lines[50] = json.dumps({"text": "word " * LIMIT})
    (tmp_path / "a.jsonl").write_text("\n".join(lines), "utf-8")
    *documents, last = read_jsonl(Given((tmp_path,)))
    assert len(documents) == 50
    assert isinstance(last, Refused)
    assert "a.jsonl:51: the line is larger than 1,000 bytes" in last.what


def test_a_list_is_bounded(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"text": "word"}] * LIMIT), "utf-8")
    (only,) = read_jsonl(Given((tmp_path,)))
    assert isinstance(only, Refused)
    assert "is larger than 1,000 bytes" in only.what


def test_a_docbin_is_bounded_packed_and_unpacked(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(LIMIT * 100))
    assert len(bomb) < LIMIT
    for data, what in ((bomb, "unpacks to more"), (bytes(LIMIT + 1), "is larger"), (b"x", "is no DocBin")):
        (tmp_path / "a.spacy").write_bytes(data)
        (only,) = read_docbin(Given((tmp_path,)))
        assert isinstance(only, Refused)
        assert what in only.what
