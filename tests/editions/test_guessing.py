"""What an edition withholds cannot be confirmed by a quick digest of a guess."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

import pytest

from conftest import PROJECT
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.content_digest import content_digest
from stancebank.dataset.origins import corpus_origin
from stancebank.storage.slow_digest import slow_digest


def strings(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {each for inner in value.values() for each in strings(inner)}
    if isinstance(value, list):
        return {each for inner in value for each in strings(inner)}
    return {value} if isinstance(value, str) else set()


def told(edition: Path) -> set[str]:
    """Every string of the manifest and of the stand-off form's own account."""
    files = (edition / "manifest.json", edition / "standoff/corpus.json")
    return {each for file in files if file.exists() for each in strings(json.loads(file.read_bytes()))}


@pytest.mark.parametrize("name", ["standoff", "masked"])
def test_no_quick_digest_of_what_is_withheld_is_told(editions: dict[str, Path], name: str) -> None:
    corpus = read_corpus(PROJECT).sound()
    quick = {content_digest(rows) for layer, rows in corpus.shared.items() if layer == "targets"}
    for file in ("schemas/scheme.yaml", "annotation/adjudication.jsonl"):
        quick.add(hashlib.sha256((PROJECT / file).read_bytes()).hexdigest())
    assert quick & told(editions["full"]) == quick
    assert not quick & told(editions[name])


def test_whoever_has_the_files_can_still_check_them(editions: dict[str, Path]) -> None:
    scheme = hashlib.sha256((PROJECT / "schemas/scheme.yaml").read_bytes()).hexdigest()
    assert slow_digest(scheme) in told(editions["standoff"])
    assert corpus_origin(read_corpus(PROJECT).sound()).scheme == scheme


@pytest.mark.deep("inputs")
def test_a_guess_takes_long(record_property: Any) -> None:
    start = time.process_time()
    for number in range(50):
        slow_digest(str(number))
    speed = 50 / (time.process_time() - start)
    record_property("guesses at what an edition withholds", f"{speed:.0f} a second on one core, 32 MiB each")
    assert speed < 100
