"""What an edition withholds cannot be confirmed by a quick digest of a guess."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from conftest import PROJECT
from stancebank.corpus.corpus import read_corpus
from stancebank.dataset.content_digest import content_digest
from stancebank.dataset.origins import corpus_origin
from stancebank.editions.sealing import seed_digest, text_digest
from stancebank.faults import StanceBankError
from stancebank.rehydration.edition_folder import read_edition
from stancebank.storage.slow_digest import slow_digest


def strings(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {each for inner in value.values() for each in strings(inner)}
    if isinstance(value, list):
        return {each for inner in value for each in strings(inner)}
    return {value} if isinstance(value, str) else set()


def everything(edition: Path) -> set[str]:
    """Every string of 64 hexadecimal digits in any file of an edition, rows of shards included."""
    texts = [
        pl.read_parquet(path).write_ndjson() if path.suffix == ".parquet" else path.read_text("utf-8", "replace")
        for path in edition.rglob("*")
        if path.is_file()
    ]
    return {digest for text in texts for digest in re.findall("[0-9a-f]{64}", text)}


def quick_digests(root: Path) -> set[str]:
    """What somebody would compute who has guessed the texts of a corpus."""
    found = set()
    for part in (read_corpus(root).sound().read_part(name) for name in read_corpus(root).sound().part_names):
        listed = ""
        for text, seed in part["documents"].select("text", "seed").iter_rows():
            data = (root / "seeds" / seed).read_bytes()
            digest = hashlib.sha256(data).hexdigest()
            listed += f"{digest}  {seed}\n"
            found |= {hashlib.sha256(text.encode()).hexdigest(), digest}
        found |= {hashlib.sha256(listed.encode()).hexdigest(), content_digest(part["documents"])}
    return found


@pytest.mark.parametrize("name", ["standoff", "masked"])
def test_no_quick_digest_of_a_text_is_in_any_file(editions: dict[str, Path], name: str) -> None:
    quick = quick_digests(PROJECT)
    assert len(quick & everything(editions["full"])) >= 3
    assert not quick & everything(editions[name])


@pytest.mark.parametrize("name", ["standoff", "masked"])
def test_a_short_text_is_confirmed_by_no_quick_digest_of_any_of_its_sentences(
    cli: Any, tmp_path: Path, name: str
) -> None:
    text = "The minister of trade said no to the plan for a new harbour. Nobody asked why."
    (tmp_path / "short.txt").write_text(text, "utf-8")
    assert cli("init", "c").returncode == 0
    assert cli("add", "short.txt", "--date", "2025-03-01", "--root", "c").returncode == 0
    done = cli("build", "--edition", name, "--root", "c", "--out", "e")
    assert done.returncode == 0, done.stderr
    assert "1 document" in done.stderr
    told_there = everything(tmp_path / "e")
    sentences = text.split(". ")
    for guess in (text, text + "\n", sentences[0] + ".", "\n".join([sentences[0] + ".", sentences[1]])):
        assert hashlib.sha256(guess.encode()).hexdigest() not in told_there
    carried = next((tmp_path / "e/standoff/corpus").glob("*/documents.jsonl")).read_text("utf-8")
    assert text_digest(text, "c") in carried
    done = cli("rehydrate", "e", "short.txt", "--out", "full")
    assert done.returncode == 0, done.stderr


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


def test_a_digest_of_another_corpus_is_another() -> None:
    assert text_digest("A text.", "one") != text_digest("A text.", "two")
    assert text_digest("A text.", "one") != seed_digest("A text.", b"A text.", "one")


def test_an_edition_with_digests_of_another_kind_is_refused_by_name(editions: dict[str, Path], tmp_path: Path) -> None:
    shutil.copytree(editions["standoff"], tmp_path / "old")
    said, manifest = tmp_path / "old/standoff/corpus.json", tmp_path / "old/manifest.json"
    content = json.loads(said.read_bytes())
    del content["digests"]
    said.write_text(json.dumps(content), "utf-8")
    listed = json.loads(manifest.read_bytes())
    for each in listed["carried"]:
        if each["path"] == "standoff/corpus.json":
            data = said.read_bytes()
            each |= {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    manifest.write_text(json.dumps(listed), "utf-8")
    with pytest.raises(StanceBankError, match=r"other digests(.|\n)*use the StanceBank that built it"):
        read_edition(tmp_path / "old")


@pytest.mark.deep("inputs")
@pytest.mark.parametrize(("derive", "most"), [(slow_digest, 100), (lambda text: text_digest(text, "c"), 200)])
def test_a_guess_takes_long(derive: Callable[[str], str], most: int) -> None:
    start = time.process_time()
    for number in range(50):
        derive(str(number))
    assert 50 / (time.process_time() - start) < most  # a second on one core
