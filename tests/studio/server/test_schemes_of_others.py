"""Corpora with schemes of somebody else go to a real server and come back byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import PROJECT
from own_schemes import ALL, DOC, PART, TEXT, Own, put
from stancebank.corpus.additions import add_texts
from stancebank.corpus.corpus import Corpus
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE
from stancebank.studio.server.projects import Work
from stancebank.studio.server.upload import push
from test_own_labels_page import follow, server_commands
from twelve import twelve_texts

from ..conftest import Studio


@pytest.mark.deep("servers")
@pytest.mark.parametrize("own", ALL.values(), ids=ALL)
def test_what_was_sent_comes_back_as_it_was(studio: Studio, tmp_path: Path, title: str, own: Own) -> None:
    root = tmp_path / "corpus"
    make_corpus(root, PROJECT / SCHEME_FILE)
    (tmp_path / f"{DOC}.txt").write_text(TEXT, "utf-8")
    add_texts(root, [tmp_path / f"{DOC}.txt"], part=PART)
    corpus = put(root, own)
    assert_comes_back_as_it_was(corpus, studio, title)


@pytest.mark.deep("servers")
def test_twelve_texts_of_four_languages_come_back_as_they_were(studio: Studio, tmp_path: Path, title: str) -> None:
    assert_comes_back_as_it_was(twelve_texts(tmp_path / "corpus"), studio, title)


@pytest.mark.deep("servers")
def test_the_page_on_own_labels_leads_to_a_project(studio: Studio, tmp_path: Path, title: str) -> None:
    """With what the page has added before: a document with one field decided."""
    root = follow(tmp_path)
    before = {path: path.read_bytes() for path in (root / "corpus").rglob("*.jsonl")}
    up, *commands = server_commands()
    assert up == ["up"]  # the server is running
    assert [words for words, *_ in commands] == ["push", "pull"]
    for words in commands:
        done = studio.run(*words, "--root", root, "--url", studio.url, "--project", title)
        assert (done.returncode, done.stderr) == (0, ""), words
    assert {path: path.read_bytes() for path in before} == before


def assert_comes_back_as_it_was(corpus: Corpus, studio: Studio, title: str) -> None:
    before = {path: path.read_bytes() for path in corpus.root.rglob("*") if path.is_file()}
    push(corpus, studio.server(), title, None, work=Work())
    pulled = studio.run("pull", "--root", corpus.root, "--url", studio.url, "--project", title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert {path: path.read_bytes() for path in before} == before
