"""Corpora with schemes of somebody else go to a real server and come back byte for byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import PROJECT
from own_schemes import ALL, DOC, PART, TEXT, Own, put
from stancebank.corpus.additions import add_texts
from stancebank.pages.new_corpus import make_corpus
from stancebank.schema.paths import SCHEME_FILE
from stancebank.studio.server.projects import Work
from stancebank.studio.server.upload import push

from ..conftest import Studio


@pytest.mark.deep("processes")
@pytest.mark.parametrize("own", ALL.values(), ids=ALL)
def test_what_was_sent_comes_back_as_it_was(studio: Studio, tmp_path: Path, title: str, own: Own) -> None:
    root = tmp_path / "corpus"
    make_corpus(root, PROJECT / SCHEME_FILE)
    (tmp_path / f"{DOC}.txt").write_text(TEXT, "utf-8")
    add_texts(root, [tmp_path / f"{DOC}.txt"], part=PART)
    corpus = put(root, own)
    before = {path: path.read_bytes() for path in root.rglob("*") if path.is_file()}
    push(corpus, studio.server(), title, None, work=Work())
    pulled = studio.run("pull", "--root", root, "--url", studio.url, "--project", title)
    assert (pulled.returncode, pulled.stderr) == (0, "")
    assert {path: path.read_bytes() for path in before} == before
