"""An import holds documents in memory one at a time, however many a file has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from conftest import PROJECT, offline
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

SENTENCE = "The minister of Norland said on Monday that the talks with Borland would go on until the spring. "
PARAGRAPH = SENTENCE * 50 + "\n\n"
FEW, MANY = 40, 200


def write(path: Path, count: int) -> int:
    """A file of so many documents of 50 kB, each with some mentions; gives its size."""
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            text = f"Talk {number}.\n\n" + PARAGRAPH * 10
            labels = [[at, at + 7, "GPE"] for at in (text.index("Norland", 1_000 * each) for each in range(40))]
            stream.write(json.dumps({"id": f"talk-{number}", "text": text, "label": labels}) + "\n")
    return path.stat().st_size


def peak(folder: Path, count: int) -> tuple[int, int]:
    """Bytes of a file of so many documents, and the most that its import had in memory."""
    folder.mkdir()
    size = write(folder / "a.jsonl", count)
    root = folder / "corpus"
    make_corpus(root, PROJECT / SCHEME_FILE)
    options = ("--format", "jsonl", "--language", "en", "--part", "p", "--root", root)
    command = [sys.executable, "-m", "stancebank", "import", folder / "a.jsonl", *options]
    process = subprocess.Popen([*map(str, command)], env=offline(folder), stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return size, usage.ru_maxrss * 1024


@pytest.mark.deep("processes")
def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    (few, least), (many, most) = (peak(tmp_path / str(count), count) for count in (FEW, MANY))
    assert most - least < many - few, (most - least, many - few)
