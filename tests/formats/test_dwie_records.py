"""Records of DWIE: concepts become entities, relations between them relations between their nearest mentions."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from conftest import PROJECT
from stancebank.checks.validation import check_corpus
from stancebank.corpus.corpus import read_corpus
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE

Cli = Callable[..., CompletedProcess[str]]
TEXT = "Ada Birk leads Ruritania. Ruritania has said so."


def mention(words: str, concept: int, start: int = 0) -> dict[str, Any]:
    begin = TEXT.index(words, start)
    return {
        "begin": begin,
        "end": begin + len(words),
        "text": words,
        "concept": concept,
        "candidates": [],
        "scores": [],
    }


def concept(number: int, words: str, *types: str, link: str | None = None) -> dict[str, Any]:
    return {"concept": number, "text": words, "link": link, "tags": ["slot::x", *(f"type::{each}" for each in types)]}


RECORD: dict[str, Any] = {
    **{"id": "DW_1", "content": TEXT, "tags": ["all"], "iptc": ["1"], "frames": [{"type": "trial", "slots": []}]},
    "mentions": [mention("Ada Birk", 0), mention("Ruritania", 1), mention("Ruritania", 1, 20)],
    "concepts": [
        concept(0, "Ada Birk", "entity", "PERSON"),
        concept(1, "Ruritania", "entity", "GPE", link="Ruritania"),
        concept(2, "Hentzau", "entity", "none"),
    ],
    "relations": [{"s": 0, "p": "leads", "o": 1}, {"s": 0, "p": "leads", "o": 2}],
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    make_corpus(tmp_path / "corpus", PROJECT / SCHEME_FILE)
    (tmp_path / "in").mkdir()
    return tmp_path / "corpus"


def test_concepts_become_entities_with_the_rarest_of_their_types(root: Path, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in/d.json").write_text(json.dumps(RECORD), "utf-8")
    done = cli("import", "in", "--format", "dwie", "--root", root, "--labels", "add", "--language", "en")
    assert done.returncode == 0, done.stdout + done.stderr
    corpus = read_corpus(root).sound()
    part = corpus.sound_part("imported")
    assert part["entities"].select("type", "name").rows() == [("PERSON", "Ada Birk"), ("GPE", "Ruritania")]
    assert part["mentions"]["text"].to_list() == ["Ada Birk", "Ruritania", "Ruritania"]
    mentions = dict(part["mentions"].select("mention_id", "start").iter_rows())
    ((head, tail),) = part["relations"].select("head", "tail").rows()
    assert (mentions[head], mentions[tail]) == (0, 15)
    assert part["relations"]["modality"].to_list() == [None]
    assert [each for each in check_corpus(corpus) if each.severity == "error"] == []
    for told in (
        "1 entities: no mention of them is in the text",
        "1 relations: an end has no mention in the text",
        "1 events: frames have no place",
        'no layer has a column "link"',
        "relation-at-nearest-mentions 1",
    ):
        assert told in done.stdout


def test_a_text_that_the_record_lacks_is_found_by_its_id(root: Path, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in/d.json").write_text(json.dumps({**RECORD, "content": ""}), "utf-8")
    options = ("--format", "dwie", "--root", root, "--labels", "add", "--language", "en")
    assert 'no text "DW_1.txt"' in cli("import", "in", *options).stdout
    (tmp_path / "in/DW_1.txt").write_text(TEXT, "utf-8")
    assert cli("import", "in", *options).returncode == 0


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('{"mentions": "concept"', "not valid JSON"),
        ('{"mentions": [], "concepts": 1}', "not a record of DWIE"),
        (json.dumps({**RECORD, "mentions": [{"begin": "x"}]}), "not a record of DWIE"),
        (json.dumps([1, RECORD]), "not a record of DWIE"),
        (json.dumps({**RECORD, "mentions": [{**mention("Ada Birk", 0), "begin": 3}]}), "no way to count the offsets"),
        ('{"text": "a", "label": []}', "looks like jsonl"),
    ],
)
def test_what_is_no_record_is_told(content: str, message: str, root: Path, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "in/d.json").write_text(content, "utf-8")
    done = cli("import", "in", "--format", "dwie", "--root", root, "--labels", "add")
    assert done.returncode == 2
    assert message in done.stdout + done.stderr
